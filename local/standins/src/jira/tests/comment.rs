use serde_json::json;

use super::super::Operation;
use super::{cloud, data_center, doc};

#[tokio::test]
async fn comments_are_kept_and_listed() {
    let (cloud, dc) = (cloud().await, data_center().await);
    let (key, other) = (cloud.filed(json!({})).await, dc.filed(json!({})).await);
    let path = format!("issue/{key}/comment");
    assert_eq!(
        cloud.post(&path, json!({"body": doc("one")})).await.status,
        201
    );
    let wrong = cloud.post(&path, json!({"body": "text"})).await;
    assert_eq!((wrong.status, wrong.fields()), (400, vec!["comment"]));
    let path = format!("issue/{other}/comment");
    assert_eq!(dc.post(&path, json!({"body": "one"})).await.status, 201);
    assert_eq!(dc.post(&path, json!({"body": ""})).await.status, 400);
    assert_eq!(
        dc.post(&path, json!({"body": "x".repeat(32_768)}))
            .await
            .status,
        400
    );
    let list = dc.get(&path).await.json;
    assert_eq!(
        (&list["total"], &list["comments"][0]["body"]),
        (&json!(1), &json!("one"))
    );
}

#[tokio::test]
async fn a_comment_is_changed_in_its_place() {
    let (cloud, dc) = (cloud().await, data_center().await);
    let key = cloud.filed(json!({})).await;
    let path = format!("issue/{key}/comment");
    cloud.post(&path, json!({"body": doc("other")})).await;
    let first = cloud.post(&path, json!({"body": doc("one")})).await.json;
    let path = format!("{path}/{}", first["id"].as_str().unwrap());
    let reply = cloud.put(&path, json!({"body": doc("two")})).await;
    assert_eq!((reply.status, &reply.json["id"]), (200, &first["id"]));
    assert_eq!(reply.json["body"], doc("two"));
    assert_eq!(reply.json["author"], first["author"]);
    assert_eq!(cloud.get(&path).await.json, reply.json);
    let issue = cloud.standin.issue(&key).unwrap();
    let texts: Vec<String> = issue.comments.iter().map(|it| it.text()).collect();
    assert_eq!(texts, ["other", "two"]);
    let comment = &issue.comments[1];
    assert!(comment.updated > comment.created);
    assert_eq!(issue.updated, comment.updated);
    let wrong = cloud.put(&path, json!({"body": "text"})).await;
    assert_eq!((wrong.status, wrong.fields()), (400, vec!["comment"]));
    let key = dc.filed(json!({})).await;
    let path = format!("issue/{key}/comment");
    let first = dc.post(&path, json!({"body": "one"})).await.json;
    let path = format!("{path}/{}", first["id"].as_str().unwrap());
    assert_eq!(dc.put(&path, json!({"body": "two"})).await.status, 200);
    for body in [json!({}), json!({"body": " "})] {
        assert_eq!(dc.put(&path, body).await.status, 400);
    }
    assert_eq!(dc.get(&path).await.json["body"], "two");
    assert_eq!(dc.standin.count(Operation::UpdateComment), 3);
}

#[tokio::test]
async fn a_comment_that_is_not_there_is_answered_404() {
    let jira = cloud().await;
    let (key, other) = (jira.filed(json!({})).await, jira.filed(json!({})).await);
    let path = format!("issue/{key}/comment");
    let body = json!({"body": doc("one")});
    let id = jira.post(&path, body.clone()).await.json["id"].clone();
    let id = id.as_str().unwrap();
    let elsewhere = format!("issue/{other}/comment/{id}");
    assert_eq!(jira.put(&elsewhere, body.clone()).await.status, 404);
    assert_eq!(
        jira.put("issue/SOC-999/comment/1", body.clone())
            .await
            .status,
        404
    );
    let before = jira.standin.issue(&key).unwrap().updated;
    assert!(!jira.standin.delete_comment(&key, "999"));
    assert!(jira.standin.delete_comment(&key, id));
    assert!(jira.standin.issue(&key).unwrap().updated > before);
    let path = format!("{path}/{id}");
    assert_eq!(jira.get(&path).await.status, 404);
    let reply = jira.put(&path, body).await;
    let text = format!("Can not find a comment for the id: {id}.");
    let said = json!({"errorMessages": [text], "errors": {}});
    assert_eq!((reply.status, reply.json), (404, said));
}

#[tokio::test]
async fn a_changed_comment_counts_as_a_write_on_the_issue() {
    let jira = cloud().await;
    let path = format!("issue/{}/comment", jira.filed(json!({})).await);
    let body = json!({"body": doc("one")});
    let id = jira.post(&path, body.clone()).await.json["id"].clone();
    let path = format!("{path}/{}", id.as_str().unwrap());
    for _ in 0..19 {
        assert_eq!(jira.put(&path, body.clone()).await.status, 200);
    }
    assert_eq!(jira.put(&path, body).await.status, 429);
}
