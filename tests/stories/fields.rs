//! Every kind of field, by its name and by its id, in both families; people by
//! their e-mail addresses; a request's type.

use crate::harness::alerts;
use crate::harness::objects::{each_family, odd_login, outcome, tell};
use crate::harness::operator::until_quiet;
use jira_intake_standins::jira::{Fault, Issue, JiraOptions, JiraStandIn, Operation, Project};
use serde_json::{Value, json};

/// Name and id of each field, and a plain value that it takes.
const PLAIN: [(&str, &str, &str); 20] = [
    ("Affected system", "customfield_10030", "FILE-01\nand more"),
    ("Impact", "customfield_10031", "two\nlines"),
    ("Risk score", "customfield_10032", "4.5"),
    ("Detected on", "customfield_10033", "2026-11-22T06:32:27Z"),
    ("First seen", "customfield_10034", "2026-11-22T06:32:27Z"),
    ("Team", "customfield_10039", "SOC"),
    ("Sources", "customfield_10040", "OpenCTI, Splunk"),
    ("Location", "customfield_10041", "Europe > Berlin"),
    ("Affected user", "customfield_10042", "ada@example.com"),
    ("Tactics", "customfield_10043", "initial access, impact"),
    ("Reference", "customfield_10044", "https://example.com/x"),
    ("Epic Name", "customfield_10011", "Logins"),
    ("Sprint", "customfield_10020", "2"),
    ("Organizations", "customfield_10002", "1, 2"),
    ("Request Type", "customfield_10010", "soc/incident"),
    ("Shift", "customfield_10045", "Night"),
    ("Steps done", "customfield_10046", "Contained"),
    ("Group", "customfield_10047", "soc-analysts"),
    ("Home project", "customfield_10048", "SOC"),
    ("Release", "customfield_10049", "1.0"),
];

fn every_kind(options: JiraOptions) -> JiraOptions {
    options.project(Project::new("SOC").every_kind())
}

fn settings(name_of: impl Fn(&(&str, &str, &str)) -> String) -> String {
    let mut fields = serde_json::Map::new();
    for field in &PLAIN {
        fields.insert(name_of(field), field.2.into());
    }
    fields.insert("environment".to_owned(), "{{ entity.name }}\nsecond".into());
    fields.insert("duedate".to_owned(), "2026-12-24".into());
    Value::from(fields).to_string()
}

fn has_all(jira: &JiraStandIn, is_cloud: bool) {
    let issue = &jira.issues()[0];
    for (name, id, _) in PLAIN {
        assert!(!issue.field(id).is_null(), "{name} is missing");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (impact, place) = (issue.field("customfield_10031"), issue.field("environment"));
    match is_cloud {
        true => assert_eq!(
            (&impact["type"], &place["type"]),
            (&json!("doc"), &json!("doc"))
        ),
        false => assert_eq!(
            (text(impact), text(place)),
            ("two\nlines".to_owned(), "Odd login\nsecond".to_owned())
        ),
    }
    assert_eq!(issue.field("customfield_10032"), 4.5);
    assert_eq!(issue.field("customfield_10033"), "2026-11-22");
    assert_eq!(
        issue.field("customfield_10034"),
        "2026-11-22T06:32:27.000+0000"
    );
    assert_eq!(issue.field("customfield_10041")["child"]["value"], "Berlin");
    assert_eq!(
        issue.field("customfield_10042")["displayName"],
        "Ada Analyst"
    );
    assert_eq!(issue.field("duedate"), "2026-12-24");
}

#[tokio::test]
async fn every_kind_of_field_is_set_by_name_and_by_id_in_both_families() {
    for by_id in [false, true] {
        let fields = settings(|(name, id, _)| match by_id {
            true => (*id).to_owned(),
            false => (*name).to_owned(),
        });
        let setting = [("jira_custom_fields", &*fields)];
        let families = each_family(every_kind, &setting).await;
        for ((jira, function), is_cloud) in families.into_iter().zip([true, false]) {
            let result = tell(&function, &odd_login("Odd login")).await;
            assert_eq!(result["reason"], Value::Null, "{result}");
            has_all(&jira, is_cloud);
            // The list of fields and the people are asked for once.
            let second = json!({ "id": "edr-2", "title": "Another login" });
            assert_eq!(outcome(&function, second).await, "created");
            assert_eq!(jira.count(Operation::Fields), 1);
            assert_eq!(jira.count(Operation::FindUsers), 1);
        }
    }
}

#[tokio::test]
async fn an_epic_is_linked_and_a_value_that_does_not_fit_is_said() {
    let setting = r#"{"Epic Link": "SOC-101", "Risk score": "{{ entity.name }}"}"#;
    for (jira, function) in each_family(every_kind, &[("jira_custom_fields", setting)]).await {
        let first = tell(&function, &odd_login("Odd login")).await;
        let reason = first["reason"].to_string();
        assert!(
            reason.contains("Risk score (the field takes a number"),
            "{reason}"
        );
        // The epic is filed by now.
        let second = json!({ "id": "edr-2", "title": "7" });
        assert_eq!(tell(&function, &second).await["outcome"], "created");
        let issue = issue(&jira, "7");
        assert_eq!(issue.field("customfield_10032"), 7);
    }
}

fn issue(jira: &JiraStandIn, summary: &str) -> Issue {
    let mut issues = jira.issues().into_iter();
    issues.find(|issue| issue.summary() == summary).unwrap()
}

#[tokio::test]
async fn a_person_may_be_given_by_an_address_and_nobody_is_told() {
    let routes = "[[route]]\nassignee = \"ada@example.com\"\n";
    for (jira, function) in each_family(every_kind, &[("routes", routes)]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        assert_eq!(
            jira.issues()[0].field("assignee")["displayName"],
            "Ada Analyst"
        );
    }
    let routes = "[[route]]\nassignee = \"eve@example.com\"\n";
    for (jira, function) in each_family(every_kind, &[("routes", routes)]).await {
        let result = tell(&function, &odd_login("Odd login")).await;
        assert!(result["reason"].to_string().contains("nobody"), "{result}");
        assert_eq!(jira.issues().len(), 1);
    }
}

#[tokio::test]
async fn a_reporter_that_nobody_is_keeps_the_issue_back() {
    let setting = [("jira_custom_fields", r#"{"reporter": "eve@example.com"}"#)];
    for (jira, function) in each_family(every_kind, &setting).await {
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(result["outcome"], "queued");
        assert!(
            result["reason"].to_string().contains("dead letter"),
            "{result}"
        );
        assert!(jira.issues().is_empty());
    }
}

#[tokio::test]
async fn a_list_of_fields_that_is_forbidden_costs_the_named_fields_only() {
    let setting = r#"{"Team": "SOC", "customfield_10043": ["a", "b"]}"#;
    for (jira, function) in each_family(every_kind, &[("jira_custom_fields", setting)]).await {
        jira.inject(Fault::forbidden().on(Operation::Fields).always());
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(result["outcome"], "created", "{result}");
        assert!(result["reason"].to_string().contains("Team"), "{result}");
        assert_eq!(
            jira.issues()[0].field("customfield_10043"),
            &json!(["a", "b"])
        );
    }
}

#[tokio::test]
async fn a_list_of_fields_that_is_not_jiras_is_asked_for_again() {
    let setting = [("jira_custom_fields", r#"{"Team": "SOC"}"#)];
    for (jira, mut function) in each_family(every_kind, &setting).await {
        jira.inject(Fault::login_page().on(Operation::Fields).times(1));
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(result["outcome"], "queued", "{result}");
        assert!(
            result["reason"].to_string().contains("not Jira"),
            "{result}"
        );
        let second = json!({ "id": "edr-2", "title": "Another login" });
        assert_eq!(outcome(&function, second).await, "created");
        alerts::later(&mut function, 90).await;
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 2);
        for issue in jira.issues() {
            assert_eq!(issue.field("customfield_10039")["value"], "SOC");
        }
    }
}

#[tokio::test]
async fn a_request_type_is_set_in_an_ordinary_create() {
    let setting = [("jira_request_type", "soc/incident")];
    for (jira, function) in each_family(every_kind, &setting).await {
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(result["reason"], Value::Null, "{result}");
        let issue = &jira.issues()[0];
        let name = &issue.field("customfield_10010")["requestType"]["name"];
        assert_eq!(name, "soc/incident");
        assert!(
            issue
                .labels()
                .iter()
                .any(|label| label.starts_with("intake-"))
        );
    }
}

#[tokio::test]
async fn a_security_level_that_is_refused_keeps_the_content_back() {
    let setting = [("jira_custom_fields", r#"{"security": "Internal"}"#)];
    for (jira, function) in each_family(every_kind, &setting).await {
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(result["outcome"], "queued", "{result}");
        assert!(jira.issues().is_empty());
    }
    let with_level =
        |options: JiraOptions| options.project(Project::new("SOC").security_levels(&["Internal"]));
    for (jira, function) in each_family(with_level, &setting).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        assert_eq!(jira.issues()[0].field("security")["name"], "Internal");
    }
}
