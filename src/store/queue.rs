//! Events accepted and not yet done.
//!
//! What is to be done for an entity stands in its record, so that the newest
//! content takes the place of older. Two kinds of keys let it be found again:
//! a `due` marker for a record that was put off, and the `inbox` of changes
//! that arrived while somebody was at work. A hint says whether looking for
//! them is worth the listing of all keys.

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::record::Record;
use super::{counter, keys, pause};
use crate::model::{EntityKey, Event, Timestamp};
use crate::platform::{Ports, Store};

/// Puts a change into the inbox of an entity, and returns its number.
///
/// # Errors
/// When the store fails.
pub fn deposit(ports: Ports<'_>, event: &Event) -> Result<u64, RecordError> {
    let entity = event.entity.key();
    let number = ports.store.increment(&keys::arrivals(&entity), 1)?;
    let number = u64::try_from(number).unwrap_or_default();
    put(ports.store, &keys::inbox(&entity, number), event)?;
    hint(ports.store)?;
    Ok(number)
}

/// How many changes ever arrived in an entity's inbox.
pub(super) fn arrived(store: &dyn Store, entity: &EntityKey) -> Result<u64, RecordError> {
    counter::read(store, &keys::arrivals(entity))
}

/// One change of an inbox, if it is there.
pub(super) fn received(
    store: &dyn Store,
    entity: &EntityKey,
    number: u64,
) -> Result<Option<Event>, RecordError> {
    // What cannot be read was not written by us; nobody can do anything for it.
    Ok(get_readable(store, &keys::inbox(entity, number))?)
}

/// Marks an entity's record as put off.
pub(super) fn mark_due(
    store: &dyn Store,
    entity: &EntityKey,
    not_before: Timestamp,
) -> Result<(), RecordError> {
    let due = Due {
        entity: entity.clone(),
        not_before,
    };
    put(store, &keys::due(entity), &due)?;
    hint(store)
}

/// Marks an entity with something to be done whose marker is missing: somebody
/// died before writing it, or after taking it away.
pub(super) fn mark_missing(store: &dyn Store, record: &Record) -> Result<(), RecordError> {
    let pending = record.pending().map(|pending| &pending.event);
    let event = pending.or(record.outbox.as_ref().map(|outbox| &outbox.event));
    let (Some(event), Some(due)) = (event, record.due()) else {
        return Ok(());
    };
    let entity = event.entity.key();
    match store.get(&keys::due(&entity))? {
        Some(_) => Ok(()),
        None => mark_due(store, &entity, due),
    }
}

/// Takes the marker of what was put off away, unless somebody has put the
/// entity off meanwhile: what is to be done is in the record before it is
/// marked.
pub(super) fn unmark(store: &dyn Store, entity: &EntityKey) -> Result<(), RecordError> {
    store.delete(&keys::due(entity))?;
    match Record::read(store, entity)?.and_then(|record| record.due()) {
        Some(due) => mark_due(store, entity, due),
        None => Ok(()),
    }
}

/// Says that looking for work is worth it. Written after what it hints at.
fn hint(store: &dyn Store) -> Result<(), RecordError> {
    Ok(store.set(keys::HINT, b"1")?)
}

/// Whether there may be work.
pub fn hinted(store: &dyn Store) -> bool {
    matches!(store.get(keys::HINT), Ok(Some(_)))
}

/// An entity for which something is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The entity.
    pub entity: EntityKey,
    /// Not to be tried before; unknown for an inbox.
    #[serde(default)]
    pub not_before: Timestamp,
}

impl Due {
    /// Whether it is to be tried now.
    pub fn is_now(&self, now: Timestamp) -> bool {
        !pause::lasts(self.not_before, now)
    }
}

/// All entities with something to be done, the most urgent first. Lists every
/// key of the store.
pub fn due(store: &dyn Store) -> Result<Vec<Due>, RecordError> {
    let found = list(store)?;
    if found.is_empty() && hinted(store) {
        // In this order nothing is overlooked: whoever marks after the second
        // look hints after the deletion.
        store.delete(keys::HINT)?;
        let found = list(store)?;
        if !found.is_empty() {
            hint(store)?;
        }
        return Ok(found);
    }
    Ok(found)
}

fn list(store: &dyn Store) -> Result<Vec<Due>, RecordError> {
    // The listing ends before any other call: SQLite's lock is held meanwhile.
    let all = store.keys()?;
    let mut found = Vec::new();
    for key in all {
        let due = if key.starts_with(keys::DUE) {
            get_readable(store, &key)?
        } else if key.starts_with(keys::INBOX) {
            inbox_entry(store, &key)?
        } else if let Some(claim) = key.strip_prefix(keys::LEASE) {
            claimed(store, claim)?
        } else {
            None
        };
        found.extend(due);
    }
    found.sort_by(|a: &Due, b| (a.not_before, &a.entity).cmp(&(b.not_before, &b.entity)));
    found.dedup_by(|a, b| a.entity == b.entity);
    Ok(found)
}

/// An entity that somebody works on: its counter stands until all is tidied away.
/// Should its holder die, there is something to be done once the lease is over.
fn claimed(store: &dyn Store, claim: &str) -> Result<Option<Due>, RecordError> {
    let Some((name, generation)) = claim.rsplit_once('/') else {
        return Ok(None);
    };
    let Some(entity) = keys::entity(name) else {
        return Ok(None);
    };
    let record = Record::read(store, &entity)?.unwrap_or_default();
    let is_held = record.leased_until.is_known() && record.due().is_some();
    let is_this = generation.parse() == Ok(record.generation);
    Ok((is_held && is_this).then_some(Due {
        entity,
        not_before: record.leased_until,
    }))
}

/// A change that waits. One that was taken in and dealt with stays behind when
/// its taker dies before tidying up: it goes.
fn inbox_entry(store: &dyn Store, key: &str) -> Result<Option<Due>, RecordError> {
    let Some(Event { entity, .. }) = get_readable(store, key)? else {
        return Ok(None);
    };
    let number = key.rsplit_once('/').and_then(|(_, it)| it.parse().ok());
    let entity = entity.key();
    let record = Record::read(store, &entity)?.unwrap_or_default();
    let taken_in = number.is_some_and(|number: u64| number <= record.drained);
    if taken_in && record.pending().is_none() {
        store.delete(key)?;
        return Ok(None);
    }
    Ok(Some(Due {
        entity,
        not_before: Timestamp::UNKNOWN,
    }))
}
