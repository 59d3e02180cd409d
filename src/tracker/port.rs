//! What can be done to issues, in the model's terms.

use serde_json::Value;

use super::error::TrackerError;
use crate::markup::Document;
use crate::model::{Description, Edit, EntityKey, Goal, IssueFields, RemoteLink, Shown, Step};
use crate::platform::LocalFuture;

/// What a request to a tracker comes to.
pub type Answered<'a, T> = LocalFuture<'a, Result<T, TrackerError>>;

/// A place where issues live. An issue is named by its key, such as `SOC-105`.
///
/// Each method fails with a [`TrackerError`], whose variants say what to do next.
pub trait Tracker {
    /// Files an issue. Optional fields that are refused are dropped.
    fn create<'a>(&'a self, fields: &'a IssueFields) -> Answered<'a, Created>;

    /// Changes an issue's fields, all at once; fields that are refused are
    /// dropped, and returned.
    fn edit<'a>(&'a self, issue: &'a str, edit: &'a Edit) -> Answered<'a, Vec<Dropped>>;

    /// Says something on an issue; the comment's id, if it is told.
    fn comment<'a>(&'a self, issue: &'a str, text: &'a Document) -> Answered<'a, Option<String>>;

    /// Says something else in a comment of ours. Repeating it changes nothing.
    fn edit_comment<'a>(
        &'a self,
        issue: &'a str,
        id: &'a str,
        text: &'a Document,
    ) -> Answered<'a, ()>;

    /// Moves an issue along its workflow; false if nothing leads there now.
    fn transition<'a>(&'a self, issue: &'a str, goal: &'a Goal) -> Answered<'a, bool>;

    /// Links an issue to a page elsewhere; repeating it changes nothing.
    fn link<'a>(&'a self, issue: &'a str, link: &'a RemoteLink) -> Answered<'a, ()>;

    /// Links an issue to the one that stays.
    fn duplicates<'a>(&'a self, issue: &'a str, survivor: &'a str) -> Answered<'a, ()>;

    /// What people can have edited, as it is now.
    fn shown<'a>(&'a self, issue: &'a str) -> Answered<'a, Shown>;

    /// Whether an issue's status counts as done.
    fn is_done<'a>(&'a self, issue: &'a str) -> Answered<'a, bool>;

    /// The issues of an entity: those that carry the label, in any project (an
    /// issue may have been moved), the oldest first, without those that say that
    /// they are another entity's. None is only returned by a tracker that has said
    /// who we are.
    fn find<'a>(&'a self, entity: &'a EntityKey, label: &'a str) -> Answered<'a, Vec<Found>>;

    /// Whether the tracker says who we are: changes nothing, and locks no
    /// account.
    fn probe(&self) -> Answered<'_, ()>;

    /// A digest of where and how we log in.
    fn login(&self) -> String;

    /// A fingerprint of a description as the tracker will show it. The tracker
    /// must have answered before.
    fn fingerprint(&self, description: &Description) -> String;

    /// The request that a step on an issue would begin with, for people: method,
    /// address, body. Nothing is sent.
    fn preview(&self, issue: &str, step: &Step) -> Value;

    /// The address at which a person opens an issue.
    fn browse_url(&self, issue: &str) -> String;
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
