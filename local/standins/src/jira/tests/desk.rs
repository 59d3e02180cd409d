//! Service desks: what their projects say, and comments that customers do not
//! see.

use serde_json::{Value, json};

use super::super::{CustomField, FieldKind, JiraOptions, Project};
use super::{Jira, doc, start};

fn internal(body: Value) -> Value {
    json!({"body": body, "properties": [
        {"key": "sd.public.comment", "value": {"internal": true}},
    ]})
}

async fn desk(options: JiraOptions) -> Jira {
    let request_type =
        CustomField::new("customfield_10010", "Request Type", FieldKind::RequestType)
            .choice("soc/incident", &[])
            .choice("soc/question", &[]);
    let project = Project::new("SOC").service_desk().custom(request_type);
    start(options.project(project).project(Project::new("DEV"))).await
}

#[tokio::test]
async fn a_project_tells_whether_it_is_a_service_desk() {
    for options in [JiraOptions::cloud(), JiraOptions::data_center()] {
        let jira = desk(options).await;
        let kind = async |key: &str| {
            let project = jira.get(&format!("project/{key}")).await.json;
            project["projectTypeKey"].clone()
        };
        assert_eq!(kind("SOC").await, "service_desk");
        assert_eq!(kind("DEV").await, "software");
        let key = jira.filed(json!({})).await;
        let issue = jira.get(&format!("issue/{key}?fields=project")).await.json;
        let project = &issue["fields"]["project"];
        assert_eq!(project["projectTypeKey"], "service_desk");
    }
}

#[tokio::test]
async fn a_comment_is_mailed_unless_it_is_internal() {
    let jira = desk(JiraOptions::cloud()).await;
    let key = jira.filed(json!({})).await;
    let path = format!("issue/{key}/comment");
    let open = jira.post(&path, json!({"body": doc("hello")})).await;
    let hidden = jira.post(&path, internal(doc("for us"))).await;
    assert_eq!((open.status, hidden.status), (201, 201));
    assert_eq!(open.json["jsdPublic"], true);
    assert_eq!(hidden.json["jsdPublic"], false);
    let issue = jira.standin.issue(&key).unwrap();
    let mailed: Vec<String> = issue.mailed().iter().map(|it| it.text()).collect();
    assert_eq!(mailed, ["hello"]);
    assert!(issue.comments[1].is_internal());
    let elsewhere = jira.filed(json!({"project": {"key": "DEV"}})).await;
    let path = format!("issue/{elsewhere}/comment");
    jira.post(&path, json!({"body": doc("hello")})).await;
    assert!(jira.standin.issue(&elsewhere).unwrap().mailed().is_empty());
}

#[tokio::test]
async fn a_comments_properties_are_kept_and_shown_when_asked_for() {
    for (options, text) in [
        (JiraOptions::cloud(), doc("x")),
        (JiraOptions::data_center(), json!("x")),
    ] {
        let jira = desk(options).await;
        let key = jira.filed(json!({})).await;
        let path = format!("issue/{key}/comment");
        let body =
            json!({"body": text, "properties": [{"key": "jira-intake", "value": {"step": "a1"}}]});
        let made = jira.post(&path, body).await.json;
        let expected = json!([{"key": "jira-intake", "value": {"step": "a1"}}]);
        let plain = jira.get(&path).await.json;
        assert!(plain["comments"][0].get("properties").is_none());
        let shown = jira.get(&format!("{path}?expand=properties")).await.json;
        assert_eq!(shown["comments"][0]["properties"], expected);
        let id = made["id"].as_str().unwrap();
        let one = jira.get(&format!("{path}/{id}?expand=properties")).await;
        assert_eq!(one.json["properties"], expected);
        let on_cloud = jira.api.ends_with('3');
        assert_eq!(one.json.get("jsdPublic").is_some(), on_cloud);
        let changed = jira
            .put(&format!("{path}/{id}"), internal(text.clone()))
            .await;
        assert_eq!(changed.status, 200);
        let comment = jira.standin.issue(&key).unwrap().comments[0].clone();
        assert!(comment.is_internal() && comment.properties.len() == 2);
        let wrong = json!({"body": text, "properties": [{"key": "", "value": 1}]});
        assert_eq!(jira.post(&path, wrong).await.status, 400);
    }
}

#[tokio::test]
async fn a_comment_that_comes_with_a_change_may_be_internal() {
    let jira = desk(JiraOptions::data_center()).await;
    let key = jira.filed(json!({})).await;
    let add = json!({"update": {"comment": [{"add": internal(json!("for us"))}]}});
    let path = format!("issue/{key}");
    assert_eq!(jira.put(&path, add.clone()).await.status, 204);
    let mut close = add;
    close["transition"] = json!({"id": "31"});
    let path = format!("issue/{key}/transitions");
    assert_eq!(jira.post(&path, close).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.comments.len(), 2);
    assert!(issue.mailed().is_empty());
}

#[tokio::test]
async fn comments_are_listed_newest_first_when_asked_for() {
    let jira = desk(JiraOptions::data_center()).await;
    let path = format!("issue/{}/comment", jira.filed(json!({})).await);
    for text in ["one", "two", "three"] {
        jira.post(&path, json!({"body": text})).await;
    }
    let last = jira
        .get(&format!("{path}?orderBy=-created&maxResults=1"))
        .await
        .json;
    assert_eq!(
        (&last["total"], &last["comments"][0]["body"]),
        (&json!(3), &json!("three"))
    );
}

#[tokio::test]
async fn a_request_type_is_a_string_and_is_answered_as_an_object() {
    let jira = desk(JiraOptions::cloud()).await;
    for wrong in [
        json!("soc/nothing"),
        json!({"value": "soc/incident"}),
        json!(1),
    ] {
        jira.refused(json!({"customfield_10010": wrong}), &["customfield_10010"])
            .await;
    }
    for right in ["soc/question", "10101"] {
        let key = jira.filed(json!({"customfield_10010": right})).await;
        let issue = jira.get(&format!("issue/{key}")).await.json;
        let shown = &issue["fields"]["customfield_10010"]["requestType"];
        assert_eq!(shown["name"], "soc/question");
    }
    let all = jira.get("field").await.json;
    let all = all.as_array().unwrap();
    let field = all
        .iter()
        .find(|it| it["id"] == "customfield_10010")
        .unwrap();
    assert_eq!(
        field["schema"]["custom"],
        "com.atlassian.servicedesk:vp-origin"
    );
}
