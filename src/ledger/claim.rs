//! The right to work on an entity, won by an atomic increment.
//!
//! A record has a generation. Whoever brings the counter of the current
//! generation from 0 to 1 holds the claim, writes a lease into the record and
//! works; giving the claim up moves the record to the next generation. A lease
//! that ran out, or a winner that never wrote one, is passed over by claiming
//! the generation after it. Everyone reads the record again after winning:
//! one who comes late to an old generation wins nothing.

use std::time::Duration;

use super::ticket::Record;
use super::{LedgerError, Ticket, keys};
use crate::platform::{Ports, Store};

/// How long a holder may work. Longer than the slowest walk of one event.
pub const LEASE: Duration = Duration::from_secs(60);
/// How long a delivery waits for another one that works on the same entity.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How often it looks.
const PAUSE: Duration = Duration::from_millis(50);
/// A winner writes its lease at once. One that has not done so after this
/// long has died.
const SILENCE: Duration = Duration::from_secs(5);

/// What came of asking for a claim.
#[derive(Debug)]
pub enum Claimed<'a> {
    /// The entity is ours to work on.
    Mine(Claim<'a>),
    /// While we waited, the ticket came to show what we would have done.
    Settled(Ticket),
    /// Somebody else has been working on it all the while.
    Busy,
}

/// The right to work on one entity, until the lease runs out.
#[must_use = "a claim that is not given up blocks the entity until its lease runs out"]
pub struct Claim<'a> {
    ports: Ports<'a>,
    id: String,
    generation: u64,
    ticket: Option<Ticket>,
}

impl std::fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claim({}, generation {})", self.id, self.generation)
    }
}

/// What is remembered of an entity, without any claim on it.
pub fn look(store: &dyn Store, id: &str) -> Result<Option<Ticket>, LedgerError> {
    Ok(Record::read(store, id)?.and_then(|record| record.ticket))
}

/// Claims an entity; waits for another worker, up to [`PATIENCE`], unless the
/// ticket comes to be `settled`.
pub async fn claim<'a>(
    ports: Ports<'a>,
    id: &str,
    settled: impl Fn(&Ticket) -> bool,
) -> Result<Claimed<'a>, LedgerError> {
    let started = ports.clock.now_ms();
    let mut silent = Silence::default();
    loop {
        let record = Record::read(ports.store, id)?.unwrap_or_default();
        if let Some(ticket) = record.ticket.as_ref().filter(|ticket| settled(ticket)) {
            return Ok(Claimed::Settled(ticket.clone()));
        }
        let now = ports.clock.now_ms();
        if let Some(generation) = silent.open_generation(&record, now)
            && let Some(claim) = try_generation(ports, id, &record, generation)?
        {
            return Ok(Claimed::Mine(claim));
        }
        if now.saturating_sub(started) > PATIENCE.as_millis() as u64 {
            return Ok(Claimed::Busy);
        }
        ports.clock.sleep(PAUSE).await;
    }
}

/// Watches for a holder that never speaks up.
#[derive(Default)]
struct Silence {
    /// The generation that somebody else won, and since when nothing came.
    lost: Option<(u64, u64)>,
}

impl Silence {
    /// The generation to try now, if one is open.
    fn open_generation(&mut self, record: &Record, now: u64) -> Option<u64> {
        if record.leased_until > now {
            self.lost = None;
            return None;
        }
        // A lease that ran out leaves its generation spent.
        let first = record.generation + u64::from(record.leased_until > 0);
        match self.lost {
            Some((lost, since)) if lost >= first => {
                let died = now.saturating_sub(since) > SILENCE.as_millis() as u64;
                let next = died.then_some(lost + 1);
                if let Some(next) = next {
                    self.lost = Some((next, now));
                }
                next
            }
            _ => {
                self.lost = Some((first, now));
                Some(first)
            }
        }
    }
}

/// One attempt to win a generation, and to write the lease that goes with it.
fn try_generation<'a>(
    ports: Ports<'a>,
    id: &str,
    seen: &Record,
    generation: u64,
) -> Result<Option<Claim<'a>>, LedgerError> {
    let asked = ports.clock.now_ms();
    if ports.store.increment(&keys::claim(id, generation), 1)? != 1 {
        return Ok(None);
    }
    // Between the first look and the win, others may have come and gone.
    let record = Record::read(ports.store, id)?.unwrap_or_default();
    let now = ports.clock.now_ms();
    // Too slow: others may take us for dead and pass us over.
    let too_late = now.saturating_sub(asked) > SILENCE.as_millis() as u64 / 2;
    if record != *seen || too_late {
        return Ok(None);
    }
    let claim = Claim {
        ports,
        id: id.to_owned(),
        generation,
        ticket: record.ticket,
    };
    claim.write(generation, now + LEASE.as_millis() as u64)?;
    Ok(Some(claim))
}

impl Claim<'_> {
    /// What is remembered of the entity.
    pub fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// Remembers the ticket and gives the claim up.
    pub fn finish(mut self, ticket: Ticket) -> Result<(), LedgerError> {
        self.ticket = Some(ticket);
        self.release()
    }

    /// Gives the claim up with nothing done, so that the next delivery may try.
    pub fn release(self) -> Result<(), LedgerError> {
        self.write(self.generation + 1, 0)
    }

    fn write(&self, generation: u64, leased_until: u64) -> Result<(), LedgerError> {
        let record = Record {
            generation,
            leased_until,
            ticket: self.ticket.clone(),
        };
        record.write(self.ports.store, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::{Fake, block_on};

    fn ticket() -> Ticket {
        Ticket {
            key: "SOC-1".to_owned(),
            id: "10000".to_owned(),
            ..Ticket::default()
        }
    }

    fn ask(fake: &Fake) -> Claimed<'_> {
        block_on(claim(fake.ports(), "entity", |_| true)).unwrap()
    }

    fn win(fake: &Fake) -> Claim<'_> {
        match ask(fake) {
            Claimed::Mine(claim) => claim,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_to_ask_holds_the_claim_and_the_second_waits_in_vain() {
        let fake = Fake::default();
        let _held = win(&fake);
        assert!(matches!(ask(&fake), Claimed::Busy));
    }

    #[test]
    fn a_settled_entity_answers_with_its_ticket_and_writes_nothing() {
        let fake = Fake::default();
        win(&fake).finish(ticket()).unwrap();
        let writes = fake.writes.get();
        assert!(matches!(ask(&fake), Claimed::Settled(found) if found == ticket()));
        assert_eq!(fake.writes.get(), writes);
    }

    #[test]
    fn an_unsettled_entity_can_be_claimed_with_its_ticket() {
        let fake = Fake::default();
        win(&fake).finish(ticket()).unwrap();
        let claimed = block_on(claim(fake.ports(), "entity", |_| false)).unwrap();
        assert!(matches!(claimed, Claimed::Mine(claim) if claim.ticket() == Some(&ticket())));
        assert_eq!(look(&fake, "entity").unwrap(), Some(ticket()));
    }

    #[test]
    fn a_new_entity_costs_three_writes() {
        let fake = Fake::default();
        win(&fake).finish(ticket()).unwrap();
        assert_eq!(fake.writes.get(), 3);
    }

    #[test]
    fn a_released_claim_can_be_won_again() {
        let fake = Fake::default();
        win(&fake).release().unwrap();
        win(&fake).release().unwrap();
        let _held = win(&fake);
    }

    #[test]
    fn a_lease_that_ran_out_is_passed_over() {
        let fake = Fake::default();
        let _died = win(&fake);
        fake.now_ms
            .set(fake.now_ms.get() + LEASE.as_millis() as u64 + 1);
        let _held = win(&fake);
        assert!(matches!(ask(&fake), Claimed::Busy));
    }

    #[test]
    fn a_winner_that_died_before_its_lease_is_passed_over_after_a_silence() {
        let fake = Fake::default();
        for generation in 0..2 {
            fake.counters
                .borrow_mut()
                .insert(keys::claim("entity", generation), 1);
        }
        let _held = win(&fake);
        let waited = fake.now_ms.get();
        assert!(waited >= 2 * SILENCE.as_millis() as u64, "{waited}");
    }

    #[test]
    fn one_who_comes_late_to_an_old_generation_wins_nothing() {
        let fake = Fake::default();
        let seen = Record::default();
        win(&fake).finish(ticket()).unwrap();
        // The spent counter was swept away: the late increment sees 1.
        fake.counters.borrow_mut().clear();
        let late = try_generation(fake.ports(), "entity", &seen, 0).unwrap();
        assert!(late.is_none());
    }

    #[test]
    fn a_broken_store_is_an_error_and_not_a_claim() {
        let fake = Fake::default();
        fake.store_down.set(true);
        let error = block_on(claim(fake.ports(), "entity", |_| true)).unwrap_err();
        assert!(matches!(error, LedgerError::Store(_)));
    }

    #[test]
    fn a_value_that_somebody_else_wrote_is_an_error_that_names_its_key() {
        let fake = Fake::default();
        fake.values
            .borrow_mut()
            .insert(keys::record("entity"), b"\xff".to_vec());
        let error = block_on(claim(fake.ports(), "entity", |_| true)).unwrap_err();
        assert!(error.to_string().contains("jira-intake/ticket/entity"));
    }
}
