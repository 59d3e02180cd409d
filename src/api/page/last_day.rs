//! What became of the events of the last day.

use crate::api::metrics::sources;
use crate::api::session::Session;
use crate::page::{Chart, HourView};
use crate::store::RecordError;
use crate::store::tally::{self, Hour};

/// The events of the last day by hour and outcome; `None` where nobody counts them.
///
/// # Errors
/// When the store fails.
pub(super) fn last_day(session: &Session<'_>) -> Result<Option<Chart>, RecordError> {
    if !session.settings.counts() {
        return Ok(None);
    }
    let hours = tally::last_day(session.ports, &sources())?;
    let hours = hours.iter().map(hour).collect();
    Ok(Some(Chart { hours }))
}

fn hour(hour: &Hour) -> HourView {
    let of = |outcome: &str| hour.outcomes.get(outcome).copied().unwrap_or_default();
    HourView {
        at: hour.begins,
        created: of("created"),
        updated: of("updated"),
        duplicate: of("duplicate"),
        ignored: of("ignored"),
        queued: of("queued"),
        dead_letter: of("dead_letter"),
        failed: of("failed"),
    }
}
