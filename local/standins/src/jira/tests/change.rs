use serde_json::{Value, json};

use super::super::{IssueLink, JiraOptions};
use super::{cloud, doc, start};

#[tokio::test]
async fn an_issue_is_read_by_key_or_id_with_the_fields_asked_for() {
    let jira = cloud().await;
    let key = jira.filed(json!({"labels": ["x"]})).await;
    let whole = jira.get(&format!("issue/{key}")).await.json;
    assert_eq!(whole["fields"]["status"]["statusCategory"]["key"], "new");
    assert_eq!(whole["fields"]["description"], Value::Null);
    assert!(
        whole["fields"]["created"]
            .as_str()
            .unwrap()
            .ends_with("+0000")
    );
    let id = whole["id"].as_str().unwrap();
    let part = jira
        .get(&format!("issue/{id}?fields=summary,labels"))
        .await
        .json;
    assert_eq!(part["fields"].as_object().unwrap().len(), 2);
    let without = jira.get(&format!("issue/{id}?fields=-summary")).await.json;
    assert!(
        without["fields"].get("summary").is_none() && without["fields"].get("labels").is_some()
    );
    let missing = jira.get("issue/SOC-999").await;
    assert_eq!((missing.status, missing.fields().len()), (404, 0));
}

#[tokio::test]
async fn an_update_answers_204_and_keeps_the_change() {
    let jira = cloud().await;
    let key = jira.filed(json!({"labels": ["a"]})).await;
    let body = json!({"fields": {"summary": "New", "priority": {"name": "High"}}});
    let reply = jira.put(&format!("issue/{key}"), body).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!((issue.summary(), issue.priority()), ("New", "High"));
    let changed: Vec<&str> = issue
        .changes
        .iter()
        .map(|change| change.field.as_str())
        .collect();
    assert_eq!(changed, ["priority", "summary"]);
    assert_eq!(
        jira.put("issue/SOC-999", json!({"fields": {}}))
            .await
            .status,
        404
    );
    assert_eq!(
        jira.put(&format!("issue/{key}"), json!({})).await.status,
        400
    );
}

#[tokio::test]
async fn labels_are_added_and_removed_one_by_one_or_wiped() {
    let jira = cloud().await;
    let key = jira.filed(json!({"labels": ["a", "b"]})).await;
    let path = format!("issue/{key}");
    let verbs = json!({"update": {"labels": [{"add": "c"}, {"remove": "a"}, {"add": "b"}]}});
    assert_eq!(jira.put(&path, verbs).await.status, 204);
    assert_eq!(jira.standin.issue(&key).unwrap().labels(), ["b", "c"]);
    assert_eq!(
        jira.put(&path, json!({"fields": {"labels": ["z"]}}))
            .await
            .status,
        204
    );
    assert_eq!(jira.standin.issue(&key).unwrap().labels(), ["z"]);
    let wrong = jira
        .put(&path, json!({"update": {"labels": [{"add": "a b"}]}}))
        .await;
    assert_eq!((wrong.status, wrong.fields()), (400, vec!["labels"]));
    let wrong = jira
        .put(&path, json!({"update": {"labels": [{"append": "a"}]}}))
        .await;
    assert_eq!((wrong.status, wrong.fields()), (400, vec!["labels"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn labels_added_at_once_are_all_kept() {
    let jira = start(JiraOptions::cloud().write_limits(false)).await;
    let key = jira.filed(json!({})).await;
    let calls: Vec<_> = (0..100)
        .map(|number| {
            let (http, path) = (jira.http.clone(), format!("{}/issue/{key}", jira.api));
            let verbs = json!({"update": {"labels": [{"add": format!("l{number}")}]}});
            tokio::spawn(async move { http.put(&path, verbs).await.status })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 204);
    }
    assert_eq!(jira.standin.issue(&key).unwrap().labels().len(), 100);
}

#[tokio::test]
async fn more_than_20_writes_in_2_seconds_on_one_issue_are_refused() {
    let jira = cloud().await;
    let (key, other) = (jira.filed(json!({})).await, jira.filed(json!({})).await);
    let body = json!({"fields": {"summary": "New"}});
    for _ in 0..20 {
        assert_eq!(
            jira.put(&format!("issue/{key}"), body.clone()).await.status,
            204
        );
    }
    let reply = jira.put(&format!("issue/{key}"), body.clone()).await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("ratelimit-reason"), "jira-per-issue-on-write");
    assert_eq!(reply.header("retry-after"), "2");
    assert_eq!(jira.put(&format!("issue/{other}"), body).await.status, 204);
}

#[tokio::test]
async fn a_person_moves_an_issue_to_done_and_a_transition_leads_back() {
    let jira = start(JiraOptions::cloud().strict_workflow()).await;
    let key = jira.filed(json!({})).await;
    assert!(jira.standin.move_to(&key, "Done"));
    assert!(!jira.standin.move_to(&key, "Limbo") && !jira.standin.move_to("SOC-999", "Done"));
    let fields = jira.get(&format!("issue/{key}?fields=status")).await.json["fields"].clone();
    assert_eq!(fields["status"]["statusCategory"]["key"], "done");
    assert_eq!(fields.as_object().unwrap().len(), 1);
    let path = format!("issue/{key}/transitions");
    let open = jira.get(&path).await.json;
    assert_eq!(open["transitions"][0]["name"], "Reopen");
    assert_eq!(open["transitions"][0]["to"]["statusCategory"]["key"], "new");
    let back = json!({"transition": {"id": open["transitions"][0]["id"]}});
    assert_eq!(jira.post(&path, back).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.status_category, "new");
    assert_eq!(issue.field("resolution"), &Value::Null);
}

#[tokio::test]
async fn a_workflow_may_have_no_way_out_of_done() {
    let jira = start(JiraOptions::cloud().done_is_final()).await;
    let key = jira.filed(json!({})).await;
    let path = format!("issue/{key}/transitions");
    let ways = jira.get(&path).await.json["transitions"].clone();
    assert_eq!(ways.as_array().unwrap().len(), 2);
    jira.standin.move_to(&key, "Done");
    assert_eq!(jira.get(&path).await.json["transitions"], json!([]));
    let back = json!({"transition": {"id": "11"}});
    assert_eq!(jira.post(&path, back).await.status, 400);
    assert_eq!(jira.standin.issue(&key).unwrap().status, "Done");
}

#[tokio::test]
async fn a_transition_moves_the_issue_and_calls_nothing_html() {
    let jira = start(JiraOptions::cloud().strict_workflow()).await;
    let path = format!("issue/{}/transitions", jira.filed(json!({})).await);
    let open = jira.get(&path).await.json;
    assert_eq!(open["transitions"].as_array().unwrap().len(), 1);
    assert_eq!(
        open["transitions"][0]["to"]["statusCategory"]["key"],
        "indeterminate"
    );
    let closing = json!({"transition": {"id": "31"}});
    assert_eq!(jira.post(&path, closing.clone()).await.status, 400);
    assert_eq!(
        jira.post(&path, json!({"transition": {"id": "21"}}))
            .await
            .status,
        204
    );
    let reply = jira.post(&path, closing).await;
    assert_eq!(reply.status, 204);
    assert!(reply.header("content-type").starts_with("text/html"));
    let issue = &jira.standin.issues()[0];
    assert_eq!(
        (issue.status.as_str(), issue.status_category.as_str()),
        ("Done", "done")
    );
    assert_eq!(issue.field("resolution")["name"], "Done");
    assert_eq!(jira.post(&path, json!({})).await.status, 400);
}

#[tokio::test]
async fn a_remote_link_with_a_known_global_id_is_replaced() {
    let jira = cloud().await;
    let path = format!("issue/{}/remotelink", jira.filed(json!({})).await);
    let link = |title: &str| json!({"globalId": "opencti=1", "object": {"url": "https://example.com", "title": title}});
    let first = jira.post(&path, link("one")).await;
    let second = jira.post(&path, link("two")).await;
    assert_eq!((first.status, second.status), (201, 200));
    assert_eq!(first.json["id"], second.json["id"]);
    let shown = jira.get(&path).await.json;
    assert_eq!(shown.as_array().unwrap().len(), 1);
    assert_eq!(shown[0]["object"]["title"], "two");
    let wrong = jira
        .post(&path, json!({"object": {"url": "https://example.com"}}))
        .await;
    assert_eq!((wrong.status, wrong.fields()), (400, vec!["title"]));
}

#[tokio::test]
async fn properties_are_set_read_and_deleted() {
    let jira = cloud().await;
    let path = format!(
        "issue/{}/properties/jira-intake",
        jira.filed(json!({})).await
    );
    assert_eq!(jira.get(&path).await.status, 404);
    assert_eq!(jira.put(&path, json!({"n": 1})).await.status, 201);
    assert_eq!(jira.put(&path, json!({"n": 2})).await.status, 200);
    assert_eq!(
        jira.get(&path).await.json,
        json!({"key": "jira-intake", "value": {"n": 2}})
    );
    assert_eq!(jira.put(&path, json!("x".repeat(32_767))).await.status, 400);
    let read = jira.get("issue/SOC-101?properties=jira-intake").await.json;
    assert_eq!(read["properties"]["jira-intake"]["n"], 2);
    let gone = jira
        .http
        .send("DELETE", &format!("{}/{path}", jira.api), &Value::Null)
        .await;
    assert_eq!(gone.unwrap().status, 204);
}

#[tokio::test]
async fn issues_are_linked_by_a_known_type() {
    let jira = cloud().await;
    let (one, two) = (jira.filed(json!({})).await, jira.filed(json!({})).await);
    let link = |kind: &str, outward: &str| json!({"type": {"name": kind}, "inwardIssue": {"key": one}, "outwardIssue": {"key": outward}});
    assert_eq!(
        jira.post("issueLink", link("Duplicate", &two)).await.status,
        201
    );
    assert_eq!(jira.post("issueLink", link("Nope", &two)).await.status, 404);
    assert_eq!(
        jira.post("issueLink", link("Duplicate", "SOC-999"))
            .await
            .status,
        404
    );
    let kept = IssueLink {
        kind: "Duplicate".into(),
        inward: one.clone(),
        outward: two.clone(),
    };
    assert_eq!(jira.standin.issue(&one).unwrap().links[0], kept);
    assert_eq!(jira.standin.issue(&two).unwrap().links, [kept]);
    assert_eq!(
        jira.get("issueLinkType").await.json["issueLinkTypes"][2]["name"],
        "Duplicate"
    );
}

#[tokio::test]
async fn a_person_may_edit_move_and_delete_an_issue() {
    let jira = cloud().await;
    let key = jira.filed(json!({"labels": ["a"]})).await;
    let edited = jira.standin.edit(&key, |fields| {
        fields.insert("summary".into(), json!("By hand"));
        fields.insert("status".into(), json!("Done"));
        fields.remove("labels");
    });
    let issue = jira.standin.issue(&key).unwrap();
    assert!(edited && issue.summary() == "By hand" && issue.labels().is_empty());
    assert_eq!(issue.status_category, "done");
    assert!(
        issue
            .changes
            .iter()
            .all(|change| change.author == "Ada Analyst")
    );
    let log = jira
        .get(&format!("issue/{key}?expand=changelog"))
        .await
        .json;
    assert_eq!(log["changelog"]["total"], 4, "{log}");
    let moved = jira.standin.move_issue(&key, "SOC").unwrap();
    assert_eq!(jira.get(&format!("issue/{key}")).await.json["key"], moved);
    assert!(jira.standin.delete(&key) && !jira.standin.delete(&key));
    assert_eq!(jira.get(&format!("issue/{moved}")).await.status, 404);
    assert!(!jira.standin.edit(&key, |_| ()));
}

#[tokio::test]
async fn rich_text_may_come_back_a_little_different() {
    let jira = start(JiraOptions::cloud().rewrites_text()).await;
    let sent = doc("one\ntwo ");
    let key = jira.filed(json!({"description": sent})).await;
    let read = jira.get(&format!("issue/{key}")).await.json["fields"]["description"].clone();
    assert_ne!(read, sent);
    assert_eq!(super::super::adf::plain(&read), "one\ntwo");
    assert_eq!(
        jira.standin.issue(&key).unwrap().field("description"),
        &sent
    );
    let read = jira
        .http
        .get(&format!("/rest/api/2/issue/{key}"))
        .await
        .json;
    assert_eq!(read["fields"]["description"], "one\r\ntwo");
}
