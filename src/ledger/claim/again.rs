//! Claims without an event of one's own: for what was put off, and for what
//! was left in the inbox.

use super::silence::Silence;
use super::{Claimed, PATIENCE, PAUSE, try_generation, unmark};
use crate::ledger::ticket::Record;
use crate::ledger::{LedgerError, journal};
use crate::platform::Ports;

/// Claims an entity for which something was put off or left in the inbox.
/// `skip_missing` gives up on changes whose bearer never wrote them.
pub async fn reclaim<'a>(
    ports: Ports<'a>,
    id: &str,
    skip_missing: bool,
) -> Result<Claimed<'a>, LedgerError> {
    let mut silent = Silence::default();
    let started = ports.clock.now_ms();
    loop {
        let record = Record::read(ports.store, id)?.unwrap_or_default();
        let now = ports.clock.now_ms();
        if record.is_leased(now) {
            return Ok(Claimed::Kept(
                "somebody is at work on this entity".to_owned(),
            ));
        }
        // The bearer of a change that is not there yet looks for itself; a
        // lease that is held meanwhile would only deceive others.
        let waiting = journal::arrived(ports.store, id)? > record.drained
            && (skip_missing || journal::received(ports.store, id, record.drained + 1)?.is_some());
        match record.due() {
            None if !waiting => {
                unmark(ports.store, id)?;
                return Ok(Claimed::Nothing);
            }
            Some(at) if at > now && !waiting => {
                return Ok(Claimed::Kept("it is not due yet".to_owned()));
            }
            _ => {}
        }
        if let Some(generation) = silent.open_generation(&record, now) {
            match try_generation(ports, id, &record, generation, None, skip_missing)? {
                Some(claim) if claim.record.due().is_none() => drop(claim.finish(None)?),
                Some(claim) => return Ok(Claimed::Mine(Box::new(claim))),
                None => silent.lost_now(ports, id)?,
            }
        }
        if now.saturating_sub(started) > PATIENCE.as_millis() as u64 {
            return Ok(Claimed::Kept("it could not be claimed".to_owned()));
        }
        ports.clock.sleep(PAUSE).await;
    }
}
