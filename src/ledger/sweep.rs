//! The store has no expiry: what is not needed any more is swept away by hand.
//!
//! A record goes after the retention, or earlier where a store takes only few
//! keys; with it go its counters. Counters of generations that have passed go
//! at any time.

use std::time::Duration;

use super::ticket::Record;
use super::{LedgerError, dead, keys, known};
use crate::platform::{Ports, Store};

/// What may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a record stays after it was last touched.
    pub retention: Duration,
    /// How many keys the store may hold; 0 is any number.
    pub max_keys: usize,
    /// How many records one sweep looks at.
    pub records: usize,
}

/// Sweeps once, and returns how many keys went. `start` picks where the sweep
/// begins, so that repeated sweeps of a large store see all of it.
pub fn sweep(ports: Ports<'_>, limits: Limits, start: usize) -> Result<usize, LedgerError> {
    let all = ports.store.keys()?;
    let mut swept = 0;
    let ids: Vec<&str> = all
        .iter()
        .filter_map(|key| key.strip_prefix(keys::TICKET))
        .collect();
    let mut counters: Vec<&str> = all
        .iter()
        .filter_map(|key| key.strip_prefix(keys::CLAIM))
        .collect();
    let too_many = match limits.max_keys {
        0 => 0,
        max => all.len().saturating_sub(max - max / 10),
    };
    // A verdict can be had again, a ticket cannot.
    let spared = sweep_known(ports, &all, too_many)?;
    swept += spared;
    let too_many = too_many.saturating_sub(spared);
    let looked_at = match too_many {
        0 => limits.records.min(ids.len()),
        _ => ids.len(),
    };
    let now = ports.clock.now_ms();
    let mut resting = Vec::new();
    let offset = start.checked_rem(ids.len()).unwrap_or_default();
    for id in ids.iter().cycle().skip(offset).take(looked_at) {
        let Some(record) = Record::read(ports.store, id)? else {
            continue;
        };
        // A letter that was discarded leaves its mark in the record.
        let dead = record.dead && dead::read(ports.store, id)?.is_some();
        if record.due().is_none() && !dead && !record.is_leased(now) {
            let ended = record.ticket.is_some_and(|ticket| ticket.ended);
            resting.push((!ended, record.touched, *id));
        }
    }
    // Ended entities go first, then the oldest.
    resting.sort_unstable();
    let oldest = now.saturating_sub(limits.retention.as_millis() as u64);
    for (index, (_, touched, id)) in resting.into_iter().enumerate() {
        if touched < oldest || index < too_many {
            swept += forget(ports.store, id)?;
        }
    }
    Ok(swept + sweep_counters(ports.store, &mut counters)?)
}

/// What others told us about something that passed by: what is old, and more
/// where there are too many keys.
fn sweep_known(ports: Ports<'_>, all: &[String], too_many: usize) -> Result<usize, LedgerError> {
    let mut swept = 0;
    let passing = all.iter().filter(|key| {
        let name = key.strip_prefix(keys::KNOWN);
        name.is_some_and(|name| name.starts_with(known::PASSING))
    });
    for key in passing {
        let name = key.strip_prefix(keys::KNOWN).unwrap_or_default();
        let is_old = known::recall(ports, name, known::PASSING_FOR).is_none();
        if is_old || swept < too_many {
            ports.store.delete(key)?;
            swept += 1;
        }
    }
    Ok(swept)
}

fn forget(store: &dyn Store, id: &str) -> Result<usize, LedgerError> {
    store.delete(&keys::record(id))?;
    store.delete(&keys::arrivals(id))?;
    Ok(1)
}

/// Spent counters: of generations that have passed, and of entities that are
/// forgotten.
fn sweep_counters(store: &dyn Store, counters: &mut [&str]) -> Result<usize, LedgerError> {
    let mut swept = 0;
    // In this order, the counters of one entity follow each other.
    counters.sort_unstable();
    let mut entity = None;
    let mut generation = None;
    for counter in counters {
        let Some((id, number)) = counter.split_once('/') else {
            continue;
        };
        if entity != Some(id) {
            entity = Some(id);
            generation = Record::read(store, id)?.map(|record| record.generation);
        }
        let passed = match (number.parse::<u64>(), generation) {
            (Ok(number), Some(generation)) => number < generation,
            // Nobody remembers the entity: its first winner may just be about
            // to write its record.
            _ => false,
        };
        if passed {
            store.delete(&format!("{}{counter}", keys::CLAIM))?;
            swept += 1;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Change, Entity, Event};
    use crate::ledger::{Pending, Ticket};
    use crate::platform::fake::Fake;

    const LIMITS: Limits = Limits {
        retention: Duration::from_secs(100),
        max_keys: 0,
        records: 10,
    };

    fn event() -> Event {
        Event::bare(Change::Create, Entity::default())
    }

    fn remember(fake: &Fake, id: &str, touched: u64, ended: bool) {
        let record = Record {
            generation: 1,
            touched,
            ticket: Some(Ticket {
                ended,
                ..Ticket::default()
            }),
            ..Record::default()
        };
        record.write(fake, id).unwrap();
        fake.increment(&keys::claim(id, 0), 1).unwrap();
    }

    fn remembered(fake: &Fake) -> Vec<&'static str> {
        let known = |id: &&'static str| Record::read(fake, id).unwrap().is_some();
        ["a", "b", "c"].into_iter().filter(known).collect()
    }

    #[test]
    fn a_record_goes_after_its_retention_and_spent_counters_at_once() {
        let fake = Fake::default();
        fake.now_ms.set(200_000);
        remember(&fake, "a", 50_000, false);
        remember(&fake, "b", 150_000, false);
        sweep(fake.ports(), LIMITS, 0).unwrap();
        assert_eq!(remembered(&fake), ["b"]);
        let spent = fake.counters.borrow().contains_key(&keys::claim("b", 0));
        assert!(!spent);
    }

    #[test]
    fn a_small_store_keeps_below_its_limit_and_lets_ended_entities_go_first() {
        let fake = Fake::default();
        fake.now_ms.set(10);
        remember(&fake, "a", 1, false);
        remember(&fake, "b", 2, true);
        remember(&fake, "c", 3, false);
        let limits = Limits {
            max_keys: 5,
            ..LIMITS
        };
        sweep(fake.ports(), limits, 0).unwrap();
        assert_eq!(remembered(&fake), ["a", "c"]);
    }

    #[test]
    fn what_virustotal_said_is_swept_away_after_a_day() {
        let fake = Fake::default();
        known::remember(fake.ports(), "virustotal-a", 1.into());
        known::remember(fake.ports(), "cloud-b", 1.into());
        let day = known::PASSING_FOR.as_millis() as u64;
        fake.now_ms.set(day / 2);
        known::remember(fake.ports(), "virustotal-c", 1.into());
        fake.now_ms.set(day + 1);
        assert_eq!(sweep(fake.ports(), LIMITS, 0).unwrap(), 1);
        let left = |name| known::recall(fake.ports(), name, Duration::MAX).is_some();
        assert!(!left("virustotal-a") && left("virustotal-c") && left("cloud-b"));
    }

    #[test]
    fn where_there_are_too_many_keys_verdicts_go_before_tickets() {
        let fake = Fake::default();
        fake.now_ms.set(10);
        remember(&fake, "a", 1, false);
        for number in 0..4 {
            known::remember(fake.ports(), &format!("virustotal-{number}"), 1.into());
        }
        let limits = Limits {
            max_keys: 4,
            ..LIMITS
        };
        sweep(fake.ports(), limits, 0).unwrap();
        assert_eq!(remembered(&fake), ["a"]);
        assert!(fake.keys().unwrap().len() <= 4);
    }

    #[test]
    fn what_is_still_to_be_done_is_never_swept() {
        let fake = Fake::default();
        fake.now_ms.set(10_000_000);
        let record = Record {
            pending: Some(Pending::new(event(), 0)),
            ..Record::default()
        };
        record.write(&fake, "a").unwrap();
        sweep(fake.ports(), LIMITS, 0).unwrap();
        assert_eq!(remembered(&fake), ["a"]);
    }
}
