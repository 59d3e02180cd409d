//! Outcomes of events.

use crate::context::Context;
use crate::model::{Event, IssueRef, Outcome, OutcomeKind};

/// What became of an event; `key` is its issue's.
pub(super) fn outcome(
    context: Context<'_>,
    kind: OutcomeKind,
    event: &Event,
    key: Option<&str>,
    reason: Option<String>,
) -> Outcome {
    Outcome {
        kind,
        entity: Some((&event.entity).into()),
        issue: key.map(|key| IssueRef {
            key: key.to_owned(),
            url: context.tracker.browse_url(key),
        }),
        reason,
        dry_run: None,
    }
}

/// There is nothing to do.
pub(super) fn ignored(event: &Event, reason: impl Into<String>) -> Outcome {
    Outcome::ignored(Some((&event.entity).into()), reason)
}

/// The event is in the store, and will be dealt with.
pub(super) fn queued(
    context: Context<'_>,
    event: &Event,
    key: Option<&str>,
    reason: String,
) -> Outcome {
    outcome(context, OutcomeKind::Queued, event, key, Some(reason))
}
