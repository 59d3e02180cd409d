//! The events that are measured: an incident with a description of 1 KB.

use serde_json::{Value, json};

use crate::harness::samples;

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    New,
    Changed,
    Duplicate,
    Ignored,
}

impl Kind {
    /// In an order in which each can follow the one before.
    pub(crate) const ALL: [Self; 4] = [Self::New, Self::Duplicate, Self::Changed, Self::Ignored];

    /// The outcome, as the function answers it.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::New => "created",
            Self::Changed => "updated",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
        }
    }
}

/// Prose as people write it, with some Markdown in it.
pub(crate) fn prose(bytes: usize) -> String {
    let line =
        "The beacon called **home** every 60 s; see [the report](https://example.com/r).\n\n";
    line.repeat(bytes.div_ceil(line.len()))
}

/// An entity that is filed.
pub(crate) fn created(id: &str) -> Value {
    let mut event = samples::incident(id, &format!("Beacon on {id}"));
    event["data"]["description"] = prose(1024).into();
    event["data"]["modified"] = "2025-12-01T00:00:00.000Z".into();
    event
}

/// An event of this kind about an entity; for other kinds than new ones, `created` came
/// first. Each `state` is another one, and later.
pub(crate) fn of(kind: Kind, id: &str, state: usize) -> Value {
    let mut event = created(id);
    match kind {
        Kind::New | Kind::Duplicate => {}
        Kind::Changed => {
            event["type"] = "update".into();
            event["data"]["name"] = format!("Beacon on {id}, seen {state} times").into();
            let (hour, minute, second) = (state / 3600 % 24, state / 60 % 60, state % 60);
            let at = format!("2026-01-01T{hour:02}:{minute:02}:{second:02}.000Z");
            event["data"]["modified"] = at.into();
        }
        Kind::Ignored => {
            event["data"]["type"] = "malware".into();
            event["data"]["extensions"] = json!({});
        }
    }
    event
}
