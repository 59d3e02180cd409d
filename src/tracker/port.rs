//! What can be done to issues, in the model's terms.

use serde_json::{Map, Value};

use super::error::TrackerError;
use crate::markup::Document;
use crate::model::{
    Audience, Description, Edit, EntityKey, Goal, IssueFields, IssueName, IssueStatus, OpenIssue,
    Person, RemoteLink, SameSummary, Shown, Step,
};
use crate::platform::LocalFuture;

/// What a request to a tracker comes to.
pub type Answered<'a, T> = LocalFuture<'a, Result<T, TrackerError>>;

/// A place where issues live.
///
/// Each method fails with a [`TrackerError`], whose variants say what to do next.
pub trait Tracker {
    /// Files an issue. Optional fields that are refused are dropped.
    fn create<'a>(&'a self, fields: &'a IssueFields) -> Answered<'a, Created>;

    /// Changes an issue's fields, all at once; fields that are refused are left
    /// out, and returned.
    fn edit<'a>(&'a self, issue: &'a IssueName, edit: &'a Edit) -> Answered<'a, Edited>;

    /// Says something on an issue; the comment's id, if it is told. By its key the
    /// comment is found again.
    fn comment<'a>(
        &'a self,
        issue: &'a IssueName,
        text: &'a Document,
        key: &'a str,
    ) -> Answered<'a, Option<String>>;

    /// The id of our comment with this key, if there is one.
    fn find_comment<'a>(
        &'a self,
        issue: &'a IssueName,
        key: &'a str,
    ) -> Answered<'a, Option<String>>;

    /// Says something else in a comment of ours. Repeating it changes nothing.
    fn edit_comment<'a>(
        &'a self,
        issue: &'a IssueName,
        id: &'a str,
        text: &'a Document,
    ) -> Answered<'a, ()>;

    /// Moves an issue along its workflow, to its end over other statuses if need
    /// be.
    fn transition<'a>(&'a self, issue: &'a IssueName, goal: &'a Goal) -> Answered<'a, Moved>;

    /// Links an issue to a page elsewhere; repeating it changes nothing.
    fn link<'a>(&'a self, issue: &'a IssueName, link: &'a RemoteLink) -> Answered<'a, ()>;

    /// Links an issue to the one that stays.
    fn duplicates<'a>(&'a self, issue: &'a IssueName, survivor: &'a str) -> Answered<'a, ()>;

    /// What people can have edited, as it is now.
    fn shown<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, Shown>;

    /// Where an issue stands in its workflow.
    fn status<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, IssueStatus>;

    /// Who may read a comment; none if it is gone.
    fn audience<'a>(
        &'a self,
        issue: &'a IssueName,
        comment: &'a str,
    ) -> Answered<'a, Option<Audience>>;

    /// Who we are there.
    fn myself(&self) -> Answered<'_, Person>;

    /// Whether an issue's status counts as done.
    fn is_done<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, bool>;

    /// The issues of an entity: those that carry the label, in any project (an
    /// issue may have been moved), the oldest first, without those that say that
    /// they are another entity's. None is only returned by a tracker that has said
    /// who we are.
    fn find<'a>(&'a self, entity: &'a EntityKey, label: &'a str) -> Answered<'a, Vec<Found>>;

    /// The open issues with the same summary, to the letter. None is only returned by
    /// a tracker that has said who we are.
    fn with_summary<'a>(&'a self, same: &'a SameSummary) -> Answered<'a, Vec<OpenIssue>>;

    /// Whose an issue says that it is, if it says so.
    fn owner<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, Option<EntityKey>>;

    /// Whether the tracker says who we are: changes nothing, and locks no
    /// account.
    fn probe(&self) -> Answered<'_, ()>;

    /// What is remembered of what it refuses; it was read together with the holds.
    fn recall(&self, refused: Map<String, Value>);

    /// A digest of where and how we log in.
    fn login(&self) -> String;

    /// A fingerprint of a description as the tracker will show it. The tracker
    /// must have answered before.
    fn fingerprint(&self, description: &Description) -> String;

    /// The request that a step on an issue would begin with, for people: method,
    /// address, body. Nothing is sent.
    fn preview(&self, issue: &IssueName, step: &Step) -> Value;

    /// How the addresses begin at which people open issues; the key follows.
    fn issues(&self) -> &str;

    /// The address at which a person opens the issue with this key.
    fn browse_url(&self, key: &str) -> String {
        format!("{}{key}", self.issues())
    }
}

/// An issue that was just created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Such as `SOC-105`; changes when the issue is moved.
    pub key: String,
    /// Never changes.
    pub id: String,
    /// What the tracker was given.
    pub shown: Shown,
    /// What it did not take.
    pub dropped: Vec<Dropped>,
    /// Whether the description is among that, so that it must be told otherwise.
    pub lacks_text: bool,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edited {
    /// A fingerprint of the description that was written, if one was.
    pub description: Option<String>,
    /// The fields that could not be made out, or whose values could not.
    pub dropped: Vec<Dropped>,
    /// The changes that the tracker refused.
    pub left_out: Edit,
}

/// Where a transition led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// To the goal, over these statuses.
    There {
        /// Their names.
        via: Vec<String>,
    },
    /// The issue was done already.
    Already,
    /// Nothing leads there from where it is now, over these statuses.
    Nowhere {
        /// Their names.
        via: Vec<String>,
    },
}

/// A field that an issue had to do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The field's id, or the name that was configured.
    pub field: String,
    /// Why, in the tracker's words or ours.
    pub why: String,
}

/// An issue that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Such as `SOC-105`.
    pub key: String,
    /// Never changes.
    pub id: String,
    /// Whether it says itself that it is the entity's: a copy that a person made
    /// has only the label.
    pub says_so: bool,
}
