//! The whole life of an entity: what its issue is told, with how many requests,
//! and what people wrote in Jira stays.

use std::time::Duration;

use crate::harness::issues::only_issue;
use crate::harness::samples;
use crate::harness::{DATA_CENTER, Function, cloud, data_center, with_jira, with_settings};
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use serde_json::{Value, json};

const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";

/// An event of an incident at a minute past noon, with members of its own.
fn incident(kind: &str, minute: u32, members: Value) -> String {
    let mut event = samples::incident("life-1", "Odd login");
    let at = format!("2025-11-01T12:{minute:02}:00.000Z");
    event["type"] = kind.into();
    event["data"]["modified"] = at.clone().into();
    event["data"]["extensions"][EXTENSION]["updated_at"] = at.into();
    for (name, value) in members.as_object().unwrap() {
        event["data"][name] = value.clone();
    }
    event.to_string()
}

async fn tell(function: &Function, event: String) -> Value {
    let answer = function.opencti(&event).await;
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
    answer.result()
}

/// Files the incident and forgets the requests that took.
async fn filed(jira: &JiraStandIn, function: &Function) {
    tell(function, incident("create", 0, json!({}))).await;
    jira.clear_requests();
}

#[tokio::test]
async fn a_new_issue_takes_one_request_and_one_for_its_link_back() {
    let (jira, function) = with_settings(cloud(), &[("jira_api", "cloud")]).await;
    tell(&function, incident("create", 0, json!({}))).await;
    assert_eq!(
        jira.operations(),
        [Operation::Create, Operation::RemoteLink]
    );
    let issue = only_issue(&jira);
    let link = &issue.remote_links[0];
    assert_eq!(
        link.object["url"],
        "https://opencti.example.com/dashboard/id/life-1"
    );
    assert_eq!(link.object["title"], "Odd login");
    assert_eq!(issue.properties["jira-intake"]["entity"], "life-1");
    assert!(
        issue
            .labels()
            .iter()
            .any(|label| label.starts_with("intake-") && label.len() == 19)
    );
}

#[tokio::test]
async fn jira_is_asked_once_for_all_what_it_is() {
    let (jira, function) = with_jira(cloud()).await;
    tell(&function, incident("create", 0, json!({}))).await;
    tell(&function, samples::stream("report-create").to_string()).await;
    assert_eq!(jira.count(Operation::ServerInfo), 1);
}

#[tokio::test]
async fn a_change_of_labels_and_severity_is_one_request() {
    let (jira, function) = with_jira(cloud()).await;
    filed(&jira, &function).await;
    let people = |fields: &mut serde_json::Map<String, Value>| {
        fields["labels"]
            .as_array_mut()
            .unwrap()
            .push("by-hand".into());
    };
    jira.edit("SOC-101", people);
    let description = only_issue(&jira).description();
    let change = json!({"labels": ["ransomware", "new one"]});
    let result = tell(&function, incident("update", 1, change)).await;
    assert_eq!(result["outcome"], "updated");
    assert_eq!(result["issue"]["key"], "SOC-101");
    assert_eq!(jira.operations(), [Operation::Update]);
    let issue = only_issue(&jira);
    let labels = issue.labels();
    assert!(
        labels.contains(&"by-hand") && labels.contains(&"new_one"),
        "{labels:?}"
    );
    assert!(!labels.contains(&"threat_lead"), "{labels:?}");
    assert_eq!(issue.description(), description);
}

#[tokio::test]
async fn a_rename_keeps_the_issue_and_changes_its_summary() {
    let (jira, function) = with_jira(cloud()).await;
    tell(&function, samples::stream("incident-create").to_string()).await;
    jira.clear_requests();
    let result = tell(
        &function,
        samples::stream("incident-update-rename").to_string(),
    )
    .await;
    assert_eq!(result["outcome"], "updated");
    assert!(only_issue(&jira).summary().ends_with("(renamed)"));
    assert_eq!(jira.operations(), [Operation::Read, Operation::Update]);
}

#[tokio::test]
async fn an_update_of_an_unknown_entity_files_it() {
    let (jira, function) = with_jira(cloud()).await;
    let result = tell(&function, incident("update", 5, json!({}))).await;
    assert_eq!(result["outcome"], "created");
    let late = tell(&function, incident("create", 0, json!({"name": "older"}))).await;
    assert_eq!(late["outcome"], "ignored");
    assert_eq!(only_issue(&jira).summary(), "Odd login");
}

#[tokio::test]
async fn an_older_event_never_overwrites_a_newer_one() {
    let (jira, function) = with_jira(cloud()).await;
    filed(&jira, &function).await;
    tell(&function, incident("update", 9, json!({"name": "newest"}))).await;
    let late = tell(&function, incident("update", 3, json!({"name": "older"}))).await;
    assert_eq!(late["outcome"], "ignored");
    assert!(late["reason"].as_str().unwrap().contains("later"), "{late}");
    assert_eq!(only_issue(&jira).summary(), "newest");
}

#[tokio::test]
async fn unchanged_content_asks_jira_nothing_and_a_later_state_still_counts() {
    let (jira, function) = with_jira(cloud()).await;
    filed(&jira, &function).await;
    let same = tell(&function, incident("update", 7, json!({}))).await;
    assert_eq!(same["outcome"], "duplicate");
    let late = tell(&function, incident("update", 3, json!({"name": "older"}))).await;
    assert_eq!(late["outcome"], "ignored");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn what_people_wrote_stays_and_the_change_becomes_a_comment() {
    for (options, settings) in [(cloud(), vec![]), (data_center(), DATA_CENTER.to_vec())] {
        let (jira, function) = with_settings(options.rewrites_text(), &settings).await;
        filed(&jira, &function).await;
        jira.edit("SOC-101", |fields| {
            fields["summary"] = "Ours: odd login".into()
        });
        let change = json!({"name": "Odder login", "description": "*new* words"});
        let result = tell(&function, incident("update", 1, change)).await;
        assert_eq!(result["outcome"], "updated");
        assert!(
            result["reason"].as_str().unwrap().contains("comment"),
            "{result}"
        );
        let issue = only_issue(&jira);
        assert_eq!(issue.summary(), "Ours: odd login");
        // The description was still ours: it is changed.
        assert!(
            issue.description().contains("new"),
            "{}",
            issue.description()
        );
        assert_eq!(issue.comments.len(), 1);
        assert!(issue.comments[0].text().contains("Odder login"));
    }
}

#[tokio::test]
async fn text_that_jira_hands_back_a_little_changed_is_still_ours() {
    for (options, settings) in [(cloud(), vec![]), (data_center(), DATA_CENTER.to_vec())] {
        let (jira, function) = with_settings(options.rewrites_text(), &settings).await;
        tell(&function, samples::stream("incident-create").to_string()).await;
        let mut event = samples::stream("incident-update-rename");
        event["data"]["description"] = "# All new\n\n- a\n- b".into();
        let result = tell(&function, event.to_string()).await;
        assert_eq!(result["reason"], Value::Null, "{result}");
        assert!(only_issue(&jira).description().contains("All new"));
        assert!(only_issue(&jira).comments.is_empty());
    }
}

#[tokio::test]
async fn edits_may_be_overwritten_if_that_was_said() {
    let (jira, function) = with_settings(cloud(), &[("overwrite_edits", "true")]).await;
    filed(&jira, &function).await;
    jira.edit("SOC-101", |fields| fields["summary"] = "by hand".into());
    tell(
        &function,
        incident("update", 1, json!({"name": "Odder login"})),
    )
    .await;
    assert_eq!(only_issue(&jira).summary(), "Odder login");
    assert_eq!(jira.operations(), [Operation::Update]);
}

#[tokio::test]
async fn an_update_can_be_a_comment_or_nothing() {
    let (jira, function) = with_settings(cloud(), &[("on_update", "comment")]).await;
    filed(&jira, &function).await;
    tell(
        &function,
        incident("update", 1, json!({"name": "Odder login"})),
    )
    .await;
    // Is the issue in a service desk?
    assert_eq!(jira.operations(), [Operation::Read, Operation::Comment]);
    assert_eq!(only_issue(&jira).summary(), "Odd login");
    assert!(only_issue(&jira).comments[0].text().contains("Odder login"));

    let (jira, function) = with_settings(cloud(), &[("on_update", "ignore")]).await;
    filed(&jira, &function).await;
    let result = tell(&function, incident("update", 1, json!({"name": "x"}))).await;
    assert_eq!(result["outcome"], "ignored");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn a_deletion_is_told_once() {
    let (jira, function) = with_jira(cloud()).await;
    filed(&jira, &function).await;
    let result = tell(&function, incident("delete", 2, json!({}))).await;
    assert_eq!(result["outcome"], "updated");
    let again = tell(&function, incident("delete", 2, json!({}))).await;
    assert_eq!(again["outcome"], "duplicate");
    let late = tell(&function, incident("update", 1, json!({"name": "late"}))).await;
    assert_eq!(late["outcome"], "ignored");
    let issue = only_issue(&jira);
    assert_eq!(issue.comments.len(), 1);
    assert!(issue.comments[0].text().contains("deleted"));
    // Is the issue in a service desk?
    assert_eq!(jira.operations(), [Operation::Read, Operation::Comment]);
}

#[tokio::test]
async fn a_deletion_can_close_the_issue_by_category_or_by_name() {
    for (name, category) in [("", "done"), ("In Progress", "indeterminate")] {
        let settings = [("on_delete", "transition"), ("done_transition", name)];
        let (jira, function) = with_settings(cloud(), &settings).await;
        filed(&jira, &function).await;
        tell(&function, incident("delete", 2, json!({}))).await;
        assert_eq!(only_issue(&jira).status_category, category);
    }
}

#[tokio::test]
async fn a_deletion_of_what_was_never_filed_is_ignored() {
    let (jira, function) = with_jira(cloud()).await;
    let result = tell(&function, incident("delete", 2, json!({}))).await;
    assert_eq!(result["outcome"], "ignored");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn a_merge_links_the_issues_and_ends_the_one_that_is_gone() {
    let (jira, function) = with_jira(cloud()).await;
    let merge = samples::stream("report-merge");
    let mut source =
        json!({"version": "4", "type": "create", "data": merge["context"]["sources"][0]});
    source["data"]["name"] = "Duplicate demo report".into();
    tell(&function, source.to_string()).await;
    tell(&function, samples::stream("report-create").to_string()).await;
    let result = tell(&function, merge.to_string()).await;
    assert_eq!(result["issue"]["key"], "SOC-102");
    let gone = jira.issue("SOC-101").unwrap();
    assert!(
        gone.comments[0].text().contains("merged"),
        "{}",
        gone.comments[0].text()
    );
    let link = &gone.links[0];
    assert_eq!(
        (link.inward.as_str(), link.outward.as_str()),
        ("SOC-101", "SOC-102")
    );
    let again = tell(&function, merge.to_string()).await;
    assert_eq!(again["outcome"], "duplicate");
    assert_eq!(jira.issue("SOC-101").unwrap().comments.len(), 1);
}

#[tokio::test]
async fn a_workflow_status_drives_a_transition() {
    let status = "9c8b7a65-4d3e-4f2a-8b1c-0d9e8f7a6b5c";
    let settings = [("status_transitions", &*format!("{status}=In Progress"))];
    let (jira, function) = with_settings(cloud(), &settings).await;
    tell(
        &function,
        samples::stream("case-incident-create").to_string(),
    )
    .await;
    let result = tell(
        &function,
        samples::stream("case-incident-update-status").to_string(),
    )
    .await;
    assert_eq!(result["outcome"], "updated");
    assert_eq!(only_issue(&jira).status, "In Progress");
}

#[tokio::test]
async fn an_issue_that_people_deleted_is_not_filed_again() {
    let (jira, function) = with_jira(cloud()).await;
    filed(&jira, &function).await;
    jira.delete("SOC-101");
    let result = tell(&function, incident("update", 1, json!({"name": "x"}))).await;
    assert_eq!(result["outcome"], "ignored");
    assert!(
        result["reason"].as_str().unwrap().contains("gone"),
        "{result}"
    );
    assert!(jira.issues().is_empty());
}

#[tokio::test]
async fn an_issue_that_was_moved_is_still_found() {
    let project = jira_intake_standins::jira::Project::new("IR");
    let (jira, function) = with_jira(cloud().project(project)).await;
    filed(&jira, &function).await;
    jira.move_issue("SOC-101", "IR").unwrap();
    let result = tell(&function, incident("update", 1, json!({"name": "moved"}))).await;
    assert_eq!(result["outcome"], "updated");
    assert_eq!(only_issue(&jira).summary(), "moved");
}

#[tokio::test]
async fn a_burst_of_updates_ends_with_the_newest_state_in_two_writes() {
    let (jira, function) = with_jira(cloud()).await;
    filed(&jira, &function).await;
    // The first is still at work when the others arrive.
    let slow = Fault::new(FaultKind::Latency(Duration::from_secs(2)));
    jira.inject(slow.on(Operation::Update));
    let events: Vec<String> = (1..20)
        .map(|minute| incident("update", minute, json!({"name": format!("state {minute}")})))
        .collect();
    let answers = futures::future::join_all(events.iter().map(|event| function.opencti(event)));
    for answer in answers.await {
        assert!(answer.status < 300, "{}", answer.text());
    }
    for _ in 0..100 {
        if only_issue(&jira).summary() == "state 19" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(only_issue(&jira).summary(), "state 19");
    assert!(
        jira.count(Operation::Update) <= 2,
        "{:?}",
        jira.operations()
    );
}
