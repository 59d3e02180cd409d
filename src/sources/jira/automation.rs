//! Automation's "Send web request": the issue as it is, and nothing of what happened.
//!
//! "Automation format" has the issue at the top, its id a number; "Jira format" has
//! it as `issue`. So its status, resolution and assignee are told each time, and who
//! is told compares them with what is known.

use serde_json::Value;

use super::issue::{assignee, issue_name, labels, status, time};
use super::person::person;
use super::words::name;
use crate::model::{IssueAction, IssueChange};

/// What a body without an event tells; nothing if there is no issue in it.
pub(super) fn change(json: &Value) -> Option<IssueChange> {
    let inner = &json["issue"];
    let issue = if inner.is_object() { inner } else { json };
    let fields = &issue["fields"];
    let name = issue_name(issue);
    if name.address().is_empty() || !fields.is_object() {
        return None;
    }
    Some(IssueChange {
        issue: name,
        at: time(&fields["updated"]),
        actor: person(&json["user"]),
        labels: labels(issue),
        actions: state(fields),
    })
}

/// What the fields show; those that are missing tell nothing.
fn state(fields: &Value) -> Vec<IssueAction> {
    let resolution = fields.get("resolution").and_then(|value| {
        let name = name(&value["name"]);
        match value.is_null() {
            true => Some(None),
            false => (!name.is_empty()).then_some(Some(name)),
        }
    });
    let assigned = fields
        .get("assignee")
        .and_then(|value| match value.is_null() {
            true => Some(None),
            false => assignee(fields).map(Some),
        });
    let actions = [
        status(fields).map(IssueAction::Status),
        resolution.map(IssueAction::Resolution),
        assigned.map(IssueAction::Assigned),
    ];
    actions.into_iter().flatten().collect()
}
