//! What Jira's messages are read as.

mod comments;
mod hostile;
mod samples;

use serde_json::{Value, json};

use super::{SourceError, read};
use crate::model::{IssueAction, IssueChange, IssueStatus, Person, Timestamp};

const ADA: &str = "712020:0a6b6f7e-55b0-4f5e-9c1d-3f1f6f2b7a01";
const GRACE: &str = "5b10a2844c20165700ede21f";

/// What a body is read as.
fn told(body: &Value) -> IssueChange {
    read(body.to_string().as_bytes()).unwrap()
}

fn status(id: &str, name: &str, category: &str) -> IssueAction {
    IssueAction::Status(IssueStatus {
        id: id.to_owned(),
        name: name.to_owned(),
        category: category.to_owned(),
    })
}

fn resolution(name: Option<&str>) -> IssueAction {
    IssueAction::Resolution(name.map(str::to_owned))
}

fn person(ids: &[&str], name: &str, email: Option<&str>) -> Person {
    Person {
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        name: name.to_owned(),
        email: email.map(str::to_owned),
    }
}

/// An update of an issue with these items.
fn updated(items: &Value, fields: &Value) -> Value {
    json!({"timestamp": 1, "webhookEvent": "jira:issue_updated",
        "issue": {"id": "7", "key": "SOC-1", "fields": fields}, "changelog": {"items": items}})
}

#[test]
fn an_empty_body_is_told_so_and_what_is_no_issue_too() {
    for body in ["", " \n"] {
        let Err(SourceError::NoEvent(why)) = read(body.as_bytes()) else {
            panic!("{body:?} is read");
        };
        assert!(why.contains("empty"), "{why}");
    }
    for body in [
        "[]",
        "{}",
        "1",
        r#"{"issue":{}}"#,
        r#"{"id":1,"key":"A-1"}"#,
    ] {
        let read = read(body.as_bytes());
        assert!(
            matches!(read, Err(SourceError::NoEvent(_))),
            "{body} {read:?}"
        );
    }
    assert!(matches!(read(b"hello"), Err(SourceError::NotJson(_))));
    assert!(matches!(
        read(b"{\"a\": hello"),
        Err(SourceError::Unreadable(_))
    ));
}

#[test]
fn a_body_that_is_nearly_json_is_repaired() {
    let body = br#"{"webhookEvent":"jira:issue_deleted","issue":{"id":"7","x":"\ud83d"}}"#;
    assert_eq!(read(body).unwrap().actions, [IssueAction::Deleted]);
}

#[test]
fn events_about_something_else_tell_nothing() {
    for event in [
        "jira:issue_created",
        "worklog_created",
        "sprint_started",
        "user_created",
        "project_deleted",
        "jira:version_released",
        "",
    ] {
        let body = json!({"timestamp": 5, "webhookEvent": event, "comment": {"id": "1"},
            "issue": {"id": "7", "key": "SOC-1"},
            "changelog": {"items": [{"field": "status", "to": "1", "toString": "x"}]}});
        let change = told(&body);
        assert_eq!(
            (change.issue.id.as_str(), change.actions),
            ("7", vec![]),
            "{event}"
        );
    }
}

#[test]
fn an_issue_without_a_sane_name_tells_nothing() {
    for issue in [
        json!({}),
        json!(null),
        json!({"id": "7x", "key": "SOC"}),
        json!({"id": -7, "key": "SOC-1/../x"}),
        json!({"id": "", "key": "1-1"}),
        json!({"id": "٣", "key": "SÖC-1"}),
        json!({"id": "9".repeat(21), "self": "https://j.example/rest/api/2/issue/SOC-1"}),
    ] {
        let change = told(&json!({"webhookEvent": "jira:issue_deleted", "issue": issue}));
        assert_eq!(change, IssueChange::default(), "{issue}");
    }
    for (issue, id, key) in [
        (json!({"id": 7}), "7", ""),
        (json!({"key": "S_1-2"}), "", "S_1-2"),
        (
            json!({"self": "https://j.example/rest/api/2/issue/10148"}),
            "10148",
            "",
        ),
    ] {
        let change = told(&json!({"webhookEvent": "jira:issue_deleted", "issue": issue}));
        assert_eq!((&*change.issue.id, &*change.issue.key), (id, key));
        assert_eq!(change.actions, [IssueAction::Deleted]);
    }
}

#[test]
fn a_category_is_believed_only_of_the_status_that_was_told() {
    let item = json!([{"field": "Status", "to": "3", "toString": "Busy"}]);
    for (shown, category) in [
        (
            json!({"id": "3", "name": "Busy", "statusCategory": {"key": "done"}}),
            "done",
        ),
        (
            json!({"id": "4", "name": "Busy", "statusCategory": {"key": "done"}}),
            "",
        ),
        (
            json!({"id": "3", "statusCategory": {"key": "undefined"}}),
            "",
        ),
        (json!(null), ""),
    ] {
        let change = told(&updated(&item, &json!({"status": shown})));
        assert_eq!(change.actions, [status("3", "Busy", category)], "{shown}");
    }
}

#[test]
fn only_jiras_own_fields_count_and_the_last_item_of_each() {
    let items = json!([
        {"field": "status", "to": "3", "toString": "Busy"},
        {"field": "Status", "fieldtype": "custom", "to": "8", "toString": "x"},
        {"field": "status", "fieldId": "customfield_10001", "to": "9", "toString": "x"},
        {"field": "Zustand", "fieldId": "status", "to": "4", "toString": "Fertig"},
        {"field": "summary", "toString": "x"}, 1, null,
    ]);
    let change = told(&updated(&items, &json!({})));
    assert_eq!(change.actions, [status("4", "Fertig", "")]);
}

#[test]
fn a_resolution_without_a_name_is_looked_for_in_the_fields() {
    let item = json!([{"field": "resolution", "to": "5", "toString": null}]);
    let fields = json!({"resolution": {"id": "5", "name": "Won't do"}});
    let change = told(&updated(&item, &fields));
    assert_eq!(change.actions, [resolution(Some("Won't do"))]);
    assert_eq!(told(&updated(&item, &json!({}))).actions, []);
}

#[test]
fn an_assignee_who_is_another_by_now_is_told_by_the_item() {
    let item = json!([{"field": "assignee", "to": "ada", "toString": "Ada"}]);
    let fields = json!({"assignee": {"name": "grace", "displayName": "Grace"}});
    let assigned = IssueAction::Assigned(Some(person(&["ada"], "Ada", None)));
    assert_eq!(told(&updated(&item, &fields)).actions, [assigned]);
}

#[test]
fn a_moved_issue_has_the_new_key_even_if_the_message_shows_the_old_one() {
    let item = json!([{"field": "Key", "fromString": "SOC-1", "toString": "IR-9"}]);
    let change = told(&updated(&item, &json!({})));
    assert_eq!(
        (&*change.issue.key, &*change.actions),
        ("IR-9", &[IssueAction::Moved][..])
    );
    let item = json!([{"field": "Key", "fromString": "OLD-1", "toString": "OLD-2"}]);
    // Moved on since.
    assert_eq!(told(&updated(&item, &json!({}))).issue.key, "SOC-1");
}

#[test]
fn a_time_is_one_or_unknown() {
    for (time, expected) in [
        (json!(1_761_569_303_246_u64), 1_761_569_303_246),
        (json!("1761569303246"), 1_761_569_303_246),
        (json!("2025-10-27T13:48:23.246+0100"), 1_761_569_303_246),
        (json!(1e300), 0),
        (json!(u64::MAX), 0),
        (json!(-1), 0),
        (json!("soon"), 0),
        (json!(null), 0),
    ] {
        let body = json!({"webhookEvent": "jira:issue_deleted", "timestamp": time});
        assert_eq!(told(&body).at, Timestamp::from_millis(expected), "{time}");
    }
}
