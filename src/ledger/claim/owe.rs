//! What a holder does besides the event: it begins another issue, and keeps
//! what is still to be done around one.

use std::time::Duration;

use super::Claim;
use crate::event::{Event, Findings};
use crate::ledger::{LedgerError, Owed, Sent};

impl Claim<'_> {
    /// The entity.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many issues the entity had before this one.
    pub fn round(&self) -> u32 {
        self.record.round
    }

    /// What is still to be done around the issue.
    pub fn owed(&self) -> Option<&Owed> {
        self.record.owed.as_ref()
    }

    /// The same to add to; if there is nothing yet, about this event.
    pub fn owed_about(&self, event: &Event) -> Owed {
        self.owed().cloned().unwrap_or_else(|| Owed {
            event: event.clone(),
            errands: Vec::new(),
            findings: None,
        })
    }

    /// This is what is left to be done around the issue.
    pub fn owe(&mut self, owed: Owed) {
        self.record.owed = Some(owed).filter(|owed| !owed.errands.is_empty());
    }

    /// The keys of firings that earlier issues of the entity have counted.
    pub fn past(&self) -> &[String] {
        &self.record.past
    }

    /// Others were asked, and said this. What they said is written down before
    /// an issue shows it: whoever finds that issue must know what it shows.
    pub fn found(&mut self, findings: &Findings) -> Result<(), LedgerError> {
        let Some(pending) = &mut self.record.pending else {
            return Ok(());
        };
        pending.findings = Some(findings.clone());
        if findings.is_empty() {
            return Ok(());
        }
        if !self.is_ours()? {
            return Err(LedgerError::Overtaken);
        }
        let leased_until = self.record.leased_until;
        self.write(leased_until)
    }

    /// Whether the lease lasts that much longer.
    pub fn has_time(&self, time: Duration) -> bool {
        let until = self.ports.clock.now_ms() + time.as_millis() as u64;
        self.record.is_leased(until)
    }

    /// The next issue of the entity is to be filed: the one before is left
    /// alone, and the new one is noted before it is sent.
    pub fn renew(&mut self) -> Result<(), LedgerError> {
        if !self.is_ours()? {
            return Err(LedgerError::Overtaken);
        }
        self.earlier = None;
        self.record.round += 1;
        if let Some(ticket) = self.record.ticket.take() {
            self.record.past = ticket.firings.recent;
        }
        self.record.owed = None;
        let round = self.record.round;
        let at = self.ports.clock.now_ms();
        if let Some(pending) = &mut self.record.pending {
            pending.event.entity.round = round;
            let event = pending.event.clone();
            pending.sent = Some(Sent { event, at });
        }
        let leased_until = self.record.leased_until;
        self.write(leased_until)
    }
}
