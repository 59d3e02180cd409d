//! The changes that a plan is made of, in Jira's terms but not in its JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::{Description, Field, FieldChange, FieldValue, OnChange};
use crate::markup::Document;

/// One thing to do to an issue.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// File it.
    Create(Box<IssueFields>),
    /// Change its fields.
    Edit(Box<Edit>),
    /// Say something on it.
    Comment(Document),
    /// Say something else in a comment of ours.
    EditComment {
        /// The comment's id.
        id: String,
        /// What it says then.
        text: Document,
    },
    /// Move it along its workflow.
    Transition(Goal),
    /// Link it to a page elsewhere.
    Link(RemoteLink),
    /// Look whether people edited its summary or description.
    LookAtText,
    /// Look where it stands in its workflow.
    LookAtStatus,
    /// Look for an open issue that another program filed for the same.
    LookForSummary(SameSummary),
    /// Say that an issue stands for the same as another one.
    Duplicates {
        /// The key of the one that stays.
        survivor: String,
    },
}

/// Which issues of another program may stand for an entity: the open ones of a
/// project with one of these summaries, to the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameSummary {
    /// The project's key.
    pub project: String,
    /// The summary that we would file, then others. Each has a letter or a digit.
    pub summaries: Vec<String>,
}

/// What an issue is filed with.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueFields {
    /// Where it goes.
    pub place: Place,
    /// The fields that it has, in the order of their table.
    pub values: Vec<(Field, FieldValue)>,
    /// Custom fields by id or display name.
    pub custom: Map<String, Value>,
    /// What the issue property `jira-intake` holds.
    pub property: Value,
}

impl IssueFields {
    /// What the field with this id holds.
    pub fn get(&self, id: &str) -> Option<&FieldValue> {
        let found = self.values.iter().find(|(field, _)| field.id == id);
        found.map(|(_, value)| value)
    }

    /// The line in this field; empty if there is none.
    pub fn line(&self, id: &str) -> &str {
        match self.get(id) {
            Some(FieldValue::Line(line) | FieldValue::Named(line)) => line,
            _ => "",
        }
    }

    /// The words in this field.
    pub fn words(&self, id: &str) -> &[String] {
        match self.get(id) {
            Some(FieldValue::Words(words) | FieldValue::AllNamed(words)) => words,
            _ => &[],
        }
    }

    /// The rich text in this field.
    pub fn text(&self, id: &str) -> Option<&Description> {
        match self.get(id) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// Where an issue is filed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The project's key.
    pub project: String,
    /// The issue type's name.
    pub issue_type: String,
}

/// The changes to one issue's fields; what is not in it stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edit {
    /// Where such an issue is filed.
    pub place: Place,
    /// The fields that change, in the order of their table.
    pub changes: Vec<(Field, FieldChange)>,
    /// Custom fields by id or display name.
    pub custom: Map<String, Value>,
    /// What the issue property `jira-intake` holds.
    pub property: Value,
}

impl Edit {
    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.custom.is_empty()
    }

    /// Whether it would overwrite what people may have written.
    pub fn touches_text(&self) -> bool {
        let respected = |field: &Field| field.on_change == OnChange::RespectPeople;
        self.changes.iter().any(|(field, _)| respected(field))
    }

    /// How the field with this id changes.
    pub fn get(&self, id: &str) -> Option<&FieldChange> {
        let found = self.changes.iter().find(|(field, _)| field.id == id);
        found.map(|(_, change)| change)
    }

    /// The new line in this field, if it changes.
    pub fn line(&self, id: &str) -> Option<&str> {
        match self.get(id)? {
            FieldChange::Set(FieldValue::Line(line) | FieldValue::Named(line)) => Some(line),
            _ => None,
        }
    }

    /// The new rich text in this field, if it changes.
    pub fn text(&self, id: &str) -> Option<&Description> {
        match self.get(id)? {
            FieldChange::Set(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The entries that come to this field and go from it.
    pub fn entries(&self, id: &str) -> (&[String], &[String]) {
        match self.get(id) {
            Some(FieldChange::Entries { added, removed }) => (added, removed),
            _ => (&[], &[]),
        }
    }
}

/// Where a transition should lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To any status of category done.
    Done,
    /// To any status of another category.
    Open,
    /// Done, along the transition with this name or id, or in the status of this
    /// name.
    DoneBy(String),
    /// Along the transition with this name or id, or to the status of this
    /// name.
    Named(String),
}

impl Goal {
    /// Whether the issue should be done or open, where that is what is wanted.
    pub fn wants_done(&self) -> Option<bool> {
        match self {
            Self::Done | Self::DoneBy(_) => Some(true),
            Self::Open => Some(false),
            Self::Named(_) => None,
        }
    }

    /// Whether it is the issue's end: then statuses on the way are gone through.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Done | Self::DoneBy(_))
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("a status of category done"),
            Self::Open => f.write_str("a status that is not done"),
            Self::DoneBy(name) | Self::Named(name) => f.write_str(name),
        }
    }
}

/// A link to a page outside Jira.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteLink {
    /// What makes a second link an update of the first.
    pub global_id: String,
    /// The page's address.
    pub url: String,
    /// What people read.
    pub title: String,
}
