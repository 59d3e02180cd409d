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
use crate::config::Secret;
use crate::event::{Entity, Fact, Source};
use crate::markup::plain_text;
use crate::plan::description::prose;
use crate::platform::{LocalFuture, Ports};
use crate::text::{cut, one_line, short};

/// The longest title, so that a message is read at a glance.
const TITLE_LIMIT: usize = 120;

/// How much of what is known is told: so many lines, so many characters.
const LINES: usize = 3;
const LINES_LIMIT: usize = 300;

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
        let kind = short(&entity.kind.title(), WORD_LIMIT);
        let mut title = one_line(title);
        if !show_content {
            let name = issue.as_ref().map_or(&entity.id, |(key, _)| key);
            title = one_line(&format!("{kind} {name}"));
        } else if title.is_empty() {
            title = one_line(&entity.name);
        }
        Self {
            occasion: match occasion {
                Occasion::DeadLetter(_) if !show_content => Occasion::DeadLetter(String::new()),
                other => other,
            },
            title: cut(&title, TITLE_LIMIT, "…"),
            issue,
            severity: entity.severity.clone(),
            source: source(entity.source, &kind),
            lines: match show_content {
                true => lines(entity),
                false => WITHHELD.to_owned(),
            },
        }
    }

    /// Why there is no issue; empty if that is not told.
    fn reason(&self) -> String {
        match &self.occasion {
            Occasion::DeadLetter(why) if !why.is_empty() => format!("Reason: {why}"),
            _ => String::new(),
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
    fn facts(&self) -> String {
        match self.severity.as_deref().unwrap_or_default() {
            "" => self.source.clone(),
            severity => format!(
                "{} · Severity: {severity}",
                cut(&self.source, WORD_LIMIT, "…")
            ),
        }
    }
}

/// `OpenCTI report`, and `Splunk alert` of a kind that names its platform.
fn source(source: Source, kind: &str) -> String {
    let platform = source.name();
    let kind = kind.strip_prefix(platform).unwrap_or(kind);
    match source {
        Source::OpenCti => one_line(&format!("{platform} {}", kind.to_ascii_lowercase())),
        // `SOAR` stays in capitals.
        Source::Splunk => one_line(&format!("{platform} {kind}")),
    }
}

/// The first lines of the description, or else the first raw fields.
fn lines(entity: &Entity) -> String {
    let text = plain_text(&prose(entity));
    let mut lines = Vec::new();
    let mut add = |line: String| {
        if !line.is_empty() && lines.len() < LINES {
            lines.push(line);
        }
    };
    if text.trim().is_empty() {
        for fact in entity.data.iter().filter(|it| is_told(it)) {
            add(field(fact));
        }
    } else {
        for line in text.lines() {
            add(one_line(line));
        }
    }
    cut(&lines.join("\n"), LINES_LIMIT, "…")
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
pub fn tell_slack<'a>(
    ports: Ports<'a>,
    webhook: &'a Secret,
    message: &Message,
) -> LocalFuture<'a, Result<(), ChatError>> {
    Box::pin(Chat::Slack.tell(ports, webhook, slack::body(message)))
}

/// Tells Teams, through a workflow.
pub fn tell_teams<'a>(
    ports: Ports<'a>,
    webhook: &'a Secret,
    message: &Message,
) -> LocalFuture<'a, Result<(), ChatError>> {
    Box::pin(Chat::Teams.tell(ports, webhook, teams::body(message)))
}
