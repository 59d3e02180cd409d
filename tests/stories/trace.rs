//! What was done about an entity, as a person looks it up: by its id, by its issue's key
//! and by its issue's id.

use crate::harness::operator::{FIRST_RETRY, OPERATED, admin, retry};
use crate::harness::{API_TOKEN, Function, WEBHOOK_TOKEN, cloud, samples, with_settings};
use jira_intake_standins::jira::{Fault, Operation};
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use serde_json::Value;

async fn entity(function: &Function, name: &str) -> Value {
    let (status, found) = admin(function, "GET", &format!("/entities/{name}")).await;
    assert_eq!(status, 200, "{name}: {found}");
    found
}

fn incident(id: &str) -> String {
    samples::incident(id, "Beacon from FIN-WS-042").to_string()
}

#[tokio::test]
async fn an_entity_is_found_by_its_id_and_by_its_issue() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let answer = function.opencti(incident("trace-1")).await.result();
    let key = answer["issue"]["key"].as_str().unwrap();
    let found = entity(&function, "trace-1").await;
    assert_eq!(found["state"], "filed", "{found}");
    assert_eq!(found["issue"]["key"], key);
    let turn = &found["trace"][0];
    assert_eq!(turn["how"], "webhook", "{found:#}");
    assert_eq!(turn["change"], "create");
    assert_eq!(turn["outcome"], "created");
    assert_eq!(turn["route"], "default");
    let decided = turn["decisions"][0].as_str().unwrap();
    assert!(decided.contains("create Task in SOC"), "{decided}");
    let calls = turn["calls"].as_array().unwrap();
    let create = calls.iter().find(|call| call["status"] == 201).unwrap();
    assert_eq!(create["service"], "Jira");
    assert_eq!(create["method"], "POST");
    assert_eq!(create["path"], "/rest/api/3/issue");
    let id = found["issue"]["id"].as_str().unwrap();
    for name in [id, key, &key.to_lowercase(), "trace-1?source=opencti"] {
        assert_eq!(entity(&function, name).await["entity"]["id"], "trace-1");
    }
    for name in ["trace-2", "SOC-999", "999999", "trace-1?source=splunk"] {
        let (status, problem) = admin(&function, "GET", &format!("/entities/{name}")).await;
        assert_eq!(status, 404, "{name}: {problem}");
    }
    let open = function.send("GET", "/entities/trace-1", &[]).await;
    assert_eq!(open.status, 401);
}

#[tokio::test]
async fn what_failed_what_waits_and_what_came_of_it_are_told() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::rate_limited(1).on(Operation::Create));
    function.opencti(incident("trace-3")).await;
    let found = entity(&function, "trace-3").await;
    assert_eq!(found["state"], "waiting", "{found:#}");
    assert!(found["waiting"]["reason"].as_str().unwrap().contains("429"));
    assert_eq!(found["trace"][0]["outcome"], "queued");
    tokio::time::sleep(FIRST_RETRY).await;
    retry(&function).await;
    let found = entity(&function, "trace-3").await;
    let trace = found["trace"].as_array().unwrap();
    assert_eq!(trace.len(), 2, "{found:#}");
    assert_eq!(
        (&trace[1]["how"], &trace[1]["attempt"]),
        (&"retry".into(), &2.into())
    );
    assert_eq!(trace[1]["outcome"], "created");
    let fault = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(fault.always());
    function.opencti(incident("trace-4")).await;
    let found = entity(&function, "trace-4").await;
    assert_eq!(found["state"], "dead_letter", "{found:#}");
    assert_eq!(found["dead_letter"]["number"], 1);
    let last = found["trace"].as_array().unwrap().last().unwrap();
    assert_eq!(last["outcome"], "dead_letter");
    assert!(
        last["calls"]
            .as_array()
            .unwrap()
            .iter()
            .any(|call| call["status"] == 400)
    );
}

/// An address may be a secret: a trace names who was told, and no more.
#[tokio::test]
async fn no_secret_stands_in_a_trace() {
    let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let (webhook, host) = (slack.webhook_url(), slack.url());
    let settings = [
        ("slack_webhook_url", webhook.as_str()),
        ("slack_host", host.as_str()),
    ];
    let settings = [&OPERATED[..], &settings].concat();
    let (_jira, function) = with_settings(cloud(), &settings).await;
    function.opencti(incident("trace-5")).await;
    let found = entity(&function, "trace-5").await;
    let calls = found["trace"][0]["calls"].as_array().unwrap();
    let told = calls
        .iter()
        .find(|call| call["service"] == "Slack")
        .unwrap();
    assert!(told["path"].is_null(), "{told}");
    let text = found.to_string();
    let path = webhook.strip_prefix(&host).unwrap();
    for secret in [path, API_TOKEN, WEBHOOK_TOKEN, "admin-5ecret"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
