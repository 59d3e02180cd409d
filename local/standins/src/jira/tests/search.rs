use std::time::Duration;

use serde_json::{Value, json};

use super::super::JiraOptions;
use super::{Jira, cloud, data_center, start};

/// Long enough for a slow machine to ask twice within it.
const LAG: Duration = Duration::from_millis(700);

async fn found(jira: &Jira, jql: &str) -> Vec<String> {
    let path = if jira.api.ends_with('3') {
        "search/jql"
    } else {
        "search"
    };
    let reply = jira
        .post(path, json!({"jql": jql, "fields": ["summary"]}))
        .await;
    assert_eq!(reply.status, 200, "{jql}: {}", reply.text);
    let issues = reply.json["issues"].as_array().unwrap().iter();
    issues
        .map(|issue| issue["fields"]["summary"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_issue_is_found_by_its_label() {
    for jira in [cloud().await, data_center().await] {
        jira.filed(json!({"summary": "one", "labels": ["intake-0123456789ab"]}))
            .await;
        jira.filed(json!({"summary": "two", "labels": ["intake-ffff"]}))
            .await;
        for jql in [
            "labels = \"intake-0123456789ab\"",
            "labels = intake-0123456789ab",
            "project = SOC AND labels in (\"intake-0123456789ab\", other) ORDER BY created",
            "(labels = 'intake-0123456789ab' and created >= -1d) or summary ~ three",
        ] {
            assert_eq!(found(&jira, jql).await, ["one"], "{jql}");
        }
        assert!(found(&jira, "labels = nobody").await.is_empty());
    }
}

#[tokio::test]
async fn conditions_compare_statuses_keys_parents_and_times() {
    let jira = cloud().await;
    let parent = jira.filed(json!({"summary": "one", "labels": ["x"]})).await;
    jira.filed(json!({"summary": "two", "parent": {"key": parent}}))
        .await;
    jira.standin.edit(&parent, |fields| {
        fields.insert("status".into(), json!("Done"));
    });
    for (jql, expected) in [
        ("project = SOC ORDER BY created ASC", &["one", "two"][..]),
        ("project = SOC", &["two", "one"]),
        ("statusCategory = Done", &["one"]),
        ("statusCategory != done", &["two"]),
        ("status = \"To Do\"", &["two"]),
        ("key = SOC-101", &["one"]),
        ("parent = SOC-101", &["two"]),
        ("labels is empty", &["two"]),
        ("labels is not EMPTY", &["one"]),
        ("created >= \"2020-01-01\" and not labels = x", &["two"]),
        ("created < \"2020-01-01 10:00\"", &[]),
        (
            "project in (SOC) and issuetype = task and priority = Medium order by key",
            &["one", "two"],
        ),
    ] {
        assert_eq!(found(&jira, jql).await, expected, "{jql}");
    }
}

#[tokio::test]
async fn unequal_does_not_find_fields_that_are_empty() {
    let jira = cloud().await;
    jira.filed(json!({"summary": "one"})).await;
    assert!(found(&jira, "resolution != Done").await.is_empty());
    assert!(found(&jira, "labels not in (x)").await.is_empty());
}

#[tokio::test]
async fn a_phrase_finds_every_summary_that_holds_it() {
    for jira in [cloud().await, data_center().await] {
        for summary in ["Odd login", "An odd LOGIN again", "login, odd", "Other"] {
            jira.filed(json!({ "summary": summary })).await;
        }
        for (jql, expected) in [
            (
                r#"summary ~ "\"odd login\"" ORDER BY created ASC"#,
                &["Odd login", "An odd LOGIN again"][..],
            ),
            (
                r#"project = SOC AND summary ~ "odd login" ORDER BY created"#,
                &["Odd login", "An odd LOGIN again", "login, odd"],
            ),
            (
                r#"summary ~ "\"odd\\-login\"" AND summary !~ again"#,
                &["Odd login"],
            ),
        ] {
            assert_eq!(found(&jira, jql).await, expected, "{jql}");
        }
    }
}

#[tokio::test]
async fn a_query_that_jira_does_not_understand_is_a_400() {
    let jira = cloud().await;
    for jql in [
        "labels = ",
        "labels = \"open",
        "nonsense = 1",
        "project = NOPE",
        "key = SOC-999",
        "labels = x foo",
        "labels = x ORDER created",
        "created > yesterday",
        "labels > x",
        "labels ~ x",
        "summary ~ \"a:b\"",
        "summary ~ \"\\\"open\"",
        "issue.property[jira-intake].hash = x",
    ] {
        let reply = jira.post("search/jql", json!({"jql": jql})).await;
        assert_eq!(reply.status, 400, "{jql}");
        assert!(reply.json["errorMessages"][0].is_string(), "{jql}");
    }
    let deep = format!("{} labels = x", "not ".repeat(10_000));
    assert_eq!(
        jira.post("search/jql", json!({"jql": deep})).await.status,
        400
    );
}

#[tokio::test]
async fn cloud_refuses_unbounded_queries_and_unknown_members() {
    let jira = cloud().await;
    for body in [
        json!({"jql": ""}),
        json!({"jql": "ORDER BY created"}),
        json!({}),
    ] {
        assert_eq!(jira.post("search/jql", body).await.status, 400);
    }
    let body = json!({"jql": "project = SOC", "startAt": 0});
    assert_eq!(jira.post("search/jql", body).await.status, 400);
}

#[tokio::test]
async fn cloud_answers_ids_only_unless_fields_are_named_and_has_no_total() {
    let jira = cloud().await;
    jira.filed(json!({})).await;
    let reply = jira
        .post("search/jql", json!({"jql": "project = SOC"}))
        .await
        .json;
    assert_eq!(
        reply["issues"][0]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["id"]
    );
    assert!(reply.get("total").is_none() && reply["isLast"] == true);
    let path = "search/jql?jql=project%20%3D%20SOC&fields=key";
    assert_eq!(jira.get(path).await.json["issues"][0]["key"], "SOC-101");
}

#[tokio::test]
async fn cloud_pages_with_a_token() {
    let jira = cloud().await;
    for number in 0..5 {
        jira.standin
            .file("SOC", json!({"summary": number.to_string()}));
    }
    let mut body =
        json!({"jql": "project = SOC order by created", "maxResults": 2, "fields": ["summary"]});
    let mut seen = Vec::new();
    loop {
        let page = jira.post("search/jql", body.clone()).await.json;
        seen.extend(
            page["issues"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["key"].clone()),
        );
        if page["isLast"] == true {
            break;
        }
        body["nextPageToken"] = page["nextPageToken"].clone();
    }
    assert_eq!(seen.len(), 5);
    body["nextPageToken"] = json!("made up");
    assert_eq!(jira.post("search/jql", body).await.status, 400);
}

#[tokio::test]
async fn the_old_search_is_gone_on_cloud_and_alive_on_data_center() {
    let (cloud, dc) = (cloud().await, data_center().await);
    assert_eq!(
        cloud
            .post("search", json!({"jql": "project = SOC"}))
            .await
            .status,
        410
    );
    assert_eq!(
        dc.post("search/jql", json!({"jql": "project = SOC"}))
            .await
            .status,
        404
    );
    for _ in 0..3 {
        dc.filed(json!({})).await;
    }
    let page = dc.get("search?jql=&startAt=1&maxResults=1").await.json;
    assert_eq!((&page["total"], &page["startAt"]), (&json!(3), &json!(1)));
    assert_eq!(page["issues"][0]["key"], "SOC-102");
}

#[tokio::test]
async fn search_lags_behind_and_reading_by_key_does_not() {
    let jira = start(JiraOptions::cloud().index_lag(LAG)).await;
    let key = jira.filed(json!({"summary": "one", "labels": ["a"]})).await;
    assert!(found(&jira, "labels = a").await.is_empty());
    assert_eq!(jira.get(&format!("issue/{key}")).await.status, 200);
    tokio::time::sleep(LAG).await;
    assert_eq!(found(&jira, "labels = a").await, ["one"]);
    let verbs = json!({"update": {"labels": [{"remove": "a"}]}});
    jira.put(&format!("issue/{key}"), verbs).await;
    assert_eq!(found(&jira, "labels = a").await, ["one"]);
    tokio::time::sleep(LAG).await;
    assert!(found(&jira, "labels = a").await.is_empty());
}

#[tokio::test]
async fn a_bad_token_finds_nothing_when_cloud_is_silent_about_it() {
    let jira = start(JiraOptions::cloud().silent_bad_token()).await;
    jira.filed(json!({"labels": ["a"]})).await;
    let stranger = super::Caller::new(&jira.standin.url(), "Basic bm9ib2R5");
    let api = &jira.api;
    let search = stranger
        .post(&format!("{api}/search/jql"), json!({"jql": "labels = a"}))
        .await;
    assert_eq!((search.status, &search.json["issues"]), (200, &json!([])));
    assert_eq!(
        stranger.get(&format!("{api}/issue/SOC-101")).await.status,
        404
    );
    assert_eq!(stranger.get(&format!("{api}/myself")).await.status, 401);
    let create = stranger
        .send("POST", &format!("{api}/issue"), &Value::Null)
        .await
        .unwrap();
    assert_eq!(create.status, 401);
}
