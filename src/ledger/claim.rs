//! The right to work on an entity, won by an atomic increment.
//!
//! A record has a generation. Whoever brings the counter of the current
//! generation from 0 to 1 holds the claim, writes a lease and what it is about
//! to do into the record, and works; giving the claim up moves the record to
//! the next generation. A lease that ran out, or a winner that never wrote
//! one, is passed over by claiming the generation after it. Everyone reads the
//! record again after winning: one who comes late to an old generation wins
//! nothing, and its spent counter may be swept away.
//!
//! A change that arrives while somebody works goes into the entity's inbox.
//! The holder looks there after giving the claim up; the one who left it looks
//! at the record after leaving it. One of the two sees the other.

mod again;
mod owe;
mod silence;
mod tidy;

use std::time::Duration;

use super::journal::{self, Pending, Sent};
use super::ticket::Record;
use super::{DeadLetter, LedgerError, Ticket, dead, keys};
use crate::event::Event;
use crate::plan::life::Shown;
use crate::platform::{Ports, Store};
pub use again::reclaim;
use silence::{SILENCE, Silence};
pub use tidy::tidy;
use tidy::unmark;

/// How long a holder may work. Longer than a walk takes; one that takes longer
/// finds out before it sends a create, and when it gives the claim up.
pub const LEASE: Duration = Duration::from_secs(60);
/// How long a delivery waits for another one that works on the same entity
/// and will make it needless.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How often it looks.
const PAUSE: Duration = Duration::from_millis(50);
/// A change is in the inbox this soon after its number was drawn, or its
/// bearer takes it back.
pub const PROMPT: Duration = Duration::from_secs(1);

/// What a holder checked holds for this long: nobody takes over what is still
/// leased, and by then its write has reached the store.
const MARGIN: Duration = Duration::from_secs(2);

/// What came of asking for a claim.
#[derive(Debug)]
pub enum Claimed<'a> {
    /// The entity is ours to work on.
    Mine(Box<Claim<'a>>),
    /// The ticket shows already what we would have done.
    Settled(Box<Ticket>),
    /// The event is kept: for the one who works on the entity, or for later.
    Kept(String),
    /// There is nothing to be done.
    Nothing,
}

/// The right to work on one entity, until the lease runs out.
#[must_use = "a claim that is not given up blocks the entity until its lease runs out"]
pub struct Claim<'a> {
    ports: Ports<'a>,
    id: String,
    record: Record,
    earlier: Option<Sent>,
    taken: Vec<u64>,
    was_put_off: bool,
    /// The dead letter, if there is one, is part of what is done.
    revives: bool,
}

/// What is left to do after a claim was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The entity.
    pub id: String,
    generation: u64,
    drained: u64,
    taken: Vec<u64>,
}

impl std::fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Claim({}, generation {})",
            self.id, self.record.generation
        )
    }
}

/// What is remembered of an entity, without any claim on it.
pub fn look(store: &dyn Store, id: &str) -> Result<Option<Ticket>, LedgerError> {
    Ok(Record::read(store, id)?.and_then(|record| record.ticket))
}

/// Whether anything is remembered of an entity.
pub fn is_known(store: &dyn Store, id: &str) -> Result<bool, LedgerError> {
    Ok(Record::read(store, id)?.is_some())
}

/// How many issues an entity had before the one it has.
pub fn round(store: &dyn Store, id: &str) -> Result<u32, LedgerError> {
    Ok(Record::read(store, id)?.map_or(0, |record| record.round))
}

/// Claims an entity to bring an event about; see [`Claimed`].
pub async fn claim<'a>(
    ports: Ports<'a>,
    event: &Event,
    settled: impl Fn(&Ticket) -> bool,
) -> Result<Claimed<'a>, LedgerError> {
    let id = event.entity.id.as_str();
    let started = ports.clock.now_ms();
    let mut silent = Silence::default();
    // One who left a change and was too late for the holder to see it takes in
    // what others have left behind it, before anything else.
    let mut left = false;
    loop {
        let record = Record::read(ports.store, id)?.unwrap_or_default();
        let pending = record.pending.as_ref();
        let covered = pending.is_some_and(|it| it.covers(event));
        // What is still to be done may be about to undo what the issue shows.
        if let Some(ticket) = record.ticket.as_ref().filter(|ticket| settled(ticket))
            && (covered || pending.is_none())
            && !left
        {
            return Ok(Claimed::Settled(Box::new(ticket.clone())));
        }
        let now = ports.clock.now_ms();
        if record.is_leased(now) {
            let patience_ends = started + PATIENCE.as_millis() as u64;
            if !covered || now > patience_ends {
                if leave(ports, event, &record)? {
                    return Ok(Claimed::Kept(
                        "somebody is at work on this entity, and takes it in".to_owned(),
                    ));
                }
                left = true;
            }
        } else if let Some(pending) = record
            .pending
            .as_ref()
            .filter(|it| covered && it.not_before > now)
        {
            journal::mark_due(ports.store, id, pending.not_before)?;
            return Ok(Claimed::Kept(pending.why.clone()));
        }
        if let Some(generation) = silent.open_generation(&record, now) {
            match try_generation(ports, id, &record, generation, Some(event), false)? {
                Some(claim) => return Ok(Claimed::Mine(Box::new(claim))),
                None => silent.lost_now(ports, id)?,
            }
        }
        ports.clock.sleep(PAUSE).await;
    }
}

/// Leaves an event in the inbox; true if whoever works on the entity will see
/// it there.
fn leave(ports: Ports<'_>, event: &Event, seen: &Record) -> Result<bool, LedgerError> {
    let drawn = ports.clock.now_ms();
    journal::deposit(ports, event)?;
    let now = ports.clock.now_ms();
    let prompt = now.saturating_sub(drawn) < PROMPT.as_millis() as u64;
    // Whoever gives up a claim looks into the inbox afterwards.
    let record = Record::read(ports.store, &event.entity.id)?.unwrap_or_default();
    Ok(prompt && record.is_leased(now) && record.generation == seen.generation)
}

/// One attempt to win a generation, and to write the lease that goes with it.
fn try_generation<'a>(
    ports: Ports<'a>,
    id: &str,
    seen: &Record,
    generation: u64,
    event: Option<&Event>,
    skip_missing: bool,
) -> Result<Option<Claim<'a>>, LedgerError> {
    let asked = ports.clock.now_ms();
    if ports.store.increment(&keys::claim(id, generation), 1)? != 1 {
        return Ok(None);
    }
    // Between the first look and the win, others may have come and gone.
    let record = Record::read(ports.store, id)?.unwrap_or_default();
    if record != *seen {
        return Ok(None);
    }
    let earlier = record.pending.as_ref().and_then(|it| it.sent.clone());
    let mut claim = Claim {
        ports,
        id: id.to_owned(),
        // One whose lease ran out may have sent it just before.
        earlier: earlier.map(|sent| Sent {
            at: sent.at.max(record.leased_until),
            ..sent
        }),
        was_put_off: record.due().is_some(),
        revives: false,
        record,
        taken: Vec::new(),
    };
    claim.record.generation = generation;
    claim.take_in(event, skip_missing)?;
    let now = ports.clock.now_ms();
    // Too slow: others may take us for dead and pass us over.
    if now.saturating_sub(asked) > SILENCE.as_millis() as u64 / 2 {
        return Ok(None);
    }
    claim.write(now + LEASE.as_millis() as u64)?;
    Ok(Some(claim))
}

impl Claim<'_> {
    /// Folds the event and the inbox into what is to be done. A new issue is
    /// noted as sent before it is: nobody can note it afterwards for sure.
    fn take_in(&mut self, event: Option<&Event>, skip_missing: bool) -> Result<(), LedgerError> {
        let now = self.ports.clock.now_ms();
        let mut pending = self.record.pending.take();
        let pending_before = pending.is_some();
        let mut fold = |event: Event| match &mut pending {
            Some(pending) => pending.fold(event),
            None => pending = Some(Pending::new(event, now)),
        };
        let arrived = journal::arrived(self.ports.store, &self.id)?;
        // What is owed around an issue does not bring a dead letter back.
        self.revives = event.is_some() || pending_before || arrived > self.record.drained;
        if self.record.dead
            && self.revives
            && let Some(letter) = dead::read(self.ports.store, &keys::safe(&self.id))?
        {
            self.earlier = self.earlier.take().or(letter.pending.sent);
            fold(letter.pending.event);
        }
        for number in self.record.drained + 1..=arrived {
            match journal::received(self.ports.store, &self.id, number)? {
                Some(event) => {
                    fold(event);
                    self.taken.push(number);
                }
                // Its bearer may still be writing it.
                None if !skip_missing => break,
                None => {}
            }
            self.record.drained = number;
        }
        // In the order of arrival: of states without a version the last counts.
        event.cloned().map(&mut fold);
        if let Some(pending) = &mut pending {
            pending.event.entity.round = self.record.round;
            let creates = self.record.ticket.is_none() && !pending.event.change.ends();
            let sent = || Sent {
                event: pending.event.clone(),
                at: now,
            };
            pending.sent = self.earlier.clone().or_else(|| creates.then(sent));
        }
        self.record.pending = pending;
        Ok(())
    }

    /// What is remembered of the entity.
    pub fn ticket(&self) -> Option<&Ticket> {
        self.record.ticket.as_ref()
    }

    /// What is to be done.
    pub fn pending(&self) -> Option<&Pending> {
        self.record.pending.as_ref()
    }

    /// A create that may have been carried out before this claim.
    pub fn earlier(&self) -> Option<&Sent> {
        self.earlier.as_ref()
    }

    /// Whether the claim is still ours: a holder that was held up (a paused
    /// machine) must not act on what others may have taken over.
    pub fn is_ours(&self) -> Result<bool, LedgerError> {
        let stored = Record::read(self.ports.store, &self.id)?.unwrap_or_default();
        let until = self.ports.clock.now_ms() + MARGIN.as_millis() as u64;
        Ok(stored.generation == self.record.generation && stored.is_leased(until))
    }

    /// The entity's issue was found in Jira.
    pub fn adopt(&mut self, ticket: Ticket) {
        self.record.ticket = Some(ticket);
    }

    /// The earlier create was not carried out: the next one is noted in its
    /// place before it is sent.
    pub fn disproved(&mut self) -> Result<(), LedgerError> {
        if !self.is_ours()? {
            return Err(LedgerError::Overtaken);
        }
        self.earlier = None;
        let leased_until = self.record.leased_until;
        if let Some(pending) = &mut self.record.pending {
            let creates = !pending.event.change.ends();
            pending.sent = creates.then(|| Sent {
                event: pending.event.clone(),
                at: self.ports.clock.now_ms(),
            });
        }
        self.write(leased_until)
    }

    /// Notes what an edit is about to make Jira show, before it is sent.
    pub fn attempt(&mut self, shown: Shown) -> Result<(), LedgerError> {
        if !self.is_ours()? {
            return Err(LedgerError::Overtaken);
        }
        let leased_until = self.record.leased_until;
        if let Some(ticket) = &mut self.record.ticket {
            ticket.attempt(shown);
            self.write(leased_until)?;
        }
        Ok(())
    }

    /// It is done: remembers the ticket, if there is one, and gives the claim
    /// up.
    pub fn finish(mut self, ticket: Option<Ticket>) -> Result<Released, LedgerError> {
        if ticket.is_some() {
            self.record.ticket = ticket;
        }
        let was_dead = self.revives && std::mem::take(&mut self.record.dead);
        self.record.pending = None;
        let store = self.ports.store;
        // What is owed is marked first: nobody may come by again to see it.
        if let Some(due) = self.record.due() {
            journal::mark_due(store, &self.id, due)?;
        }
        let released = self.release()?;
        if self.was_put_off && self.record.due().is_none() {
            unmark(store, &self.id)?;
        }
        if was_dead {
            dead::discard(store, &keys::safe(&self.id))?;
        }
        Ok(released)
    }

    /// It is put off: keeps what is to be done and gives the claim up.
    pub fn put_off(mut self, pending: Pending) -> Result<Released, LedgerError> {
        let was_dead = self.revives && std::mem::take(&mut self.record.dead);
        self.record.pending = Some(pending);
        let released = self.release()?;
        if let Some(due) = self.record.due() {
            journal::mark_due(self.ports.store, &self.id, due)?;
        }
        if was_dead {
            dead::discard(self.ports.store, &keys::safe(&self.id))?;
        }
        Ok(released)
    }

    /// Only a person can help: keeps it as a dead letter and gives the claim
    /// up.
    pub fn bury(mut self, pending: Pending, reason: &str) -> Result<Released, LedgerError> {
        let letter = DeadLetter {
            id: keys::safe(&self.id),
            pending,
            reason: reason.to_owned(),
            at: self.ports.clock.now_ms(),
        };
        dead::write(self.ports.store, &letter)?;
        self.record.dead = true;
        self.record.pending = None;
        let released = self.release()?;
        unmark(self.ports.store, &self.id)?;
        Ok(released)
    }

    /// Moves on to the next generation, unless others have done so already.
    fn release(&mut self) -> Result<Released, LedgerError> {
        let generation = self.record.generation;
        if !self.is_ours()? {
            return Err(LedgerError::Overtaken);
        }
        self.record.generation += 1;
        self.write(0)?;
        Ok(Released {
            id: self.id.clone(),
            generation,
            drained: self.record.drained,
            taken: std::mem::take(&mut self.taken),
        })
    }

    fn write(&mut self, leased_until: u64) -> Result<(), LedgerError> {
        self.record.leased_until = leased_until;
        self.record.touched = self.ports.clock.now_ms();
        self.record.write(self.ports.store, &self.id)
    }
}

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
