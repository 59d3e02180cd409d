//! Asks for the lease of an entity.

use super::asking::Asking;
use super::clocks::is_leased;
use super::held::Lease;
use super::silence::Silence;
use super::tidy::tidy;
use super::times::{PATIENCE, PAUSE};
use crate::model::{EntityKey, Event, IssueRecord, Timestamp};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::inbox::{self, PROMPT};
use crate::store::pause;
use crate::store::pending::Pending;
use crate::store::record::Record;
use crate::store::slot::Slot;

/// What came of asking for a lease.
#[derive(Debug)]
pub enum Acquired<'a> {
    /// The entity is ours to work on.
    Mine(Box<Lease<'a>>),
    /// The issue shows already what we would have done.
    Settled(Box<IssueRecord>),
    /// The event is kept: for the one who works on the entity, or for later.
    Kept(String),
    /// There is nothing to be done, or it is to be done elsewhere.
    Nothing,
}

/// Asks for the lease of an entity; see [`Acquired`].
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub async fn acquire<'a>(
    ports: Ports<'a>,
    entity: &EntityKey,
    asking: Asking<'_>,
) -> Result<Acquired<'a>, RecordError> {
    let started = ports.clock.now();
    let mut silent = Silence::default();
    let mut look = Look {
        ports,
        entity,
        started,
        left: false,
        gap: None,
    };
    loop {
        let record = Record::read(ports.store, entity)?.unwrap_or_default();
        let now = ports.clock.now();
        let leased = is_leased(ports, entity, &record, now)?;
        let found = match asking {
            Asking::Event { event, settled } => {
                look.for_event(event, settled, &record, leased, now)?
            }
            Asking::Inbox { .. } | Asking::Slot(_) => {
                look.for_work(asking, &record, leased, now)?
            }
        };
        if let Some(found) = found {
            return Ok(found);
        }
        // Its bearer takes another number, if it takes longer.
        let is_awaited = look.gap.is_some_and(|(_, seen)| now.since(seen) <= PROMPT);
        if !is_awaited && let Some(generation) = silent.open_generation(&record, leased, now) {
            match Lease::win(ports, entity, record, generation, asking)? {
                Some(lease) if lease.has_work() => return Ok(Acquired::Mine(Box::new(lease))),
                // What was missing in the inbox is passed by.
                Some(lease) => drop(tidy(ports, &lease.finish(None)?)?),
                None => silent.lost_now(ports, entity)?,
            }
        }
        ports.clock.sleep(PAUSE).await;
    }
}

/// What is looked at before a lease is asked for.
struct Look<'a, 'e> {
    ports: Ports<'a>,
    entity: &'e EntityKey,
    started: Timestamp,
    /// One who left an event and was too late for the holder to see it takes in
    /// what others have left behind it, before anything else.
    left: bool,
    /// The number of the next event of the inbox where that is not there yet, and since
    /// when it is waited for.
    gap: Option<(u64, Timestamp)>,
}

impl<'a> Look<'a, '_> {
    /// Whether there is an answer to an event without a lease.
    fn for_event(
        &mut self,
        event: &Event,
        settled: &dyn Fn(&IssueRecord) -> bool,
        record: &Record,
        leased: bool,
        now: Timestamp,
    ) -> Result<Option<Acquired<'a>>, RecordError> {
        let pending = record.pending();
        let covers = |pending: &Pending| {
            // One that lies too far ahead covers nothing.
            let version = pending.event.entity.version;
            pending.covers(event) && version.believed(now) == version
        };
        let covered = pending.is_some_and(covers);
        // What is still to be done may be about to undo what the issue shows.
        if let Some(issue) = record.issue.as_ref().filter(|issue| settled(issue))
            && (covered || pending.is_none())
            && !self.left
        {
            return Ok(Some(Acquired::Settled(Box::new(issue.clone()))));
        }
        if leased {
            if !covered || now.since(self.started) > PATIENCE {
                if self.leave(event, record)? {
                    let why = "somebody is at work on this entity, and takes it in";
                    return Ok(Some(Acquired::Kept(why.to_owned())));
                }
                self.left = true;
            }
        } else if let Some(pending) = pending
            && covered
            && pause::lasts(pending.not_before, now)
        {
            return Ok(Some(Acquired::Kept(pending.why.clone())));
        }
        Ok(None)
    }

    /// Leaves an event in the inbox; true if whoever works on the entity will see
    /// it there.
    fn leave(&self, event: &Event, seen: &Record) -> Result<bool, RecordError> {
        let Ports { store, clock, .. } = self.ports;
        let drawn = clock.now();
        inbox::deposit(self.ports, event)?;
        let now = clock.now();
        let prompt = now.since(drawn) < PROMPT;
        // Whoever gives up a lease looks into the inbox afterwards.
        let record = Record::read(store, self.entity)?.unwrap_or_default();
        Ok(prompt && record.is_leased(now) && record.generation == seen.generation)
    }

    /// Whether there is nothing to be done now for an entity.
    fn for_work(
        &mut self,
        asking: Asking<'_>,
        record: &Record,
        leased: bool,
        now: Timestamp,
    ) -> Result<Option<Acquired<'a>>, RecordError> {
        if leased {
            let why = "somebody is at work on this entity";
            return Ok(Some(Acquired::Kept(why.to_owned())));
        }
        let slot = match asking {
            Asking::Slot(slot) => Some(slot),
            _ => None,
        };
        let missing_is_lost = !matches!(
            asking,
            Asking::Inbox {
                missing_is_lost: false
            }
        );
        let is_now = match self.waiting(record, missing_is_lost)? {
            true => Some(true),
            false => record.due().map(|at| !pause::lasts(at, now)),
        };
        let elsewhere = |slot: &Slot| record.queued.as_ref().is_some_and(|it| it != slot);
        let answer = match (is_now, slot) {
            (None, _) => Some(Acquired::Nothing),
            // It was put off meanwhile, and waits at another slot.
            (Some(false), Some(Some(slot))) if elsewhere(slot) => Some(Acquired::Nothing),
            (Some(false), None) => Some(Acquired::Kept("it is not due yet".to_owned())),
            // What is too early moves to a slot of its time.
            (Some(_), _) => None,
        };
        let is_out = now.since(self.started) > PATIENCE;
        let why = "it could not be leased";
        Ok(answer.or_else(|| is_out.then(|| Acquired::Kept(why.to_owned()))))
    }

    /// Whether something waits in the inbox. The bearer of an event that is not
    /// there yet looks for itself; a lease that is held meanwhile would only
    /// deceive others.
    fn waiting(&mut self, record: &Record, missing_is_lost: bool) -> Result<bool, RecordError> {
        let store = self.ports.store;
        let before = self.gap.take();
        if inbox::arrived(store, self.entity)? <= record.drained {
            return Ok(false);
        }
        let next = record.drained + 1;
        let is_there = inbox::received(store, self.entity, next)?.is_some();
        if missing_is_lost && !is_there {
            let since = before.filter(|(number, _)| *number == next);
            self.gap = since.or_else(|| Some((next, self.ports.clock.now())));
        }
        Ok(is_there || missing_is_lost)
    }
}
