//! OpenCTI's own shapes: what other templates post, what a trigger means by `delete`
//! and `create`, and times that cannot be.

use crate::harness::{Function, cloud, samples, with_jira, with_settings};
use jira_intake_standins::jira::Operation;
use serde_json::{Value, json};

const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";

/// What became of each event of a request.
async fn outcomes(function: &Function, body: &Value) -> Vec<String> {
    let answer = function.opencti(body.to_string()).await;
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
    let results = answer.json()["results"].clone();
    let results = results.as_array().unwrap().iter();
    results
        .map(|it| it["outcome"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn another_template_is_refused_with_the_name_of_the_right_one() {
    let (jira, function) = with_jira(cloud()).await;
    let object = samples::case("opencti-data-object")["data"].clone();
    let mut bare = object.clone();
    bare["extensions"] = json!({});
    for (what, body) in [
        ("Teams", samples::case("opencti-teams-template")),
        ("one object", samples::case("opencti-data-object")),
        ("STIX object alone", object.clone()),
        (
            "bundle",
            json!({"type": "bundle", "id": "bundle--1", "objects": [bare]}),
        ),
        ("bundle", json!({"type": "bundle", "id": "bundle--1"})),
        ("chat", json!({"text": "A report"})),
        ("one object", json!({"content": [], "data": object})),
        ("not a list", json!({"content": []})),
    ] {
        let answer = function.opencti(body.to_string()).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text());
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        for part in [what, "notifier template of docs/opencti.md", "Notifiers"] {
            assert!(detail.contains(part), "{part}: {detail}");
        }
    }
    assert_eq!(jira.issues().len(), 0);
}

#[tokio::test]
async fn a_bundle_files_its_entities_and_the_other_objects_complete_them() {
    let (jira, function) = with_jira(cloud()).await;
    let mut incident = samples::stream("incident-create")["data"].clone();
    incident["created_by_ref"] = "identity--1".into();
    let mut other = incident.clone();
    other["extensions"] = json!({});
    let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "identity", "id": "identity--1", "name": "ACME"},
        incident,
        other,
        {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "42.194.210.177"},
        7,
    ]});
    let answer = function.opencti(bundle.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(jira.issues().len(), 1, "{}", answer.text());
    let text = jira.issues()[0].description();
    assert!(text.contains("ipv4-addr: 42.194.210.177"), "{text}");
    let again = outcomes(&function, &bundle).await;
    assert!(again.contains(&"duplicate".to_owned()), "{again:?}");
}

#[tokio::test]
async fn what_leaves_a_triggers_filter_is_told_and_not_closed_and_goes_on() {
    let (jira, function) = with_settings(cloud(), &[("on_delete", "transition")]).await;
    let created = outcomes(&function, &samples::case("opencti-trigger-create")).await;
    assert_eq!(created, ["created"]);
    let left = samples::case("opencti-trigger-left-the-filter");
    assert_eq!(outcomes(&function, &left).await, ["updated"]);
    // Each recipient's notifier tells it.
    assert_eq!(outcomes(&function, &left).await, ["duplicate"]);
    let issue = &jira.issues()[0];
    assert_eq!(issue.comments.len(), 1);
    let text = issue.comments[0].text();
    assert_eq!(
        text,
        "The entity was deleted in OpenCTI, or is no longer visible to the trigger “High incidents”."
    );
    assert_eq!(jira.count(Operation::Transition), 0);
    // Another trigger tells of the same state, and of the next.
    for (modified, severity, priority) in [("09", "low", "P3"), ("10", "high", "P2")] {
        let mut update = left.clone();
        let entry = &mut update["data"][0];
        entry["type"] = "update".into();
        entry["instance"]["severity"] = severity.into();
        entry["instance"]["priority"] = priority.into();
        let at = format!("2026-01-10T{modified}:00:00.000Z");
        entry["instance"]["modified"] = at.clone().into();
        entry["instance"]["extensions"][EXTENSION]["updated_at"] = at.into();
        assert_eq!(
            outcomes(&function, &update).await,
            ["updated"],
            "{modified}"
        );
    }
    assert!(jira.issues()[0].description().contains("high"));
}

#[tokio::test]
async fn a_message_that_says_deletes_is_a_deletion() {
    let (jira, function) = with_settings(cloud(), &[("on_delete", "transition")]).await;
    outcomes(&function, &samples::case("opencti-trigger-create")).await;
    let mut deleted = samples::case("opencti-trigger-left-the-filter");
    deleted["data"][0]["message"] =
        "[case-incident] VPN brute force - `admin` deletes a Case-Incident `VPN brute force`"
            .into();
    assert_eq!(outcomes(&function, &deleted).await, ["updated"]);
    let text = jira.issues()[0].comments[0].text();
    assert_eq!(text, "The entity was deleted in OpenCTI.");
    assert_eq!(jira.count(Operation::Transition), 1);
}

#[tokio::test]
async fn an_old_report_of_which_only_the_creators_changed_files_as_the_setting_says() {
    let old = samples::case("opencti-old-report-only-creators");
    let new = samples::case("opencti-trigger-create");
    for (setting, expected) in [
        ("all", "created"),
        ("known", "ignored"),
        ("days:30", "ignored"),
    ] {
        let (jira, function) = with_settings(cloud(), &[("file_updates_of", setting)]).await;
        for query in ["?dry_run=true", ""] {
            let answer = function.opencti_with(query, old.to_string()).await;
            let result = answer.json()["results"][0].clone();
            assert_eq!(result["outcome"], expected, "{setting}: {result}");
            let reason = result["reason"].as_str().unwrap_or_default();
            assert_eq!(
                reason.contains("file_updates_of"),
                expected == "ignored",
                "{reason}"
            );
        }
        assert_eq!(outcomes(&function, &new).await, ["created"], "{setting}");
        let mut update = new.clone();
        update["data"][0]["type"] = "update".into();
        update["data"][0]["instance"]["name"] = "Renamed".into();
        update["data"][0]["instance"]["modified"] = "2026-01-10T08:30:00.000Z".into();
        assert_eq!(outcomes(&function, &update).await, ["updated"], "{setting}");
        assert!(jira.issues().iter().any(|it| it.summary() == "Renamed"));
    }
}

#[tokio::test]
async fn a_create_and_an_update_of_one_call_belong_together() {
    let (jira, function) = with_settings(cloud(), &[("file_updates_of", "known")]).await;
    let mut both = samples::case("opencti-trigger-create");
    let mut update = both["data"][0].clone();
    update["type"] = "update".into();
    update["instance"]["name"] = "Renamed".into();
    update["instance"]["modified"] = "2026-01-10T08:30:00.000Z".into();
    both["data"].as_array_mut().unwrap().push(update);
    outcomes(&function, &both).await;
    assert_eq!(jira.issues()[0].summary(), "Renamed");
}

#[tokio::test]
async fn a_time_in_the_year_9999_freezes_nothing() {
    let events = samples::case("opencti-modified-in-the-year-9999");
    for unbelievable in ["9999-12-31T00:00:00.000Z", "soon", "2103-01-01T00:00:00Z"] {
        let (jira, function) = with_jira(cloud()).await;
        for event in events.as_array().unwrap() {
            let mut event = event.clone();
            if event["data"]["modified"] == "9999-12-31T00:00:00.000Z" {
                event["data"]["modified"] = unbelievable.into();
            }
            function.opencti(event.to_string()).await;
        }
        assert_eq!(jira.issues().len(), 1);
        assert_eq!(jira.issues()[0].summary(), "Thawed", "{unbelievable}");
        function.printed("time_not_believed").await;
    }
}

#[tokio::test]
async fn where_no_time_is_believed_the_time_of_arrival_stands_for_it() {
    let (jira, function) = with_jira(cloud()).await;
    let events = samples::case("opencti-modified-in-the-year-9999");
    for name in ["Frozen", "Frozen again", "Thawed"] {
        let mut event = events[1].clone();
        event["data"]["name"] = name.into();
        event["data"]["extensions"][EXTENSION]["updated_at"] = "9999-12-31T00:00:00Z".into();
        function.opencti(event.to_string()).await;
    }
    assert_eq!(jira.issues().len(), 1);
    assert_eq!(jira.issues()[0].summary(), "Thawed");
}
