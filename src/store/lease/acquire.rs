//! Asks for the lease of an entity on behalf of an event.

use super::clocks::is_leased;
use super::held::Lease;
use super::silence::Silence;
use super::times::{PATIENCE, PAUSE, PROMPT};
use crate::model::{EntityKey, Event, IssueRecord};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::record::Record;
use crate::store::{pause, queue};

/// What came of asking for a lease.
#[derive(Debug)]
pub enum Acquired<'a> {
    /// The entity is ours to work on.
    Mine(Box<Lease<'a>>),
    /// The issue shows already what we would have done.
    Settled(Box<IssueRecord>),
    /// The event is kept: for the one who works on the entity, or for later.
    Kept(String),
    /// There is nothing to be done.
    Nothing,
}

/// Asks for the lease of an event's entity, to bring the event about; see
/// [`Acquired`]. `settled` says whether an issue shows the event already.
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub async fn acquire<'a>(
    ports: Ports<'a>,
    event: &Event,
    settled: impl Fn(&IssueRecord) -> bool,
) -> Result<Acquired<'a>, RecordError> {
    let entity = event.entity.key();
    let started = ports.clock.now();
    let mut silent = Silence::default();
    // One who left a change and was too late for the holder to see it takes in
    // what others have left behind it, before anything else.
    let mut left = false;
    loop {
        let record = Record::read(ports.store, &entity)?.unwrap_or_default();
        let covered = record.pending().is_some_and(|it| it.covers(event));
        // What is still to be done may be about to undo what the issue shows.
        if let Some(issue) = record.issue.as_ref().filter(|issue| settled(issue))
            && (covered || record.pending().is_none())
            && !left
        {
            return Ok(Acquired::Settled(Box::new(issue.clone())));
        }
        let now = ports.clock.now();
        let leased = is_leased(ports, &entity, &record, now)?;
        if leased {
            if !covered || now.since(started) > PATIENCE {
                if leave(ports, event, &entity, &record)? {
                    return Ok(Acquired::Kept(
                        "somebody is at work on this entity, and takes it in".to_owned(),
                    ));
                }
                left = true;
            }
        } else if let Some(pending) = record.pending()
            && covered
            && pause::lasts(pending.not_before, now)
        {
            queue::mark_due(ports.store, &entity, pending.not_before)?;
            return Ok(Acquired::Kept(pending.why.clone()));
        }
        if let Some(generation) = silent.open_generation(&record, leased, now) {
            match Lease::win(ports, &entity, record, generation, Some(event), false)? {
                Some(lease) => return Ok(Acquired::Mine(Box::new(lease))),
                None => silent.lost_now(ports, &entity)?,
            }
        }
        ports.clock.sleep(PAUSE).await;
    }
}

/// Leaves an event in the inbox; true if whoever works on the entity will see
/// it there.
fn leave(
    ports: Ports<'_>,
    event: &Event,
    entity: &EntityKey,
    seen: &Record,
) -> Result<bool, RecordError> {
    let drawn = ports.clock.now();
    queue::deposit(ports, event)?;
    let now = ports.clock.now();
    let prompt = now.since(drawn) < PROMPT;
    // Whoever gives up a lease looks into the inbox afterwards.
    let record = Record::read(ports.store, entity)?.unwrap_or_default();
    Ok(prompt && record.is_leased(now) && record.generation == seen.generation)
}
