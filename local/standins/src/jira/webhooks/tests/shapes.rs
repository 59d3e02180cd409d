use serde_json::json;

use super::super::super::{JiraOptions, adf};
use super::super::{Body, Webhook};
use super::{Told, events, members};
use crate::caller::Caller;

#[tokio::test]
async fn a_persons_edit_comes_with_user_issue_and_changelog() {
    let told = Told::cloud().await;
    let key = told.filed();
    let created = told.one().await;
    assert_eq!(created["webhookEvent"], "jira:issue_created");
    assert_eq!(created["issue"]["key"], json!(key));
    assert!(created["changelog"].is_null());
    told.jira.edit(&key, |fields| {
        fields["summary"] = json!("y");
        fields["labels"] = json!(["a", "b"]);
    });
    let body = told.one().await;
    let expected = [
        "changelog",
        "issue",
        "issue_event_type_name",
        "timestamp",
        "user",
        "webhookEvent",
    ];
    assert_eq!(members(&body), expected);
    assert_eq!(body["webhookEvent"], "jira:issue_updated");
    assert_eq!(body["issue_event_type_name"], "issue_updated");
    assert_eq!(body["user"]["accountId"], "712020:ada");
    assert_eq!(body["user"]["accountType"], "atlassian");
    assert_eq!(body["issue"]["fields"]["description"], "text");
    assert!(body["timestamp"].as_u64().unwrap() > 1_700_000_000_000);
    let items = json!([
        {"field": "labels", "fieldtype": "jira", "fieldId": "labels",
         "from": null, "fromString": "a", "to": null, "toString": "a b"},
        {"field": "summary", "fieldtype": "jira", "fieldId": "summary",
         "from": null, "fromString": "x", "to": null, "toString": "y"},
    ]);
    assert_eq!(body["changelog"]["items"], items);
}

#[tokio::test]
async fn a_status_comes_with_the_resolution_and_on_data_center_without_field_ids() {
    for (told, moves) in [
        (Told::cloud().await, ["issue_generic"; 3]),
        (
            Told::data_center().await,
            ["issue_generic", "issue_resolved", "issue_reopened"],
        ),
    ] {
        let on_cloud = told.jira.site().is_cloud();
        let key = told.filed();
        told.bodies().await;
        let mut last = json!(null);
        for (status, kind) in ["In Progress", "Done", "To Do"].iter().zip(moves) {
            told.jira.move_to(&key, status);
            last = told.one().await;
            assert_eq!(last["issue_event_type_name"], kind);
            assert_eq!(last["issue"]["fields"]["status"]["name"], **status);
        }
        let mut expected = json!([
            {"field": "status", "fieldtype": "jira",
             "from": "10001", "fromString": "Done", "to": "10000", "toString": "To Do"},
            {"field": "resolution", "fieldtype": "jira",
             "from": "10000", "fromString": "Done", "to": null, "toString": null},
        ]);
        if on_cloud {
            expected[0]["fieldId"] = json!("status");
            expected[1]["fieldId"] = json!("resolution");
        }
        assert_eq!(last["changelog"]["items"], expected);
    }
}

#[tokio::test]
async fn an_assignee_is_named_as_each_family_names_users() {
    for (told, id) in [
        (Told::cloud().await, "712020:ada"),
        (Told::data_center().await, "ada"),
    ] {
        let key = told.filed();
        told.bodies().await;
        let ada = told.jira.site().user_named("Ada Analyst");
        told.jira.edit(&key, |fields| {
            fields.insert("assignee".to_owned(), ada);
        });
        let body = told.one().await;
        assert_eq!(body["issue_event_type_name"], "issue_assigned");
        let item = &body["changelog"]["items"][0];
        assert_eq!((&item["from"], &item["to"]), (&json!(null), &json!(id)));
        assert_eq!(item["toString"], "Ada Analyst");
        assert_eq!(item.get("tmpToAccountId").is_some(), id.contains(':'));
    }
}

#[tokio::test]
async fn a_move_changes_the_key_and_keeps_the_id() {
    let told = Told::cloud().await;
    let key = told.filed();
    let id = told.one().await["issue"]["id"].clone();
    told.jira.move_issue(&key, "IR").unwrap();
    let body = told.one().await;
    assert_eq!(body["issue_event_type_name"], "issue_moved");
    assert_eq!(
        (&body["issue"]["id"], &body["issue"]["key"]),
        (&id, &json!("IR-101"))
    );
    let items = body["changelog"]["items"].as_array().unwrap();
    let fields: Vec<&str> = items
        .iter()
        .map(|it| it["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["project", "status", "Workflow", "Key"]);
    let last = json!({"field": "Key", "fieldtype": "jira",
        "from": null, "fromString": key, "to": null, "toString": "IR-101"});
    assert_eq!(items[3], last);
    assert!(items[2].get("fieldId").is_none() && items[1].get("fieldId").is_some());
}

#[tokio::test]
async fn a_comment_on_cloud_has_the_issue_and_no_user() {
    let told = Told::cloud().await;
    let key = told.filed();
    let id = told.jira.comment(&key, "Looked into it").unwrap();
    let bodies = told.bodies().await;
    let body = &bodies[1];
    assert_eq!(
        members(body),
        ["comment", "eventType", "issue", "timestamp", "webhookEvent"]
    );
    assert_eq!(body["webhookEvent"], "comment_created");
    assert_eq!(body["comment"]["body"], "Looked into it");
    assert_eq!(body["comment"]["updateAuthor"]["accountId"], "712020:ada");
    assert_eq!(body["comment"]["jsdPublic"], true);
    let beside = [
        "assignee",
        "issuetype",
        "priority",
        "project",
        "status",
        "summary",
    ];
    let shown = members(&body["issue"]["fields"]);
    assert!(
        shown.iter().all(|field| beside.contains(field)),
        "{shown:?}"
    );
    told.jira.edit_comment(&key, &id, "Done");
    assert_eq!(told.one().await["webhookEvent"], "comment_updated");
    told.jira.delete_comment(&key, &id);
    let gone = told.one().await;
    assert_eq!(gone["webhookEvent"], "comment_deleted");
    assert_eq!(
        (&gone["user"], &gone["comment"]["id"]),
        (&json!(null), &json!(id))
    );
    told.jira.comment_internally(&key, "Between us");
    assert_eq!(told.one().await["comment"]["jsdPublic"], false);
}

#[tokio::test]
async fn a_comment_on_data_center_has_no_issue_and_comes_twice() {
    let told = Told::data_center().await;
    let key = told.filed();
    told.bodies().await;
    let id = told.jira.comment(&key, "Looked into it").unwrap();
    let bodies = told.bodies().await;
    assert_eq!(
        members(&bodies[0]),
        ["comment", "timestamp", "webhookEvent"]
    );
    let issue = told.jira.issue(&key).unwrap().id;
    let link = bodies[0]["comment"]["self"].as_str().unwrap();
    let path = format!("/rest/api/2/issue/{issue}/comment/{id}");
    assert!(link.ends_with(&path), "{link}");
    assert_eq!(bodies[0]["comment"].get("jsdPublic"), None);
    assert_eq!(bodies[1]["webhookEvent"], "jira:issue_updated");
    assert_eq!(bodies[1]["issue_event_type_name"], "issue_commented");
    assert_eq!(bodies[1]["comment"]["id"], json!(id));
    told.jira.delete_comment(&key, &id);
    let bodies = told.bodies().await;
    assert_eq!(
        members(&bodies[0]),
        ["comment", "timestamp", "user", "webhookEvent"]
    );
    assert_eq!(bodies[1]["issue_event_type_name"], "issue_comment_deleted");
}

#[tokio::test]
async fn a_deleted_issue_comes_without_changelog_and_its_comments_follow_on_cloud() {
    for (told, follow) in [(Told::cloud().await, 1), (Told::data_center().await, 0)] {
        let key = told.filed();
        told.jira.comment(&key, "x");
        told.bodies().await;
        told.ear.clear_requests();
        told.jira.delete(&key);
        let posted = told.posted().await;
        let gone = posted[0].json();
        assert_eq!(
            members(&gone),
            ["issue", "timestamp", "user", "webhookEvent"]
        );
        assert_eq!(gone["webhookEvent"], "jira:issue_deleted");
        assert_eq!(posted.len(), 1 + follow);
        for request in told.ear.requests().iter().skip(1) {
            assert_eq!(
                request.header("x-atlassian-webhook-flow"),
                Some("Secondary")
            );
        }
    }
}

#[tokio::test]
async fn what_requests_do_is_told_as_done_by_the_account() {
    let told = Told::cloud().await;
    let http = Caller::new(&told.jira.url(), &told.jira.authorization());
    let create = json!({"fields": {"project": {"key": "SOC"}, "issuetype": {"name": "Task"},
        "summary": "x", "description": adf::wrap("rich")}});
    let reply = http.post("/rest/api/3/issue", create).await;
    let path = format!("/rest/api/3/issue/{}", reply.json["key"].as_str().unwrap());
    let body = told.one().await;
    assert_eq!(body["user"]["accountId"], "712020:intake");
    assert_eq!(body["issue"]["fields"]["description"], "rich");
    http.put(&path, json!({"fields": {"summary": "y"}})).await;
    http.post(
        &format!("{path}/transitions"),
        json!({"transition": {"id": "31"}}),
    )
    .await;
    http.post(&format!("{path}/comment"), json!({"body": adf::wrap("c")}))
        .await;
    // What changes nothing that the facts know of is not told.
    http.put(&path, json!({"fields": {"summary": "y"}})).await;
    http.put(&format!("{path}/properties/p"), json!(1)).await;
    http.send("DELETE", &path, &json!(null)).await.unwrap();
    let posted = told.posted().await;
    let expected = [
        "jira:issue_updated",
        "jira:issue_updated",
        "comment_created",
        "jira:issue_deleted",
        "comment_deleted",
    ];
    assert_eq!(events(&posted), expected);
    let author = &posted[2].json()["comment"]["updateAuthor"];
    assert_eq!(author["accountId"], "712020:intake");
}

#[tokio::test]
async fn a_save_without_a_change_has_no_items() {
    let told = Told::cloud().await;
    let key = told.filed();
    told.bodies().await;
    assert!(told.jira.touch(&key) && !told.jira.touch("SOC-9"));
    assert_eq!(told.one().await["changelog"]["items"], json!([]));
}

#[tokio::test]
async fn automation_knows_the_issue_only() {
    for (body, at) in [
        (Body::Automation, ""),
        (Body::AutomationJira, "/issue"),
        (Body::Empty, "/nothing"),
    ] {
        let hook = |url: &str| Webhook::automation(url, body).header("x-token", "t");
        let told = Told::start(JiraOptions::cloud(), hook).await;
        let key = told.filed();
        let posted = told.posted().await;
        let sent = posted[0].json();
        match sent.pointer(at) {
            Some(issue) => {
                assert_eq!(members(issue), ["changelog", "fields", "id", "key", "self"]);
                assert!(issue["id"].is_u64());
                assert_eq!(issue["changelog"], json!({"histories": null}));
                assert_eq!(issue["key"], json!(key));
                assert_eq!(sent["webhookEvent"], json!(null));
            }
            None => assert_eq!(posted[0].body, ""),
        }
        let request = &told.ear.requests()[0];
        assert_eq!(request.header("x-token"), Some("t"));
        for name in ["x-hub-signature", "x-atlassian-webhook-identifier"] {
            assert_eq!(request.header(name), None);
        }
    }
}
