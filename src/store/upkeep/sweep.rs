//! What is not needed any more is swept away: a record after the retention, or
//! earlier where a store takes only few keys, with its counters.

use std::time::Duration;

use super::found::{Astray, Limits, Upkeep, below, readable};
use crate::model::{EntityKey, Timestamp};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::json::get_readable;
use crate::store::lease::{Claim, LEASE, is_leased};
use crate::store::record::{Record, State};
use crate::store::slot::Slot;
use crate::store::{adoption, dead_letter, inbox, issues, keys, memory, stream};

/// A record that was touched so lately is not forgotten.
const JUST_TOUCHED: Duration = LEASE.saturating_mul(2);

/// Looks at some records, and sweeps. `start` picks where it begins, so that
/// repeated sweeps of a large store see all of it.
pub(super) fn look_after(
    ports: Ports<'_>,
    all: &[String],
    limits: Limits,
    start: usize,
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    let entities = below(all, keys::RECORD).filter_map(keys::entity);
    let count = entities.clone().count();
    let too_many = match limits.max_keys {
        0 => 0,
        max => {
            let left = all.len().saturating_sub(upkeep.swept);
            left.saturating_sub(max - max / 10)
        }
    };
    // Whoever died before it began to read a stream leaves its counter.
    let now = ports.clock.now();
    for name in below(all, keys::READER).filter(|name| stream::is_old(name, now)) {
        ports.store.delete(&format!("{}{name}", keys::READER))?;
        upkeep.swept += 1;
    }
    // A verdict can be had again, an issue record cannot.
    let spared = sweep_memory(ports, all, too_many)?;
    upkeep.swept += spared;
    let too_many = too_many.saturating_sub(spared);
    let looked_at = match too_many {
        0 => limits.records.min(count),
        _ => count,
    };
    let offset = start.checked_rem(count).unwrap_or_default();
    let index = limits.index_issues.then_some(all);
    let mut resting = Vec::new();
    for entity in entities.cycle().skip(offset).take(looked_at) {
        resting.extend(look_at(ports, entity, upkeep, index)?);
    }
    // Ended entities go first, then the oldest.
    resting.sort_unstable_by_key(|resting| (!resting.ended, resting.touched));
    let now = ports.clock.now();
    // Whoever was at work may still tidy up.
    resting.retain(|resting| resting.touched < now.before(JUST_TOUCHED));
    let oldest = now.before(limits.retention);
    for (index, resting) in resting.iter().enumerate() {
        if resting.touched < oldest || index < too_many {
            upkeep.swept += usize::from(forget(ports, &resting.entity, all)?);
        }
    }
    Ok(())
}

/// An entity for which there is nothing to be done.
struct Resting {
    entity: EntityKey,
    ended: bool,
    touched: Timestamp,
}

/// One record: does it rest, or is it astray? Its issue leads to it, if issues must:
/// `index` has all keys, sorted.
fn look_at(
    ports: Ports<'_>,
    entity: EntityKey,
    upkeep: &mut Upkeep,
    index: Option<&[String]>,
) -> Result<Option<Resting>, RecordError> {
    let read = readable(Record::read(ports.store, &entity))?;
    let Some(record) = read.flatten() else {
        return Ok(None);
    };
    if let (Some(index), Some(issue)) = (index, &record.issue)
        && !issue.id.is_empty()
        && !issue.synced.deleted.is_known()
        && index.binary_search(&keys::issue(&issue.id)).is_err()
    {
        issues::remember(ports.store, &issue.id, &entity)?;
    }
    if record.leased_until.is_known() && is_leased(ports, &entity, &record, ports.clock.now())? {
        return Ok(None);
    }
    if record.due().is_some() {
        if !is_queued(ports, &entity, record.queued.as_ref())? {
            let slot = None;
            upkeep.astray.push(Astray { entity, slot });
        }
        return Ok(None);
    }
    // A letter that was discarded leaves its number in the record.
    let is_dead = match record.state {
        State::Dead { letter, .. } => {
            // One that cannot be read is kept.
            readable(dead_letter::read(ports.store, letter))?.is_none_or(|it| it.is_some())
        }
        State::Idle | State::Pending(_) => false,
    };
    Ok((!is_dead).then(|| Resting {
        entity,
        ended: record.issue.is_some_and(|issue| issue.ended),
        touched: record.touched,
    }))
}

/// Whether an entity stands at the slot that its record names. Without atomic
/// counters, another one may have drawn the same number.
fn is_queued(
    ports: Ports<'_>,
    entity: &EntityKey,
    slot: Option<&Slot>,
) -> Result<bool, RecordError> {
    let Some(slot) = slot else {
        return Ok(false);
    };
    let found: Option<EntityKey> = get_readable(ports.store, &slot.key())?;
    // Of one that is known by its key alone, an id may be hashed.
    Ok(found.is_some_and(|found| keys::record(&found) == keys::record(entity)))
}

/// Forgets an entity that rests, under a lease of its own: nobody else is at work
/// on it, and nothing has arrived for it.
fn forget(ports: Ports<'_>, entity: &EntityKey, all: &[String]) -> Result<bool, RecordError> {
    let Some(record) = Record::read(ports.store, entity)? else {
        return Ok(false);
    };
    let rests = record.due().is_none() && !record.leased_until.is_known();
    if !rests || inbox::arrived(ports.store, entity)? > record.drained {
        return Ok(false);
    }
    let Some(claim) = Claim::win(ports, entity, &record, record.generation)? else {
        return Ok(false);
    };
    // First: between the deletions below nothing else may take time. An issue whose record
    // stays after all still has its label.
    if let Some(issue) = &record.issue {
        adoption::forget(ports.store, entity, &issue.id)?;
    }
    // What arrives from now on is kept by whoever takes it in: see `inboxes`.
    if claim.is_late(ports) {
        return Ok(false);
    }
    ports.store.delete(&keys::record(entity))?;
    ports.store.delete(&keys::arrivals(entity))?;
    let lease = keys::lease(entity, claim.generation);
    ports.store.delete(&lease)?;
    // A webhook or the upkeep may have made the issue lead here: its record does not say.
    let is_indexed = |id: &str| !id.is_empty() && all.binary_search(&keys::issue(id)).is_ok();
    if let Some(issue) = record.issue
        && (issue.synced.indexed || is_indexed(&issue.id))
    {
        issues::forget(ports.store, &issue.id)?;
    }
    Ok(true)
}

/// What others told us about something that passed by: what is old, and more
/// where there are too many keys.
fn sweep_memory(ports: Ports<'_>, all: &[String], too_many: usize) -> Result<usize, RecordError> {
    let mut swept = 0;
    for name in below(all, keys::MEMORY).filter(|name| memory::is_passing(name)) {
        let is_old = memory::recall(ports, name, memory::PASSING_FOR).is_none();
        if is_old || swept < too_many {
            ports.store.delete(&format!("{}{name}", keys::MEMORY))?;
            swept += 1;
        }
    }
    Ok(swept)
}
