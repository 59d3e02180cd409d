//! The right to work on one entity while somebody has it, and how it is given up.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use super::claim::Claim;
use super::fold::{Arrived, fold, take_in_early};
use super::tidy::Released;
use super::times::{LEASE, MARGIN, SILENCE};
use crate::model::{EntityKey, IssueRecord, Timestamp};
use crate::platform::{Clock, LocalFuture, Ports};
use crate::store::dead_letter::{self, DeadLetter};
use crate::store::error::RecordError;
use crate::store::pending::{Pending, Sent};
use crate::store::queue;
use crate::store::record::{Record, State};
use crate::store::slot::Slot;

/// The right to work on one entity, until the lease runs out.
#[must_use = "a lease that is not given up blocks the entity until it runs out"]
pub struct Lease<'a> {
    pub(super) ports: Ports<'a>,
    pub(super) entity: EntityKey,
    pub(super) record: Record,
    pub(super) earlier: Option<Sent>,
    claim: Claim,
    /// It stands in the record, where others see it.
    is_declared: bool,
    /// Nobody can have passed it over before it was declared.
    is_certain: bool,
    taken: Vec<u64>,
    /// The slot at which the entity was found.
    visited: Option<Slot>,
    /// Slots at which it does not wait any more.
    left: Vec<Slot>,
    /// People did something to the issue before it stood in the record.
    has_early: bool,
    /// Somebody died over it before.
    is_from_the_dead: bool,
    /// The record as it was before.
    before: Box<Record>,
}

/// What a lease begins with.
pub(super) struct Won {
    /// The generation.
    pub(super) claim: Claim,
    /// The record, in the generation that was won.
    pub(super) record: Record,
    /// What is taken in.
    pub(super) arrived: Arrived,
    /// The slot at which the entity was found.
    pub(super) visited: Option<Slot>,
    /// The record as it was before.
    pub(super) before: Record,
}

impl std::fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = self.record.generation;
        write!(f, "Lease({:?}, generation {generation})", self.entity)
    }
}

impl<'a> Lease<'a> {
    /// Begins with what arrived. What may file an issue is declared, and noted as sent
    /// before it is; an issue that is there can wait until it is clear what is to be
    /// written with the lease. `None`: that took too long, others may take us for dead
    /// and pass us over.
    pub(super) fn begin(
        ports: Ports<'a>,
        entity: &EntityKey,
        won: Won,
    ) -> Result<Option<Self>, RecordError> {
        let taken = won.arrived.taken.clone();
        let mut record = won.record;
        let earlier = fold(&mut record, entity, won.arrived, won.claim.asked);
        let files = record.issue.is_none();
        let mut lease = Self {
            ports,
            entity: entity.clone(),
            record,
            earlier,
            claim: won.claim,
            is_declared: false,
            is_certain: false,
            taken,
            visited: won.visited,
            left: Vec::new(),
            has_early: false,
            is_from_the_dead: won.before.leased_until.is_known(),
            before: Box::new(won.before),
        };
        if lease.claim.is_late(ports) {
            return Ok(None);
        }
        if files {
            lease.save()?;
        }
        Ok(Some(lease))
    }

    /// Declares the lease, if it is not declared yet: to be called before anything
    /// that can take long.
    ///
    /// # Errors
    /// When the store fails, or it is too late.
    pub fn declare(&mut self) -> Result<(), RecordError> {
        match self.is_declared {
            true => Ok(()),
            false => self.save(),
        }
    }

    /// Waits for something that seldom takes long; the lease is declared if it does.
    ///
    /// # Errors
    /// When the store fails, or it is too late.
    pub async fn meanwhile<T>(&mut self, call: LocalFuture<'_, T>) -> Result<T, RecordError> {
        if self.is_declared {
            return Ok(call.await);
        }
        let mut call = call;
        match within(self.ports.clock, &mut call, SILENCE / 4).await {
            Some(done) => Ok(done),
            None => {
                self.declare()?;
                Ok(call.await)
            }
        }
    }

    /// Waits for something that may take longer than a lease lasts: it is extended
    /// as long as that goes on.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more: then nobody waits on.
    pub async fn extended<T>(&mut self, call: LocalFuture<'_, T>) -> Result<T, RecordError> {
        let mut call = call;
        loop {
            self.extend()?;
            if let Some(done) = within(self.ports.clock, &mut call, LEASE / 3).await {
                return Ok(done);
            }
        }
    }

    /// The lease lasts as long as a new one from now on.
    fn extend(&mut self) -> Result<(), RecordError> {
        if !self.is_declared {
            return self.save();
        }
        self.must_be_ours()?;
        self.record.leased_until = self.ports.clock.now().after(LEASE);
        self.write()
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
    /// machine) must not act on what others may have taken over. A lease that is
    /// written lasts by every clock until shortly before its end, so the time says
    /// it; only where it was written late, or time went backwards, the record does.
    ///
    /// # Errors
    /// When the store fails, or the record cannot be read.
    pub fn is_ours(&self) -> Result<bool, RecordError> {
        let now = self.ports.clock.now();
        if !self.is_declared {
            return Ok(now >= self.claim.asked && !self.claim.is_late(self.ports));
        }
        let until = now.after(MARGIN);
        if !self.record.is_leased(until) {
            return Ok(false);
        }
        if self.is_certain && now >= self.claim.asked {
            return Ok(true);
        }
        let stored = Record::read(self.ports.store, &self.entity)?.unwrap_or_default();
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
        self.line_up()?;
        if self.record.state.is_idle() {
            // Of an issue that never was, nothing is to be told.
            self.record.early.clear();
        }
        let released = self.release()?;
        self.let_go(revived)?;
        Ok(released)
    }

    /// Takes a slot for what is still to be done, before the record names it:
    /// nobody may come by again to do so. That is also what people did to the issue before
    /// it stood in the record.
    fn line_up(&mut self) -> Result<(), RecordError> {
        let now = self.ports.clock.now();
        self.has_early |= take_in_early(&mut self.record, &self.entity, now);
        if self.record.wait().is_some() {
            // Whoever finds the slot before the record names it must see the lease.
            self.declare()?;
        }
        let now = self.ports.clock.now();
        let named = self.record.queued.take();
        let is_visited = self.visited.is_some() && named == self.visited;
        self.record.queued = match (self.record.wait(), &named) {
            (None, _) => None,
            (Some(wait), Some(slot)) if slot.serves(&wait, now, is_visited) => named.clone(),
            (Some(wait), _) => {
                let since = self.record.waits_since();
                Some(queue::enqueue(self.ports, &self.entity, &wait, since)?)
            }
        };
        let left = [named, self.visited.take()].into_iter().flatten();
        for slot in left {
            if self.record.queued.as_ref() != Some(&slot) && !self.left.contains(&slot) {
                self.left.push(slot);
            }
        }
        Ok(())
    }

    /// Nothing was done, and nothing is kept of it but the trace: the record is as it
    /// was, and what was taken from the inbox stays there.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn give_back(mut self) -> Result<Released, RecordError> {
        let generation = self.record.generation;
        self.record = Record {
            generation,
            leased_until: self.record.leased_until,
            trace: std::mem::take(&mut self.record.trace),
            ..std::mem::take(&mut *self.before)
        };
        if self.is_from_the_dead {
            self.record.doubt_comments();
        }
        self.taken.clear();
        if self.record.due().is_some() && self.record.queued.is_none() {
            self.record.queued = Some(queue::look_later(self.ports, &self.entity)?);
        }
        self.release()
    }

    /// It is put off: keeps what is to be done and gives the lease up.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn put_off(mut self, mut pending: Pending) -> Result<Released, RecordError> {
        let revived = pending.revived.take();
        self.record.state = State::Pending(Box::new(pending));
        self.line_up()?;
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
            pending: Some(pending),
            body: None,
            reason: reason.to_owned(),
            at: self.ports.clock.now(),
            trace: self.record.trace.clone(),
        };
        let letter = dead_letter::write(self.ports.store, letter)?;
        self.record.state = State::Dead {
            letter,
            reason: reason.to_owned(),
        };
        self.line_up()?;
        match self.release() {
            // The event is in the hands of others, and so is a letter that it
            // was before.
            Err(RecordError::Overtaken) if revived.is_none() => {
                dead_letter::discard(self.ports.store, letter)?;
                Err(RecordError::Overtaken)
            }
            released => released,
        }
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
        self.record.leased_until = Timestamp::UNKNOWN;
        self.write()?;
        Ok(Released {
            entity: self.entity.clone(),
            generation,
            at: self.record.touched,
            drained: self.record.drained,
            taken: std::mem::take(&mut self.taken),
            left: std::mem::take(&mut self.left),
            has_early: self.has_early,
        })
    }

    /// The one way in which a holder changes the record: only as long as the lease
    /// is its own.
    pub(super) fn save(&mut self) -> Result<(), RecordError> {
        self.must_be_ours()?;
        if self.is_declared {
            return self.write();
        }
        self.record.leased_until = self.ports.clock.now().after(LEASE);
        self.write()?;
        self.is_declared = true;
        // Whoever lost to us waits for as long before it passes us over.
        self.is_certain = self.ports.clock.now().since(self.claim.asked) < SILENCE;
        Ok(())
    }

    fn write(&mut self) -> Result<(), RecordError> {
        self.record.touched = self.ports.clock.now();
        self.record.write(self.ports.store, &self.entity)
    }
}

/// What a call comes to, if it takes no longer than this. The clock is only asked if
/// there is something to wait for.
async fn within<T>(clock: &dyn Clock, call: &mut LocalFuture<'_, T>, time: Duration) -> Option<T> {
    let mut patience = None;
    poll_fn(|context| {
        if let Poll::Ready(done) = call.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        let patience = patience.get_or_insert_with(|| clock.sleep(time));
        patience.as_mut().poll(context).map(|()| None)
    })
    .await
}
