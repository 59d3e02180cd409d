//! Many events in one request: all are kept before the first is worked on, several
//! are worked on at a time, and a crash halfway loses none.

use std::time::{Duration, Instant};

use crate::harness::alerts;
use crate::harness::objects::{each_family, post, same};
use crate::harness::operator::{FIRST_RETRY, OPERATED, admin, retry, until_quiet};
use crate::harness::{Function, WEBHOOK_TOKEN, cloud, with_settings};
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use serde_json::{Value, json};

/// So many objects.
fn objects(count: usize) -> Value {
    let object = |number: usize| json!({ "id": format!("edr-{number}"), "title": format!("Alert {number}") });
    (0..count).map(object).collect()
}

fn outcomes(answer: &Value, kind: &str) -> usize {
    let results = answer["results"].as_array().unwrap().iter();
    results.filter(|result| result["outcome"] == kind).count()
}

fn slow(time: Duration) -> Fault {
    Fault::new(FaultKind::Latency(time))
        .on(Operation::Create)
        .always()
}

#[tokio::test]
async fn several_are_worked_on_at_a_time_and_answered_in_their_order() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(slow(Duration::from_millis(500)));
    let started = Instant::now();
    let answer = post(&function, &objects(24)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let took = started.elapsed();
    assert!(
        took < Duration::from_secs(8),
        "24 times half a second: {took:?}"
    );
    let body = answer.json();
    assert_eq!(outcomes(&body, "created"), 24, "{body}");
    for (number, result) in body["results"].as_array().unwrap().iter().enumerate() {
        assert_eq!(result["entity"]["id"], format!("edr-{number}"));
    }
    assert_eq!(jira.issues().len(), 24);
    let again = post(&function, &objects(24)).await.json();
    assert_eq!(outcomes(&again, "duplicate"), 24, "{again}");
    assert_eq!(jira.count(Operation::Create), 24);
}

#[tokio::test]
async fn a_crash_halfway_loses_none_of_them() {
    for (jira, mut function) in each_family(same, &[]).await {
        jira.inject(slow(Duration::from_secs(2)));
        let url = format!("{}/webhooks/generic", function.url());
        let sending = tokio::spawn(async move {
            let client = jira_intake_standins::client::Client::default();
            let token = [("x-api-key", WEBHOOK_TOKEN)];
            let body = objects(40).to_string();
            client.post(&url, &token, body.as_bytes()).await.is_ok()
        });
        for _ in 0..600 {
            if !jira.issues().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        function.kill().await;
        assert!(!sending.await.unwrap(), "it was killed before it answered");
        // What was on its way arrives: nothing waits for Jira's index here.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let filed = jira.issues().len();
        assert!((1..30).contains(&filed), "{filed}");
        jira.clear_faults();
        // Leases of the killed run out.
        alerts::later(&mut function, 240).await;
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 40);
    }
}

#[tokio::test]
async fn two_events_of_one_entity_are_one_issue_with_the_later_state() {
    for (jira, function) in each_family(same, &[]).await {
        let both = json!([
            { "id": "edr-1", "title": "Odd login" },
            { "id": "edr-2", "title": "Another" },
            { "id": "edr-1", "title": "Odder login" },
        ]);
        let answer = post(&function, &both).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let mut titles: Vec<String> = Vec::new();
        titles.extend(jira.issues().iter().map(|it| it.summary().to_owned()));
        titles.sort();
        assert_eq!(titles, ["Another", "Odder login"]);
    }
}

#[tokio::test]
async fn what_does_not_fit_into_the_time_is_queued() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(slow(Duration::from_secs(6)));
    let answer = post(&function, &objects(60)).await;
    let body = answer.json();
    let (created, queued) = (outcomes(&body, "created"), outcomes(&body, "queued"));
    assert!(created >= 8 && queued >= 8, "{created} {queued}");
    jira.clear_faults();
    until_quiet(&function).await;
    assert_eq!(jira.issues().len(), 60);
}

/// Files this many events during an outage, so that all of them wait.
async fn waiting(count: usize) -> (JiraStandIn, Function) {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::status(503).on(Operation::Create).times(count));
    let answer = post(&function, &objects(count)).await;
    assert_eq!(
        outcomes(&answer.json(), "queued"),
        count,
        "{}",
        answer.text()
    );
    jira.clear_faults();
    // Pauses are two to three seconds long.
    tokio::time::sleep(FIRST_RETRY).await;
    (jira, function)
}

#[tokio::test]
async fn a_backlog_is_worked_off_side_by_side() {
    let (jira, function) = waiting(48).await;
    jira.inject(slow(Duration::from_secs(1)));
    let started = Instant::now();
    let pass = retry(&function).await;
    let took = started.elapsed();
    assert_eq!(pass["tried"], 48, "{pass}");
    assert!(
        took < Duration::from_secs(10),
        "48 times a second: {took:?}"
    );
    assert_eq!(jira.issues().len(), 48);
}

#[tokio::test]
async fn a_pass_begins_nothing_that_it_cannot_finish() {
    let (jira, function) = waiting(40).await;
    jira.inject(slow(Duration::from_secs(4)));
    let started = Instant::now();
    let (status, pass) = admin(&function, "POST", "/tasks/retry?seconds=7").await;
    let took = started.elapsed();
    assert_eq!((status, &pass["tried"]), (200, &24.into()), "{pass}");
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert_eq!(pass["left"], 16, "{pass}");
    let (status, _) = admin(&function, "POST", "/tasks/retry?seconds=0").await;
    assert_eq!(status, 400);
}
