//! What an issue shows by our own writes: enough to tell what is different now,
//! and small enough to keep for every issue.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::plan::Edit;

/// What an entity was mapped to. Two of them are equal if and only if an issue
/// would look the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppliedState {
    /// What the fields hold, by their ids: a line, words, or a digest of rich
    /// text.
    pub fields: Map<String, Value>,
    /// A digest of each custom field's value.
    pub custom: Map<String, Value>,
    /// The id of the workflow status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl AppliedState {
    /// The same without the changes that were not made: there it is as before.
    #[must_use]
    pub fn without(&self, left_out: &Edit, before: &Self) -> Self {
        let mut applied = self.clone();
        for (field, _) in &left_out.changes {
            put(&mut applied.fields, &before.fields, field.id);
        }
        for name in left_out.custom.keys() {
            put(&mut applied.custom, &before.custom, name);
        }
        applied
    }
}

fn put(into: &mut Map<String, Value>, from: &Map<String, Value>, name: &str) {
    match from.get(name) {
        Some(value) => into.insert(name.to_owned(), value.clone()),
        None => into.remove(name),
    };
}

impl Shown {
    /// What the field with this id shows, if people can have edited it.
    pub fn of(&self, id: &str) -> Option<&str> {
        match id {
            "summary" => Some(&self.summary),
            "description" => Some(&self.description),
            _ => None,
        }
    }
}

/// What Jira shows now, as far as people can have edited it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The summary.
    pub summary: String,
    /// A fingerprint of the description, however Jira formats it.
    pub description: String,
}

/// An edit that was sent and may not have been answered: what the issue may show
/// because of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// What it would have applied.
    pub applied: AppliedState,
    /// What people would see.
    pub shown: Shown,
}
