//! Counts of what became of events, for metrics: at most one write an event.
//!
//! A counter for each hour, source, outcome and class of request holds three numbers at
//! once. The upkeep adds those of hours that are over up in one document and deletes
//! them. Who reads takes the document and looks at the counters of the few hours that
//! are not in it yet; no keys are listed.

mod document;
mod packed;
mod read;

use crate::model::{Class, Requests, Timestamp};
use crate::platform::Store;

use super::error::RecordError;
use super::keys;

pub(super) use document::{Document, read as document, write};
pub use packed::Counts;
pub use read::{Hour, Total, Totals, last_day, totals};

/// What can become of an event, as it is counted.
pub const OUTCOMES: [&str; 7] = [
    "created",
    "updated",
    "duplicate",
    "ignored",
    "queued",
    "dead_letter",
    "failed",
];

/// Milliseconds of an hour.
const HOUR: u64 = 3_600_000;

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Where it came from.
    pub source: &'a str,
    /// One of [`OUTCOMES`].
    pub outcome: &'static str,
    /// Whether it counts as an event: one that was counted when it was put off and is
    /// put off again does not.
    pub is_event: bool,
    /// The requests that it called for.
    pub requests: Requests,
}

/// Counts what became of one event: one write, or none if there is nothing to count.
///
/// # Errors
/// When the store fails.
pub fn count(store: &dyn Store, now: Timestamp, counted: Counted<'_>) -> Result<(), RecordError> {
    let counts = Counts {
        events: u64::from(counted.is_event),
        answered: counted.requests.answered,
        failed: counted.requests.failed,
    };
    if counts == Counts::default() {
        return Ok(());
    }
    let key = key(
        hour(now),
        counted.source,
        counted.outcome,
        counted.requests.worst,
    );
    store.increment(&key, counts.packed())?;
    Ok(())
}

/// The hour of a time, from 1970 on.
pub(super) fn hour(at: Timestamp) -> u64 {
    at.as_millis() / HOUR
}

/// When an hour begins.
pub(super) fn begin(hour: u64) -> Timestamp {
    Timestamp::from_millis(hour.saturating_mul(HOUR))
}

fn key(hour: u64, source: &str, outcome: &str, class: Class) -> String {
    let source = keys::safe(source);
    let class = class_word(class);
    format!("{}{hour}/{source}/{outcome}/{class}", keys::TALLY)
}

/// Where nothing failed there is no class.
fn class_word(class: Class) -> &'static str {
    match class {
        Class::Answered => "none",
        class => class.word(),
    }
}

/// The hour and the rest of a counter's name: what follows the prefix of its key.
pub(super) fn named(name: &str) -> Option<(u64, &str)> {
    let (hour, rest) = name.split_once('/')?;
    Some((hour.parse().ok()?, rest))
}

#[cfg(test)]
mod tests;
