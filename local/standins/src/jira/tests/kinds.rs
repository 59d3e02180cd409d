//! Custom fields of Jira Software and the less usual ones of Jira itself.

use serde_json::{Value, json};

use super::super::{JiraOptions, Project};
use super::{Jira, doc, fields, start};

async fn with(options: JiraOptions) -> Jira {
    start(options.project(Project::new("SOC").every_kind())).await
}

#[tokio::test]
async fn each_kind_is_told_by_its_schema() {
    let jira = with(JiraOptions::cloud()).await;
    let all = jira.get("field").await.json;
    let custom = |id: &str| {
        let mut all = all.as_array().unwrap().iter();
        let field = all.find(|field| field["id"] == id).unwrap();
        field["schema"]["custom"].as_str().unwrap().to_owned()
    };
    let own = "com.atlassian.jira.plugin.system.customfieldtypes";
    let agile = "com.pyxis.greenhopper.jira";
    let desk = "com.atlassian.servicedesk";
    for (id, origin, kind) in [
        ("customfield_10031", own, "textarea"),
        ("customfield_10045", own, "radiobuttons"),
        ("customfield_10046", own, "multicheckboxes"),
        ("customfield_10047", own, "grouppicker"),
        ("customfield_10048", own, "project"),
        ("customfield_10049", own, "version"),
        ("customfield_10020", agile, "gh-sprint"),
        ("customfield_10014", agile, "gh-epic-link"),
        ("customfield_10011", agile, "gh-epic-label"),
        ("customfield_10002", desk, "sd-customer-organizations"),
        ("customfield_10010", desk, "vp-origin"),
    ] {
        assert_eq!(custom(id), format!("{origin}:{kind}"));
    }
}

#[tokio::test]
async fn each_kind_takes_only_its_own_form() {
    for options in [JiraOptions::cloud(), JiraOptions::data_center()] {
        let jira = with(options).await;
        let wrong = json!({
            "customfield_10011": {"value": "x"},
            "customfield_10014": {"key": "SOC-101"},
            "customfield_10020": "37",
            "customfield_10002": ["Finance"],
            "customfield_10045": "Day",
            "customfield_10046": {"value": "Contained"},
            "customfield_10047": "soc-analysts",
            "customfield_10048": "SOC",
            "customfield_10049": {"name": "9.9"},
        });
        for (field, value) in wrong.as_object().unwrap() {
            jira.refused(json!({field: value}), &[field]).await;
        }
        let more =
            json!({"customfield_10014": "SOC-999", "customfield_10020": 9, "customfield_10002": 1});
        for (field, value) in more.as_object().unwrap() {
            jira.refused(json!({field: value}), &[field]).await;
        }
        let epic = jira.filed(json!({})).await;
        jira.filed(json!({
            "customfield_10011": "Spring cleaning",
            "customfield_10014": epic,
            "customfield_10020": 2,
            "customfield_10002": [1, 2],
            "customfield_10045": {"value": "Day"},
            "customfield_10046": [{"value": "Contained"}],
            "customfield_10047": {"name": "soc-analysts"},
            "customfield_10048": {"key": "SOC"},
            "customfield_10049": {"name": "1.0"},
        }))
        .await;
        let issue = &jira.standin.issues()[1];
        assert_eq!(issue.field("customfield_10014"), &json!(epic));
        assert_eq!(issue.field("customfield_10002")[1]["name"], "Legal");
    }
}

#[tokio::test]
async fn a_sprint_is_an_object_on_cloud_and_a_text_on_data_center() {
    let sprint = async |options: JiraOptions| -> Value {
        let jira = with(options).await;
        let key = jira.filed(json!({"customfield_10020": 1})).await;
        let issue = jira.get(&format!("issue/{key}")).await.json;
        issue["fields"]["customfield_10020"][0].clone()
    };
    let cloud = sprint(JiraOptions::cloud()).await;
    assert_eq!(
        (&cloud["id"], &cloud["name"]),
        (&json!(1), &json!("Sprint 1"))
    );
    let dc = sprint(JiraOptions::data_center()).await;
    assert!(dc.as_str().unwrap().contains("id=1,"), "{dc}");
}

#[tokio::test]
async fn an_epic_link_is_changed_by_a_verb_too() {
    let jira = with(JiraOptions::data_center()).await;
    let (epic, key) = (jira.filed(json!({})).await, jira.filed(json!({})).await);
    let change = json!({"update": {
        "customfield_10014": [{"set": epic}], "parent": [{"set": {"key": epic}}],
    }});
    assert_eq!(jira.put(&format!("issue/{key}"), change).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.field("customfield_10014"), &json!(epic));
    assert_eq!(issue.field("parent")["key"], json!(epic));
}

#[tokio::test]
async fn users_are_found_by_mail_address() {
    let (cloud, dc) = (
        with(JiraOptions::cloud()).await,
        with(JiraOptions::data_center()).await,
    );
    let found = cloud.get("user/search?query=ada%40example.com").await.json;
    assert_eq!(found[0]["accountId"], "712020:ada");
    let found = dc.get("user/search?username=ada%40example.com").await.json;
    assert_eq!(found[0]["name"], "ada");
    let user = json!({"customfield_10042": {"name": "ada"}});
    cloud.refused(user.clone(), &["customfield_10042"]).await;
    dc.filed(user).await;
}

#[tokio::test]
async fn a_paragraph_is_a_document_in_version_3_and_text_in_version_2() {
    let jira = with(JiraOptions::cloud()).await;
    jira.refused(json!({"customfield_10031": "text"}), &["customfield_10031"])
        .await;
    let body = fields(json!({"customfield_10031": doc("text")}));
    let reply = jira.http.post("/rest/api/2/issue", body).await;
    assert_eq!(
        (reply.status, reply.fields()),
        (400, vec!["customfield_10031"])
    );
    let body = fields(json!({"customfield_10031": "text"}));
    assert_eq!(jira.http.post("/rest/api/2/issue", body).await.status, 201);
    jira.filed(json!({"customfield_10031": doc("text")})).await;
}
