//! Puts an entity into a slot.

use std::time::Duration;

use serde::Serialize;

use super::pointer::{move_to, read};
use crate::model::{EntityKey, SourceKey, Timestamp};
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::json::put;
use crate::store::slot::{Slot, Wait, bucket};
use crate::store::{counter, keys};

/// Whoever takes longer than this for a slot takes another one: nobody may look
/// there any more.
const PROMPT: Duration = Duration::from_secs(5);
/// What cannot be worked on for now is looked at again after this long.
const LATER: Duration = Duration::from_secs(300);
/// So often another slot is taken. What is lost even then, the upkeep finds.
const TRIES: usize = 5;

/// Who waits at a slot. It reads as an [`EntityKey`].
#[derive(Serialize)]
struct Waiting<'a> {
    source: &'a SourceKey,
    id: &'a str,
    /// Since when.
    since: Timestamp,
}

/// Puts an entity into a slot where it will be found; to be called before its
/// record names it. `since` is when it began to wait, for people.
///
/// # Errors
/// When the store fails.
pub(in crate::store) fn enqueue(
    ports: Ports<'_>,
    entity: &EntityKey,
    wait: &Wait,
    since: Timestamp,
) -> Result<Slot, RecordError> {
    let mut not_before = 0;
    let mut tries = 1;
    loop {
        let drawn = ports.clock.now();
        let line = wait.line(drawn, not_before);
        let number = ports.store.increment(&keys::slots(&line.name()), 1)?;
        let number = u64::try_from(number).unwrap_or_default();
        let slot = Slot { line, number };
        let waiting = Waiting {
            source: &entity.source,
            id: &entity.id,
            since,
        };
        put(ports.store, &slot.key(), &waiting)?;
        let passed = is_passed(ports, &slot)?;
        let is_late = ports.clock.now().since(drawn) > PROMPT;
        if (passed.is_none() && !is_late) || tries == TRIES {
            return Ok(slot);
        }
        leave(ports.store, &slot)?;
        not_before = passed.unwrap_or_default();
        tries += 1;
    }
}

/// Whether those who look for work are past a slot, and where they are.
fn is_passed(ports: Ports<'_>, slot: &Slot) -> Result<Option<u64>, RecordError> {
    let Some(ours) = slot.line.bucket() else {
        let first = counter::read(ports.store, &keys::first(&slot.line.name()))?;
        return Ok((first > slot.number).then_some(0));
    };
    match read(ports)? {
        Some(pointer) => Ok((pointer > ours).then_some(pointer)),
        None => {
            move_to(ports.store, bucket(ports.clock.now()))?;
            Ok(None)
        }
    }
}

/// Nobody waits at a slot any more.
///
/// # Errors
/// When the store fails.
pub fn leave(store: &dyn Store, slot: &Slot) -> Result<(), RecordError> {
    Ok(store.delete(&slot.key())?)
}

/// An entity that cannot be worked on for now waits for some minutes.
///
/// # Errors
/// When the store fails.
pub fn look_later(ports: Ports<'_>, entity: &EntityKey) -> Result<Slot, RecordError> {
    let wait = Wait::Until(ports.clock.now().after(LATER));
    enqueue(ports, entity, &wait, Timestamp::UNKNOWN)
}

/// An entity with something in its inbox, on which nobody has begun to work.
///
/// # Errors
/// When the store fails.
pub fn take_turn(ports: Ports<'_>, entity: &EntityKey) -> Result<(), RecordError> {
    let now = ports.clock.now();
    enqueue(ports, entity, &Wait::Turn, now).map(drop)
}
