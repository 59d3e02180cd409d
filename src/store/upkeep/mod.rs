//! Looks after the whole store, now and then: the only place that lists its keys.
//!
//! Somebody may have died over an entity, after leaving something in an inbox, or
//! before writing a slot's number down. Such an entity is put in a slot again. What
//! nobody needs any more is swept away, because the store has no expiry.

mod claims;
mod found;
mod inboxes;
mod slots;
mod sweep;
mod tallies;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::lease::SKEW;
use super::{dead_letter, keys};
use crate::model::Timestamp;
use crate::platform::Ports;

pub use found::{Astray, Limits, Upkeep};

/// So often the keys are listed.
#[cfg(feature = "atomics")]
const EVERY: Duration = Duration::from_secs(600);
/// Without atomic counters a slot can be lost to a race, and a store has few keys.
#[cfg(not(feature = "atomics"))]
const EVERY: Duration = Duration::from_secs(60);
/// So often if there are very many.
const EVERY_OF_MANY: Duration = Duration::from_secs(3600);
/// More keys than this are very many.
const MANY: usize = 200_000;

/// When the keys were listed last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Last {
    at: Timestamp,
    keys: usize,
}

/// Whether it is time to look after the store.
///
/// # Errors
/// When the store fails.
pub fn is_due(ports: Ports<'_>) -> Result<bool, RecordError> {
    let last: Option<Last> = get_readable(ports.store, keys::UPKEEP)?;
    let Last { at, keys } = last.unwrap_or_default();
    let now = ports.clock.now();
    let every = match keys > MANY {
        true => EVERY_OF_MANY,
        false => EVERY,
    };
    // What lies ahead was said by a wrong clock.
    Ok(at > now.after(SKEW) || now.since(at) >= every)
}

/// How many keys there are: as they were counted last, or counted now if they never
/// were.
///
/// # Errors
/// When the store fails.
pub fn keys(ports: Ports<'_>) -> Result<usize, RecordError> {
    let last: Option<Last> = get_readable(ports.store, keys::UPKEEP)?;
    match last {
        Some(last) => Ok(last.keys),
        None => Ok(lasting(&ports.store.keys()?)),
    }
}

/// How many keys there are without the counters of leases: most of those go at once.
fn lasting(keys: &[String]) -> usize {
    let lasts = |key: &&String| !key.starts_with(keys::LEASE);
    keys.iter().filter(lasts).count()
}

/// Looks after the store. `start` picks which records are looked at.
///
/// # Errors
/// When the store fails.
pub async fn look_after(
    ports: Ports<'_>,
    limits: Limits,
    start: usize,
) -> Result<Upkeep, RecordError> {
    // Before the keys are listed: a letter that is written meanwhile is counted as newer.
    let dead_balance = dead_letter::balance(ports.store)?;
    let mut keys = ports.store.keys()?;
    keys.sort_unstable();
    let last = Last {
        at: ports.clock.now(),
        keys: lasting(&keys),
    };
    put(ports.store, keys::UPKEEP, &last)?;
    let mut upkeep = Upkeep::default();
    claims::look_after(ports, &keys, &mut upkeep).await?;
    inboxes::look_after(ports, &keys, &mut upkeep)?;
    slots::look_after(ports, &keys, &mut upkeep)?;
    tallies::look_after(ports, &keys, limits, &mut upkeep)?;
    sweep::look_after(ports, &keys, limits, start, &mut upkeep)?;
    upkeep.keys = keys;
    upkeep.dead_balance = dead_balance;
    Ok(upkeep)
}

#[cfg(test)]
mod tests;
