//! A tracker in memory, for unit tests: it keeps what it was asked, and fails
//! when it is told to.

use std::cell::RefCell;
use std::collections::VecDeque;

use serde_json::{Value, json};

use super::error::TrackerError;
use super::port::{Answered, Created, Dropped, Found, Tracker};
use crate::markup::{Document, Flavor, Rendered, plain_text};
use crate::model::{Description, Edit, EntityKey, Goal, IssueFields, RemoteLink, Shown, Step};
use crate::text::digest;

/// A tracker that does what it is asked.
#[derive(Default)]
pub(crate) struct FakeTracker {
    /// What was asked, in a few words each.
    pub(crate) asked: RefCell<Vec<String>>,
    /// What the next requests come to that begin with these words.
    pub(crate) failures: RefCell<VecDeque<(String, TrackerError)>>,
    /// What the issue shows.
    pub(crate) shown: RefCell<Shown>,
    /// Whether the issue is done.
    pub(crate) is_done: RefCell<bool>,
    /// What a search finds.
    pub(crate) found: RefCell<Vec<Found>>,
    /// How we log in.
    pub(crate) login: RefCell<String>,
}

impl FakeTracker {
    /// The next request that begins with these words fails so.
    pub(crate) fn fail(&self, words: &str, error: TrackerError) {
        self.failures
            .borrow_mut()
            .push_back((words.to_owned(), error));
    }

    /// What was asked since the last look.
    pub(crate) fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.borrow_mut())
    }

    fn ask<'a, T: 'a>(&'a self, words: String, answer: impl FnOnce() -> T) -> Answered<'a, T> {
        let failure = {
            let mut failures = self.failures.borrow_mut();
            let place = failures
                .iter()
                .position(|(begin, _)| words.starts_with(begin));
            place.and_then(|place| failures.remove(place))
        };
        self.asked.borrow_mut().push(words);
        let result = match failure {
            Some((_, error)) => Err(error),
            None => Ok(answer()),
        };
        Box::pin(std::future::ready(result))
    }

    fn set_shown(&self, summary: Option<&str>, description: Option<&Description>) {
        let mut shown = self.shown.borrow_mut();
        if let Some(summary) = summary {
            shown.summary = summary.to_owned();
        }
        if let Some(description) = description {
            shown.description = self.fingerprint(description);
        }
    }
}

impl Tracker for FakeTracker {
    fn create<'a>(&'a self, fields: &'a IssueFields) -> Answered<'a, Created> {
        self.ask(format!("create {}", fields.line("summary")), || {
            self.set_shown(Some(fields.line("summary")), fields.text("description"));
            Created {
                key: "SOC-1".to_owned(),
                id: "10000".to_owned(),
                shown: self.shown.borrow().clone(),
                dropped: Vec::new(),
            }
        })
    }

    fn edit<'a>(&'a self, issue: &'a str, edit: &'a Edit) -> Answered<'a, Vec<Dropped>> {
        let what = match edit.line("summary") {
            Some(summary) => summary.to_owned(),
            None => {
                let (added, removed) = edit.entries("labels");
                format!("+{added:?} -{removed:?} {:?}", edit.line("priority"))
            }
        };
        self.ask(format!("edit {issue} {what}"), || {
            self.set_shown(edit.line("summary"), edit.text("description"));
            Vec::new()
        })
    }

    fn comment<'a>(&'a self, issue: &'a str, text: &'a Document) -> Answered<'a, Option<String>> {
        let words = format!("comment {issue} {}", plain_text(text));
        self.ask(words, || Some("100".to_owned()))
    }

    fn edit_comment<'a>(
        &'a self,
        issue: &'a str,
        id: &'a str,
        text: &'a Document,
    ) -> Answered<'a, ()> {
        let words = format!("edit comment {issue} {id} {}", plain_text(text));
        self.ask(words, || ())
    }

    fn transition<'a>(&'a self, issue: &'a str, goal: &'a Goal) -> Answered<'a, bool> {
        self.ask(format!("transition {issue} {goal}"), || true)
    }

    fn link<'a>(&'a self, issue: &'a str, link: &'a RemoteLink) -> Answered<'a, ()> {
        self.ask(format!("link {issue} {}", link.url), || ())
    }

    fn duplicates<'a>(&'a self, issue: &'a str, survivor: &'a str) -> Answered<'a, ()> {
        self.ask(format!("duplicates {issue} {survivor}"), || ())
    }

    fn shown<'a>(&'a self, issue: &'a str) -> Answered<'a, Shown> {
        self.ask(format!("shown {issue}"), || self.shown.borrow().clone())
    }

    fn is_done<'a>(&'a self, issue: &'a str) -> Answered<'a, bool> {
        self.ask(format!("is done {issue}"), || *self.is_done.borrow())
    }

    fn find<'a>(&'a self, _: &'a EntityKey, label: &'a str) -> Answered<'a, Vec<Found>> {
        self.ask(format!("find {label}"), || self.found.borrow().clone())
    }

    fn probe(&self) -> Answered<'_, ()> {
        self.ask("probe".to_owned(), || ())
    }

    fn login(&self) -> String {
        self.login.borrow().clone()
    }

    fn fingerprint(&self, description: &Description) -> String {
        let Description { document, ending } = description;
        match document.render(Flavor::Wiki, usize::MAX, ending) {
            Rendered::Wiki(text) => digest(text.as_bytes()),
            Rendered::Adf(_) => String::new(),
        }
    }

    fn preview(&self, issue: &str, step: &Step) -> Value {
        json!({ "issue": issue, "step": format!("{step:?}") })
    }

    fn browse_url(&self, issue: &str) -> String {
        format!("https://jira.example.com/browse/{issue}")
    }
}
