//! The changes that a plan is made of, in Jira's terms but not in its JSON.

use std::fmt;

use serde_json::{Map, Value};

use crate::markup::{Document, Ending};

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
    /// Say that an issue stands for the same as another one.
    Duplicates {
        /// The key of the one that stays.
        survivor: String,
    },
}

/// What an issue is filed with. Every member keeps within Jira's limits.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueFields {
    /// Where it goes.
    pub place: Place,
    /// One line, 1 to 255 characters.
    pub summary: String,
    /// Rendered and cut when the request is made.
    pub description: Description,
    /// Without white space, each at most 255 characters.
    pub labels: Vec<String>,
    /// A priority's name.
    pub priority: Option<String>,
    /// Components' names.
    pub components: Vec<String>,
    /// An account id on Cloud, a user name on Data Center.
    pub assignee: Option<String>,
    /// Custom fields by id or display name.
    pub custom: Map<String, Value>,
    /// What the issue property `jira-intake` holds.
    pub property: Value,
}

/// Where an issue is filed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The project's key.
    pub project: String,
    /// The issue type's name.
    pub issue_type: String,
}

/// A text, and how it ends if it is too long for Jira.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Description {
    /// The text.
    pub document: Document,
    /// Said where it is cut.
    pub ending: Ending,
}

/// The changes to one issue's fields; what is empty or `None` stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edit {
    /// Where such an issue is filed.
    pub place: Place,
    /// The new summary.
    pub summary: Option<String>,
    /// The new description.
    pub description: Option<Description>,
    /// Labels to add, one by one: people's own stay.
    pub labels_added: Vec<String>,
    /// Labels to take away, one by one.
    pub labels_removed: Vec<String>,
    /// The new priority.
    pub priority: Option<String>,
    /// Custom fields by id or display name.
    pub custom: Map<String, Value>,
    /// What the issue property `jira-intake` holds.
    pub property: Value,
}

impl Edit {
    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.summary.is_none()
            && self.description.is_none()
            && self.labels_added.is_empty()
            && self.labels_removed.is_empty()
            && self.priority.is_none()
            && self.custom.is_empty()
    }

    /// Whether it would overwrite what people may have written.
    pub fn touches_text(&self) -> bool {
        self.summary.is_some() || self.description.is_some()
    }
}

/// Where a transition should lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To any status of category done.
    Done,
    /// To any status of another category.
    Open,
    /// Along the transition with this name or id, or to the status of this
    /// name.
    Named(String),
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("a status of category done"),
            Self::Open => f.write_str("a status that is not done"),
            Self::Named(name) => f.write_str(name),
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
