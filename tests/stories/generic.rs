//! Any tool → Jira: flat JSON becomes an issue, follows its object, and ends
//! with it.

use crate::harness::issues::{idempotency_label, only_issue};
use crate::harness::objects::{each_family, post, post_with, same, tell};
use crate::harness::operator::until_quiet;
use crate::harness::{WEBHOOK_TOKEN, samples};
use futures::future::join_all;
use jira_intake_standins::jira::{Fault, FaultKind, Operation};
use serde_json::{Value, json};

const PAGE: &str = "https://edr.example.com/alerts/4711";

/// The sample: an object as a tool posts it.
fn alert() -> Value {
    serde_json::from_slice(&samples::file("generic.alert.json")).unwrap()
}

/// The same with other members.
fn with(members: Value) -> Value {
    let mut alert = alert();
    for (name, value) in members.as_object().unwrap() {
        alert[name] = value.clone();
    }
    alert
}

#[tokio::test]
async fn a_new_object_becomes_an_issue_with_all_that_was_posted() {
    for (jira, function) in each_family(same, &[]).await {
        let answer = post(&function, &alert()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let result = answer.result();
        assert_eq!(result["outcome"], "created", "{result}");
        let entity = json!({"type": "alert", "id": "edr-4711", "name": "Ransom note on FILE-01"});
        assert_eq!(result["entity"], entity);
        let issue = only_issue(&jira);
        assert_eq!(issue.summary(), "Ransom note on FILE-01");
        assert_eq!(issue.priority(), "High");
        assert_eq!((issue.project(), issue.issue_type()), ("SOC", "Task"));
        let labels = issue.labels();
        assert!(labels.contains(&"edr") && labels.contains(&"threat_lead"));
        let description = issue.description();
        for part in [
            "Call the owner.",
            "198.51.100.7",
            "evil.example.com",
            "FILE-01",
            "Open in External tool",
        ] {
            assert!(description.contains(part), "{part}: {description}");
        }
        assert_eq!(issue.remote_links.len(), 1);
        assert_eq!(issue.remote_links[0].object["url"], PAGE);
    }
}

#[tokio::test]
async fn a_title_is_enough() {
    for (jira, function) in each_family(same, &[]).await {
        let bare = json!({"title": "Disk full on FILE-01"});
        assert_eq!(tell(&function, &bare).await["outcome"], "created");
        assert_eq!(tell(&function, &bare).await["outcome"], "duplicate");
        let issue = only_issue(&jira);
        assert_eq!(issue.summary(), "Disk full on FILE-01");
        assert!(issue.remote_links.is_empty());
    }
}

#[tokio::test]
async fn what_is_posted_again_unchanged_is_a_duplicate_without_a_request() {
    for (jira, mut function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        let requests = jira.requests().len();
        let again = post(&function, &alert()).await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.result()["outcome"], "duplicate");
        assert_eq!(again.result()["issue"]["key"], "SOC-101");
        function.kill_and_restart().await;
        assert_eq!(tell(&function, &alert()).await["outcome"], "duplicate");
        assert_eq!(jira.requests().len(), requests);
    }
}

#[tokio::test]
async fn twenty_simultaneous_posts_of_one_object_make_one_issue() {
    for (jira, function) in each_family(same, &[]).await {
        let alert = alert();
        for result in join_all((0..20).map(|_| tell(&function, &alert))).await {
            let outcome = result["outcome"].as_str().unwrap();
            assert!(["created", "duplicate"].contains(&outcome), "{result}");
        }
        assert_eq!(only_issue(&jira).comments.len(), 0);
        assert_eq!(jira.count(Operation::Create), 1);
    }
}

#[tokio::test]
async fn a_change_is_one_edit_of_what_differs() {
    for (jira, function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        let changed = with(json!({
            "title": "Ransom note on FILE-01 and FILE-02",
            "severity": "critical",
            "labels": ["edr", "contained"],
        }));
        let result = tell(&function, &changed).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        let issue = only_issue(&jira);
        assert_eq!(issue.summary(), "Ransom note on FILE-01 and FILE-02");
        assert_eq!(issue.priority(), "Highest");
        let labels = issue.labels();
        assert!(labels.contains(&"contained") && !labels.contains(&"threat_lead"));
        assert!(issue.description().contains("critical"));
        assert!(issue.comments.is_empty());
        assert_eq!(jira.count(Operation::Update), 1);
        assert_eq!(tell(&function, &changed).await["outcome"], "duplicate");
        assert_eq!(jira.count(Operation::Update), 1);
    }
}

#[tokio::test]
async fn what_people_wrote_stays_and_the_change_is_a_comment() {
    for (jira, function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        jira.edit("SOC-101", |fields| {
            fields.insert("summary".to_owned(), "FILE-01, owner called".into());
        });
        let result = tell(&function, &with(json!({"title": "Two notes"}))).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        let issue = only_issue(&jira);
        assert_eq!(issue.summary(), "FILE-01, owner called");
        let comment = issue.comments[0].text();
        assert!(
            comment.contains("Two notes") && comment.contains("External tool"),
            "{comment}"
        );
    }
}

#[tokio::test]
async fn a_change_can_be_a_comment_or_nothing() {
    for (jira, function) in each_family(same, &[("on_update", "comment")]).await {
        tell(&function, &alert()).await;
        tell(&function, &with(json!({"title": "Two notes"}))).await;
        let issue = only_issue(&jira);
        assert_eq!(issue.summary(), "Ransom note on FILE-01");
        assert!(issue.comments[0].text().contains("Two notes"));
    }
    for (jira, function) in each_family(same, &[("on_update", "ignore")]).await {
        tell(&function, &alert()).await;
        let result = tell(&function, &with(json!({"title": "Two notes"}))).await;
        assert_eq!(result["reason"], "on_update = ignore", "{result}");
        assert!(only_issue(&jira).comments.is_empty());
    }
}

#[tokio::test]
async fn a_status_moves_the_issue_as_the_settings_say() {
    let settings = [("status_transitions", "Investigating=In Progress")];
    for (jira, function) in each_family(same, &settings).await {
        tell(&function, &alert()).await;
        let result = tell(&function, &with(json!({"status": "INVESTIGATING"}))).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert_eq!(only_issue(&jira).status, "In Progress");
    }
}

#[tokio::test]
async fn a_closed_object_becomes_a_comment_a_transition_or_nothing() {
    for (on_delete, comments, status) in [
        ("comment", 1, "To Do"),
        ("transition", 1, "Done"),
        ("ignore", 0, "To Do"),
    ] {
        for (jira, function) in each_family(same, &[("on_delete", on_delete)]).await {
            tell(&function, &alert()).await;
            let closed = with(json!({"status": "Closed"}));
            let result = tell(&function, &closed).await;
            assert_eq!(result["outcome"], "updated", "{on_delete}: {result}");
            let issue = only_issue(&jira);
            assert_eq!(issue.comments.len(), comments, "{on_delete}");
            assert_eq!(issue.status, status, "{on_delete}");
            if let Some(comment) = issue.comments.first() {
                let text = comment.text();
                assert!(text.contains("closed in External tool"), "{text}");
            }
            let requests = jira.requests().len();
            assert_eq!(tell(&function, &closed).await["outcome"], "duplicate");
            assert_eq!(jira.requests().len(), requests, "{on_delete}");
        }
    }
}

#[tokio::test]
async fn what_is_closed_before_it_was_posted_has_no_issue() {
    for (jira, function) in each_family(same, &[]).await {
        let result = tell(&function, &with(json!({"status": "false positive"}))).await;
        assert_eq!(result["outcome"], "ignored", "{result}");
        assert_eq!(result["reason"], "no issue was filed for it");
        assert!(jira.requests().is_empty());
    }
}

#[tokio::test]
async fn the_same_id_of_two_sources_is_two_issues_with_two_labels() {
    for (jira, function) in each_family(same, &[]).await {
        let incident = samples::incident("edr-4711", "An incident").to_string();
        assert_eq!(function.opencti(incident).await.status, 201);
        assert_eq!(tell(&function, &alert()).await["outcome"], "created");
        let issues = jira.issues();
        assert_eq!(issues.len(), 2);
        assert_ne!(idempotency_label(&issues[0]), idempotency_label(&issues[1]));
        // Each goes on with its own.
        let result = tell(&function, &with(json!({"title": "Two notes"}))).await;
        assert_eq!(result["issue"]["key"], "SOC-102", "{result}");
        assert_eq!(jira.issue("SOC-101").unwrap().summary(), "An incident");
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_told_which_members_are_missing() {
    for (jira, function) in each_family(same, &[]).await {
        for body in [
            json!({}),
            json!({"hello": "world"}),
            json!({"title": "  ", "id": null}),
            json!({"id": {"not": "one"}}),
            json!("text"),
            json!(1),
            json!([["x"]]),
        ] {
            let answer = post(&function, &body).await;
            assert_eq!(answer.status, 422, "{body}: {}", answer.text());
            let problem = answer.json();
            let detail = problem["detail"].as_str().unwrap();
            assert!(
                detail.contains("`title`") && detail.contains("`id`"),
                "{body}: {detail}"
            );
        }
        let token = [("x-api-key", WEBHOOK_TOKEN)];
        let answer = function.post("/webhooks/generic", &token, "title=x").await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        // What begins as JSON is kept for a person to look at.
        let answer = function.post("/webhooks/generic", &token, "{").await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert!(jira.requests().is_empty());
    }
}

#[tokio::test]
async fn a_list_is_answered_with_a_result_for_each() {
    for (jira, function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        let list = json!([alert(), {"id": "edr-2", "title": "Two"}, {"title": "Three"}]);
        let answer = post(&function, &list).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let results = answer.json()["results"].clone();
        let outcomes: Vec<&str> = results
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(outcomes, ["duplicate", "created", "created"]);
        assert_eq!(jira.issues().len(), 3);
        let nothing = post(&function, &json!([])).await;
        assert_eq!(
            (nothing.status, &nothing.json()["results"]),
            (200, &json!([]))
        );
    }
}

#[tokio::test]
async fn a_list_with_one_bad_object_is_refused_and_nothing_is_filed() {
    for (jira, function) in each_family(same, &[]).await {
        for bad in [json!({"severity": "high"}), json!(null), json!("text")] {
            let answer = post(&function, &json!([alert(), bad])).await;
            assert_eq!(answer.status, 422, "{bad}: {}", answer.text());
        }
        let many = vec![json!({"id": "1"}); 1_001];
        let answer = post(&function, &Value::Array(many)).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(jira.requests().is_empty());
        assert_eq!(tell(&function, &alert()).await["outcome"], "created");
    }
}

#[tokio::test]
async fn a_dry_run_shows_the_requests_and_sends_nothing() {
    for (jira, function) in each_family(same, &[("jira_api", "datacenter")])
        .await
        .into_iter()
        .skip(1)
    {
        let dry = post_with(&function, "?dry_run=true", &alert()).await;
        assert_eq!(dry.status, 200, "{}", dry.text());
        assert_eq!(dry.json()["dry_run"], true);
        let result = dry.result();
        assert_eq!(result["outcome"], "created", "{result}");
        let shown = &result["dry_run"];
        assert_eq!(
            (&shown["standing"], &shown["route"]),
            (&json!("new"), &json!("default"))
        );
        assert!(jira.requests().is_empty());
        tell(&function, &alert()).await;
        let issue = only_issue(&jira);
        assert_eq!(shown["idempotency_label"], idempotency_label(&issue));
        let fields = &shown["requests"][0]["body"]["fields"];
        assert_eq!(fields["summary"], issue.summary());
        assert_eq!(fields["description"], issue.description());
        assert_eq!(shown["requests"][1]["body"]["object"]["url"], PAGE);
        let requests = jira.requests().len();
        let again = post_with(&function, "?dry_run", &alert()).await.result();
        assert_eq!(again["outcome"], "duplicate", "{again}");
        assert_eq!(again["dry_run"]["standing"], "known");
        assert_eq!(again["dry_run"]["requests"], json!([]));
        assert_eq!(jira.requests().len(), requests);
    }
}

#[tokio::test]
async fn a_wrong_token_is_turned_away_and_each_place_for_the_right_one_is_taken() {
    let [(jira, function), _] = each_family(same, &[]).await;
    let bearer = format!("Bearer {WEBHOOK_TOKEN}");
    let query = format!("?token={WEBHOOK_TOKEN}");
    for (query, headers, status) in [
        ("", vec![], 401),
        ("", vec![("x-api-key", "wrong")], 401),
        ("?token=wrong", vec![], 401),
        ("", vec![("authorization", "Bearer admin-5ecret")], 401),
        ("?dry_run=true", vec![("x-api-key", "wrong")], 401),
    ] {
        let path = format!("/webhooks/generic{query}");
        let answer = function.post(&path, &headers, alert().to_string()).await;
        assert_eq!(
            answer.status,
            status,
            "{query} {headers:?}: {}",
            answer.text()
        );
    }
    assert!(jira.requests().is_empty());
    for (query, headers) in [
        ("", vec![("authorization", bearer.as_str())]),
        ("", vec![("x-api-key", WEBHOOK_TOKEN)]),
        (query.as_str(), vec![]),
    ] {
        let path = format!("/webhooks/generic{query}");
        let answer = function.post(&path, &headers, alert().to_string()).await;
        assert!(
            answer.status < 300,
            "{query} {headers:?}: {}",
            answer.text()
        );
    }
    assert_eq!(jira.issues().len(), 1);
}

#[tokio::test]
async fn during_an_outage_the_newest_state_waits_and_is_filed_once() {
    for (jira, function) in each_family(same, &[]).await {
        jira.pause().await;
        for title in ["One note", "Two notes", "Three notes"] {
            let answer = post(&function, &with(json!({"title": title}))).await;
            assert_eq!(answer.status, 202, "{}", answer.text());
        }
        jira.resume().await.unwrap();
        until_quiet(&function).await;
        assert_eq!(only_issue(&jira).summary(), "Three notes");
        assert_eq!(jira.count(Operation::Update), 0);
    }
}

#[tokio::test]
async fn a_create_without_an_answer_is_found_again_by_its_label() {
    for (jira, function) in each_family(same, &[]).await {
        jira.inject(Fault::new(FaultKind::ResetAfter).on(Operation::Create));
        let result = tell(&function, &alert()).await;
        assert_eq!(result["outcome"], "queued", "{result}");
        until_quiet(&function).await;
        assert_eq!(only_issue(&jira).key, "SOC-101");
        assert_eq!(jira.count(Operation::Create), 1);
        assert_eq!(tell(&function, &alert()).await["outcome"], "duplicate");
    }
}

#[tokio::test]
async fn routes_and_templates_are_the_same_for_any_tool() {
    let routes = r#"
        [[route]]
        when = { type = "alert", label = "edr" }
        issue_type = "Bug"
        labels = ["from-edr"]
        summary_template = "[{{ entity.severity | upper }}] {{ entity.name }}"
        [[route]]
        when = { severity = "info" }
        ignore = true
    "#;
    for (jira, function) in each_family(same, &[("routes", routes)]).await {
        tell(&function, &alert()).await;
        let issue = only_issue(&jira);
        assert_eq!(issue.issue_type(), "Bug");
        assert_eq!(issue.summary(), "[HIGH] Ransom note on FILE-01");
        assert!(issue.labels().contains(&"from-edr"));
        let info = json!({"id": "mon-1", "severity": "INFO"});
        assert_eq!(tell(&function, &info).await["outcome"], "ignored");
    }
}

#[tokio::test]
async fn a_hostile_object_stays_text_within_jiras_limits() {
    for (jira, function) in each_family(same, &[]).await {
        let evil = "{code}h1. x{code} [~admin] !https://evil.example/p.png! |a| \u{202e} <b>x</b>";
        let object = json!({
            "id": evil.repeat(50),
            "title": format!("{evil}\r\n{}", "🦀".repeat(600)),
            "description": format!("{evil}\n").repeat(2_000),
            "severity": evil,
            "labels": vec![evil; 100],
            "url": "javascript:alert(1)",
            "observables": vec![evil; 100],
            "status": evil,
        });
        let answer = post(&function, &object).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let issue = only_issue(&jira);
        assert!(issue.summary().encode_utf16().count() <= 255);
        assert!(issue.remote_links.is_empty());
        assert_eq!(tell(&function, &object).await["outcome"], "duplicate");
        let create = &jira.requests_for(Operation::Create)[0];
        if create.path.starts_with("/rest/api/2/") {
            let description = issue.description();
            assert!(!description.contains("{code}h1."), "{description}");
            assert!(!description.contains("[~admin]"), "{description}");
        }
    }
}

#[tokio::test]
async fn a_changed_status_reaches_the_issue() {
    for (jira, function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        let result = tell(&function, &with(json!({"status": "Contained"}))).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert!(only_issue(&jira).description().contains("Contained"));
    }
}

#[tokio::test]
async fn a_new_observable_reaches_the_issue() {
    for (jira, function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        let more = with(json!({"observables": ["198.51.100.7", "203.0.113.9"]}));
        let result = tell(&function, &more).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert!(only_issue(&jira).description().contains("203.0.113.9"));
    }
}

#[tokio::test]
async fn an_object_that_is_opened_again_reaches_its_issue() {
    for (jira, function) in each_family(same, &[]).await {
        tell(&function, &alert()).await;
        tell(&function, &with(json!({"status": "closed"}))).await;
        let again = with(json!({"title": "Ransom note on FILE-01, again"}));
        let result = tell(&function, &again).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert_eq!(only_issue(&jira).summary(), "Ransom note on FILE-01, again");
    }
}
