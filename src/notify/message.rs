//! What people in chats are told: the same for every chat.
//!
//! Whoever attacks writes most of what is told here. None of it may become a
//! mention, a link or formatting.

use crate::markup::{from_prose, plain_text};
use crate::model::{Entity, Fact, SourceProfile};
use crate::text::{cut, one_line, short};

/// The longest title, so that a message is read at a glance.
pub(super) const TITLE_LIMIT: usize = 120;

/// How much of what is known is told: so many lines, so many characters.
pub(super) const LINES: usize = 3;
pub(super) const LINES_LIMIT: usize = 300;

/// As much of a reason is told.
pub(super) const REASON_LIMIT: usize = 300;

/// A severity or a source has at most so many characters.
pub(super) const WORD_LIMIT: usize = 80;

/// What is told in place of what its marking keeps out.
pub(super) const WITHHELD: &str = "Its marking keeps the rest out of this chat.";

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

impl Message {
    /// What is told of an entity; without its content where that must not be
    /// shown. A reason can quote the content, so it goes too.
    pub fn of(
        occasion: Occasion,
        entity: &Entity,
        title: &str,
        issue: Option<(String, String)>,
        show_content: bool,
        profile: &SourceProfile,
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
            source: source(profile, &kind),
            lines: match show_content {
                true => lines(entity, profile),
                false => WITHHELD.to_owned(),
            },
        }
    }

    /// Why there is no issue; empty if that is not told.
    pub(super) fn reason(&self) -> String {
        match &self.occasion {
            Occasion::DeadLetter(why) if !why.is_empty() => format!("Reason: {why}"),
            _ => String::new(),
        }
    }

    /// What happened, in our own words around the issue as the chat names it.
    pub(super) fn headline(&self, issue: Option<&str>) -> String {
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
    pub(super) fn facts(&self) -> String {
        match self.severity.as_deref().unwrap_or_default() {
            "" => self.source.clone(),
            severity => format!(
                "{} · Severity: {severity}",
                cut(&self.source, WORD_LIMIT, "…")
            ),
        }
    }
}

/// `OpenCTI report`, and `Splunk alert` of a kind that names its platform. An
/// abbreviation stays in capitals.
pub(super) fn source(profile: &SourceProfile, kind: &str) -> String {
    let kind = kind.strip_prefix(profile.name).unwrap_or(kind).trim();
    let (first, rest) = kind.split_once(' ').unwrap_or((kind, ""));
    let is_abbreviation = first.chars().skip(1).any(char::is_uppercase);
    let first = match is_abbreviation {
        true => first.to_owned(),
        false => first.to_ascii_lowercase(),
    };
    one_line(&format!("{} {first} {rest}", profile.name))
}

/// The first lines of the description, or else the first raw fields.
fn lines(entity: &Entity, profile: &SourceProfile) -> String {
    let description = entity.description.as_deref().unwrap_or_default();
    let description = from_prose(description, profile.prose);
    let text = plain_text(&description);
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
