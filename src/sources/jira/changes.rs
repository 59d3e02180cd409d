//! The items of a changelog, as far as they concern us.
//!
//! Each is `{"field", "fieldId", "from", "fromString", "to", "toString"}`: `to` is an
//! id, `toString` what people read, `null` is none. `Key` and `Workflow` have no
//! `fieldId`, and on older Data Centers no item has one. Several come in any order.

use serde_json::Value;

use super::issue::{assignee, key, status};
use super::person::named;
use super::words::name;
use crate::model::{IssueAction, IssueStatus, Person};
use crate::sources::json::items;

/// What an issue's changelog tells.
pub(super) struct Changes {
    pub(super) actions: Vec<IssueAction>,
    /// The key that a moved issue had and has now; may be empty.
    pub(super) moved: Option<(String, String)>,
}

/// Reads a changelog; `fields` are those of its issue.
pub(super) fn changes(changelog: &Value, fields: &Value) -> Changes {
    let all = items(&changelog["items"]);
    // The last one counts, if there are several.
    let item = |field: &str| all.iter().rev().find(|item| is_of(item, field));
    let moved = item("key").map(|item| (key(&item["fromString"]), key(&item["toString"])));
    let status = item("status").and_then(|item| status_now(item, fields));
    let resolution = item("resolution").and_then(|item| resolution_now(item, fields));
    let assigned = item("assignee").map(|item| assignee_now(item, fields));
    let actions = [
        moved.as_ref().map(|_| IssueAction::Moved),
        status.map(IssueAction::Status),
        resolution.map(IssueAction::Resolution),
        assigned.map(IssueAction::Assigned),
    ];
    Changes {
        actions: actions.into_iter().flatten().collect(),
        moved,
    }
}

/// Whether an item is of one of Jira's own fields. A custom field may have the same
/// name, but another id.
fn is_of(item: &Value, field: &str) -> bool {
    match item["fieldId"].as_str().filter(|id| !id.is_empty()) {
        Some(id) => id == field,
        None => {
            let name = item["field"].as_str().unwrap_or_default();
            name.eq_ignore_ascii_case(field) && item["fieldtype"] != "custom"
        }
    }
}

/// The issue's fields show the status that it has when the message is written, which
/// may be a later one.
fn status_now(item: &Value, fields: &Value) -> Option<IssueStatus> {
    let (id, words) = (name(&item["to"]), name(&item["toString"]));
    if id.is_empty() && words.is_empty() {
        return None;
    }
    let is_it = |shown: &IssueStatus| match id.is_empty() {
        true => shown.name == words,
        false => shown.id == id,
    };
    let shown = status(fields).filter(is_it).unwrap_or_default();
    Some(IssueStatus {
        name: if words.is_empty() { shown.name } else { words },
        id: if id.is_empty() { shown.id } else { id },
        category: shown.category,
    })
}

/// The resolution by name, or `Some(None)` if there is none any more; nothing where
/// only an id is told.
fn resolution_now(item: &Value, fields: &Value) -> Option<Option<String>> {
    let (id, words) = (name(&item["to"]), name(&item["toString"]));
    if !words.is_empty() {
        return Some(Some(words));
    }
    if id.is_empty() {
        return Some(None);
    }
    let shown = &fields["resolution"];
    let words = name(&shown["name"]);
    (name(&shown["id"]) == id && !words.is_empty()).then_some(Some(words))
}

/// The issue's fields tell more of a person than an item does.
fn assignee_now(item: &Value, fields: &Value) -> Option<Person> {
    let person = named([&item["tmpToAccountId"], &item["to"]], &item["toString"])?;
    let shown = assignee(fields).filter(|shown| shown.is(&person));
    Some(shown.unwrap_or(person))
}
