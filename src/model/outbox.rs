//! What is still to be done around an issue that is filed: links, messages,
//! enrichment that came late. None of it holds an event back, and none of it is
//! forgotten.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::enrichment::Enrichment;
use super::event::Event;
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
    /// The link to its entity.
    Link,
    /// The entity's link to its issue.
    WriteBack,
    /// Enrichment that was missing, as a comment.
    Enrichment,
    /// The description, as a comment: the issue did not take it.
    Description,
    /// A message about a new issue, to the chat of this key.
    Created(String),
    /// A message about a dead letter, to the chat of this key.
    DeadLetter(String),
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => f.write_str("link"),
            Self::WriteBack => f.write_str("write-back"),
            Self::Enrichment => f.write_str("enrichment"),
            Self::Description => f.write_str("description"),
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

impl Outbox {
    /// When the first of it is due.
    pub fn due(&self) -> Option<Timestamp> {
        self.tasks.iter().map(|task| task.not_before).min()
    }
}
