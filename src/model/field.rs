//! The fields of an issue, in the project's terms.

use std::rc::Rc;

use crate::markup::{Document, Ending};

/// A field of an issue. Which there are stands in one table,
/// `decide::table`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// What the tracker calls it: `priority`.
    pub id: &'static str,
    /// What people read in a comment: `Priority`.
    pub name: &'static str,
    /// What becomes of it when the entity changes.
    pub on_change: OnChange,
    /// Whether a new issue can do without it where the tracker refuses it.
    pub is_optional: bool,
}

/// What becomes of a field when the entity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// It is written.
    Write,
    /// It is written unless people edited it; then the change is told.
    RespectPeople,
    /// Entries are added and removed one by one: people's own stay.
    AddAndRemove,
    /// Nothing: people decide once the issue is there.
    Leave,
}

/// What a field holds, within the tracker's limits.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// One line.
    Line(String),
    /// Rich text.
    Text(Description),
    /// Words without white space.
    Words(Vec<String>),
    /// Something with a name, such as a priority.
    Named(String),
    /// Several of such.
    AllNamed(Vec<String>),
    /// A person: an account id on Cloud, a user name on Data Center.
    User(String),
}

/// A text, and how it ends if it is too long for Jira.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Description {
    /// The text; shared, since the fields of an issue are copied to be changed.
    pub document: Rc<Document>,
    /// Said where it is cut.
    pub ending: Ending,
}

/// How a field changes.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldChange {
    /// It holds this from now on.
    Set(FieldValue),
    /// Entries come and go.
    Entries {
        /// Those that come.
        added: Vec<String>,
        /// Those that go.
        removed: Vec<String>,
    },
}

impl FieldValue {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Line(text) | Self::Named(text) | Self::User(text) => text.is_empty(),
            Self::Text(description) => description.document.is_empty(),
            Self::Words(words) | Self::AllNamed(words) => words.is_empty(),
        }
    }
}
