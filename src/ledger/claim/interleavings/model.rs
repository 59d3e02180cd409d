//! Workers that do what `delivery` does, in small.

use std::time::Duration;

use super::world::{Hand, World};
use crate::event::{Change, Entity, Event, Version};
use crate::ledger::claim::{Claim, Claimed, PROMPT, Released, claim, reclaim, tidy};
use crate::ledger::ticket::Record;
use crate::ledger::{LedgerError, Pending, Sent, Ticket, journal};
use crate::platform::fake::{Fake, block_on};
use crate::platform::{Clock, Ports};

const ID: &str = "entity";
/// As in `delivery::afterwards`.
const ROUNDS: usize = 20;
const WAIT: Duration = Duration::from_millis(100);
/// As in `delivery::walk`.
const ATTEMPTS: usize = 3;
/// How long an attempt that failed is put off.
const BACKOFF: u64 = 2_000;

fn event(modified: u64) -> Event {
    Event::bare(
        Change::Update,
        Entity {
            id: ID.to_owned(),
            version: Version {
                modified,
                updated: 0,
            },
            ..Entity::default()
        },
    )
}

fn ticket(event: &Event) -> Ticket {
    Ticket {
        version: event.entity.version,
        ..Ticket::default()
    }
}

/// One who delivers events and works off what is due.
pub(super) struct Worker<'w> {
    world: &'w World,
    hand: Hand<'w>,
    /// For the ports that are not used.
    fake: Fake,
}

impl<'w> Worker<'w> {
    pub(super) fn new(world: &'w World, me: usize) -> Self {
        Self {
            world,
            hand: Hand { world, me },
            fake: Fake::default(),
        }
    }

    /// One who is alone with what the others left.
    pub(super) fn last(world: &'w World) -> Self {
        Self::new(world, usize::MAX)
    }

    fn ports(&self) -> Ports<'_> {
        Ports {
            store: &self.hand,
            clock: &self.hand,
            ..self.fake.ports()
        }
    }

    /// Does one task after the other until it dies.
    pub(super) fn run(&self, tasks: &[u64]) {
        for task in tasks {
            let done = match task {
                0 => self.retry_pass(),
                modified => self.deliver(&event(*modified)),
            };
            if matches!(done, Err(LedgerError::Store(_))) {
                break;
            }
        }
        self.world.leave(self.hand.me);
    }

    /// As `walk` and `afterwards`.
    fn deliver(&self, event: &Event) -> Result<(), LedgerError> {
        let settled = |ticket: &Ticket| ticket.version >= event.entity.version;
        for _ in 0..ATTEMPTS {
            let released = match block_on(claim(self.ports(), event, settled))? {
                Claimed::Mine(claim) => match self.work(*claim) {
                    Ok(released) => Some(released),
                    Err(LedgerError::Overtaken) => continue,
                    Err(dead) => return Err(dead),
                },
                Claimed::Settled(_) | Claimed::Kept(_) | Claimed::Nothing => None,
            };
            self.world.acknowledge(event.entity.version.modified);
            return released.map_or(Ok(()), |released| self.settle(released));
        }
        Ok(())
    }

    fn settle(&self, released: Released) -> Result<(), LedgerError> {
        let mut more = tidy(self.ports().store, &released)?;
        let mut waited = Duration::ZERO;
        for _ in 0..ROUNDS {
            if !more {
                break;
            }
            more = match self.again(waited > PROMPT)? {
                Some(released) => tidy(self.ports().store, &released)?,
                None => false,
            };
            if more {
                block_on(self.ports().clock.sleep(WAIT));
                waited += WAIT;
            }
        }
        Ok(())
    }

    fn again(&self, missing_is_lost: bool) -> Result<Option<Released>, LedgerError> {
        match block_on(reclaim(self.ports(), ID, missing_is_lost))? {
            Claimed::Mine(claim) => self.work(*claim).map(Some),
            Claimed::Settled(_) | Claimed::Kept(_) | Claimed::Nothing => Ok(None),
        }
    }

    fn retry_pass(&self) -> Result<(), LedgerError> {
        let now = self.hand.now_ms();
        let due = journal::due(self.ports().store)?;
        if due.iter().any(|due| due.not_before <= now)
            && let Some(released) = self.again(true)?
        {
            self.settle(released)?;
        }
        Ok(())
    }

    /// Works off all that is left; what then is left still.
    pub(super) fn settle_everything(&self) -> Vec<String> {
        for _ in 0..20 {
            self.world.let_pass(Duration::from_secs(120));
            match self.retry_pass() {
                Ok(()) | Err(LedgerError::Overtaken) => {}
                Err(error) => return vec![error.to_string()],
            }
        }
        let due = journal::due(self.ports().store);
        let due = due.into_iter().flatten();
        due.map(|due| format!("{due:?}")).collect()
    }

    /// The state that the issue is remembered to show, if nothing is to be
    /// done.
    pub(super) fn remembered(&self) -> Option<u64> {
        let record = Record::read(self.ports().store, ID).unwrap()?;
        let ticket = record.ticket.filter(|_| record.pending.is_none())?;
        Some(ticket.version.modified)
    }

    /// As `delivery::work`.
    fn work(&self, claim: Claim<'_>) -> Result<Released, LedgerError> {
        let Some(pending) = claim.pending().cloned() else {
            return Err(LedgerError::Overtaken);
        };
        if pending.not_before > self.hand.now_ms() {
            let sent = claim.earlier().cloned();
            return claim.put_off(Pending { sent, ..pending });
        }
        match self.attempt(&claim, &pending.event)? {
            Ok(ticket) => claim.finish(Some(ticket)),
            Err(why) => {
                let now = self.hand.now_ms();
                let unsure = why == "it may have been done";
                let sent = match unsure {
                    true => pending.sent.map(|sent| Sent { at: now, ..sent }),
                    false => claim.earlier().cloned(),
                };
                claim.put_off(Pending {
                    sent,
                    attempts: pending.attempts + 1,
                    not_before: now + BACKOFF,
                    why: why.to_owned(),
                    ..pending
                })
            }
        }
    }

    fn attempt(
        &self,
        claim: &Claim<'_>,
        event: &Event,
    ) -> Result<Result<Ticket, &'static str>, LedgerError> {
        let mut known = claim.ticket().cloned();
        if known.is_none()
            && let Some(sent) = claim.earlier()
            && !self.world.issues().is_empty()
        {
            known = Some(ticket(&sent.event));
        }
        if let Some(known) = known
            .clone()
            .filter(|it| it.version >= event.entity.version)
        {
            return Ok(Ok(known));
        }
        // With what follows, one step.
        if !claim.is_ours()? {
            return Err(LedgerError::Overtaken);
        }
        let modified = event.entity.version.modified;
        let done = match known {
            Some(_) => self.world.edit(modified),
            None => self.world.file(modified),
        };
        Ok(done.map(|()| ticket(event)))
    }
}
