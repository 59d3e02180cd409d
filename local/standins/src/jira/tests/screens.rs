//! What is on which screen, how long a text may be, and what is said of
//! several wrong fields.

use serde_json::{Value, json};

use super::super::{CustomField, FieldKind, JiraOptions, Locale, Project};
use super::{Jira, data_center, doc, fields, start};

async fn with(project: Project) -> Jira {
    start(JiraOptions::data_center().project(project)).await
}

/// The ids of the fields that a new task's screen shows.
async fn on_create(jira: &Jira) -> Vec<String> {
    let types = jira.get("issue/createmeta/SOC/issuetypes").await.json;
    let id = types["values"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("issue/createmeta/SOC/issuetypes/{id}");
    let list = jira.get(&path).await.json["values"].clone();
    let list = list.as_array().unwrap().iter();
    list.map(|field| field["fieldId"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn creating_and_editing_have_screens_of_their_own() {
    let project = Project::new("SOC")
        .without_on_create("description")
        .without_on_create("customfield_10030")
        .without_on_edit("priority")
        .without_on_edit("labels");
    let jira = with(project).await;
    jira.refused(json!({"description": "x"}), &["description"])
        .await;
    jira.refused(json!({"customfield_10030": "x"}), &["customfield_10030"])
        .await;
    let shown = on_create(&jira).await;
    let has = |id: &str| shown.iter().any(|known| known == id);
    assert!(has("priority") && has("labels") && has("environment"));
    assert!(!has("description") && !has("customfield_10030"));
    let key = jira
        .filed(json!({"labels": ["a"], "priority": {"name": "High"}}))
        .await;
    let path = format!("issue/{key}");
    let change = json!({"fields": {"priority": {"name": "Low"}},
                        "update": {"labels": [{"add": "b"}]}});
    let reply = jira.put(&path, change).await;
    assert_eq!(
        (reply.status, reply.fields()),
        (400, vec!["labels", "priority"])
    );
    let text = reply.json["errors"]["priority"].as_str().unwrap();
    assert!(text.contains("not on the appropriate screen"), "{text}");
    let change = json!({"fields": {"description": "x", "customfield_10030": "y"}});
    assert_eq!(jira.put(&path, change).await.status, 204);
    let shown = jira.get(&format!("{path}/editmeta")).await.json["fields"].clone();
    assert!(shown.get("description").is_some() && shown.get("customfield_10030").is_some());
    assert!(shown.get("priority").is_none() && shown.get("labels").is_none());
    assert_eq!(jira.get("issue/SOC-999/editmeta").await.status, 404);
}

#[tokio::test]
async fn a_field_may_be_on_no_screen() {
    let jira = with(Project::new("SOC").without("description")).await;
    jira.refused(json!({"description": "x"}), &["description"])
        .await;
    let key = jira.filed(json!({})).await;
    let change = json!({"fields": {"description": "x"}});
    let reply = jira.put(&format!("issue/{key}"), change).await;
    assert_eq!(reply.fields(), ["description"]);
    let comment = json!({"body": "the text, as a comment"});
    let path = format!("issue/{key}/comment");
    assert_eq!(jira.post(&path, comment).await.status, 201);
}

#[tokio::test]
async fn the_limit_of_texts_may_be_lower_and_is_named() {
    let jira = start(JiraOptions::data_center().text_limit(4000)).await;
    let long = "x".repeat(4001);
    let text = "The entered text is too long. It exceeds the allowed limit of 4,000 characters.";
    let wrong = json!({"description": long, "environment": long, "customfield_10031": long});
    let named = ["customfield_10031", "description", "environment"];
    let reply = jira.refused(wrong, &named).await;
    assert_eq!(reply.json["errors"]["description"], text);
    let key = jira.filed(json!({"description": "x".repeat(4000)})).await;
    let path = format!("issue/{key}");
    let change = json!({"fields": {"description": long}});
    assert_eq!(jira.put(&path, change).await.fields(), ["description"]);
    let reply = jira
        .post(&format!("{path}/comment"), json!({"body": long}))
        .await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["comment"]));
    assert_eq!(reply.json["errors"]["comment"], text);
}

#[tokio::test]
async fn the_limit_of_texts_may_be_german_or_none() {
    let german = JiraOptions::data_center().locale(Locale::German);
    let jira = start(german.text_limit(12_000)).await;
    let long = json!({"description": "x".repeat(12_001)});
    let reply = jira.refused(long, &["description"]).await;
    assert!(reply.text.contains("12.000 Zeichen"), "{}", reply.text);
    let jira = start(JiraOptions::data_center().text_limit(0)).await;
    jira.filed(json!({"description": "x".repeat(100_000)}))
        .await;
}

#[tokio::test]
async fn fields_may_be_refused_one_after_the_other() {
    let project = Project::new("SOC").without("labels").without("priority");
    let options = JiraOptions::data_center().project(project);
    let jira = start(options.one_field_at_a_time()).await;
    let mut body = json!({"labels": ["x"], "priority": {"name": "High"}, "duedate": "soon"});
    for expected in ["duedate", "labels", "priority"] {
        jira.refused(body.clone(), &[expected]).await;
        body.as_object_mut().unwrap().remove(expected);
    }
    jira.filed(body).await;
}

#[tokio::test]
async fn what_is_too_long_hides_that_it_is_required() {
    let name = CustomField::new("customfield_10051", "Epic Name", FieldKind::EpicName);
    let project = Project::new("SOC")
        .issue_types(&["Epic", "Task"])
        .custom(name)
        .require("customfield_10051")
        .require("duedate");
    let jira = with(project).await;
    let long = json!({"customfield_10051": "x".repeat(256)});
    let named = ["customfield_10051", "duedate"];
    let reply = jira.refused(long, &named).await;
    let errors = &reply.json["errors"];
    assert!(
        errors["customfield_10051"]
            .as_str()
            .unwrap()
            .contains("too long")
    );
    assert_eq!(errors["duedate"], "Due date is required.");
    let reply = jira.refused(json!({}), &named).await;
    let errors = &reply.json["errors"];
    assert_eq!(errors["customfield_10051"], "Epic Name is required.");
}

#[tokio::test]
async fn a_security_level_is_taken_by_id_or_name_where_there_are_levels() {
    let jira = with(Project::new("SOC").security_levels(&["SOC only", "Managers"])).await;
    assert!(on_create(&jira).await.contains(&"security".to_owned()));
    for wrong in [
        json!({"name": "Nobody"}),
        json!({"id": 10_000}),
        json!("SOC only"),
    ] {
        jira.refused(json!({"security": wrong}), &["security"])
            .await;
    }
    for right in [json!({"name": "Managers"}), json!({"id": "10001"})] {
        let key = jira.filed(json!({"security": right})).await;
        let issue = jira.get(&format!("issue/{key}")).await.json;
        assert_eq!(issue["fields"]["security"]["name"], "Managers");
    }
}

#[tokio::test]
async fn a_security_level_is_refused_where_there_are_none() {
    let jira = data_center().await;
    let level = json!({"security": {"name": "SOC only"}});
    let reply = jira.refused(level.clone(), &["security"]).await;
    let text = reply.json["errors"]["security"].as_str().unwrap();
    assert!(text.contains("not on the appropriate screen"), "{text}");
    let project = Project::new("SOC").security_levels(&["SOC only"]);
    let jira = with(project.without_on_create("security")).await;
    jira.refused(level, &["security"]).await;
}

#[tokio::test]
async fn a_parent_and_a_reporter_may_be_refused() {
    let project = Project::new("SOC").without("parent").without("reporter");
    let jira = with(project).await;
    let wrong = json!({"parent": {"key": "SOC-1"}, "reporter": {"name": "ada"}});
    jira.refused(wrong, &["parent", "reporter"]).await;
    jira.filed(json!({})).await;
    assert_eq!(jira.standin.issues()[0].field("reporter")["name"], "intake");
}

#[tokio::test]
async fn an_environment_is_a_document_in_version_3_and_text_in_version_2() {
    let jira = super::cloud().await;
    jira.refused(json!({"environment": "text"}), &["environment"])
        .await;
    jira.filed(json!({"environment": doc("text")})).await;
    let body: Value = fields(json!({"environment": "text"}));
    let reply = jira.http.post("/rest/api/2/issue", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let body = fields(json!({"environment": doc("text")}));
    let reply = jira.http.post("/rest/api/2/issue", body).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["environment"]));
}
