use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::super::super::JiraOptions;
use super::super::Webhook;
use super::super::signature::signature;
use super::{SECRET, Told, events};
use crate::faults::{Fault, FaultKind};

const SOON: Duration = Duration::from_millis(5);

fn signed(url: &str) -> Webhook {
    Webhook::signed(url, SECRET).attempts(3, SOON)
}

#[tokio::test]
async fn a_call_is_signed_over_its_body() {
    for told in [Told::cloud().await, Told::data_center().await] {
        told.filed();
        let posted = told.posted().await;
        assert_eq!(
            (posted[0].status, posted[0].answer.as_str()),
            (Some(200), "heard")
        );
        let request = &told.ear.requests()[0];
        let expected = signature(SECRET, &request.body);
        assert_eq!(request.header("x-hub-signature"), Some(expected.as_str()));
        assert_eq!(request.query_value("token").as_deref(), Some("x"));
        assert!(request.says_json() && request.method == "POST");
        let identifier = request.header("x-atlassian-webhook-identifier");
        assert_eq!(identifier.is_some(), told.jira.site().is_cloud());
        assert_eq!(request.header("x-atlassian-webhook-retry"), None);
    }
    let unsigned = |url: &str| Webhook::unsigned(url).basic("u", "p");
    let told = Told::start(JiraOptions::data_center(), unsigned).await;
    told.filed();
    told.posted().await;
    let request = &told.ear.requests()[0];
    assert_eq!(request.header("x-hub-signature"), None);
    assert_eq!(request.header("authorization"), Some("Basic dTpw"));
}

#[tokio::test]
async fn only_some_failures_are_tried_again() {
    let told = Told::start(JiraOptions::cloud(), signed).await;
    for (fault, calls) in [
        (Fault::status(408), 2),
        (Fault::status(409), 2),
        (Fault::status(425), 2),
        (Fault::rate_limited(1), 2),
        (Fault::status(500), 2),
        (Fault::status(599), 2),
        (Fault::reset(), 2),
        (Fault::status(400), 1),
        (Fault::status(401), 1),
        (Fault::status(404), 1),
        (Fault::status(410), 1),
        (Fault::status(503).always(), 3),
    ] {
        let shown = format!("{fault:?}");
        told.ear.clear_requests();
        told.ear.inject(fault);
        told.filed();
        let posted = told.posted().await;
        assert_eq!(posted.len(), calls, "{shown}");
        let identifiers: BTreeSet<&str> = posted.iter().map(|it| it.identifier.as_str()).collect();
        assert_eq!(identifiers.len(), 1, "{shown}");
        for (index, request) in told.ear.requests().iter().enumerate() {
            let retry = (index > 0).then(|| index.to_string());
            assert_eq!(
                request.header("x-atlassian-webhook-retry"),
                retry.as_deref()
            );
            let identifier = request.header("x-atlassian-webhook-identifier");
            assert_eq!(identifier, identifiers.first().copied());
        }
    }
}

#[tokio::test]
async fn no_answer_in_time_is_tried_again_and_nobody_there_too() {
    let told = Told::start(JiraOptions::cloud(), |url| {
        signed(url).patience(Duration::from_millis(300))
    });
    let told = told.await;
    told.ear.inject(Fault::latency(Duration::from_secs(2)));
    told.filed();
    let posted = told.posted().await;
    assert_eq!(
        posted.iter().map(|it| it.status).collect::<Vec<_>>(),
        [None, Some(200)]
    );
    told.ear.pause().await;
    told.filed();
    assert_eq!(told.posted().await.len(), 3);
}

#[tokio::test]
async fn data_center_calls_once() {
    let told = Told::start(JiraOptions::data_center(), signed).await;
    told.ear.inject(Fault::status(503));
    told.filed();
    assert_eq!(told.posted().await.len(), 1);
}

#[tokio::test]
async fn what_is_tried_again_does_not_hold_up_the_rest() {
    let told = Told::start(JiraOptions::cloud(), |url| {
        Webhook::signed(url, SECRET).attempts(2, Duration::from_millis(300))
    });
    let told = told.await;
    told.ear.inject(Fault::status(503));
    let (first, second) = (told.filed(), told.filed());
    let bodies = told.bodies().await;
    let keys: Vec<_> = bodies.iter().map(|it| it["issue"]["key"].clone()).collect();
    assert_eq!(keys, [json!(first), json!(second), json!(first)]);
}

#[tokio::test]
async fn order_and_number_are_kept_unless_a_test_wants_otherwise() {
    let told = Told::cloud().await;
    let filed: Vec<String> = (0..20).map(|_| told.filed()).collect();
    let keys = |bodies: Vec<serde_json::Value>| -> Vec<String> {
        let keys = bodies
            .iter()
            .map(|it| it["issue"]["key"].as_str().unwrap().to_owned());
        keys.collect()
    };
    assert_eq!(keys(told.bodies().await), filed);

    let told = Told::start(JiraOptions::cloud(), |url| signed(url).out_of_order()).await;
    let mut filed: Vec<String> = (0..5).map(|_| told.filed()).collect();
    filed.reverse();
    assert_eq!(keys(told.bodies().await), filed);

    let told = Told::start(JiraOptions::cloud(), |url| signed(url).copies(2)).await;
    told.filed();
    let posted = told.posted().await;
    assert_eq!(posted.len(), 2);
    assert_eq!(posted[0].identifier, posted[1].identifier);
    assert_eq!((posted[0].retry, posted[1].retry), (0, 0));
}

#[tokio::test]
async fn a_webhook_is_told_of_its_events_from_its_registration_on() {
    let told = Told::start(JiraOptions::cloud(), |url| {
        signed(url).events(&["comment_created"])
    });
    let told = told.await;
    let key = told.filed();
    told.jira.comment(&key, "x");
    assert_eq!(events(&told.posted().await), ["comment_created"]);
    let all = told.jira.add_webhook(signed(&told.ear.url()));
    told.jira
        .edit(&key, |fields| fields["summary"] = json!("y"));
    let posted = told.posted().await;
    assert_eq!(events(&posted), ["jira:issue_updated"]);
    assert_eq!(posted[0].webhook, all);
    assert_eq!(
        posted[0].json()["changelog"]["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    told.jira.remove_webhooks();
    told.jira
        .edit(&key, |fields| fields["summary"] = json!("z"));
    assert!(told.posted().await.is_empty());
}

#[tokio::test]
async fn a_storm_comes_whole_and_leaves_no_issue() {
    let told = Told::start(JiraOptions::cloud(), |url| signed(url).at_once(20)).await;
    told.ear.inject(
        Fault::new(FaultKind::Status {
            status: 429,
            retry_after: None,
        })
        .times(50),
    );
    told.jira.bulk_edit(300);
    let posted = told.posted().await;
    assert_eq!(posted.len(), 350);
    let heard = posted.iter().filter(|it| it.status == Some(200));
    let ids: BTreeSet<String> = heard
        .map(|it| it.json()["issue"]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 300);
    assert_eq!(
        posted[0].json()["changelog"]["items"][0]["field"],
        "priority"
    );
    assert!(told.jira.issues().is_empty());
    let request = &told.ear.requests()[0];
    assert_eq!(
        request.header("x-atlassian-webhook-flow"),
        Some("Secondary")
    );
}

#[test]
fn a_webhook_does_not_show_its_secrets() {
    let hook = Webhook::signed("http://x/?token=t0ken", SECRET).header("x", "v4lue");
    let shown = format!("{hook:?}");
    for secret in ["t0ken", SECRET, "v4lue"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
