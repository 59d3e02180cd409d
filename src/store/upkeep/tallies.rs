//! Counters of hours that are over are added up in one document.

use std::time::Duration;

use super::found::{Upkeep, below};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::tally::{self, Counts};
use crate::store::{counter, keys};

/// An hour is over so long after its end: somebody may still be counting.
const GRACE: Duration = Duration::from_secs(900);
/// So many hours are remembered one by one.
const KEPT: u64 = 48;

/// The document is written before the counters go: an hour that stands in it is never
/// added up again, and its counters are only deleted.
pub(super) fn look_after(
    ports: Ports<'_>,
    all: &[String],
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    let now = ports.clock.now();
    let over = tally::hour(now.before(GRACE));
    let counters = below(all, keys::TALLY).filter_map(tally::named);
    let counters: Vec<_> = counters.filter(|(hour, _)| *hour < over).collect();
    if counters.is_empty() {
        return Ok(());
    }
    let before = tally::document(ports.store)?;
    let mut document = before.clone();
    for (hour, row) in &counters {
        if !before.hours.contains_key(hour) {
            let counted = counter::read(ports.store, &key(*hour, row))?;
            document.add(*hour, row, Counts::unpacked(counted));
        }
    }
    // Hours whose counters still stand are remembered however old they are.
    let stands = |hour: &u64| counters.iter().any(|(of, _)| of == hour);
    let oldest = tally::hour(now).saturating_sub(KEPT);
    document
        .hours
        .retain(|hour, _| *hour >= oldest || stands(hour));
    if !document.since.is_known() {
        document.since = now;
    }
    if document != before {
        // Another one who has deleted counters since has written the document first.
        if tally::document(ports.store)? != before {
            return Ok(());
        }
        tally::write(ports.store, &document)?;
    }
    for (hour, row) in &counters {
        ports.store.delete(&key(*hour, row))?;
        upkeep.swept += 1;
    }
    Ok(())
}

fn key(hour: u64, row: &str) -> String {
    format!("{}{hour}/{row}", keys::TALLY)
}
