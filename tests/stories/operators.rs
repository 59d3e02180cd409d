//! What an operator sees and does: dead letters in numbered pages, what went
//! wrong lately, and whether the settings are right.

use crate::harness::operator::{OPERATED, admin};
use crate::harness::others::borrowed;
use crate::harness::{Function, WEBHOOK_TOKEN, cloud, samples, with_jira, with_settings};
use jira_intake_standins::jira::{Fault, JiraStandIn, Operation};
use jira_intake_standins::slack::{SlackOptions, SlackStandIn, channel_is_archived};
use serde_json::{Value, json};

/// An event about an entity of this number.
fn event(number: usize) -> String {
    samples::incident(&format!("id-{number}"), &format!("Incident {number}")).to_string()
}

/// A Jira that refuses all summaries, and so many dead letters.
async fn with_letters(count: usize) -> (JiraStandIn, Function) {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let fault = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(fault.always());
    for number in 1..=count {
        let answer = function.opencti(event(number)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert!(answer.text().contains("dead letter"), "{}", answer.text());
    }
    (jira, function)
}

/// The numbers on a page, and where the next one begins.
async fn page(function: &Function, path: &str, list: &str) -> (Vec<u64>, Value) {
    let (status, page) = admin(function, "GET", path).await;
    assert_eq!(status, 200, "{path}: {page}");
    let entries = page[list].as_array().unwrap().iter();
    let numbers = entries.map(|entry| entry["number"].as_u64().unwrap());
    (numbers.collect(), page["next"].clone())
}

async fn letters(function: &Function, query: &str) -> (Vec<u64>, Value) {
    page(function, &format!("/dead-letters{query}"), "dead_letters").await
}

async fn troubles(function: &Function, query: &str) -> (Vec<u64>, Value) {
    page(function, &format!("/troubles{query}"), "troubles").await
}

#[tokio::test]
async fn dead_letters_are_listed_in_pages_the_newest_first() {
    let (_jira, function) = with_letters(5).await;
    assert_eq!(
        letters(&function, "").await,
        (vec![5, 4, 3, 2, 1], Value::Null)
    );
    assert_eq!(letters(&function, "?limit=2").await, (vec![5, 4], json!(4)));
    let second = letters(&function, "?limit=2&before=4").await;
    assert_eq!(second, (vec![3, 2], json!(2)));
    let last = letters(&function, "?before=2&limit=2").await;
    assert_eq!(last, (vec![1], Value::Null));
    // What is gone leaves no gap in a page.
    assert_eq!(admin(&function, "DELETE", "/dead-letters/4").await.0, 200);
    assert_eq!(letters(&function, "?limit=2").await, (vec![5, 3], json!(3)));
    assert_eq!(letters(&function, "?before=1").await, (vec![], Value::Null));
    // The least is one, the most is 200.
    assert_eq!(letters(&function, "?limit=0").await.0, [5]);
    assert_eq!(letters(&function, "?limit=100000").await.0, [5, 3, 2, 1]);
}

#[tokio::test]
async fn what_is_no_number_is_told_by_its_name() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    for (path, name) in [
        ("/dead-letters?limit=many", "`limit`"),
        ("/dead-letters?before=-1", "`before`"),
        ("/troubles?limit=", "`limit`"),
        ("/troubles?before=x", "`before`"),
    ] {
        let (status, problem) = admin(&function, "GET", path).await;
        assert_eq!(status, 400, "{path}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(name), "{path}: {detail}");
    }
    for number in ["1", "x", "-1", "99999999999999999999"] {
        let path = format!("/dead-letters/{number}");
        for (method, path) in [
            ("GET", path.clone()),
            ("DELETE", path.clone()),
            ("POST", format!("{path}/replay")),
        ] {
            let (status, problem) = admin(&function, method, &path).await;
            assert_eq!(status, 404, "{method} {path}: {problem}");
        }
    }
}

#[tokio::test]
async fn a_letter_has_a_number_its_entity_its_reason_and_a_trace() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    // It is put off once before it is given up.
    jira.inject(Fault::rate_limited(1).on(Operation::Create));
    let first = function.opencti(event(1)).await.result();
    assert_eq!(first["outcome"], "queued", "{first}");
    let fault = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(fault.always());
    crate::harness::operator::until_quiet(&function).await;
    let (status, letter) = admin(&function, "GET", "/dead-letters/1").await;
    assert_eq!(status, 200, "{letter}");
    assert_eq!(letter["number"], 1);
    assert!(letter["id"].is_null(), "{letter}");
    let entity = &letter["entity"];
    assert_eq!(
        (&entity["source"], &entity["type"]),
        (&json!("opencti"), &json!("incident"))
    );
    assert_eq!(
        (&entity["id"], &entity["name"]),
        (&json!("id-1"), &json!("Incident 1"))
    );
    assert!(letter["reason"].as_str().unwrap().contains("geht nicht"));
    assert_eq!(letter["attempts"], 2);
    assert_eq!(letter["event"]["entity"]["id"], "id-1");
    assert!(letter["accepted"].as_str() < letter["given_up"].as_str());
    // What became of its events, the newest last.
    let trace = letter["trace"].as_array().unwrap();
    assert_eq!(trace.len(), 2, "{letter}");
    assert!(
        trace[0]["reason"].as_str().unwrap().contains("429"),
        "{letter}"
    );
    assert!(trace[1]["reason"].as_str().unwrap().contains("geht nicht"));
    assert!(trace.iter().all(|entry| entry["at"].is_string()));
}

#[tokio::test]
async fn all_letters_are_discarded_at_once_and_numbers_go_on() {
    let (_jira, function) = with_letters(3).await;
    let discarded = admin(&function, "DELETE", "/dead-letters").await;
    assert_eq!(discarded, (200, json!({"discarded": 3, "next": null})));
    assert_eq!(letters(&function, "").await, (vec![], Value::Null));
    let discarded = admin(&function, "DELETE", "/dead-letters").await;
    assert_eq!(discarded, (200, json!({"discarded": 0, "next": null})));
    function.opencti(event(4)).await;
    assert_eq!(letters(&function, "").await.0, [4]);
}

#[tokio::test]
async fn all_letters_are_replayed_at_once() {
    let (jira, function) = with_letters(3).await;
    // What fails again stays the letter that it was.
    let (status, again) = admin(&function, "POST", "/dead-letters/replay").await;
    assert_eq!(status, 202, "{again}");
    assert_eq!(letters(&function, "").await.0, [3, 2, 1]);
    jira.clear_faults();
    let (status, done) = admin(&function, "POST", "/dead-letters/replay").await;
    assert_eq!(status, 201, "{done}");
    let results = done["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert!(results.iter().all(|result| result["outcome"] == "created"));
    assert_eq!(letters(&function, "").await, (vec![], Value::Null));
    let summaries: std::collections::BTreeSet<String> = jira
        .issues()
        .iter()
        .map(|issue| issue.summary().to_owned())
        .collect();
    assert_eq!(summaries.len(), 3);
    let (status, nothing) = admin(&function, "POST", "/dead-letters/replay").await;
    assert_eq!((status, &nothing["results"]), (200, &json!([])));
}

#[tokio::test]
async fn a_letter_that_is_replayed_twice_files_one_issue() {
    let (jira, function) = with_letters(1).await;
    jira.clear_faults();
    let replay = || admin(&function, "POST", "/dead-letters/1/replay");
    let (first, second) = tokio::join!(replay(), replay());
    for (status, answer) in [&first, &second] {
        assert!([200, 201, 202, 404].contains(status), "{status}: {answer}");
    }
    assert_eq!(jira.issues().len(), 1);
    assert_eq!(jira.count(Operation::Create), 2, "the refused one, and one");
}

#[tokio::test]
async fn what_went_wrong_lately_is_listed_in_pages_the_newest_first() {
    let broken = ("summary_template", "{{ entity.first_seen | date('%A') }}");
    let (_jira, function) = with_settings(cloud(), &[OPERATED[0], broken]).await;
    assert_eq!(troubles(&function, "").await, (vec![], Value::Null));
    for number in 1..=5 {
        let answer = function.opencti(event(number)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    assert_eq!(
        troubles(&function, "").await,
        (vec![5, 4, 3, 2, 1], Value::Null)
    );
    assert_eq!(
        troubles(&function, "?limit=2").await,
        (vec![5, 4], json!(4))
    );
    let second = troubles(&function, "?limit=2&before=4").await;
    assert_eq!(second, (vec![3, 2], json!(2)));
    let last = troubles(&function, "?limit=2&before=2").await;
    assert_eq!(last, (vec![1], Value::Null));
    let (_, newest) = admin(&function, "GET", "/troubles?limit=1").await;
    let newest = &newest["troubles"][0];
    assert_eq!(newest["what"], "template_failed", "{newest}");
    assert_eq!(newest["entity"], json!({"source": "opencti", "id": "id-5"}));
    let reason = newest["reason"].as_str().unwrap();
    assert!(reason.contains("summary_template"), "{reason}");
    assert!(newest["at"].is_string());
}

#[tokio::test]
async fn troubles_are_still_there_after_a_restart() {
    let broken = ("summary_template", "{{ entity.first_seen | date('%A') }}");
    let (_jira, mut function) = with_settings(cloud(), &[OPERATED[0], broken]).await;
    function.opencti(event(1)).await;
    function.kill_and_restart().await;
    assert_eq!(troubles(&function, "").await.0, [1]);
}

#[tokio::test]
async fn a_chat_that_refuses_is_among_the_troubles_and_its_address_is_not() {
    let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let mut settings = vec![
        ("slack_webhook_url".to_owned(), slack.webhook_url()),
        ("slack_host".to_owned(), slack.url()),
    ];
    settings.extend(OPERATED.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let (jira, function) = with_settings(cloud(), &borrowed(&settings)).await;
    slack.inject(channel_is_archived().always());
    let answer = function.opencti(event(1)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(jira.issues().len(), 1);
    let (_, found) = admin(&function, "GET", "/troubles").await;
    let trouble = &found["troubles"][0];
    assert_eq!(trouble["what"], "chat_failed", "{found}");
    let reason = trouble["reason"].as_str().unwrap();
    assert!(
        reason.contains("Slack") && reason.contains("given up"),
        "{reason}"
    );
    let path = slack.webhook_url().replace(&slack.url(), "");
    assert!(!found.to_string().contains(&path), "{found}");
}

#[tokio::test]
async fn troubles_are_there_for_operators_only() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    for headers in [vec![], vec![("x-api-key", WEBHOOK_TOKEN)]] {
        let answer = function.send("GET", "/troubles", &headers).await;
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    let query = "/troubles?token=admin-5ecret";
    assert_eq!(function.send("GET", query, &[]).await.status, 200);
    let posted = function.send("POST", query, &[]).await;
    assert_eq!(posted.status, 405);
    assert_eq!(posted.headers["allow"], "GET");
    let (_jira, function) = with_jira(cloud()).await;
    assert_eq!(admin(&function, "GET", "/troubles").await.0, 404);
}

/// A mistake stops what needs the setting, and nothing else; whoever asks is
/// told of all of them.
#[tokio::test]
async fn a_mistake_that_no_event_needs_is_told_by_readyz_and_stops_nothing() {
    let mistaken = [
        OPERATED[0],
        ("splunk_dedup_window", "9000"),
        ("max_keys", "many"),
    ];
    let (jira, function) = with_settings(cloud(), &mistaken).await;
    let answer = function.opencti(event(1)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(jira.issues().len(), 1);
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    let ready = function.send("GET", "/readyz", &token).await;
    assert_eq!(ready.status, 500, "{}", ready.text());
    let mistakes = ready.json()["mistakes"].to_string();
    for name in ["splunk_dedup_window", "max_keys"] {
        assert!(mistakes.contains(name), "{name}: {mistakes}");
    }
    function.printed("misconfigured").await;
    let anyone = function.send("GET", "/readyz", &[]).await;
    assert_eq!(anyone.status, 500);
    assert!(anyone.json()["mistakes"].is_null(), "{}", anyone.text());
}

#[tokio::test]
async fn a_mistake_that_an_event_needs_is_told_with_all_others() {
    let mistaken = [OPERATED[0], ("priority_map", "high"), ("max_keys", "many")];
    let (jira, function) = with_settings(cloud(), &mistaken).await;
    let answer = function.opencti(event(1)).await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    let mistakes = answer.json()["mistakes"].to_string();
    for name in ["priority_map", "max_keys"] {
        assert!(mistakes.contains(name), "{name}: {mistakes}");
    }
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn after_a_mistake_in_the_settings_nothing_is_kept_and_nobody_waits() {
    let mistaken = [OPERATED[0], ("notify_on", "created, updated")];
    let (jira, mut function) = with_settings(cloud(), &mistaken).await;
    for _ in 0..2 {
        let answer = function.opencti(event(1)).await;
        assert_eq!(answer.status, 500, "{}", answer.text());
    }
    function.set("notify_on", "none");
    function.kill_and_restart().await;
    let answer = function.opencti(event(1)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(jira.issues().len(), 1);
}
