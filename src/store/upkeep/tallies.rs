//! Counters of hours that are over are added up in one document.

use std::time::Duration;

use super::found::{Limits, Upkeep, below};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::tally::{self, Counts, Document};
use crate::store::{counter, keys};

/// An hour is over so long after its end: somebody may still be counting.
const GRACE: Duration = Duration::from_secs(900);
/// So many hours are remembered one by one.
const KEPT: u64 = 48;

/// Adds up what is over, and deletes what was added up by an earlier upkeep. Not at once:
/// another one that adds up at the same moment may write its document over this one.
pub(super) fn look_after(
    ports: Ports<'_>,
    all: &[String],
    limits: Limits,
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    let over = tally::hour(ports.clock.now().before(GRACE));
    let counters = below(all, keys::TALLY).filter_map(tally::named);
    let counters: Vec<_> = counters.filter(|(hour, _)| *hour < over).collect();
    if counters.is_empty() && !limits.counts_events {
        return Ok(());
    }
    let before = tally::document(ports.store)?;
    if before.until < over {
        let document = added_up(ports, &before, over, &counters)?;
        // Whoever has deleted counters since has written the document first.
        if tally::document(ports.store)? != before {
            return Ok(());
        }
        tally::write(ports.store, &document)?;
    }
    for (hour, row) in counters.iter().filter(|(hour, _)| *hour < before.until) {
        ports.store.delete(&key(*hour, row))?;
        upkeep.swept += 1;
    }
    Ok(())
}

/// The document, with all hours that are over.
fn added_up(
    ports: Ports<'_>,
    before: &Document,
    over: u64,
    counters: &[(u64, &str)],
) -> Result<Document, RecordError> {
    let mut document = before.clone();
    for (hour, row) in counters.iter().filter(|(hour, _)| *hour >= before.until) {
        let counted = counter::read(ports.store, &key(*hour, row))?;
        document.add(*hour, row, Counts::unpacked(counted));
    }
    document.until = over;
    let oldest = tally::hour(ports.clock.now()).saturating_sub(KEPT);
    document.hours.retain(|hour, _| *hour >= oldest);
    Ok(document)
}

fn key(hour: u64, row: &str) -> String {
    format!("{}{hour}/{row}", keys::TALLY)
}
