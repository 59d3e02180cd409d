//! Tells people in chats.
//!
//! Whoever attacks writes most of what is told here. None of it may become a
//! mention, a link or formatting, and the address of a chat, which is a secret,
//! appears in no text of ours.

mod slack;
mod teams;
mod webhook;
mod words;

#[cfg(test)]
mod tests;

use std::time::Duration;

use self::webhook::Chat;
use self::words::{cut, one_line};
use crate::config::Secret;
use crate::event::{Entity, Fact};
use crate::markup::{from_markdown, plain_text};
use crate::platform::Ports;

/// The longest title, so that a message is read at a glance.
const TITLE_LIMIT: usize = 120;

/// How much of what is known is told: so many lines, so many characters.
const LINES: usize = 3;
const LINES_LIMIT: usize = 300;

/// As much of a description is read to find its first lines.
const SOURCE_LIMIT: usize = 4_000;

/// As much of a reason is told.
const REASON_LIMIT: usize = 300;

/// A severity or a source has at most so many characters.
const WORD_LIMIT: usize = 80;

/// What is told in place of what its marking keeps out.
const WITHHELD: &str = "Its marking keeps the rest out of this chat.";

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
    /// An event became a dead letter: why, unless that must not be shown.
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
    /// shown. A reason can quote the content, so it goes too.
    pub fn of(
        occasion: Occasion,
        entity: &Entity,
        title: &str,
        issue: Option<(String, String)>,
        show_content: bool,
    ) -> Self {
        let kind = cut(&one_line(&entity.kind.title()), WORD_LIMIT);
        let named = [title, entity.name.as_str()].map(one_line);
        let named = named.into_iter().find(|name| !name.is_empty());
        let (title, lines) = match named {
            Some(title) if show_content => (title, lines(entity)),
            None if show_content => (kind.clone(), lines(entity)),
            _ => {
                let issue = issue.as_ref().map(|(key, _)| key);
                let name = issue.unwrap_or(&entity.id);
                (one_line(&format!("{kind} {name}")), WITHHELD.to_owned())
            }
        };
        Self {
            occasion: match occasion {
                Occasion::DeadLetter(_) if !show_content => Occasion::DeadLetter(String::new()),
                other => other,
            },
            title: cut(&title, TITLE_LIMIT),
            issue,
            severity: entity.severity.clone(),
            source: source(entity.source.name(), &kind),
            lines,
        }
    }

    /// Why there is no issue, if that is told.
    fn reason(&self) -> Option<String> {
        match &self.occasion {
            Occasion::DeadLetter(why) if !why.is_empty() => Some(format!("Reason: {why}")),
            _ => None,
        }
    }

    /// What happened, in our own words around the issue as the chat names it.
    fn headline(&self, issue: Option<&str>) -> String {
        match (&self.occasion, issue) {
            (Occasion::Created, Some(issue)) => format!("New issue {issue}"),
            (Occasion::Created, None) => "New issue".to_owned(),
            (Occasion::DeadLetter(_), issue) => {
                let about = issue.map(|issue| format!(" about {issue}"));
                format!(
                    "An event{} could not be filed in Jira. It is kept: see /dead-letters of jira-intake.",
                    about.unwrap_or_default()
                )
            }
        }
    }

    /// What and how bad it is.
    fn facts(&self) -> Vec<String> {
        let severity = self.severity.as_ref().filter(|it| !it.trim().is_empty());
        let severity = severity.map(|it| format!("Severity: {it}"));
        let source = Some(self.source.clone()).filter(|it| !it.is_empty());
        source.into_iter().chain(severity).collect()
    }
}

/// `OpenCTI report`; a kind that names its platform already says it.
fn source(platform: &str, kind: &str) -> String {
    if kind.starts_with(platform) {
        return kind.to_owned();
    }
    let mut kind = kind.to_owned();
    // `SOAR` stays in capitals.
    if kind.chars().nth(1).is_some_and(char::is_lowercase)
        && let Some(first) = kind.get_mut(0..1)
    {
        first.make_ascii_lowercase();
    }
    one_line(&format!("{platform} {kind}"))
}

/// The first lines of the description, or else the first raw fields.
fn lines(entity: &Entity) -> String {
    let markdown = entity.description.as_deref().unwrap_or_default();
    let start: String = markdown.chars().take(SOURCE_LIMIT).collect();
    let text = plain_text(&from_markdown(&start));
    let described: Vec<String> = first(text.lines().map(one_line));
    let lines = match described.is_empty() {
        true => first(entity.data.iter().filter(|it| is_told(it)).map(field)),
        false => described,
    };
    cut(&lines.join("\n"), LINES_LIMIT)
}

fn first(lines: impl Iterator<Item = String>) -> Vec<String> {
    lines.filter(|line| !line.is_empty()).take(LINES).collect()
}

/// Splunk's own fields begin with `_`.
fn is_told(fact: &Fact) -> bool {
    !fact.key.starts_with('_') && !fact.value.trim().is_empty()
}

fn field(fact: &Fact) -> String {
    let name = match fact.label.is_empty() {
        true => &fact.key,
        false => &fact.label,
    };
    one_line(&format!("{name}: {}", fact.value))
}

/// Tells Slack, through an incoming webhook.
pub async fn tell_slack(
    ports: Ports<'_>,
    webhook: &Secret,
    message: &Message,
) -> Result<(), ChatError> {
    Chat::Slack.tell(ports, webhook, slack::body(message)).await
}

/// Tells Teams, through a workflow.
pub async fn tell_teams(
    ports: Ports<'_>,
    webhook: &Secret,
    message: &Message,
) -> Result<(), ChatError> {
    Chat::Teams.tell(ports, webhook, teams::body(message)).await
}
