//! The clocks of those who share a store differ a little. One that is far ahead
//! writes leases that would keep others away for as long: they are believed for
//! the time that any lease lasts, counted from when somebody saw them first.

use super::times::{LEASE, MARGIN, SKEW};
use crate::model::{EntityKey, Timestamp};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::json::{get_plain, put};
use crate::store::keys;
use crate::store::record::Record;

/// Whether somebody works on the entity, as far as its lease can be believed.
///
/// # Errors
/// When the store fails.
pub(in crate::store) fn is_leased(
    ports: Ports<'_>,
    entity: &EntityKey,
    record: &Record,
    now: Timestamp,
) -> Result<bool, RecordError> {
    if !record.is_leased(now) {
        return Ok(false);
    }
    let by_a_good_clock = record.leased_until <= now.after(LEASE + SKEW);
    Ok(by_a_good_clock || was_just_seen(ports, &keys::seen(entity, record.generation), now)?)
}

/// Notes that a lease was seen, unless somebody has; whether that is so lately
/// that its holder may be at work. A note from the future is another wrong
/// clock's.
fn was_just_seen(ports: Ports<'_>, note: &str, now: Timestamp) -> Result<bool, RecordError> {
    let seen: Option<Timestamp> = get_plain(ports.store, note)?;
    match seen.filter(|seen| *seen <= now.after(SKEW)) {
        Some(seen) => Ok(now.since(seen) <= LEASE + MARGIN),
        None => {
            put(ports.store, note, &now)?;
            Ok(true)
        }
    }
}
