//! What Jira tells of people's work: its webhooks, and Automation's "Send web
//! request". It is the way back: it files no issue, so it is none of the
//! [`SOURCES`](super::SOURCES).
//!
//! Shapes are those that Jira Cloud and Data Center are seen to send; nothing but the
//! issue must be there.

mod automation;
mod changes;
mod comment;
mod issue;
mod person;
mod webhook;
mod words;

use super::reading::object;
use super::received::SourceError;
use crate::model::IssueChange;

/// Reads a request's body.
///
/// What concerns nobody (an event that is not about an issue's status, resolution,
/// assignee, place or comments; an issue without a key and an id) is a change
/// without actions.
///
/// # Errors
/// Why the body tells nothing, as for any source. An empty one is an error, because
/// its sender is set up wrong.
pub fn read(body: &[u8]) -> Result<IssueChange, SourceError> {
    if body.trim_ascii().is_empty() {
        let why = "the body is empty: choose a web request body with the issue's data in \
                   Automation, and do not exclude the body of a webhook";
        return Err(SourceError::NoEvent(why.to_owned()));
    }
    let json = object(body)?;
    let mut change = match json["webhookEvent"].as_str() {
        Some(event) => webhook::change(event, &json),
        None => automation::change(&json).ok_or_else(no_issue)?,
    };
    if change.issue.address().is_empty() {
        change.actions.clear();
    }
    Ok(change)
}

fn no_issue() -> SourceError {
    let why = "it has neither a `webhookEvent` nor an issue";
    SourceError::NoEvent(why.to_owned())
}

#[cfg(test)]
mod tests;
