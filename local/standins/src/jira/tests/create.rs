use serde_json::json;

use super::super::{CustomField, FieldKind, JiraOptions, Locale, Project};
use super::{cloud, data_center, doc, fields, start};

#[tokio::test]
async fn a_created_issue_is_answered_with_id_key_and_link_and_is_stored() {
    let jira = cloud().await;
    let reply = jira
        .post(
            "issue",
            fields(json!({"labels": ["b", "a", "b"], "description": doc("Text")})),
        )
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    assert_eq!(reply.json["key"], "SOC-101");
    let link = format!(
        "{}/rest/api/3/issue/{}",
        jira.standin.url(),
        reply.json["id"].as_str().unwrap()
    );
    assert_eq!(reply.json["self"], link);
    assert_eq!(reply.header("x-ratelimit-limit"), "100");
    let issue = jira.standin.issue("SOC-101").unwrap();
    assert_eq!(issue.summary(), "A thing happened");
    assert_eq!(issue.description(), "Text");
    assert_eq!(issue.labels(), ["a", "b"]);
    assert_eq!((issue.issue_type(), issue.project()), ("Task", "SOC"));
    assert_eq!(
        (issue.status.as_str(), issue.priority()),
        ("To Do", "Medium")
    );
}

#[tokio::test]
async fn a_project_and_an_issue_type_must_exist() {
    let jira = cloud().await;
    jira.refused(json!({"project": {"key": "NOPE"}}), &["project"])
        .await;
    jira.refused(json!({"issuetype": {"name": "task"}}), &["issuetype"])
        .await;
    assert_eq!(jira.post("issue", json!({})).await.status, 400);
    jira.filed(json!({"project": {"id": "10000"}, "issuetype": {"id": "10002"}}))
        .await;
    assert_eq!(jira.standin.issues()[0].issue_type(), "Incident");
}

#[tokio::test]
async fn a_summary_has_1_to_255_characters_on_one_line() {
    let jira = data_center().await;
    for wrong in ["", "  ", "a\nb", "a\r", &"x".repeat(256)] {
        jira.refused(json!({"summary": wrong}), &["summary"]).await;
    }
    jira.refused(json!({"summary": 1}), &["summary"]).await;
    jira.filed(json!({"summary": "ü".repeat(255)})).await;
    jira.filed(json!({"summary": "  trimmed  "})).await;
    assert_eq!(jira.standin.issues()[1].summary(), "trimmed");
}

#[tokio::test]
async fn lengths_can_be_counted_as_java_counts() {
    let jira = start(JiraOptions::data_center().utf16_lengths()).await;
    jira.refused(json!({"summary": "🦀".repeat(128)}), &["summary"])
        .await;
    jira.filed(json!({"summary": "🦀".repeat(127)})).await;
}

#[tokio::test]
async fn a_description_has_at_most_32767_characters() {
    let (dc, cloud) = (data_center().await, cloud().await);
    dc.refused(json!({"description": "ü".repeat(32_768)}), &["description"])
        .await;
    dc.filed(json!({"description": "ü".repeat(32_767)})).await;
    cloud
        .refused(
            json!({"description": doc(&"ü".repeat(32_768))}),
            &["description"],
        )
        .await;
    cloud
        .filed(json!({"description": doc(&"ü".repeat(32_767))}))
        .await;
}

#[tokio::test]
async fn version_2_takes_text_and_version_3_takes_adf() {
    let jira = cloud().await;
    jira.refused(json!({"description": "text"}), &["description"])
        .await;
    jira.refused(json!({"customfield_10031": "text"}), &["customfield_10031"])
        .await;
    let second = "/rest/api/2/issue";
    let reply = jira
        .http
        .post(second, fields(json!({"description": doc("x")})))
        .await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["description"]));
    let reply = jira
        .http
        .post(second, fields(json!({"description": "one\ntwo"})))
        .await;
    assert_eq!(reply.status, 201);
    let shown = jira.get("issue/SOC-101").await;
    assert_eq!(shown.json["fields"]["description"], doc("one\ntwo"));
}

#[tokio::test]
async fn data_center_has_no_version_3() {
    let jira = data_center().await;
    assert_eq!(
        jira.http
            .post("/rest/api/3/issue", fields(json!({})))
            .await
            .status,
        404
    );
    assert_eq!(
        jira.http
            .post("/rest/api/latest/issue", fields(json!({})))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn bad_adf_is_a_bare_invalid_input() {
    let jira = cloud().await;
    let bad = json!({"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]});
    let reply = jira.refused(json!({"description": bad}), &[]).await;
    assert_eq!(
        reply.json,
        json!({"errorMessages": ["INVALID_INPUT"], "errors": {}})
    );
    assert!(
        reply
            .header("x-standin-reason")
            .contains("must not stand here")
    );
}

#[tokio::test]
async fn labels_have_no_blanks_and_at_most_255_characters() {
    let jira = cloud().await;
    for wrong in ["a b", "a\tb", "a\u{a0}b", "", &"x".repeat(256)] {
        jira.refused(json!({"labels": [wrong]}), &["labels"]).await;
    }
    jira.refused(json!({"labels": "one"}), &["labels"]).await;
    jira.refused(json!({"labels": [1]}), &["labels"]).await;
    jira.filed(json!({"labels": ["x".repeat(255), "tlp:amber"]}))
        .await;
}

#[tokio::test]
async fn a_field_that_is_not_on_the_screen_is_refused() {
    let jira = start(JiraOptions::cloud().project(Project::new("SOC").without("labels"))).await;
    jira.refused(json!({"labels": ["x"]}), &["labels"]).await;
    jira.refused(json!({"customfield_99999": "x"}), &["customfield_99999"])
        .await;
    jira.refused(json!({"status": {"name": "Done"}}), &["status"])
        .await;
    jira.filed(json!({})).await;
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let jira = cloud().await;
    let wrong = json!({"summary": "", "labels": ["a b"], "priority": {"name": "Urgent"}});
    jira.refused(wrong, &["summary", "labels", "priority"])
        .await;
}

#[tokio::test]
async fn priorities_and_components_must_exist() {
    let jira = cloud().await;
    jira.refused(json!({"priority": {"name": "Urgent"}}), &["priority"])
        .await;
    jira.refused(json!({"priority": "High"}), &["priority"])
        .await;
    jira.refused(json!({"components": [{"name": "Nope"}]}), &["components"])
        .await;
    jira.filed(json!({"priority": {"name": "High"}, "components": [{"name": "Response"}]}))
        .await;
    assert_eq!(jira.standin.issues()[0].priority(), "High");
}

#[tokio::test]
async fn users_are_named_by_account_on_cloud_and_by_name_on_data_center() {
    let (cloud, dc) = (cloud().await, data_center().await);
    cloud
        .refused(json!({"assignee": {"name": "ada"}}), &["assignee"])
        .await;
    cloud
        .refused(json!({"assignee": {"accountId": "nobody"}}), &["assignee"])
        .await;
    cloud
        .filed(json!({"assignee": {"accountId": "712020:ada"}}))
        .await;
    dc.refused(
        json!({"assignee": {"accountId": "712020:ada"}}),
        &["assignee"],
    )
    .await;
    dc.filed(json!({"assignee": {"name": "ada"}})).await;
}

#[tokio::test]
async fn custom_fields_take_only_their_own_type() {
    let jira = cloud().await;
    let wrong = json!({
        "customfield_10030": ["not text"],
        "customfield_10032": "4",
        "customfield_10033": "22.11.2026",
        "customfield_10034": "2026-11-22",
        "customfield_10039": "SOC",
        "customfield_10040": {"value": "Splunk"},
        "customfield_10041": {"value": "Europe", "child": {"value": "Tokyo"}},
        "customfield_10042": "ada",
        "customfield_10043": ["a b"],
        "customfield_10044": "no url",
    });
    for (field, value) in wrong.as_object().unwrap() {
        jira.refused(json!({field: value}), &[field]).await;
    }
    jira.refused(
        json!({"customfield_10039": {"value": "soc"}}),
        &["customfield_10039"],
    )
    .await;
    jira.filed(json!({
        "customfield_10030": "host-1",
        "customfield_10031": doc("impact"),
        "customfield_10032": 4.5,
        "customfield_10033": "2026-11-22",
        "customfield_10034": "2026-11-22T06:32:27.000+0000",
        "customfield_10039": {"value": "SOC"},
        "customfield_10040": [{"value": "Splunk"}, {"id": "10100"}],
        "customfield_10041": {"value": "Europe", "child": {"value": "Berlin"}},
        "customfield_10042": {"accountId": "712020:ada"},
        "customfield_10043": ["T1566"],
        "customfield_10044": "https://example.com/x",
    }))
    .await;
    let issue = &jira.standin.issues()[0];
    assert_eq!(
        issue.field("customfield_10039"),
        &json!({"value": "SOC", "id": "10100"})
    );
    assert_eq!(issue.field("customfield_10040")[1]["value"], "OpenCTI");
}

#[tokio::test]
async fn a_required_field_must_be_given() {
    let extra = CustomField::new("customfield_10099", "Case", FieldKind::Text);
    let project = Project::new("SOC")
        .custom(extra)
        .require("customfield_10099");
    let jira = start(JiraOptions::cloud().project(project)).await;
    jira.refused(json!({}), &["customfield_10099"]).await;
    jira.filed(json!({"customfield_10099": "C-1"})).await;
}

#[tokio::test]
async fn a_subtask_needs_a_parent() {
    let jira = cloud().await;
    jira.refused(json!({"issuetype": {"name": "Sub-task"}}), &["parent"])
        .await;
    jira.refused(json!({"parent": {"key": "SOC-1"}}), &["parent"])
        .await;
    let parent = jira.filed(json!({})).await;
    jira.filed(json!({"issuetype": {"name": "Sub-task"}, "parent": {"key": parent}}))
        .await;
}

#[tokio::test]
async fn properties_and_update_verbs_come_along() {
    let jira = cloud().await;
    let mut body = fields(json!({}));
    body["properties"] = json!([{"key": "jira-intake", "value": {"hash": "x"}}]);
    body["update"] = json!({"labels": [{"add": "one"}], "comment": [{"add": {"body": doc("hi")}}]});
    assert_eq!(jira.post("issue", body.clone()).await.status, 201);
    let issue = &jira.standin.issues()[0];
    assert_eq!(issue.properties["jira-intake"], json!({"hash": "x"}));
    assert_eq!(
        (issue.labels(), issue.comments[0].text()),
        (vec!["one"], "hi".to_owned())
    );
    body["properties"] = json!([{"key": "k".repeat(256), "value": 1}]);
    assert_eq!(jira.post("issue", body.clone()).await.status, 400);
    body["properties"] = json!([{"key": "k", "value": "x".repeat(32_767)}]);
    assert_eq!(jira.post("issue", body).await.status, 400);
}

#[tokio::test]
async fn a_field_is_not_both_set_and_updated() {
    let jira = cloud().await;
    let mut body = fields(json!({"labels": ["a"]}));
    body["update"] = json!({"labels": [{"add": "b"}]});
    let reply = jira.post("issue", body).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["labels"]));
}

#[tokio::test]
async fn a_create_may_succeed_while_its_transition_fails() {
    let jira = cloud().await;
    let mut body = fields(json!({}));
    for (id, status, name) in [("31", 200, "Done"), ("99", 400, "To Do")] {
        body["transition"] = json!({"id": id});
        let reply = jira.post("issue", body.clone()).await;
        assert_eq!(reply.status, 201);
        assert_eq!(reply.json["transition"]["status"], status);
        let key = reply.json["key"].as_str().unwrap();
        assert_eq!(jira.standin.issue(key).unwrap().status, name);
    }
}

#[tokio::test]
async fn a_bulk_create_files_what_it_can_and_names_what_it_cannot() {
    let jira = cloud().await;
    let good = fields(json!({}));
    let body = json!({"issueUpdates": [good, fields(json!({"summary": ""})), good]});
    let reply = jira.post("issue/bulk", body).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.json["issues"].as_array().unwrap().len(), 2);
    assert_eq!(reply.json["errors"][0]["failedElementNumber"], 1);
    assert!(reply.json["errors"][0]["elementErrors"]["errors"]["summary"].is_string());
    let bad = json!({"issueUpdates": [fields(json!({"summary": ""}))]});
    assert_eq!(jira.post("issue/bulk", bad).await.status, 400);
    let many = vec![good; 51];
    assert_eq!(
        jira.post("issue/bulk", json!({"issueUpdates": many}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn texts_can_be_german_while_statuses_and_keys_stay() {
    let jira = start(JiraOptions::cloud().locale(Locale::German)).await;
    let reply = jira.refused(json!({"summary": ""}), &["summary"]).await;
    assert!(reply.text.contains("Zusammenfassung"), "{}", reply.text);
    let key = jira.filed(json!({})).await;
    let status = &jira.get(&format!("issue/{key}")).await.json["fields"]["status"];
    assert_eq!(status["name"], "Zu erledigen");
    assert_eq!(status["statusCategory"]["key"], "new");
}
