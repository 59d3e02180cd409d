//! What is still to be done around an issue that is filed: links, messages,
//! answers that came too late. None of it holds an event back, and none of it
//! is forgotten.

use crate::event::stored::{Stored, stored};
use crate::event::{Event, Findings};

use serde_json::Value;

/// What is owed to one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Owed {
    /// The event that it is about.
    pub event: Event,
    /// What is to be done.
    pub errands: Vec<Errand>,
    /// What others said and the issue has not been told yet.
    pub findings: Option<Findings>,
}

/// One thing to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// What.
    pub what: What,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried first (milliseconds since 1970).
    pub since: u64,
    /// Not to be tried before.
    pub not_before: u64,
    /// Why it was put off.
    pub why: String,
}

/// What can be owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    const ALL: [Self; 7] = [
        Self::Link,
        Self::WriteBack,
        Self::Findings,
        Self::SlackCreated,
        Self::TeamsCreated,
        Self::SlackDeadLetter,
        Self::TeamsDeadLetter,
    ];

    /// The word for it, in the store and in logs.
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

impl Stored for What {
    fn store(&self) -> Value {
        Value::from(self.word())
    }

    fn restore(json: &Value) -> Option<Self> {
        let word = json.as_str()?;
        Self::ALL.into_iter().find(|what| what.word() == word)
    }
}

stored!(Owed {
    must event;
    may errands, findings;
});

stored!(Errand {
    must what;
    may attempts, since, not_before, why;
});

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
