//! What can be done to the entity that an issue stands for, in the model's terms.

use std::time::Duration;

use crate::model::{IssueStatus, Named, Person, Timestamp};
use crate::platform::LocalFuture;

/// What a request to a platform comes to.
pub type Answered<'a, T> = LocalFuture<'a, Result<T, UpstreamError>>;

/// One entity on its platform.
///
/// `said` is a line for people: who did it, in which issue, with the issue's address.
/// Platforms that keep a reason with a change are given it.
pub trait Upstream {
    /// What people call the platform.
    fn name(&self) -> &'static str;

    /// Tells the entity which issue is its own.
    fn announce<'a>(&'a self, issue: &'a IssueLink) -> Answered<'a, ()>;

    /// The platform's status that stands for one of Jira's; none if the settings, or
    /// the platform, have none.
    fn image<'a>(&'a self, status: &'a IssueStatus) -> Answered<'a, Option<Named>>;

    /// The id of the status that the entity has; none where the platform does not
    /// tell, or the entity has none.
    fn status(&self) -> Answered<'_, Option<String>>;

    /// Gives the entity a status. Repeating it changes nothing. When the platform took
    /// it, by its clock and as its events will tell, if it says so.
    fn set_status<'a>(&'a self, to: &'a Named, said: &'a str) -> Answered<'a, Option<Timestamp>>;

    /// Gives the entity to somebody, or takes it from whoever had it by us (`before`).
    fn assign<'a>(
        &'a self,
        to: Option<&'a Person>,
        before: Option<&'a Person>,
        said: &'a str,
    ) -> Answered<'a, Assigned>;

    /// Tells how the issue was resolved; by name, or that it is not any more.
    fn resolve<'a>(
        &'a self,
        resolution: Option<&'a str>,
        at: Timestamp,
        said: &'a str,
    ) -> Answered<'a, ()>;

    /// Says something on the entity; the note's id, if it can be changed later.
    fn say<'a>(&'a self, note: &'a Note) -> Answered<'a, Option<String>>;

    /// Gives a note of ours another text.
    fn change_note<'a>(&'a self, id: &'a str, note: &'a Note) -> Answered<'a, ()>;

    /// Deletes a note of ours; it may be gone already.
    fn delete_note<'a>(&'a self, id: &'a str) -> Answered<'a, ()>;
}

/// What an issue is called, and where people open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueLink {
    /// Such as `SOC-105`.
    pub key: String,
    /// Its address.
    pub url: String,
}

/// Something to be said on an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// One line.
    pub title: String,
    /// Markdown; begins with who said it where.
    pub text: String,
    /// When it was said. The same text of the same time is the same note.
    pub created: Timestamp,
}

/// What became of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigned {
    /// The entity is theirs, or nobody's.
    Done,
    /// The platform has no user for this person; the text says which setting names
    /// one.
    Unknown(String),
}

/// The platform did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpstreamError {
    /// Another attempt may help.
    Later {
        /// After this long, where the platform says so.
        after: Option<Duration>,
        /// Why.
        why: String,
    },
    /// None will, until a person changes something.
    Refused {
        /// Why, and what to change.
        why: String,
    },
    /// There is no such entity, or we may not see it.
    Gone {
        /// In the platform's words.
        why: String,
    },
}

impl UpstreamError {
    /// Why.
    pub fn why(&self) -> &str {
        match self {
            Self::Later { why, .. } | Self::Refused { why } | Self::Gone { why } => why,
        }
    }
}
