//! What a holder notes while it works: before it acts, so that whoever takes
//! over after it knows.

use std::time::Duration;

use super::held::Lease;
use crate::model::trace::{Turn, take_turn};
use crate::model::{Attempt, Enrichment, Event, IssueRecord, Outbox, Timestamp};
use crate::store::error::RecordError;
use crate::store::pending::Sent;

impl Lease<'_> {
    /// The entity's issue was found in Jira.
    pub fn adopt(&mut self, issue: IssueRecord) {
        self.record.issue = Some(issue);
    }

    /// The issue is not the entity's after all.
    pub fn disown(&mut self) {
        self.record.issue = None;
    }

    /// The earlier create was not carried out: the next one is noted in its
    /// place before it is sent.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn disproved(&mut self) -> Result<(), RecordError> {
        self.earlier = None;
        let at = self.ports.clock.now();
        if let Some(pending) = self.record.pending_mut() {
            let creates = !pending.event.change.ends();
            pending.sent = creates.then(|| Sent {
                event: pending.event.clone(),
                at,
                missed: Timestamp::UNKNOWN,
            });
        }
        self.save()
    }

    /// The earlier create was looked for and not found, for the first time. That is
    /// written down when the event is put off.
    pub fn missed(&mut self, at: Timestamp) {
        if let Some(sent) = &mut self.earlier {
            sent.missed = at;
        }
    }

    /// Notes what an edit is about to do, before it is sent.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn attempt(&mut self, attempt: Attempt) -> Result<(), RecordError> {
        if let Some(issue) = &mut self.record.issue {
            issue.attempt(attempt);
            self.save()?;
        }
        Ok(())
    }

    /// How many issues the entity had before this one.
    pub fn sequence(&self) -> u32 {
        self.record.sequence
    }

    /// What is still to be done around the issue.
    pub fn outbox(&self) -> Option<&Outbox> {
        self.record.outbox.as_ref()
    }

    /// The same to add to; if there is nothing yet, about this event.
    pub fn outbox_about(&self, event: &Event) -> Outbox {
        self.outbox().cloned().unwrap_or_else(|| Outbox {
            event: event.clone(),
            tasks: Vec::new(),
            enrichment: None,
        })
    }

    /// This is what is left to be done around the issue.
    pub fn set_outbox(&mut self, outbox: Outbox) {
        self.record.outbox = Some(outbox).filter(|outbox| !outbox.tasks.is_empty());
    }

    /// The keys of firings that earlier issues of the entity have counted.
    pub fn past(&self) -> &[String] {
        &self.record.past
    }

    /// Whether an earlier attempt at the event has done a step.
    pub fn is_step_done(&self, key: &str) -> bool {
        let pending = self.record.pending();
        pending.is_some_and(|pending| pending.done.iter().any(|done| done == key))
    }

    /// A step is done. That is written down only if a later one fails.
    pub fn step_done(&mut self, key: String) {
        if let Some(pending) = self.record.pending_mut() {
            pending.done.push(key);
        }
    }

    /// A step may have been done: its answer was lost. That is written down with
    /// the failure.
    pub fn step_unsure(&mut self, key: String) {
        if let Some(pending) = self.record.pending_mut()
            && !pending.unsure.contains(&key)
        {
            pending.unsure.push(key);
        }
    }

    /// Whether an earlier attempt at the event may have done a step.
    pub fn is_step_unsure(&self, key: &str) -> bool {
        let pending = self.record.pending();
        pending.is_some_and(|pending| pending.is_unsure(key))
    }

    /// Notes what was done, for whoever looks into it later. That is written down when
    /// the lease is given up.
    pub fn trace(&mut self, turn: Turn) {
        take_turn(&mut self.record.trace, turn);
    }

    /// The entity was enriched. That is written down before an issue shows it:
    /// whoever finds that issue must know what it shows.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn enriched(&mut self, enrichment: &Enrichment) -> Result<(), RecordError> {
        let Some(pending) = self.record.pending_mut() else {
            return Ok(());
        };
        pending.enrichment = Some(enrichment.clone());
        if enrichment.is_empty() {
            return Ok(());
        }
        self.save()
    }

    /// Writes down what was done so far, before more of it is done.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn write_down(&mut self) -> Result<(), RecordError> {
        self.save()
    }

    /// Whether the lease lasts that much longer.
    pub fn has_time(&self, time: Duration) -> bool {
        self.record.is_leased(self.ports.clock.now().after(time))
    }

    /// The next issue of the entity is to be filed: the one before is left
    /// alone, and the new one is noted before it is sent.
    ///
    /// # Errors
    /// When the store fails, or the lease is not ours any more.
    pub fn renew(&mut self) -> Result<(), RecordError> {
        self.earlier = None;
        self.record.sequence += 1;
        if let Some(issue) = self.record.issue.take() {
            self.record.past = issue.firings.recent;
        }
        self.record.outbox = None;
        let sequence = self.record.sequence;
        let at = self.ports.clock.now();
        if let Some(pending) = self.record.pending_mut() {
            pending.event.entity.sequence = sequence;
            let event = pending.event.clone();
            let missed = Timestamp::UNKNOWN;
            pending.sent = Some(Sent { event, at, missed });
        }
        self.save()
    }
}
