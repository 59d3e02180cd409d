//! The pointer: the first bucket that can hold work.

use crate::model::Timestamp;
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::json::{get_plain, put};
use crate::store::slot::{Line, bucket, furthest};
use crate::store::{counter, keys};

/// So many buckets before the pointer are looked at, too: whoever is about to put
/// it back may not have done so yet.
pub(in crate::store) const LOOK_BACK: u64 = 3;

/// The pointer, if there is one. One that is ahead of our clock was set by one
/// that is wrong: it goes back.
pub(in crate::store) fn read(ports: Ports<'_>) -> Result<Option<u64>, RecordError> {
    let pointer: Option<u64> = get_plain(ports.store, keys::POINTER)?;
    let now = bucket(ports.clock.now());
    if pointer.is_some_and(|pointer| pointer > now + 1) {
        move_to(ports.store, now)?;
        return Ok(Some(now));
    }
    Ok(pointer)
}

/// Puts the pointer somewhere.
pub(in crate::store) fn move_to(store: &dyn Store, bucket: u64) -> Result<(), RecordError> {
    put(store, keys::POINTER, &bucket)
}

/// Whether a bucket can hold work: what is worth looking for. A store that fails
/// knows of none.
pub fn is_set(store: &dyn Store) -> bool {
    matches!(store.get(keys::POINTER), Ok(Some(_)))
}

/// Takes the pointer away if no bucket holds work, now or later. Whoever puts
/// work there meanwhile either sees that it is gone, and sets it, or has drawn a
/// number before, which is seen after it is gone.
///
/// # Errors
/// When the store fails.
pub fn clear(ports: Ports<'_>) -> Result<(), RecordError> {
    let now = ports.clock.now();
    let Some(pointer) = read(ports)? else {
        return Ok(());
    };
    let begin = pointer.min(bucket(now)).saturating_sub(LOOK_BACK);
    // Far behind: there may be more than is looked at here.
    if pointer + 1 < bucket(now) || any(ports.store, begin, now)? {
        return Ok(());
    }
    ports.store.delete(keys::POINTER)?;
    match any(ports.store, begin, now)? {
        true => move_to(ports.store, pointer),
        false => Ok(()),
    }
}

/// Whether any bucket from there on has a counter.
fn any(store: &dyn Store, begin: u64, now: Timestamp) -> Result<bool, RecordError> {
    for bucket in begin..=furthest(now) + 1 {
        for line in [Line::New(bucket), Line::Again(bucket)] {
            if counter::read(store, &keys::slots(&line.name()))? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
