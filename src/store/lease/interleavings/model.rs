//! Workers that do what `pipeline` does, in small.

use std::time::Duration;

use super::world::{Hand, Setback, World};
use crate::model::{Change, Entity, EntityKey, Event, IssueRecord, Timestamp, Version};
use crate::platform::fake::{Fake, block_on};
use crate::platform::{Clock, Ports};
use crate::store::lease::{Acquired, Lease, PROMPT, Released, acquire, reacquire, tidy};
use crate::store::record::{Record, State};
use crate::store::sweep::{Limits, sweep};
use crate::store::{Pending, RecordError, Sent, dead_letter, queue};

/// As in `pipeline::after_response`.
const TIMES: usize = 20;
const WAIT: Duration = Duration::from_millis(100);
/// As in `pipeline::deliver`.
const ATTEMPTS: usize = 3;
/// Nothing is forgotten.
const LIMITS: Limits = Limits {
    retention: Duration::MAX,
    max_keys: 0,
    records: 500,
};
/// How long an attempt that failed is put off.
const BACKOFF: Duration = Duration::from_secs(2);

fn key() -> EntityKey {
    event(0).entity.key()
}

fn event(modified: u64) -> Event {
    let version = Version {
        modified: Timestamp::from_millis(modified),
        updated: Timestamp::UNKNOWN,
    };
    let entity = Entity {
        id: "entity".to_owned(),
        version,
        ..Entity::default()
    };
    Event::live(Change::UPDATED, entity)
}

/// The state of the entity that an event tells of.
fn state_of(event: &Event) -> u64 {
    event.entity.version.modified.as_millis()
}

fn issue(event: &Event) -> IssueRecord {
    IssueRecord {
        version: event.entity.version,
        ..IssueRecord::default()
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
            if matches!(done, Err(RecordError::Store(_))) {
                break;
            }
        }
        self.world.leave(self.hand.me);
    }

    /// As `deliver` and `after_response`.
    fn deliver(&self, event: &Event) -> Result<(), RecordError> {
        let settled = |issue: &IssueRecord| issue.version >= event.entity.version;
        for _ in 0..ATTEMPTS {
            let released = match block_on(acquire(self.ports(), event, settled))? {
                Acquired::Mine(lease) => match self.work(*lease) {
                    Ok(released) => Some(released),
                    Err(RecordError::Overtaken) => continue,
                    Err(dead) => return Err(dead),
                },
                Acquired::Settled(_) | Acquired::Kept(_) | Acquired::Nothing => None,
            };
            self.world.acknowledge(state_of(event));
            return released.map_or(Ok(()), |released| self.settle(released));
        }
        Ok(())
    }

    fn settle(&self, released: Released) -> Result<(), RecordError> {
        let mut more = tidy(self.ports().store, &released)?;
        let mut waited = Duration::ZERO;
        for _ in 0..TIMES {
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

    fn again(&self, missing_is_lost: bool) -> Result<Option<Released>, RecordError> {
        match block_on(reacquire(self.ports(), &key(), missing_is_lost))? {
            Acquired::Mine(lease) => self.work(*lease).map(Some),
            Acquired::Settled(_) | Acquired::Kept(_) | Acquired::Nothing => Ok(None),
        }
    }

    fn retry_pass(&self) -> Result<(), RecordError> {
        let now = self.hand.now();
        let due = queue::due(self.ports().store)?;
        if due.iter().any(|due| due.not_before <= now)
            && let Some(released) = self.again(true)?
        {
            self.settle(released)?;
        }
        // Without a death, nobody needs the sweep to find anything.
        if self.world.has_seen_death() {
            sweep(self.ports(), LIMITS, 0)?;
        }
        Ok(())
    }

    /// Works off all that is left; what then is left still.
    pub(super) fn settle_everything(&self) -> Vec<String> {
        for _ in 0..20 {
            self.world.let_pass(Duration::from_secs(120));
            match self.retry_pass() {
                Ok(()) | Err(RecordError::Overtaken) => {}
                Err(error) => return vec![error.to_string()],
            }
        }
        let due = queue::due(self.ports().store);
        let due = due.into_iter().flatten();
        due.map(|due| format!("{due:?}")).collect()
    }

    /// The state that the issue is remembered to show, if nothing is to be
    /// done.
    pub(super) fn remembered(&self) -> Option<u64> {
        let record = Record::read(self.ports().store, &key()).unwrap()?;
        let issue = record.issue.filter(|_| record.state == State::Idle)?;
        Some(issue.version.modified.as_millis())
    }

    /// The state in the entity's dead letter, if it has one: a letter stays
    /// until the one who revives it is done.
    pub(super) fn dead(&self) -> Option<u64> {
        let record = Record::read(self.ports().store, &key()).unwrap()?;
        let letter = match record.state {
            State::Dead { letter, .. } => letter,
            State::Pending(pending) => pending.revived?,
            State::Idle => return None,
        };
        let letter = dead_letter::read(self.ports().store, letter).unwrap();
        Some(state_of(&letter.unwrap().pending.event))
    }

    /// All dead letters are tried again, as an operator does it.
    pub(super) fn replay(&self) {
        self.world.let_pass(Duration::from_secs(120));
        let page = dead_letter::page(self.ports().store, None, usize::MAX).unwrap();
        for letter in page.letters {
            self.deliver(&letter.pending.event).unwrap();
        }
    }

    /// As `pipeline::attempt`.
    fn work(&self, lease: Lease<'_>) -> Result<Released, RecordError> {
        let Some(pending) = lease.pending().cloned() else {
            return Err(RecordError::Overtaken);
        };
        if pending.not_before > self.hand.now() {
            let sent = lease.earlier().cloned();
            return lease.put_off(Pending { sent, ..pending });
        }
        let setback = match self.attempt(&lease, &pending.event)? {
            Ok(issue) => return lease.finish(Some(issue)),
            Err(setback) => setback,
        };
        let now = self.hand.now();
        let sent = match setback {
            Setback::Unsure => pending.sent.map(|sent| Sent { at: now, ..sent }),
            Setback::NotSent | Setback::Refused => lease.earlier().cloned(),
        };
        let pending = Pending {
            sent,
            attempts: pending.attempts + 1,
            why: format!("{setback:?}"),
            ..pending
        };
        match setback {
            Setback::Refused => lease.to_dead_letter(pending, "refused"),
            Setback::Unsure | Setback::NotSent => lease.put_off(Pending {
                not_before: now.after(BACKOFF),
                ..pending
            }),
        }
    }

    fn attempt(
        &self,
        lease: &Lease<'_>,
        event: &Event,
    ) -> Result<Result<IssueRecord, Setback>, RecordError> {
        let mut known = lease.issue().cloned();
        if known.is_none()
            && let Some(sent) = lease.earlier()
            && !self.world.issues().is_empty()
        {
            known = Some(issue(&sent.event));
        }
        if let Some(known) = known
            .clone()
            .filter(|it| it.version >= event.entity.version)
        {
            return Ok(Ok(known));
        }
        // With what follows, one step.
        lease.must_be_ours()?;
        let state = state_of(event);
        let done = match known {
            Some(_) => self.world.edit(state),
            None => self.world.file(state),
        };
        Ok(done.map(|()| issue(event)))
    }
}
