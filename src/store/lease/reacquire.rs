//! Leases without an event of one's own: for what was put off, and for what
//! was left in the inbox.

use super::acquire::Acquired;
use super::clocks::is_leased;
use super::held::Lease;
use super::silence::Silence;
use super::times::{PATIENCE, PAUSE};
use crate::model::EntityKey;
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::record::Record;
use crate::store::{pause, queue};

/// Asks for the lease of an entity for which something was put off or left in
/// the inbox. `skip_missing` gives up on changes whose bearer never wrote them.
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub async fn reacquire<'a>(
    ports: Ports<'a>,
    entity: &EntityKey,
    skip_missing: bool,
) -> Result<Acquired<'a>, RecordError> {
    let mut silent = Silence::default();
    let started = ports.clock.now();
    loop {
        let record = Record::read(ports.store, entity)?.unwrap_or_default();
        let now = ports.clock.now();
        let leased = is_leased(ports, entity, &record, now)?;
        if leased {
            return Ok(Acquired::Kept(
                "somebody is at work on this entity".to_owned(),
            ));
        }
        // The bearer of a change that is not there yet looks for itself; a
        // lease that is held meanwhile would only deceive others.
        let waiting = queue::arrived(ports.store, entity)? > record.drained
            && (skip_missing
                || queue::received(ports.store, entity, record.drained + 1)?.is_some());
        match record.due() {
            None if !waiting => {
                queue::unmark(ports.store, entity)?;
                return Ok(Acquired::Nothing);
            }
            Some(at) if pause::lasts(at, now) && !waiting => {
                return Ok(Acquired::Kept("it is not due yet".to_owned()));
            }
            _ => {}
        }
        if let Some(generation) = silent.open_generation(&record, leased, now) {
            match Lease::win(ports, entity, record, generation, None, skip_missing)? {
                Some(lease) if !lease.has_work() => drop(lease.finish(None)?),
                Some(lease) => return Ok(Acquired::Mine(Box::new(lease))),
                None => silent.lost_now(ports, entity)?,
            }
        }
        if now.since(started) > PATIENCE {
            return Ok(Acquired::Kept("it could not be leased".to_owned()));
        }
        ports.clock.sleep(PAUSE).await;
    }
}
