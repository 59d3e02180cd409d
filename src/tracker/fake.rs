//! A tracker in memory, for unit tests: it keeps what it was asked, and fails
//! when it is told to.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use serde_json::{Map, Value, json};

use super::error::TrackerError;
use super::port::{Answered, Created, Edited, Found, Moved, Tracker};
use crate::markup::{Document, Flavor, Rendered, plain_text};
use crate::model::{
    Audience, Description, Edit, EntityKey, Goal, IssueFields, IssueName, IssueStatus, OpenIssue,
    Person, RemoteLink, SameSummary, Shown, Step,
};
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
    /// Whether a new issue does not take its description.
    pub(crate) lacks_text: RefCell<bool>,
    /// Whether the issue can not be edited.
    pub(crate) is_locked: RefCell<bool>,
    /// The keys of the comments that were made.
    pub(crate) comments: RefCell<Vec<String>>,
    /// Whether the issue is done.
    pub(crate) is_done: RefCell<bool>,
    /// Where the issue stands.
    pub(crate) status: RefCell<IssueStatus>,
    /// Who may read every comment.
    pub(crate) audience: RefCell<Option<Audience>>,
    /// What a search finds.
    pub(crate) found: RefCell<Vec<Found>>,
    /// What a search for a summary finds.
    pub(crate) open: RefCell<Vec<OpenIssue>>,
    /// Whose every issue says that it is.
    pub(crate) owner: RefCell<Option<EntityKey>>,
    /// How we log in.
    pub(crate) login: RefCell<String>,
    /// Whether an answer is there only when it is asked for again.
    pub(crate) is_slow: Cell<bool>,
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
        let mut is_awaited = self.is_slow.get();
        Box::pin(async move {
            poll_fn(|_| match std::mem::take(&mut is_awaited) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
            result
        })
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
                lacks_text: *self.lacks_text.borrow(),
            }
        })
    }

    fn edit<'a>(&'a self, issue: &'a IssueName, edit: &'a Edit) -> Answered<'a, Edited> {
        let issue = &issue.key;
        let what = match edit.line("summary") {
            Some(summary) => summary.to_owned(),
            None => {
                let (added, removed) = edit.entries("labels");
                format!("+{added:?} -{removed:?} {:?}", edit.line("priority"))
            }
        };
        self.ask(format!("edit {issue} {what}"), || {
            let mut edited = Edited {
                description: edit.text("description").map(|text| self.fingerprint(text)),
                ..Edited::default()
            };
            if *self.is_locked.borrow() {
                edited.description = None;
                edited.left_out = edit.clone();
            } else {
                self.set_shown(edit.line("summary"), edit.text("description"));
            }
            edited
        })
    }

    fn comment<'a>(
        &'a self,
        issue: &'a IssueName,
        text: &'a Document,
        key: &'a str,
    ) -> Answered<'a, Option<String>> {
        let words = format!("comment {} {}", issue.key, plain_text(text));
        self.ask(words, || {
            self.comments.borrow_mut().push(key.to_owned());
            Some("100".to_owned())
        })
    }

    fn find_comment<'a>(
        &'a self,
        issue: &'a IssueName,
        key: &'a str,
    ) -> Answered<'a, Option<String>> {
        self.ask(format!("find comment {}", issue.key), || {
            let comments = self.comments.borrow();
            comments
                .iter()
                .any(|known| known == key)
                .then(|| "100".to_owned())
        })
    }

    fn edit_comment<'a>(
        &'a self,
        issue: &'a IssueName,
        id: &'a str,
        text: &'a Document,
    ) -> Answered<'a, ()> {
        let words = format!("edit comment {} {id} {}", issue.key, plain_text(text));
        self.ask(words, || ())
    }

    fn transition<'a>(&'a self, issue: &'a IssueName, goal: &'a Goal) -> Answered<'a, Moved> {
        let via = Vec::new();
        self.ask(format!("transition {} {goal}", issue.key), || {
            Moved::There { via }
        })
    }

    fn link<'a>(&'a self, issue: &'a IssueName, link: &'a RemoteLink) -> Answered<'a, ()> {
        self.ask(format!("link {} {}", issue.key, link.url), || ())
    }

    fn duplicates<'a>(&'a self, issue: &'a IssueName, survivor: &'a str) -> Answered<'a, ()> {
        self.ask(format!("duplicates {} {survivor}", issue.key), || ())
    }

    fn shown<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, Shown> {
        self.ask(format!("shown {}", issue.key), || {
            self.shown.borrow().clone()
        })
    }

    fn status<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, IssueStatus> {
        self.ask(format!("where {}", issue.key), || {
            self.status.borrow().clone()
        })
    }

    fn audience<'a>(
        &'a self,
        issue: &'a IssueName,
        comment: &'a str,
    ) -> Answered<'a, Option<Audience>> {
        let words = format!("audience {} {comment}", issue.key);
        self.ask(words, || *self.audience.borrow())
    }

    fn myself(&self) -> Answered<'_, Person> {
        self.ask("myself".to_owned(), || Person {
            ids: vec!["intake".to_owned()],
            ..Person::default()
        })
    }

    fn is_done<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, bool> {
        self.ask(format!("is done {}", issue.key), || *self.is_done.borrow())
    }

    fn find<'a>(&'a self, _: &'a EntityKey, label: &'a str) -> Answered<'a, Vec<Found>> {
        self.ask(format!("find {label}"), || self.found.borrow().clone())
    }

    fn with_summary<'a>(&'a self, same: &'a SameSummary) -> Answered<'a, Vec<OpenIssue>> {
        let words = format!("search {} {:?}", same.project, same.summaries);
        self.ask(words, || self.open.borrow().clone())
    }

    fn owner<'a>(&'a self, issue: &'a IssueName) -> Answered<'a, Option<EntityKey>> {
        self.ask(format!("owner {}", issue.key), || {
            self.owner.borrow().clone()
        })
    }

    fn probe(&self) -> Answered<'_, ()> {
        self.ask("probe".to_owned(), || ())
    }

    fn recall(&self, _: Map<String, Value>) {}

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

    fn preview(&self, issue: &IssueName, step: &Step) -> Value {
        json!({ "issue": issue.key, "step": format!("{step:?}") })
    }

    fn issues(&self) -> &str {
        "https://jira.example.com/browse/"
    }
}
