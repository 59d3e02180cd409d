//! The right to work on one entity while somebody has it: how it is won, and how
//! it is given up.

use super::tidy::Released;
use super::times::{LEASE, MARGIN, SILENCE};
use crate::model::{EntityKey, Event, IssueRecord};
use crate::platform::Ports;
use crate::store::dead_letter::{self, DeadLetter};
use crate::store::error::RecordError;
use crate::store::pending::{Pending, Sent};
use crate::store::record::{Record, State};
use crate::store::{keys, queue};

/// The right to work on one entity, until the lease runs out.
#[must_use = "a lease that is not given up blocks the entity until it runs out"]
pub struct Lease<'a> {
    pub(super) ports: Ports<'a>,
    pub(super) entity: EntityKey,
    pub(super) record: Record,
    pub(super) earlier: Option<Sent>,
    taken: Vec<u64>,
    was_put_off: bool,
    /// The record as it was before.
    before: Box<Record>,
}

impl std::fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = self.record.generation;
        write!(f, "Lease({:?}, generation {generation})", self.entity)
    }
}

impl<'a> Lease<'a> {
    /// One attempt to win a generation, and to write the lease that goes with
    /// it. `seen` is the record as it was when the attempt was decided on.
    pub(super) fn win(
        ports: Ports<'a>,
        entity: &EntityKey,
        seen: Record,
        generation: u64,
        event: Option<&Event>,
        skip_missing: bool,
    ) -> Result<Option<Self>, RecordError> {
        let asked = ports.clock.now();
        if ports.store.increment(&keys::lease(entity, generation), 1)? != 1 {
            return Ok(None);
        }
        // Between the first look and the win, others may have come and gone.
        let record = Record::read(ports.store, entity)?.unwrap_or_default();
        if record != seen {
            return Ok(None);
        }
        let earlier = record.pending().and_then(|it| it.sent.clone());
        let mut lease = Self {
            ports,
            entity: entity.clone(),
            // One whose lease ran out may have sent it just before, and its clock
            // may have been ahead.
            earlier: earlier.map(|sent| Sent {
                at: sent.at.max(record.leased_until).min(asked),
                ..sent
            }),
            was_put_off: record.due().is_some(),
            record,
            taken: Vec::new(),
            before: Box::new(seen),
        };
        lease.record.generation = generation;
        lease.take_in(event, skip_missing)?;
        // Too slow: others may take us for dead and pass us over.
        if ports.clock.now().since(asked) > SILENCE / 2 {
            return Ok(None);
        }
        lease.record.leased_until = ports.clock.now().after(LEASE);
        lease.write()?;
        Ok(Some(lease))
    }

    /// Folds the event and the inbox into what is to be done. A new issue is
    /// noted as sent before it is: nobody can note it afterwards for sure.
    fn take_in(&mut self, event: Option<&Event>, skip_missing: bool) -> Result<(), RecordError> {
        let arrived = queue::arrived(self.ports.store, &self.entity)?;
        let mut pending = match std::mem::take(&mut self.record.state) {
            State::Idle => None,
            State::Pending(pending) => Some(*pending),
            // What is to be done around an issue does not bring a dead letter
            // back.
            dead @ State::Dead { .. } if event.is_none() && arrived <= self.record.drained => {
                self.record.state = dead;
                return Ok(());
            }
            State::Dead { letter, .. } => self.revive(letter)?,
        };
        let now = self.ports.clock.now();
        let mut fold = |event: Event| match &mut pending {
            Some(pending) => pending.fold(event),
            None => pending = Some(Pending::new(event, now)),
        };
        for number in self.record.drained + 1..=arrived {
            match queue::received(self.ports.store, &self.entity, number)? {
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
        if let Some(mut pending) = pending {
            pending.event.entity.sequence = self.record.sequence;
            let creates = self.record.issue.is_none() && !pending.event.change.ends();
            let sent = || Sent {
                event: pending.event.clone(),
                at: now,
            };
            pending.sent = self.earlier.clone().or_else(|| creates.then(sent));
            self.record.state = State::Pending(Box::new(pending));
        }
        Ok(())
    }

    /// A dead letter's event is to be dealt with again: as if it had just come,
    /// but for what Jira may show of it already. One that was let go is gone.
    fn revive(&mut self, letter: u64) -> Result<Option<Pending>, RecordError> {
        let Some(dead) = dead_letter::read(self.ports.store, letter)? else {
            return Ok(None);
        };
        let dead = dead.pending;
        // An issue that the create filed shows it.
        let enrichment = dead.enrichment.filter(|_| dead.sent.is_some());
        self.earlier = dead.sent;
        Ok(Some(Pending {
            enrichment,
            done: dead.done,
            unsure: dead.unsure,
            revived: Some(letter),
            ..Pending::new(dead.event, self.ports.clock.now())
        }))
    }

    /// The entity.
    pub fn entity(&self) -> &EntityKey {
        &self.entity
    }

    /// What is remembered of the entity's issue.
    pub fn issue(&self) -> Option<&IssueRecord> {
        self.record.issue.as_ref()
    }

    /// What is to be done.
    pub fn pending(&self) -> Option<&Pending> {
        self.record.pending()
    }

    /// Whether there is anything to be done.
    pub(super) fn has_work(&self) -> bool {
        self.record.due().is_some()
    }

    /// A create that may have been carried out before this lease.
    pub fn earlier(&self) -> Option<&Sent> {
        self.earlier.as_ref()
    }

    /// Whether the lease is still ours: a holder that was held up (a paused
    /// machine) must not act on what others may have taken over.
    ///
    /// # Errors
    /// When the store fails, or the record cannot be read.
    pub fn is_ours(&self) -> Result<bool, RecordError> {
        let stored = Record::read(self.ports.store, &self.entity)?.unwrap_or_default();
        let until = self.ports.clock.now().after(MARGIN);
        Ok(stored.generation == self.record.generation && stored.is_leased(until))
    }

    /// The same as an error.
    ///
    /// # Errors
    /// [`RecordError::Overtaken`] where the lease is not ours any more.
    pub fn must_be_ours(&self) -> Result<(), RecordError> {
        match self.is_ours()? {
            true => Ok(()),
            false => Err(RecordError::Overtaken),
        }
    }

    /// It is done: remembers the issue, if there is one, and gives the lease up.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn finish(mut self, issue: Option<IssueRecord>) -> Result<Released, RecordError> {
        if issue.is_some() {
            self.record.issue = issue;
        }
        let revived = self.pending().and_then(|pending| pending.revived);
        if let State::Pending(_) = self.record.state {
            self.record.state = State::Idle;
        }
        let store = self.ports.store;
        // What is still to be done is marked first: nobody may come by again to
        // see it.
        if let Some(due) = self.record.due() {
            queue::mark_due(store, &self.entity, due)?;
        }
        let released = self.release()?;
        if self.was_put_off && self.record.due().is_none() {
            queue::unmark(store, &self.entity)?;
        }
        self.let_go(revived)?;
        Ok(released)
    }

    /// Nothing was done, and nothing is kept of it: the record is as it was, and
    /// what was taken from the inbox stays there.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn give_back(mut self) -> Result<Released, RecordError> {
        let generation = self.record.generation;
        self.record = Record {
            generation,
            ..std::mem::take(&mut *self.before)
        };
        self.taken.clear();
        self.release()
    }

    /// It is put off: keeps what is to be done and gives the lease up.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn put_off(mut self, mut pending: Pending) -> Result<Released, RecordError> {
        let revived = pending.revived.take();
        self.record.state = State::Pending(Box::new(pending));
        // Marked first: of a letter that was revived, nobody else knows any more.
        if let Some(due) = self.record.due() {
            queue::mark_due(self.ports.store, &self.entity, due)?;
        }
        let released = self.release()?;
        self.let_go(revived)?;
        Ok(released)
    }

    /// Only a person can help: keeps it as a dead letter and gives the lease
    /// up.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn to_dead_letter(
        mut self,
        mut pending: Pending,
        reason: &str,
    ) -> Result<Released, RecordError> {
        // One that fails again stays the letter that it was.
        let revived = pending.revived.take();
        let letter = DeadLetter {
            number: revived.unwrap_or_default(),
            pending,
            reason: reason.to_owned(),
            at: self.ports.clock.now(),
            trace: self.record.trace.clone(),
        };
        let letter = dead_letter::write(self.ports.store, letter)?;
        self.record.state = State::Dead {
            letter,
            reason: reason.to_owned(),
        };
        let store = self.ports.store;
        if let Some(due) = self.record.due() {
            queue::mark_due(store, &self.entity, due)?;
        }
        let released = match self.release() {
            // The event is in the hands of others, and so is a letter that it
            // was before.
            Err(RecordError::Overtaken) if revived.is_none() => {
                dead_letter::discard(store, letter)?;
                return Err(RecordError::Overtaken);
            }
            released => released?,
        };
        if self.was_put_off && self.record.due().is_none() {
            queue::unmark(store, &self.entity)?;
        }
        Ok(released)
    }

    /// A letter that was revived has served: its event is in the record, or
    /// done.
    fn let_go(&self, letter: Option<u64>) -> Result<(), RecordError> {
        match letter {
            Some(letter) => dead_letter::discard(self.ports.store, letter),
            None => Ok(()),
        }
    }

    /// Moves on to the next generation, unless others have done so already.
    fn release(&mut self) -> Result<Released, RecordError> {
        let generation = self.record.generation;
        self.must_be_ours()?;
        self.record.generation += 1;
        self.record.leased_until = Default::default();
        self.write()?;
        Ok(Released {
            entity: self.entity.clone(),
            generation,
            drained: self.record.drained,
            taken: std::mem::take(&mut self.taken),
        })
    }

    pub(super) fn write(&mut self) -> Result<(), RecordError> {
        self.record.touched = self.ports.clock.now();
        self.record.write(self.ports.store, &self.entity)
    }
}
