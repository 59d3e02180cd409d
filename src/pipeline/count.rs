//! What became of events is counted, for metrics.

use super::failure::Failure;
use crate::context::Context;
use crate::model::{Outcome, OutcomeKind, Requests};
use crate::platform::journal::{DEAD, Notes};
use crate::platform::log::Level;
use crate::store::tally::{self, Counted};

/// What changes from Jira are counted as.
pub const JIRA: &str = "jira";

/// Counts a delivery. An event without a source of its own is of the request's.
pub(super) fn delivery(
    context: Context<'_>,
    source: Option<&str>,
    result: &Result<Outcome, Failure>,
    notes: &Notes,
) {
    let outcome = match result {
        _ if notes.is_dead => DEAD,
        Ok(outcome) => outcome.kind.word(),
        Err(_) => OutcomeKind::Failed.word(),
    };
    let source = source.unwrap_or(context.source);
    // Jira tells of all its issues: what is about others costs no write.
    let is_others = source == JIRA && outcome == OutcomeKind::Ignored.word();
    count(
        context,
        Counted {
            source,
            outcome,
            is_event: !is_others,
            requests: notes.requests,
        },
    );
}

/// Counts another attempt. As an event it counts when it comes to an end: it was
/// counted when it was put off.
pub(super) fn again(context: Context<'_>, source: &str, outcome: &Outcome, notes: &Notes) {
    let is_over = notes.is_dead || outcome.kind != OutcomeKind::Queued;
    count(
        context,
        Counted {
            source,
            outcome: match notes.is_dead {
                true => DEAD,
                false => outcome.kind.word(),
            },
            is_event: notes.has_event && is_over,
            requests: notes.requests,
        },
    );
}

/// Counts a body that is kept as a dead letter.
pub(super) fn unread(context: Context<'_>, source: &str) {
    count(
        context,
        Counted {
            source,
            outcome: DEAD,
            is_event: true,
            requests: Requests::default(),
        },
    );
}

/// A store that fails costs the count, never the event.
fn count(context: Context<'_>, counted: Counted<'_>) {
    if !context.settings.counts() {
        return;
    }
    let now = context.ports.clock.now();
    if let Err(error) = tally::count(context.ports.store, now, counted) {
        let reason = error.to_string().into();
        context
            .log
            .line(Level::Warn, "count_lost", &[("reason", reason)]);
    }
}
