//! What is still to be done around an issue that is filed: links, messages,
//! enrichment that came late. None of it holds an event back, and none of it is
//! forgotten.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::enrichment::Enrichment;
use super::event::Event;
use super::issue_change::{IssueAction, IssueChange, Person};
use super::lenient;
use super::timestamp::Timestamp;

/// What is still to be done around the issue of one entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outbox {
    /// The event that it is about.
    pub event: Event,
    /// What is to be done.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub tasks: Vec<OutboxTask>,
    /// Enrichment that came late and is not in the issue yet.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub enrichment: Option<Enrichment>,
}

/// One thing to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxTask {
    /// What.
    pub kind: TaskKind,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// How often a model was asked because of it.
    #[serde(default)]
    pub asked: u32,
    /// When it was tried first.
    #[serde(default)]
    pub since: Timestamp,
    /// Not to be tried before.
    #[serde(default)]
    pub not_before: Timestamp,
    /// Why it was put off.
    #[serde(default)]
    pub why: String,
}

/// What can be done around an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// The issue's link to its entity.
    Link,
    /// The entity's link to its issue.
    WriteBack,
    /// Enrichment that was missing, as a comment.
    Enrichment,
    /// The description, as a comment: the issue did not take it.
    Description,
    /// Both sides are brought to the latest status.
    SyncStatus,
    /// The platform is told what somebody did to the issue.
    Back(Box<BackTask>),
    /// A message about a new issue, to the chat of this key.
    Created(String),
    /// A message about a dead letter, to the chat of this key.
    DeadLetter(String),
}

/// Something that somebody did to the issue, to be told to the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackTask {
    /// When, by the tracker's clock.
    pub at: Timestamp,
    /// Who, where the tracker says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Person>,
    /// The issue's key then; may be empty.
    #[serde(default)]
    pub key: String,
    /// What.
    pub action: IssueAction,
}

/// More changes of one issue are not kept: the oldest go.
const BACK_TASKS: usize = 100;
/// Nor are comments that are longer than this together, in bytes: they stand in the
/// entity's record, and some stores take no value of a megabyte.
const BACK_TEXT: usize = 256 * 1024;

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => f.write_str("link"),
            Self::WriteBack => f.write_str("write-back"),
            Self::Enrichment => f.write_str("enrichment"),
            Self::Description => f.write_str("description"),
            Self::SyncStatus => f.write_str("status of both sides"),
            Self::Back(task) => write!(f, "{} to the platform", task.action.word()),
            Self::Created(chat) => write!(f, "message to {chat}"),
            Self::DeadLetter(chat) => write!(f, "dead letter to {chat}"),
        }
    }
}

impl OutboxTask {
    /// Something that has not been tried yet.
    pub fn new(kind: TaskKind, now: Timestamp) -> Self {
        Self {
            kind,
            attempts: 0,
            asked: 0,
            since: now,
            not_before: Timestamp::UNKNOWN,
            why: String::new(),
        }
    }
}

impl OutboxTask {
    /// Whether both tell the platform of the same thing: then the later one waits for
    /// the earlier one, whose answer may have been lost.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (TaskKind::Back(one), TaskKind::Back(other)) => {
                one.action.is_about_the_same(&other.action)
            }
            _ => false,
        }
    }
}

/// What people did to an issue, where it is kept: only so much of it.
pub trait Bounded {
    /// How many actions it holds.
    fn actions(&self) -> usize;
    /// How long the comments are that it tells, in bytes.
    fn text(&self) -> usize;
}

impl Bounded for OutboxTask {
    fn actions(&self) -> usize {
        usize::from(matches!(self.kind, TaskKind::Back(_)))
    }

    fn text(&self) -> usize {
        match &self.kind {
            TaskKind::Back(task) => task.action.text(),
            _ => 0,
        }
    }
}

impl Bounded for IssueChange {
    fn actions(&self) -> usize {
        self.actions.len()
    }

    fn text(&self) -> usize {
        self.actions.iter().map(IssueAction::text).sum()
    }
}

/// The oldest go, where there are too many actions or too long comments. Returns how
/// many went.
pub fn drop_surplus<T: Bounded>(all: &mut Vec<T>) -> usize {
    let actions: usize = all.iter().map(T::actions).sum();
    let text: usize = all.iter().map(T::text).sum();
    let mut surplus = actions.saturating_sub(BACK_TASKS);
    let mut too_long = text.saturating_sub(BACK_TEXT);
    let before = all.len();
    all.retain(|one| {
        let (actions, text) = (one.actions(), one.text());
        let goes = (surplus > 0 && actions > 0) || (too_long > 0 && text > 0);
        if goes {
            surplus = surplus.saturating_sub(actions);
            too_long = too_long.saturating_sub(text);
        }
        !goes
    });
    before - all.len()
}

impl Outbox {
    /// Takes in what somebody did to the issue: a task each. A task that was not tried
    /// yet makes room for a later one about the same thing. Returns how many had to go
    /// because there were too many.
    pub fn take_in(&mut self, change: IssueChange, now: Timestamp) -> usize {
        for action in change.actions {
            let task = BackTask {
                at: change.at,
                actor: change.actor.clone(),
                key: change.issue.key.clone(),
                action,
            };
            let is_waiting = |other: &OutboxTask| match &other.kind {
                TaskKind::Back(back) if other.attempts == 0 => back
                    .action
                    .is_about_the_same(&task.action)
                    .then_some(back.at),
                _ => None,
            };
            match self.tasks.iter().find_map(is_waiting) {
                Some(at) if at > task.at => continue,
                Some(_) => self.tasks.retain(|other| is_waiting(other).is_none()),
                None => {}
            }
            let kind = TaskKind::Back(Box::new(task));
            self.tasks.push(OutboxTask::new(kind, now));
        }
        drop_surplus(&mut self.tasks)
    }

    /// When the first of it is due.
    pub fn due(&self) -> Option<Timestamp> {
        self.tasks.iter().map(|task| task.not_before).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, Entity, IssueComment};

    #[test]
    fn of_too_many_or_too_long_changes_the_oldest_comments_go() {
        let mut outbox = Outbox {
            event: Event::live(Change::UPDATED, Entity::default()),
            tasks: vec![OutboxTask::new(TaskKind::Link, Timestamp::UNKNOWN)],
            enrichment: None,
        };
        let mut take = |actions: Vec<IssueAction>| {
            let change = IssueChange {
                actions,
                ..IssueChange::default()
            };
            let dropped = outbox.take_in(change, Timestamp::UNKNOWN);
            (dropped, outbox.tasks.len())
        };
        let comment = |id: usize, length: usize| {
            IssueAction::Commented(Box::new(IssueComment {
                id: id.to_string(),
                text: "x".repeat(length),
                ..IssueComment::default()
            }))
        };
        assert_eq!(take(vec![IssueAction::Assigned(None)]), (0, 2));
        let long = |id| comment(id, 32 * 1024);
        assert_eq!(take((0..8).map(long).collect()), (0, 10));
        assert_eq!(take(vec![long(8), comment(9, 1)]), (2, 10));
        let short = (10..110).map(|id| comment(id, 1));
        assert_eq!(take(short.collect()), (9, 101));
    }

    #[test]
    fn of_too_much_that_people_did_the_oldest_goes() {
        let change = |id: usize, length: usize| {
            let comment = IssueComment {
                id: id.to_string(),
                text: "x".repeat(length),
                ..IssueComment::default()
            };
            IssueChange {
                actions: vec![
                    IssueAction::Assigned(None),
                    IssueAction::Commented(Box::new(comment)),
                ],
                ..IssueChange::default()
            }
        };
        let mut all: Vec<_> = (0..BACK_TASKS / 2).map(|id| change(id, 1)).collect();
        assert_eq!(drop_surplus(&mut all), 0);
        all.push(change(50, BACK_TEXT / 2));
        assert_eq!(drop_surplus(&mut all), 1);
        assert_eq!(all[0], change(1, 1));
        all.truncate(2);
        all.extend([change(51, BACK_TEXT / 2), change(52, BACK_TEXT / 2)]);
        assert_eq!(drop_surplus(&mut all), 2);
        assert_eq!(all[1], change(52, BACK_TEXT / 2));
    }
}
