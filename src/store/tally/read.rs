//! What was counted, for people and for metrics.

use std::collections::BTreeMap;

use super::document::{Document, read};
use super::packed::Counts;
use super::{OUTCOMES, begin, class_word, hour, key};
use crate::model::{Class, Timestamp};
use crate::platform::{Ports, Store};
use crate::store::counter;
use crate::store::error::RecordError;

/// No more hours than these are looked at that the upkeep has not added up: it comes
/// every ten minutes, and every hour where a store is very large. Where nobody calls it
/// for a day, what was counted before that is shown again when somebody does.
const LOOK_BACK: u64 = 24;
/// Somebody may be adding up meanwhile: then it is read again, so often in all.
const TRIES: usize = 3;

/// The events of one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hour {
    /// When it begins.
    pub begins: Timestamp,
    /// How many there were, by outcome; an outcome that did not occur is missing.
    pub outcomes: BTreeMap<String, u64>,
}

/// All that was ever counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// By source and outcome; those that never occurred are there as 0.
    pub events: Vec<Total>,
    /// Requests to Jira, by class.
    pub requests: Vec<(Class, u64)>,
}

/// How many events of a source had an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The source.
    pub source: String,
    /// The outcome.
    pub outcome: String,
    /// How many.
    pub events: u64,
}

/// The events of these sources in the last 24 hours, the oldest first; the last one is
/// the hour that has begun.
///
/// # Errors
/// When the store fails.
pub fn last_day(ports: Ports<'_>, sources: &[&str]) -> Result<Vec<Hour>, RecordError> {
    let now = hour(ports.clock.now());
    let mut known = known(ports, sources)?;
    let hours = now.saturating_sub(23)..=now;
    let hours = hours.map(|hour| Hour {
        begins: begin(hour),
        outcomes: known.hours.remove(&hour).unwrap_or_default(),
    });
    Ok(hours.collect())
}

/// All that was ever counted of these sources, and of those that are not known any
/// more.
///
/// # Errors
/// When the store fails.
pub fn totals(ports: Ports<'_>, sources: &[&str]) -> Result<Totals, RecordError> {
    let known = known(ports, sources)?;
    let mut events: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for source in sources {
        events.extend(OUTCOMES.map(|outcome| ((*source, outcome), 0)));
    }
    let mut requests = Class::ALL.map(|class| (class, 0));
    for (row, counts) in &known.total {
        let mut parts = row.split('/');
        let (Some(source), Some(outcome)) = (parts.next(), parts.next()) else {
            continue;
        };
        *events.entry((source, outcome)).or_default() += counts.events;
        let class = parts.next().unwrap_or_default();
        for (of, number) in &mut requests {
            if *of == Class::Answered {
                *number += counts.answered;
            } else if class_word(*of) == class {
                *number += counts.failed;
            }
        }
    }
    let events = events.into_iter().map(|((source, outcome), events)| Total {
        source: source.to_owned(),
        outcome: outcome.to_owned(),
        events,
    });
    Ok(Totals {
        events: events.collect(),
        requests: requests.to_vec(),
    })
}

/// The document, with the hours that are not in it yet.
fn known(ports: Ports<'_>, sources: &[&str]) -> Result<Document, RecordError> {
    let now = hour(ports.clock.now());
    let mut before = read(ports.store)?;
    for _ in 0..TRIES {
        let mut known = before.clone();
        let first = now.saturating_sub(LOOK_BACK - 1).max(before.until);
        for hour in first..=now {
            take_in(ports.store, &mut known, hour, sources)?;
        }
        let after = read(ports.store)?;
        if after == before {
            return Ok(known);
        }
        before = after;
    }
    // Adding up does not take that long: some counters may be missing.
    Ok(before)
}

/// The counters of one hour.
fn take_in(
    store: &dyn Store,
    known: &mut Document,
    hour: u64,
    sources: &[&str],
) -> Result<(), RecordError> {
    for source in sources {
        for outcome in OUTCOMES {
            for class in Class::ALL {
                let counter = counter::read(store, &key(hour, source, outcome, class))?;
                if counter > 0 {
                    let row = format!("{source}/{outcome}/{}", class_word(class));
                    known.add(hour, &row, Counts::unpacked(counter));
                }
            }
        }
    }
    Ok(())
}
