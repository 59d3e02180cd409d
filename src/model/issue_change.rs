//! What people do to an issue, as its tracker tells it.

use serde::{Deserialize, Serialize};

use super::issue_name::IssueName;
use super::timestamp::Timestamp;

/// What one message of the tracker says about one issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueChange {
    /// The issue: its id, and its key, of which one may be empty.
    pub issue: IssueName,
    /// When it happened, by the tracker's clock.
    pub at: Timestamp,
    /// Who did it, where the message says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Person>,
    /// The issue's labels, where the message shows them.
    #[serde(skip)]
    pub labels: Option<Vec<String>>,
    /// What happened; nothing of it concerns us if this is empty.
    pub actions: Vec<IssueAction>,
}

/// One thing that happened to an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueAction {
    /// It has another status.
    Status(IssueStatus),
    /// It has another resolution, by name, or none any more.
    Resolution(Option<String>),
    /// Somebody else works on it, or nobody any more.
    Assigned(Option<Person>),
    /// A comment was made, or has another text now.
    Commented(Box<IssueComment>),
    /// The comment with this id was deleted.
    CommentDeleted(String),
    /// It has another key: the one that stands in the change.
    Moved,
    /// It was deleted.
    Deleted,
}

/// Where an issue stands in its workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueStatus {
    /// Jira's id of the status; may be empty.
    pub id: String,
    /// Its name, in the language of whoever moved it.
    pub name: String,
    /// `new`, `indeterminate` or `done`; empty where the message does not say.
    pub category: String,
}

/// A person, as the tracker knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// What tells them from others: Cloud's account id; Data Center's key and user
    /// name.
    pub ids: Vec<String>,
    /// What people call them.
    pub name: String,
    /// Their address, where the tracker shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A comment on an issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueComment {
    /// The tracker's id.
    pub id: String,
    /// Who wrote it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Person>,
    /// What it says, in Markdown.
    pub text: String,
    /// When it was made.
    pub created: Timestamp,
    /// When its text was changed last.
    pub updated: Timestamp,
    /// Who may read it.
    pub audience: Audience,
}

/// Who may read a comment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Whoever sees the issue.
    Public,
    /// Only some: a service desk's agents, or a role or group.
    Internal,
    /// The message does not say: Jira must be asked.
    #[default]
    Unknown,
}

impl Person {
    /// Whether both are the same account.
    pub fn is(&self, other: &Self) -> bool {
        self.ids
            .iter()
            .any(|id| !id.is_empty() && other.ids.contains(id))
    }
}

impl IssueAction {
    /// The word for it in logs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Resolution(_) => "resolution",
            Self::Assigned(_) => "assignee",
            Self::Commented(_) => "comment",
            Self::CommentDeleted(_) => "deleted comment",
            Self::Moved => "new key",
            Self::Deleted => "deletion",
        }
    }

    /// How long the comment is that it tells, in bytes.
    pub fn text(&self) -> usize {
        match self {
            Self::Commented(comment) => comment.text.len(),
            _ => 0,
        }
    }

    /// Whether the later one of both makes the other one needless.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        match (self.comment(), other.comment()) {
            (None, None) => self.word() == other.word(),
            (one, other) => one == other,
        }
    }

    /// The id of the comment that it is about.
    pub fn comment(&self) -> Option<&str> {
        match self {
            Self::Commented(comment) => Some(&comment.id),
            Self::CommentDeleted(id) => Some(id),
            _ => None,
        }
    }
}
