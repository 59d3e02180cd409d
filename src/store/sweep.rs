//! The store has no expiry: what is not needed any more is swept away by hand.
//!
//! A record goes after the retention, or earlier where a store takes only few
//! keys; with it go its counters. Counters of generations that have passed go
//! at any time. A sweep reads records anyway: it also finds those with something
//! to be done that nobody would come back to, because somebody died.

use std::time::Duration;

use super::error::RecordError;
use super::lease::is_leased;
use super::record::{Record, State};
use super::{dead_letter, keys, memory, queue};
use crate::model::EntityKey;
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
pub fn sweep(ports: Ports<'_>, limits: Limits, start: usize) -> Result<usize, RecordError> {
    let all = ports.store.keys()?;
    let mut swept = 0;
    let names = all.iter().filter_map(|key| key.strip_prefix(keys::RECORD));
    let entities: Vec<EntityKey> = names.filter_map(keys::entity).collect();
    let too_many = match limits.max_keys {
        0 => 0,
        max => all.len().saturating_sub(max - max / 10),
    };
    // A verdict can be had again, an issue record cannot.
    let spared = sweep_memory(ports, &all, too_many)?;
    swept += spared;
    let too_many = too_many.saturating_sub(spared);
    let looked_at = match too_many {
        0 => limits.records.min(entities.len()),
        _ => entities.len(),
    };
    let now = ports.clock.now();
    let mut resting = Vec::new();
    let offset = start.checked_rem(entities.len()).unwrap_or_default();
    for entity in entities.iter().cycle().skip(offset).take(looked_at) {
        let Some(record) = Record::read(ports.store, entity)? else {
            continue;
        };
        // A letter that was discarded leaves its number in the record.
        let dead = match record.state {
            State::Dead { letter, .. } => dead_letter::read(ports.store, letter)?.is_some(),
            State::Idle | State::Pending(_) => false,
        };
        if is_leased(ports, entity, &record, now)? {
            continue;
        }
        queue::mark_missing(ports.store, &record)?;
        if record.due().is_none() && !dead {
            let ended = record.issue.is_some_and(|issue| issue.ended);
            resting.push((!ended, record.touched, entity));
        }
    }
    // Ended entities go first, then the oldest.
    resting.sort_unstable();
    let oldest = now.before(limits.retention);
    for (index, (_, touched, entity)) in resting.into_iter().enumerate() {
        if touched < oldest || index < too_many {
            swept += forget(ports.store, entity)?;
        }
    }
    for prefix in [keys::LEASE, keys::SEEN] {
        swept += sweep_passed(ports.store, &all, prefix)?;
    }
    Ok(swept)
}

/// What others told us about something that passed by: what is old, and more
/// where there are too many keys.
fn sweep_memory(ports: Ports<'_>, all: &[String], too_many: usize) -> Result<usize, RecordError> {
    let mut swept = 0;
    let passing = all.iter().filter(|key| {
        let name = key.strip_prefix(keys::MEMORY);
        name.is_some_and(memory::is_passing)
    });
    for key in passing {
        let name = key.strip_prefix(keys::MEMORY).unwrap_or_default();
        let is_old = memory::recall(ports, name, memory::PASSING_FOR).is_none();
        if is_old || swept < too_many {
            ports.store.delete(key)?;
            swept += 1;
        }
    }
    Ok(swept)
}

fn forget(store: &dyn Store, entity: &EntityKey) -> Result<usize, RecordError> {
    store.delete(&keys::record(entity))?;
    store.delete(&keys::arrivals(entity))?;
    Ok(1)
}

/// What the leases of generations that have passed left below a prefix: spent
/// counters, or notes.
fn sweep_passed(store: &dyn Store, all: &[String], prefix: &str) -> Result<usize, RecordError> {
    let mut swept = 0;
    let below = all.iter().filter_map(|key| key.strip_prefix(prefix));
    let mut leases: Vec<&str> = below.collect();
    // In this order, the leases of one entity follow each other.
    leases.sort_unstable();
    let mut entity = None;
    let mut generation = None;
    for lease in leases {
        let Some((name, number)) = lease.rsplit_once('/') else {
            continue;
        };
        if entity != Some(name) {
            entity = Some(name);
            let record = match keys::entity(name) {
                Some(entity) => Record::read(store, &entity)?,
                None => None,
            };
            generation = record.map(|record| record.generation);
        }
        let passed = match (number.parse::<u64>(), generation) {
            (Ok(number), Some(generation)) => number < generation,
            // Nobody remembers the entity: its first winner may just be about
            // to write its record. Nobody has seen a lease of that yet.
            _ => prefix == keys::SEEN,
        };
        if passed {
            store.delete(&format!("{prefix}{lease}"))?;
            swept += 1;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Change, Entity, Event, IssueRecord, Outbox, OutboxTask, TaskKind, Timestamp,
    };
    use crate::platform::fake::Fake;
    use crate::store::{DeadLetter, Pending};

    const LIMITS: Limits = Limits {
        retention: Duration::from_secs(100),
        max_keys: 0,
        records: 10,
    };

    fn key(id: &str) -> EntityKey {
        EntityKey {
            id: id.to_owned(),
            ..EntityKey::default()
        }
    }

    fn pending() -> Pending {
        let event = Event::live(Change::Created, Entity::default());
        Pending::new(event, Timestamp::UNKNOWN)
    }

    fn remember(fake: &Fake, id: &str, touched: u64, ended: bool) {
        let record = Record {
            generation: 1,
            touched: Timestamp::from_millis(touched),
            issue: Some(IssueRecord {
                ended,
                ..IssueRecord::default()
            }),
            ..Record::default()
        };
        record.write(fake, &key(id)).unwrap();
        fake.increment(&keys::lease(&key(id), 0), 1).unwrap();
    }

    fn remembered(fake: &Fake) -> Vec<&'static str> {
        let known = |id: &&'static str| Record::read(fake, &key(id)).unwrap().is_some();
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
        let spent = fake
            .counters
            .borrow()
            .contains_key(&keys::lease(&key("b"), 0));
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
        memory::remember(fake.ports(), "virustotal-a", 1.into());
        memory::remember(fake.ports(), "cloud-b", 1.into());
        let day = memory::PASSING_FOR.as_millis() as u64;
        fake.now_ms.set(day / 2);
        memory::remember(fake.ports(), "virustotal-c", 1.into());
        fake.now_ms.set(day + 1);
        assert_eq!(sweep(fake.ports(), LIMITS, 0).unwrap(), 1);
        let left = |name| memory::recall(fake.ports(), name, Duration::MAX).is_some();
        assert!(!left("virustotal-a") && left("virustotal-c") && left("cloud-b"));
    }

    #[test]
    fn where_there_are_too_many_keys_verdicts_go_before_issue_records() {
        let fake = Fake::default();
        fake.now_ms.set(10);
        remember(&fake, "a", 1, false);
        for number in 0..4 {
            memory::remember(fake.ports(), &format!("virustotal-{number}"), 1.into());
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
        let waiting = Record {
            state: State::Pending(Box::new(pending())),
            ..Record::default()
        };
        waiting.write(&fake, &key("a")).unwrap();
        let linking = Record {
            outbox: Some(Outbox {
                event: pending().event,
                tasks: vec![OutboxTask::new(TaskKind::Link, Timestamp::UNKNOWN)],
                enrichment: None,
            }),
            ..Record::default()
        };
        linking.write(&fake, &key("b")).unwrap();
        sweep(fake.ports(), LIMITS, 0).unwrap();
        assert_eq!(remembered(&fake), ["a", "b"]);
    }

    #[test]
    fn what_nobody_would_come_back_to_is_marked_again() {
        let fake = Fake::default();
        fake.now_ms.set(10_000);
        let event = Event::live(
            Change::Created,
            Entity {
                id: "an id with blanks".to_owned(),
                ..Entity::default()
            },
        );
        let key = event.entity.key();
        let put_off = Pending {
            not_before: Timestamp::from_millis(20_000),
            ..Pending::new(event, Timestamp::UNKNOWN)
        };
        let record = Record {
            leased_until: Timestamp::from_millis(15_000),
            state: State::Pending(Box::new(put_off)),
            ..Record::default()
        };
        record.write(&fake, &key).unwrap();
        sweep(fake.ports(), LIMITS, 0).unwrap();
        // Somebody works on it.
        assert!(queue::due(&fake).unwrap().is_empty());
        fake.now_ms.set(15_001);
        sweep(fake.ports(), LIMITS, 0).unwrap();
        let due = queue::Due {
            entity: key,
            not_before: Timestamp::from_millis(20_000),
        };
        assert_eq!(queue::due(&fake).unwrap(), [due]);
        let writes = fake.writes.get();
        sweep(fake.ports(), LIMITS, 0).unwrap();
        assert_eq!(fake.writes.get(), writes);
    }

    #[test]
    fn an_entity_stays_as_long_as_its_dead_letter() {
        let fake = Fake::default();
        fake.now_ms.set(10_000_000);
        let letter = DeadLetter {
            number: 0,
            pending: pending(),
            reason: "Jira said no".to_owned(),
            at: Timestamp::UNKNOWN,
            trace: Vec::new(),
        };
        let letter = dead_letter::write(&fake, letter).unwrap();
        let record = Record {
            state: State::Dead {
                letter,
                reason: "Jira said no".to_owned(),
            },
            ..Record::default()
        };
        record.write(&fake, &key("a")).unwrap();
        sweep(fake.ports(), LIMITS, 0).unwrap();
        assert_eq!(remembered(&fake), ["a"]);
        dead_letter::discard(&fake, letter).unwrap();
        sweep(fake.ports(), LIMITS, 0).unwrap();
        assert!(remembered(&fake).is_empty());
    }

    #[test]
    fn what_is_named_by_a_hash_is_swept_like_all_others() {
        let fake = Fake::default();
        fake.now_ms.set(200_000);
        remember(&fake, "an id with blanks", 50_000, false);
        remember(&fake, "another id/1", 150_000, false);
        let keys_before = fake.keys().unwrap().len();
        assert_eq!(sweep(fake.ports(), LIMITS, 0).unwrap(), 2);
        assert_eq!(fake.keys().unwrap().len(), keys_before - 2);
        let known = |id| Record::read(&fake, &key(id)).unwrap().is_some();
        assert!(!known("an id with blanks") && known("another id/1"));
    }
}
