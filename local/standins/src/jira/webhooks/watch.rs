//! What happened to issues: the difference to what they were when it was last
//! looked.

use std::collections::HashMap;
use std::time::SystemTime;

use super::super::issue::{Change, Comment, Issue};

/// Something that happened.
pub(crate) struct News {
    /// When.
    pub(crate) at: SystemTime,
    /// Who did it, by display name.
    pub(crate) by: String,
    /// The issue after it; a deleted one as it was last.
    pub(crate) issue: Issue,
    pub(crate) what: What,
    /// Whether it was one of many in a bulk operation.
    pub(crate) in_bulk: bool,
}

/// What happened.
pub(crate) enum What {
    Created,
    Changed {
        changes: Vec<Change>,
        /// The old key, when the issue was moved to another project.
        moved_from: Option<String>,
    },
    Deleted,
    Commented(Comment),
    CommentEdited(Comment),
    CommentDeleted(Comment),
}

/// Looks at issues after each change; off, and then without any cost, until
/// there is a webhook.
#[derive(Default)]
pub(crate) struct Watch {
    on: bool,
    seen: HashMap<String, Seen>,
    news: Vec<News>,
}

/// An issue as it was when it was last looked.
struct Seen {
    key: String,
    changes: usize,
    comments: Vec<Comment>,
}

impl Seen {
    fn of(issue: &Issue) -> Seen {
        Seen {
            key: issue.key.clone(),
            changes: issue.changes.len(),
            comments: issue.comments.clone(),
        }
    }
}

impl Watch {
    /// Begins with all issues as they are.
    pub(crate) fn start<'a>(&mut self, issues: impl Iterator<Item = &'a Issue>) {
        if !self.on {
            self.on = true;
            self.seen = issues.map(|it| (it.id.clone(), Seen::of(it))).collect();
        }
    }

    /// Nobody is told any more.
    pub(crate) fn stop(&mut self) {
        *self = Watch::default();
    }

    /// What happened since this was last asked.
    pub(crate) fn take(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// Looks at an issue that was created or changed.
    pub(crate) fn see(&mut self, issue: &Issue, by: &str) {
        if !self.on {
            return;
        }
        let before = self.seen.insert(issue.id.clone(), Seen::of(issue));
        let is_new = before.is_none();
        let before = before.unwrap_or_else(|| Seen {
            key: issue.key.clone(),
            changes: 0,
            comments: Vec::new(),
        });
        if is_new {
            self.add(issue, by, What::Created);
        }
        let changes = issue.changes.get(before.changes..).unwrap_or_default();
        let moved_from = (before.key != issue.key).then_some(before.key);
        if !changes.is_empty() || moved_from.is_some() {
            let changes = changes.to_vec();
            let what = What::Changed {
                changes,
                moved_from,
            };
            self.add(issue, by, what);
        }
        self.compare_comments(issue, by, before.comments);
    }

    fn compare_comments(&mut self, issue: &Issue, by: &str, before: Vec<Comment>) {
        for comment in &issue.comments {
            match before.iter().find(|known| known.id == comment.id) {
                None => self.add(issue, by, What::Commented(comment.clone())),
                Some(known) if known.updated != comment.updated => {
                    self.add(issue, by, What::CommentEdited(comment.clone()));
                }
                Some(_) => {}
            }
        }
        for comment in before {
            if !issue.comments.iter().any(|kept| kept.id == comment.id) {
                self.add(issue, by, What::CommentDeleted(comment));
            }
        }
    }

    /// An issue was saved without any change.
    pub(crate) fn touched(&mut self, issue: &Issue, by: &str) {
        let what = What::Changed {
            changes: Vec::new(),
            moved_from: None,
        };
        if self.on {
            self.add(issue, by, what);
        }
    }

    /// An issue was deleted, and its comments with it.
    pub(crate) fn gone(&mut self, issue: &Issue, by: &str) {
        if self.on {
            self.seen.remove(&issue.id);
            self.add(issue, by, What::Deleted);
        }
    }

    fn add(&mut self, issue: &Issue, by: &str, what: What) {
        self.news.push(News {
            at: SystemTime::now(),
            by: by.to_owned(),
            issue: issue.clone(),
            what,
            in_bulk: false,
        });
    }
}
