//! Issues that were moved to another project, and search over all of them.

use serde_json::json;

use super::super::{JiraOptions, Project};
use super::{Jira, doc, start};

async fn two(options: JiraOptions) -> Jira {
    start(options.project(Project::new("IR"))).await
}

async fn found(jira: &Jira, jql: &str) -> Vec<String> {
    let path = if jira.api.ends_with('3') {
        "search/jql"
    } else {
        "search"
    };
    let body = json!({"jql": jql, "fields": ["summary"]});
    let reply = jira.post(path, body).await;
    assert_eq!(reply.status, 200, "{jql}: {}", reply.text);
    let issues = reply.json["issues"].as_array().unwrap().iter();
    issues
        .map(|issue| issue["key"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_moved_issue_is_read_and_changed_by_its_old_key_and_its_id() {
    for options in [JiraOptions::cloud(), JiraOptions::data_center()] {
        let jira = two(options).await;
        let key = jira.filed(json!({})).await;
        let id = jira.standin.issue(&key).unwrap().id;
        let moved = jira.standin.move_issue(&key, "IR").unwrap();
        assert_eq!(moved, "IR-101");
        for named in [&key, &id, &moved] {
            let issue = jira.get(&format!("issue/{named}")).await.json;
            assert_eq!((&issue["key"], &issue["id"]), (&json!(moved), &json!(id)));
            assert_eq!(issue["fields"]["project"]["key"], "IR");
            let change = json!({"fields": {"summary": format!("by {named}")}});
            let reply = jira.put(&format!("issue/{named}"), change).await;
            assert_eq!(reply.status, 204);
        }
        assert!(jira.standin.move_issue(&key, "NOPE").is_none());
    }
}

#[tokio::test]
async fn a_moved_issue_is_found_by_its_label_in_all_projects_only() {
    for options in [JiraOptions::cloud(), JiraOptions::data_center()] {
        let jira = two(options).await;
        let key = jira.filed(json!({"labels": ["intake-0123"]})).await;
        jira.filed(json!({"labels": ["intake-4567"]})).await;
        let moved = jira.standin.move_issue(&key, "IR").unwrap();
        let everywhere = found(&jira, "labels = \"intake-0123\"").await;
        assert_eq!(everywhere.join(" "), moved);
        let old_home = found(&jira, "project = SOC and labels = \"intake-0123\"").await;
        assert!(old_home.is_empty());
        for named in [&moved, &key] {
            let by_key = found(&jira, &format!("key = {named}")).await;
            assert_eq!(by_key.join(" "), moved);
        }
    }
}

#[tokio::test]
async fn a_moved_issue_takes_the_fields_of_its_new_home() {
    let jira = start(JiraOptions::cloud().project(Project::new("IR").without("labels"))).await;
    let key = jira.filed(json!({"description": doc("x")})).await;
    jira.standin.move_issue(&key, "IR").unwrap();
    let change = json!({"fields": {"labels": ["x"]}});
    let reply = jira.put(&format!("issue/{key}"), change).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["labels"]));
}
