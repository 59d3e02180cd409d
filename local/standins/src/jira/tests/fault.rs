use std::time::{Duration, Instant};

use serde_json::json;

use super::super::{ChaosRates, Fault, FaultKind, JiraOptions, Operation};
use super::{Jira, cloud, fields, start};
use crate::caller::Reply;

async fn create(jira: &Jira) -> anyhow::Result<Reply> {
    jira.http
        .send("POST", &format!("{}/issue", jira.api), &fields(json!({})))
        .await
}

async fn hit(what: FaultKind) -> (Jira, anyhow::Result<Reply>) {
    let jira = cloud().await;
    jira.standin.inject(Fault::new(what).on(Operation::Create));
    let reply = create(&jira).await;
    (jira, reply)
}

#[tokio::test]
async fn a_fault_hits_its_requests_as_often_as_it_says() {
    let jira = cloud().await;
    let fault = Fault::status(409).on(Operation::Create).skip(1).times(2);
    let injected = jira.standin.inject(fault);
    let mut seen = Vec::new();
    for _ in 0..5 {
        assert_eq!(jira.get("myself").await.status, 200);
        seen.push(create(&jira).await.unwrap().status);
    }
    assert_eq!(seen, [201, 409, 409, 201, 201]);
    assert_eq!(injected.hits(), 2);
}

#[tokio::test]
async fn a_fault_is_aimed_by_method_path_and_body() {
    let jira = cloud().await;
    let fault = Fault::status(403)
        .method("POST")
        .path("/issue")
        .body("happened")
        .always();
    jira.standin.inject(fault);
    assert_eq!(create(&jira).await.unwrap().status, 403);
    assert_eq!(
        jira.post("issue", fields(json!({"summary": "Other"})))
            .await
            .status,
        201
    );
    assert_eq!(jira.get("issue/SOC-101").await.status, 200);
    jira.standin.clear_faults();
    assert_eq!(create(&jira).await.unwrap().status, 201);
}

#[tokio::test]
async fn refusals_come_before_anything_is_done() {
    let rate = FaultKind::RateLimited {
        retry_after: 3,
        reason: "jira-burst-based".into(),
    };
    for (what, status) in [
        (FaultKind::Status(401), 401),
        (FaultKind::Status(404), 404),
        (rate, 429),
        (FaultKind::ServerError, 500),
        (
            FaultKind::UnavailableHtml {
                retry_after: Some(7),
            },
            503,
        ),
        (FaultKind::BadGateway { done: false }, 502),
        (FaultKind::GatewayTimeout { done: false }, 504),
        (FaultKind::Garbage, 200),
    ] {
        let (jira, reply) = hit(what.clone()).await;
        let reply = reply.unwrap();
        assert_eq!(reply.status, status, "{what:?}");
        assert!(jira.standin.issues().is_empty(), "{what:?}");
        let retry_after = reply.header("retry-after");
        match status {
            429 => assert_eq!(
                (retry_after, reply.header("ratelimit-reason")),
                ("3", "jira-burst-based")
            ),
            503 => assert_eq!(retry_after, "7"),
            _ => {}
        }
        if [401, 429, 502, 503, 504].contains(&status) {
            assert!(
                reply.header("content-type").starts_with("text/html"),
                "{what:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_gateway_may_fail_after_jira_has_done_the_work() {
    for (what, status) in [
        (FaultKind::BadGateway { done: true }, 502),
        (FaultKind::GatewayTimeout { done: true }, 504),
    ] {
        let (jira, reply) = hit(what).await;
        assert_eq!(
            (reply.unwrap().status, jira.standin.issues().len()),
            (status, 1)
        );
    }
}

#[tokio::test]
async fn a_reset_comes_before_or_after_the_issue_is_stored() {
    let (jira, reply) = hit(FaultKind::ResetBefore).await;
    assert!(reply.is_err() && jira.standin.issues().is_empty());
    let (jira, reply) = hit(FaultKind::ResetAfter).await;
    assert!(reply.is_err());
    assert_eq!(jira.standin.issues().len(), 1);
    assert_eq!(jira.standin.requests()[0].status, None);
}

#[tokio::test]
async fn an_answer_may_break_off_or_drip() {
    let (jira, reply) = hit(FaultKind::CutBody).await;
    assert!(reply.is_err());
    assert_eq!(jira.standin.issues().len(), 1);
    let began = Instant::now();
    let (_jira, reply) = hit(FaultKind::SlowBody(Duration::from_millis(60))).await;
    assert_eq!(reply.unwrap().json["key"], "SOC-101");
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_refused_field_is_refused_while_it_is_sent() {
    let jira = cloud().await;
    jira.standin
        .inject(Fault::refused_field("labels", "not on the screen").always());
    let reply = jira.refused(json!({"labels": ["x"]}), &["labels"]).await;
    assert_eq!(reply.json["errors"]["labels"], "not on the screen");
    jira.filed(json!({})).await;
}

#[tokio::test]
async fn a_client_that_gives_up_does_not_stop_the_work() {
    let jira = cloud().await;
    jira.standin
        .inject(Fault::new(FaultKind::Latency(Duration::from_millis(800))));
    let impatient = tokio::time::timeout(Duration::from_millis(400), create(&jira)).await;
    assert!(impatient.is_err() && jira.standin.issues().is_empty());
    let began = Instant::now();
    while jira.standin.issues().is_empty() && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(jira.standin.issues().len(), 1);
}

#[tokio::test]
async fn a_late_answer_has_its_work_done_at_once() {
    let jira = cloud().await;
    jira.standin
        .inject(Fault::new(FaultKind::LateAnswer(Duration::from_secs(60))));
    let impatient = tokio::time::timeout(Duration::from_millis(400), create(&jira)).await;
    assert!(impatient.is_err());
    assert_eq!(jira.standin.issues().len(), 1);
}

#[tokio::test]
async fn an_outage_ends_with_the_same_data_on_the_same_port() {
    let jira = cloud().await;
    let key = jira.filed(json!({})).await;
    jira.standin.pause().await;
    assert!(create(&jira).await.is_err());
    jira.standin.resume().await.unwrap();
    assert_eq!(jira.get(&format!("issue/{key}")).await.status, 200);
}

async fn statuses(seed: u64) -> Vec<Option<u16>> {
    let jira = start(JiraOptions::cloud()).await;
    let rates = ChaosRates {
        longest: Duration::from_millis(1),
        ..ChaosRates::default()
    };
    jira.standin.inject_chaos(seed, rates);
    for _ in 0..60 {
        let _ = create(&jira).await;
    }
    jira.standin
        .requests()
        .iter()
        .map(|request| request.status)
        .collect()
}

#[tokio::test]
async fn chaos_is_the_same_for_the_same_seed() {
    let (one, two, other) = (statuses(7).await, statuses(7).await, statuses(8).await);
    assert_eq!(one, two);
    assert_ne!(one, other);
    assert!(one.contains(&Some(201)) && one.iter().any(|status| *status != Some(201)));
}

#[tokio::test]
async fn faults_by_chance_follow_the_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let jira = start(JiraOptions::cloud().seed(3)).await;
        jira.standin
            .inject(Fault::status(500).always().with_probability(0.5));
        let mut seen = Vec::new();
        for _ in 0..30 {
            seen.push(create(&jira).await.unwrap().status);
        }
        assert!(seen.contains(&201) && seen.contains(&500));
        runs.push(seen);
    }
    assert_eq!(runs[0], runs[1]);
}
