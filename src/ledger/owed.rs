//! What is still to be done around an issue that is filed: links, messages,
//! answers that came too late. None of it holds an event back, and none of it
//! is forgotten.

use serde::{Deserialize, Serialize};

use crate::event::{Event, Findings, lenient};

/// What is owed to one entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// The event that it is about.
    pub event: Event,
    /// What is to be done.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub errands: Vec<Errand>,
    /// What others said and the issue has not been told yet.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub findings: Option<Findings>,
}

/// One thing to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// What.
    pub what: What,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// When it was tried first (milliseconds since 1970).
    #[serde(default)]
    pub since: u64,
    /// Not to be tried before.
    #[serde(default)]
    pub not_before: u64,
    /// Why it was put off.
    #[serde(default)]
    pub why: String,
}

/// What can be owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The link to its entity.
    Link,
    /// The entity's link to its issue.
    WriteBack,
    /// What others know, as a comment.
    Findings,
    /// A message to Slack about a new issue.
    SlackCreated,
    /// A message to Teams about a new issue.
    TeamsCreated,
    /// A message to Slack about a dead letter.
    SlackDeadLetter,
    /// A message to Teams about a dead letter.
    TeamsDeadLetter,
}

impl What {
    /// The word for it, in logs as in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::WriteBack => "write_back",
            Self::Findings => "findings",
            Self::SlackCreated => "slack_created",
            Self::TeamsCreated => "teams_created",
            Self::SlackDeadLetter => "slack_dead_letter",
            Self::TeamsDeadLetter => "teams_dead_letter",
        }
    }
}

impl Errand {
    /// Something that has not been tried yet.
    pub fn new(what: What, now: u64) -> Self {
        Self {
            what,
            attempts: 0,
            since: now,
            not_before: 0,
            why: String::new(),
        }
    }
}

impl Owed {
    /// When the first of it is due (milliseconds since 1970).
    pub fn due(&self) -> Option<u64> {
        self.errands.iter().map(|errand| errand.not_before).min()
    }
}
