//! OpenCTI → Jira: what its senders post, and what becomes of it.

use crate::harness::samples::{self, SIX_TYPES};
use crate::harness::{DATA_CENTER, cloud, data_center, with_jira, with_settings};
use futures::future::join_all;
use jira_intake_standins::jira::{Operation, Project};
use serde_json::json;

#[tokio::test]
async fn each_of_the_six_types_files_an_issue() {
    let (jira, function) = with_jira(cloud()).await;
    for name in SIX_TYPES {
        let event = samples::stream(name);
        let answer = function.opencti(event.to_string()).await;
        assert_eq!(answer.status, 201, "{name}: {}", answer.text());
        let result = answer.result();
        assert_eq!(result["outcome"], "created");
        assert_eq!(result["entity"]["type"], event["data"]["type"]);
        assert_eq!(result["entity"]["name"], event["data"]["name"]);
        let key = result["issue"]["key"].as_str().unwrap();
        assert_eq!(
            result["issue"]["url"],
            format!("{}/browse/{key}", jira.url())
        );
        let issue = jira.issue(key).unwrap();
        assert_eq!(issue.summary(), event["data"]["name"]);
        assert_eq!(issue.project(), "SOC");
        assert_eq!(issue.issue_type(), "Task");
    }
    assert_eq!(jira.issues().len(), SIX_TYPES.len());
    assert_eq!(jira.count(Operation::Create), SIX_TYPES.len());
}

#[tokio::test]
async fn an_incident_brings_its_description_and_its_labels() {
    let (jira, function) = with_jira(cloud()).await;
    function
        .opencti(samples::stream("incident-create").to_string())
        .await;
    let issue = &jira.issues()[0];
    assert!(issue.description().contains("beaconing"));
    assert!(issue.labels().contains(&"ransomware"));
    assert!(
        issue.labels().contains(&"threat_lead"),
        "{:?}",
        issue.labels()
    );
}

#[tokio::test]
async fn a_second_delivery_asks_jira_nothing_and_knows_the_issue() {
    let (jira, function) = with_jira(cloud()).await;
    let event = samples::stream("incident-create").to_string();
    let first = function.opencti(&event).await.result();
    let requests = jira.requests().len();
    let again = function.opencti(&event).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.result()["outcome"], "duplicate");
    assert_eq!(again.result()["issue"], first["issue"]);
    assert_eq!(jira.requests().len(), requests);
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let (jira, mut function) = with_jira(cloud()).await;
    let event = samples::stream("incident-create").to_string();
    function.opencti(&event).await;
    function.kill_and_restart().await;
    assert_eq!(
        function.opencti(&event).await.result()["outcome"],
        "duplicate"
    );
    assert_eq!(jira.issues().len(), 1);
}

#[tokio::test]
async fn twenty_simultaneous_deliveries_of_one_event_make_one_issue() {
    let (jira, function) = with_jira(cloud()).await;
    let event = samples::stream("incident-create").to_string();
    let answers = join_all((0..20).map(|_| function.opencti(&event))).await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1);
    for answer in &answers {
        assert!(
            [200, 201, 202].contains(&answer.status),
            "{}",
            answer.text()
        );
    }
    assert_eq!(jira.issues().len(), 1);
    assert_eq!(jira.count(Operation::Create), 1);
}

#[tokio::test]
async fn a_hundred_events_at_once_make_a_hundred_issues() {
    let (jira, function) = with_jira(cloud()).await;
    let events: Vec<String> = (0..100)
        .map(|n| samples::incident(&format!("id-{n}"), &format!("Incident {n}")).to_string())
        .collect();
    let answers = join_all(events.iter().map(|event| function.opencti(event))).await;
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let issues = jira.issues();
    let summaries: std::collections::BTreeSet<&str> =
        issues.iter().map(|issue| issue.summary()).collect();
    assert_eq!(summaries.len(), 100);
}

#[tokio::test]
async fn what_files_nothing_is_ignored_with_the_reason() {
    let (jira, function) = with_jira(cloud()).await;
    let mut other_type = samples::stream("incident-create");
    other_type["data"]["type"] = "malware".into();
    let mut other_event = samples::stream("incident-create");
    other_event["type"] = "share".into();
    let test_button = json!({"notification": {"name": "t"}, "content": [],
        "data": [{"notification_id": "n", "instance": {"id": "instanceId"}, "type": "create", "message": "m"}]});
    for (event, reason) in [
        (samples::stream("vulnerability-create"), "vulnerability"),
        (other_type, "malware"),
        (other_event, "share"),
        (
            samples::stream("dependency-incident-in-report"),
            "init-dependencies",
        ),
        (samples::stream("recovery-incident"), "init-create"),
        (test_button, "test"),
    ] {
        let answer = function.opencti(event.to_string()).await;
        assert_eq!(answer.status, 200);
        let result = answer.result();
        assert_eq!(result["outcome"], "ignored", "{result}");
        assert!(
            result["reason"].as_str().unwrap().contains(reason),
            "{result}"
        );
    }
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn both_spellings_of_a_type_file_an_issue() {
    let (_jira, function) = with_jira(cloud()).await;
    let mut event = samples::stream("case-incident-create");
    event["data"]["type"] = "x-opencti-case-incident".into();
    let result = function.opencti(event.to_string()).await.result();
    assert_eq!(result["outcome"], "created");
    assert_eq!(result["entity"]["type"], "case-incident");
}

#[tokio::test]
async fn hostile_lengths_and_letters_are_filed_within_jiras_limits() {
    let (jira, function) = with_jira(cloud()).await;
    let mut event = samples::incident("hostile", "");
    event["data"]["name"] = format!("line one\r\nline two {}", "🦀".repeat(300)).into();
    event["data"]["description"] = "ünïcödé 🦀 ".repeat(20_000).into();
    event["data"]["labels"] = json!(["a b\tc", "", "x".repeat(400), "🦀 🦀"]);
    let answer = function.opencti(event.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let issue = &jira.issues()[0];
    assert!(issue.summary().starts_with("line one line two"));
    assert!(issue.description().contains("full text in OpenCTI"));
    assert!(issue.labels().contains(&"a_b_c"));
}

#[tokio::test]
async fn data_center_under_a_path_takes_a_personal_access_token() {
    let settings = [DATA_CENTER[0], ("jira_context_path", "/jira")];
    let (jira, function) = with_settings(data_center().context_path("/jira"), &settings).await;
    let answer = function
        .opencti(samples::stream("report-create").to_string())
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let url = answer.result()["issue"]["url"].clone();
    assert_eq!(url, format!("{}/jira/browse/SOC-101", jira.url()));
    assert_eq!(jira.issues().len(), 1);
}

#[tokio::test]
async fn project_issue_type_and_custom_fields_come_from_the_settings() {
    let project = Project::new("IR").issue_types(&["Incident"]);
    let text_field = project
        .custom_fields
        .iter()
        .find(|field| field.kind == jira_intake_standins::jira::FieldKind::Text)
        .unwrap()
        .id
        .clone();
    let settings = [
        ("jira_project_key", "IR"),
        ("jira_issue_type_name", "Incident"),
        ("jira_custom_fields_keys", text_field.as_str()),
        ("jira_custom_fields_values", "from OpenCTI"),
    ];
    let (jira, function) = with_settings(cloud().project(project), &settings).await;
    let answer = function
        .opencti(samples::stream("incident-create").to_string())
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let issue = &jira.issues()[0];
    assert_eq!((issue.project(), issue.issue_type()), ("IR", "Incident"));
    assert_eq!(issue.field(&text_field), "from OpenCTI");
}
