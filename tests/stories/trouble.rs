//! When Jira or the network is in trouble: what was taken is kept, the sender
//! is told so, and the issue is filed later, once.

use std::time::{Duration, Instant};

use crate::harness::objects::at_once;
use crate::harness::operator::{FIRST_RETRY, OPERATED, admin, until_quiet};
use crate::harness::{
    API_TOKEN, Function, WEBHOOK_TOKEN, cloud, samples, with_jira, with_settings,
};
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use serde_json::{Value, json};

fn event() -> String {
    samples::stream("incident-create").to_string()
}

#[tokio::test]
async fn what_jira_does_not_take_now_is_kept_and_filed_once() {
    let cases = [
        (Fault::rate_limited(1), 2),
        (
            Fault::new(FaultKind::UnavailableHtml {
                retry_after: Some(1),
            }),
            2,
        ),
        (Fault::new(FaultKind::ServerError), 2),
        (Fault::new(FaultKind::ResetBefore), 2),
        (Fault::new(FaultKind::ResetAfter), 1),
        (Fault::new(FaultKind::GatewayTimeout { done: true }), 1),
        (Fault::new(FaultKind::BadGateway { done: false }), 2),
        (Fault::new(FaultKind::CutBody), 1),
        (Fault::new(FaultKind::Garbage), 2),
    ];
    at_once(cases, async |(fault, creates)| {
        let what = format!("{:?}", fault.what);
        let (jira, function) = with_settings(cloud(), &OPERATED).await;
        jira.inject(fault.on(Operation::Create));
        let answer = function.opencti(event()).await;
        assert_eq!(answer.status, 202, "{what}: {}", answer.text());
        assert_eq!(answer.result()["outcome"], "queued");
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 1, "{what}");
        assert_eq!(jira.count(Operation::Create), creates, "{what}");
        let again = function.opencti(event()).await;
        assert_eq!(again.result()["outcome"], "duplicate", "{what}");
    })
    .await;
}

#[tokio::test]
async fn an_outage_keeps_twenty_events_and_files_them_when_jira_is_back() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.pause().await;
    for number in 0..20 {
        let event = samples::incident(&format!("id-{number}"), &format!("Incident {number}"));
        let answer = function.opencti(event.to_string()).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    assert_eq!(jira.issues().len(), 20);
    assert_eq!(jira.count(Operation::Create), 20);
}

#[tokio::test]
async fn a_busy_function_heals_without_any_cron() {
    let (jira, function) = with_settings(cloud(), &[("jira_index_lag", "0")]).await;
    jira.inject(Fault::rate_limited(1).on(Operation::Create));
    function.opencti(event()).await;
    for number in 0..40 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        function
            .opencti(samples::incident(&format!("id-{number}"), "other").to_string())
            .await;
        if jira
            .issues()
            .iter()
            .any(|issue| issue.summary().starts_with("Ransomware"))
        {
            return;
        }
    }
    panic!("never filed: {:#?}", function.output());
}

#[tokio::test]
async fn later_content_takes_the_place_of_what_was_put_off() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.pause().await;
    function.opencti(event()).await;
    let renamed = samples::stream("incident-update-rename").to_string();
    let answer = function.opencti(renamed).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    assert_eq!(jira.issues().len(), 1);
    assert!(jira.issues()[0].summary().ends_with("(renamed)"));
    assert_eq!(jira.count(Operation::Update), 0);
}

#[tokio::test]
async fn an_edit_whose_answer_was_lost_is_not_taken_for_a_persons() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    function.opencti(event()).await;
    jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Update));
    let renamed = samples::stream("incident-update-rename");
    let answer = function.opencti(renamed.to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let mut again = renamed.clone();
    again["data"]["name"] = "Renamed again".into();
    again["data"]["modified"] = "2025-10-27T15:00:00.000Z".into();
    function.opencti(again.to_string()).await;
    until_quiet(&function).await;
    let issue = &jira.issues()[0];
    assert_eq!(issue.summary(), "Renamed again");
    assert!(issue.comments.is_empty(), "{}", issue.comments[0].text());
}

#[tokio::test]
async fn of_two_unsure_creates_the_second_is_the_one_that_is_found() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::new(FaultKind::ResetBefore).on(Operation::Create));
    function.opencti(event()).await;
    jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Create));
    function
        .opencti(samples::stream("incident-update-rename").to_string())
        .await;
    until_quiet(&function).await;
    let issue = &jira.issues()[0];
    assert_eq!((jira.issues().len(), jira.count(Operation::Create)), (1, 2));
    assert!(issue.summary().ends_with("(renamed)"));
    assert!(issue.comments.is_empty(), "{}", issue.comments[0].text());
}

#[tokio::test]
async fn a_search_that_answers_rubbish_proves_nothing() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Create));
    jira.inject(Fault::new(FaultKind::Garbage).on(Operation::Search));
    function.opencti(event()).await;
    until_quiet(&function).await;
    assert_eq!((jira.issues().len(), jira.count(Operation::Create)), (1, 1));
}

#[tokio::test]
async fn a_deletion_overtakes_an_issue_that_was_never_filed() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.pause().await;
    function.opencti(event()).await;
    let mut deleted = samples::stream("incident-create");
    deleted["type"] = "delete".into();
    function.opencti(deleted.to_string()).await;
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    assert!(jira.issues().is_empty());
}

#[tokio::test]
async fn an_unsure_create_waits_for_a_search_that_lags() {
    let settings = [("admin_token", "admin-5ecret"), ("jira_index_lag", "6")];
    let options = cloud().index_lag(Duration::from_secs(3));
    let (jira, function) = with_settings(options, &settings).await;
    jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Create));
    function.opencti(event()).await;
    until_quiet(&function).await;
    assert_eq!(jira.issues().len(), 1);
    assert_eq!(jira.count(Operation::Create), 1);
    assert!(jira.count(Operation::Search) >= 1);
}

#[tokio::test]
async fn an_empty_search_is_not_believed_with_a_token_that_has_gone_bad() {
    let options = cloud().silent_bad_token();
    let (jira, mut function) = with_settings(options, &OPERATED).await;
    jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Create));
    function.opencti(event()).await;
    function.set("jira_api_token", "expired");
    function.kill_and_restart().await;
    tokio::time::sleep(FIRST_RETRY).await;
    admin(&function, "POST", "/tasks/retry").await;
    assert_eq!(jira.count(Operation::Create), 1);
    assert!(jira.count(Operation::Myself) >= 1);
}

#[tokio::test]
async fn a_refused_login_opens_the_breaker_and_says_what_to_check() {
    let settings = [("jira_api_token", "expired"), OPERATED[0]];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let answer = function.opencti(event()).await;
    assert_eq!(answer.status, 202);
    assert!(
        answer.text().contains("Authentication failed"),
        "{}",
        answer.text()
    );
    let requests = jira.requests().len();
    for number in 0..5 {
        let event = samples::incident(&format!("id-{number}"), "another").to_string();
        assert_eq!(function.opencti(event).await.status, 202);
    }
    admin(&function, "POST", "/tasks/retry").await;
    assert_eq!(jira.requests().len(), requests, "nothing is sent meanwhile");
    let line = function.printed("Authentication failed").await;
    assert!(!line.contains("expired"), "{line}");
}

#[tokio::test]
async fn a_silent_jira_is_given_up_on_after_ten_seconds() {
    let (jira, function) = with_jira(cloud()).await;
    let fault = Fault::new(FaultKind::Latency(Duration::from_secs(20)));
    jira.inject(fault.on(Operation::Create));
    let started = Instant::now();
    let answer = function.opencti(event()).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let took = started.elapsed();
    assert!((9..14).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_create_makes_no_second_issue() {
    let (jira, mut function) = with_settings(cloud(), &OPERATED).await;
    let fault = Fault::new(FaultKind::LateAnswer(Duration::from_secs(5)));
    jira.inject(fault.on(Operation::Create));
    let url = format!("{}/webhooks/opencti", function.url());
    let sender = tokio::spawn(async move {
        let client = jira_intake_standins::client::Client::default();
        let bearer = format!("Bearer {WEBHOOK_TOKEN}");
        client
            .post(&url, &[("authorization", &bearer)], event().as_bytes())
            .await
    });
    while jira.issues().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    function.kill_and_restart().await;
    assert!(sender.await.unwrap().is_err(), "nothing was acknowledged");
    // The lease of the one that was killed has to run out.
    for _ in 0..100 {
        let answer = function.opencti(event()).await;
        if answer.result()["outcome"] == "duplicate" {
            assert_eq!(jira.issues().len(), 1);
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("{:#?}", function.output());
}

async fn refused(jira: &JiraStandIn, function: &Function) -> Value {
    let fault = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(fault.always());
    let answer = function.opencti(event()).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert!(answer.text().contains("dead letter"), "{}", answer.text());
    let (status, list) = admin(function, "GET", "/dead-letters").await;
    assert_eq!(status, 200);
    assert_eq!(list["dead_letters"].as_array().unwrap().len(), 1);
    list["dead_letters"][0].clone()
}

#[tokio::test]
async fn a_dead_letter_keeps_everything_and_can_be_replayed() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let letter = refused(&jira, &function).await;
    assert!(letter["reason"].as_str().unwrap().contains("geht nicht"));
    assert_eq!(letter["event"]["entity"]["severity"], "high");
    assert_eq!(letter["attempts"], 1);
    assert_eq!(letter["number"], 1);
    let (_, again) = admin(&function, "POST", "/dead-letters/1/replay").await;
    assert_eq!(again["results"][0]["outcome"], "queued");
    // What fails again stays the letter that it was.
    assert_eq!(admin(&function, "GET", "/dead-letters/1").await.0, 200);
    jira.clear_faults();
    let (status, done) = admin(&function, "POST", "/dead-letters/1/replay").await;
    assert_eq!(
        (status, &done["results"][0]["outcome"]),
        (201, &json!("created"))
    );
    let (_, list) = admin(&function, "GET", "/dead-letters").await;
    assert_eq!(list["dead_letters"], json!([]));
    assert_eq!(admin(&function, "GET", "/dead-letters/1").await.0, 404);
    assert_eq!(jira.issues().len(), 1);
}

#[tokio::test]
async fn a_dead_letter_is_mapped_anew_when_it_is_replayed() {
    let (jira, mut function) = with_settings(cloud(), &OPERATED).await;
    refused(&jira, &function).await;
    jira.clear_faults();
    function.set("summary_template", "Mended: {{ entity.name }}");
    function.kill_and_restart().await;
    let (status, _) = admin(&function, "POST", "/dead-letters/replay").await;
    assert_eq!(status, 201);
    assert!(jira.issues()[0].summary().starts_with("Mended: "));
}

#[tokio::test]
async fn dead_letters_can_be_discarded() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let letter = refused(&jira, &function).await;
    let path = format!("/dead-letters/{}", letter["number"]);
    assert_eq!(
        admin(&function, "GET", &path).await.1["number"],
        letter["number"]
    );
    assert_eq!(admin(&function, "DELETE", &path).await.0, 200);
    assert_eq!(admin(&function, "DELETE", &path).await.0, 404);
    assert_eq!(admin(&function, "DELETE", "/dead-letters").await.0, 200);
}

#[tokio::test]
async fn operators_routes_ask_for_the_admin_token_and_are_not_there_without_one() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    for path in ["/tasks/retry", "/dead-letters", "/dead-letters/x"] {
        assert_eq!(function.send("GET", path, &[]).await.status, 401, "{path}");
        let token = [("x-api-key", WEBHOOK_TOKEN)];
        assert_eq!(
            function.send("GET", path, &token).await.status,
            401,
            "{path}"
        );
    }
    let token = function
        .send("GET", "/tasks/retry?token=admin-5ecret", &[])
        .await;
    assert_eq!(token.status, 200);
    let (_jira, function) = with_jira(cloud()).await;
    assert_eq!(admin(&function, "GET", "/tasks/retry").await.0, 404);
    assert_eq!(admin(&function, "GET", "/dead-letters").await.0, 404);
}

#[tokio::test]
async fn every_log_line_of_a_delivery_is_json_and_holds_no_secret() {
    let (jira, function) = with_jira(cloud()).await;
    function.opencti(event()).await;
    function.opencti(event()).await;
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
