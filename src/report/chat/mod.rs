//! Tells people in chats.

use std::time::Duration;

use crate::config::Secret;
use crate::event::Entity;
use crate::platform::Ports;

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What happened.
    pub occasion: Occasion,
    /// The issue's summary, or the entity's name.
    pub title: String,
    /// The issue's key and address, once there is one.
    pub issue: Option<(String, String)>,
    /// The entity's severity.
    pub severity: Option<String>,
    /// Where the entity lives, and what it is: `Splunk alert`.
    pub source: String,
    /// The first lines of what is known, as plain text.
    pub lines: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// An issue was filed.
    Created,
    /// An event became a dead letter: why.
    DeadLetter(String),
}

/// A chat did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatError {
    /// Try again, not before `after`.
    Later {
        /// How long the chat asks to wait, if it says so.
        after: Option<Duration>,
        /// What happened.
        why: String,
    },
    /// Trying again is in vain.
    Refused {
        /// What happened, and what to check.
        why: String,
    },
}

impl Message {
    /// What is told of an entity; without its content where that must not be
    /// shown.
    pub fn of(
        occasion: Occasion,
        entity: &Entity,
        title: &str,
        issue: Option<(String, String)>,
        show_content: bool,
    ) -> Self {
        let _ = (entity, show_content);
        Self {
            occasion,
            title: title.to_owned(),
            issue,
            severity: None,
            source: String::new(),
            lines: String::new(),
        }
    }
}

/// Tells Slack, through an incoming webhook.
pub async fn tell_slack(
    _ports: Ports<'_>,
    _webhook: &Secret,
    _message: &Message,
) -> Result<(), ChatError> {
    Ok(())
}

/// Tells Teams, through a workflow.
pub async fn tell_teams(
    _ports: Ports<'_>,
    _webhook: &Secret,
    _message: &Message,
) -> Result<(), ChatError> {
    Ok(())
}
