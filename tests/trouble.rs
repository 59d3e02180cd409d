//! When Jira or the network is in trouble: the sender is told the truth, and
//! the next delivery files the issue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::time::{Duration, Instant};

use harness::{API_TOKEN, WEBHOOK_TOKEN, cloud, samples, with_jira, with_settings};
use jira_intake_local::standin::jira::{Fault, FaultKind, Operation};
use serde_json::Value;

#[tokio::test]
async fn when_jira_fails_nothing_is_kept_and_the_next_delivery_files_the_issue() {
    let (jira, function) = with_jira(cloud()).await;
    for (number, (fault, status)) in [
        (Fault::status(401), 502),
        (Fault::status(403), 502),
        (Fault::status(404), 502),
        (Fault::refused_field("summary", "geht nicht"), 502),
        (Fault::rate_limited(7), 503),
        (
            Fault::new(FaultKind::UnavailableHtml { retry_after: None }),
            503,
        ),
        (Fault::new(FaultKind::ServerError), 502),
        (Fault::new(FaultKind::ResetBefore), 502),
        (Fault::new(FaultKind::Garbage), 502),
    ]
    .into_iter()
    .enumerate()
    {
        let what = format!("{:?}", fault.what);
        jira.inject(fault.on(Operation::Create));
        let event = samples::incident(&format!("id-{number}"), "An incident").to_string();
        let answer = function.opencti(&event).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(!answer.text().contains(API_TOKEN));
        if what.contains("RateLimited") {
            assert_eq!(answer.headers["retry-after"], "7");
        }
        let again = function.opencti(&event).await;
        assert_eq!(again.status, 201, "{what}: {}", again.text());
        assert_eq!(jira.issues().len(), number + 1, "{what}");
    }
}

#[tokio::test]
async fn a_jira_that_is_away_is_told_apart_from_one_that_is_broken() {
    let (jira, function) = with_jira(cloud()).await;
    let event = samples::stream("incident-create").to_string();
    jira.pause().await;
    let answer = function.opencti(&event).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.headers.contains_key("retry-after"));
    jira.resume().await.unwrap();
    assert_eq!(function.opencti(&event).await.status, 201);
}

#[tokio::test]
async fn a_silent_jira_is_given_up_on_after_ten_seconds() {
    let (jira, function) = with_jira(cloud()).await;
    let fault = Fault::new(FaultKind::Latency(Duration::from_secs(20)));
    jira.inject(fault.on(Operation::Create));
    let started = Instant::now();
    let answer = function
        .opencti(samples::stream("incident-create").to_string())
        .await;
    assert_eq!(answer.status, 502, "{}", answer.text());
    let took = started.elapsed();
    assert!((9..14).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn a_refused_login_says_what_to_check() {
    let settings = [("jira_api_token", "expired")];
    let (_jira, function) = with_settings(cloud(), &settings).await;
    let answer = function
        .opencti(samples::stream("incident-create").to_string())
        .await;
    assert_eq!(answer.status, 502);
    assert!(
        answer.text().contains("Authentication failed"),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("expired"));
    let line = function.printed("Authentication failed").await;
    assert!(!line.contains("expired"), "{line}");
}

#[tokio::test]
async fn every_log_line_of_a_delivery_is_json_and_holds_no_secret() {
    let (jira, function) = with_jira(cloud()).await;
    let event = samples::stream("incident-create").to_string();
    function.opencti(&event).await;
    function.opencti(&event).await;
    jira.inject(Fault::status(403).on(Operation::Create));
    function
        .opencti(samples::stream("report-create").to_string())
        .await;
    function
        .post("/webhooks/opencti", &[("x-api-key", "wrong")], "{}")
        .await;
    function.printed("refused").await;
    let lines: Vec<Value> = function
        .output()
        .iter()
        .filter(|line| line.trim_start().starts_with('{'))
        .map(|line| serde_json::from_str(line.trim()).expect(line))
        .collect();
    assert!(lines.len() >= 4, "{lines:#?}");
    let first = &lines[0];
    assert_eq!(first["outcome"], "created");
    assert_eq!(first["entity"], "84fdd243-adb4-4a9d-89c9-4e6593d9d7e4");
    assert_eq!(first["issue"], "SOC-101");
    assert!(first["ms"].is_u64() && first["time"].is_string() && first["level"] == "info");
    let all = function.output().join("\n");
    for secret in [API_TOKEN, WEBHOOK_TOKEN] {
        assert!(!all.contains(secret), "{all}");
    }
}
