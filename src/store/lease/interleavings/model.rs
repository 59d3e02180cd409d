//! Workers that do what `pipeline` does, in small.

use std::time::Duration;

use super::world::{Hand, Setback, World};
use crate::model::{
    AppliedState, Attempt, Change, Entity, EntityKey, Event, IssueRecord, Timestamp, Version,
};
use crate::platform::fake::{Fake, block_on};
use crate::platform::{Clock, Ports};
use crate::store::inbox::PROMPT;
use crate::store::lease::{Acquired, Asking, Lease, Released, acquire, tidy};
use crate::store::record::{Record, State};
use crate::store::slot::Slot;
use crate::store::upkeep::{Astray, Limits, look_after};
use crate::store::{Line, Pending, RecordError, Sent, dead_letter, queue};

/// As in `pipeline::after_response`.
const TIMES: usize = 20;
const WAIT: Duration = Duration::from_millis(100);
/// As in `pipeline::deliver`.
const ATTEMPTS: usize = 3;
/// Nothing is forgotten, unless the world forgets all that rests.
const LIMITS: Limits = Limits {
    retention: Duration::MAX,
    max_keys: 0,
    records: 500,
    index_issues: false,
    counts_events: false,
};
/// The state that begins another issue.
const NEXT: u64 = 4;
/// What holds everything back.
const HOLD: &str = "everything";
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

/// What an edit to a state is about to do.
fn attempt(state: u64) -> Attempt {
    let status = Some(state.to_string());
    let applied = AppliedState {
        status,
        ..AppliedState::default()
    };
    Attempt {
        applied,
        ..Attempt::default()
    }
}

fn issue(event: &Event) -> IssueRecord {
    IssueRecord {
        version: event.entity.version,
        ..IssueRecord::default()
    }
}

/// What came of another attempt.
#[derive(Default)]
struct Again {
    released: Option<Released>,
    /// Nothing is to be done, or not at this slot.
    is_elsewhere: bool,
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
            let asking = Asking::Event {
                event,
                settled: &settled,
            };
            let released = match block_on(acquire(self.ports(), &key(), asking))? {
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
        let mut more = tidy(self.ports(), &released)?;
        let mut waited = Duration::ZERO;
        for _ in 0..TIMES {
            if !more {
                break;
            }
            let missing_is_lost = waited > PROMPT;
            more = match self.again(Asking::Inbox { missing_is_lost })?.released {
                Some(released) => tidy(self.ports(), &released)?,
                None => false,
            };
            if more {
                block_on(self.ports().clock.sleep(WAIT));
                waited += WAIT;
            }
        }
        Ok(())
    }

    fn again(&self, asking: Asking<'_>) -> Result<Again, RecordError> {
        Ok(match block_on(acquire(self.ports(), &key(), asking))? {
            Acquired::Mine(lease) => Again {
                released: Some(self.work(*lease)?),
                is_elsewhere: false,
            },
            Acquired::Settled(_) | Acquired::Nothing => Again {
                released: None,
                is_elsewhere: true,
            },
            Acquired::Kept(_) => Again::default(),
        })
    }

    /// As `pipeline::retry_pass`; of several, each looks at few buckets.
    fn retry_pass(&self) -> Result<(), RecordError> {
        let ports = self.ports();
        // Without a death, nobody needs the upkeep to find anything.
        let forgets = self.world.forgets && !self.hand.is_last();
        if self.world.has_seen_death() || self.hand.is_last() || forgets {
            let limits = match forgets {
                true => Limits {
                    retention: Duration::ZERO,
                    ..LIMITS
                },
                false => LIMITS,
            };
            let upkeep = block_on(look_after(ports, limits, 0))?;
            for Astray { slot, .. } in &upkeep.astray {
                self.look_at(slot.as_ref(), || ())?;
            }
        }
        let open = match self.world.is_held() {
            true => Vec::new(),
            false => vec![Line::Hold(HOLD.to_owned())],
        };
        loop {
            let due = queue::look(ports, &open, 40)?;
            for found in due.slots(false, 0).chain(due.slots(true, 0)) {
                if queue::find(ports, &due, &found)?.is_some() {
                    self.look_at(Some(&found.slot), || queue::passed(&due, &found))?;
                }
            }
            queue::advance(ports, &due)?;
            if !due.has_more {
                break;
            }
        }
        queue::clear(ports)
    }

    /// As `pipeline::work_off`.
    fn look_at(&self, slot: Option<&Slot>, passed: impl Fn()) -> Result<(), RecordError> {
        let again = match self.again(Asking::Slot(slot)) {
            Err(RecordError::Overtaken) => return Ok(()),
            again => again?,
        };
        if let Some(slot) = slot {
            let is_left = match &again.released {
                Some(released) => released.has_left(slot),
                None => again.is_elsewhere,
            };
            if again.is_elsewhere {
                queue::leave(self.ports().store, slot)?;
            }
            if is_left {
                passed();
            }
        }
        match again.released {
            Some(released) => self.settle(released),
            None => Ok(()),
        }
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
        self.world.left_behind()
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
        Some(state_of(&letter.unwrap().pending.unwrap().event))
    }

    /// All dead letters are tried again, as an operator does it.
    pub(super) fn replay(&self) {
        self.world.let_pass(Duration::from_secs(120));
        let page = dead_letter::page(self.ports().store, None, usize::MAX).unwrap();
        for letter in page.letters {
            self.deliver(&letter.pending.unwrap().event).unwrap();
        }
    }

    /// As `pipeline::attempt`.
    fn work(&self, mut lease: Lease<'_>) -> Result<Released, RecordError> {
        let Some(pending) = lease.pending().cloned() else {
            return Err(RecordError::Overtaken);
        };
        let is_held = self.world.is_held();
        if is_held || (pending.not_before > self.hand.now() && pending.held.is_none()) {
            let sent = lease.earlier().cloned();
            return lease.put_off(Pending {
                sent,
                held: is_held.then(|| HOLD.to_owned()),
                ..pending
            });
        }
        let setback = match self.attempt(&mut lease, &pending.event)? {
            Ok(issue) => return lease.finish(Some(issue)),
            Err(setback) => setback,
        };
        let now = self.hand.now();
        // Another create may have been noted.
        let pending = lease.pending().cloned().unwrap_or(pending);
        let sent = match setback {
            Setback::Unsure => pending.sent.map(|sent| Sent { at: now, ..sent }),
            Setback::NotSent | Setback::Refused | Setback::Held => lease.earlier().cloned(),
        };
        let pending = Pending {
            sent,
            attempts: pending.attempts + 1,
            why: format!("{setback:?}"),
            ..pending
        };
        match setback {
            Setback::Refused => lease.to_dead_letter(pending, "refused"),
            Setback::Unsure | Setback::NotSent | Setback::Held => lease.put_off(Pending {
                not_before: now.after(BACKOFF),
                held: (setback == Setback::Held).then(|| HOLD.to_owned()),
                ..pending
            }),
        }
    }

    /// What the issue shows is ours, as far as we know: else it would count as
    /// people's.
    fn recognises(&self, known: &IssueRecord) {
        let shown = self.world.latest().map(|(state, _)| state);
        let attempted = known.attempted.iter().map(|it| it.applied.status.clone());
        let attempted = attempted.flatten().filter_map(|it| it.parse().ok());
        let mut ours = attempted.chain([known.version.modified.as_millis()]);
        if !ours.any(|state: u64| Some(state) == shown) {
            self.world.unrecognised(shown);
        }
    }

    /// As `pipeline::execute`: a comment is made once.
    fn comment(
        &self,
        lease: &mut Lease<'_>,
        state: u64,
    ) -> Result<Result<(), Setback>, RecordError> {
        let key = format!("comment/{state}");
        let is_there = lease.is_step_unsure(&key) && self.world.has_comment(&key);
        if lease.is_step_done(&key) || is_there {
            return Ok(Ok(()));
        }
        lease.must_be_ours()?;
        let done = self.world.comment(state, &key);
        match done {
            Ok(()) => lease.step_done(key),
            Err(Setback::Unsure) => lease.step_unsure(key),
            Err(_) => {}
        }
        Ok(done)
    }

    fn attempt(
        &self,
        lease: &mut Lease<'_>,
        event: &Event,
    ) -> Result<Result<IssueRecord, Setback>, RecordError> {
        let mut known = lease.issue().cloned();
        if known.is_none()
            && let Some(sent) = lease.earlier().cloned()
        {
            // An earlier issue, or one of before the entity was forgotten, is another.
            let filed = (state_of(&sent.event), lease.sequence());
            match self.world.latest() == Some(filed) {
                true => known = Some(issue(&sent.event)),
                false => lease.disproved()?,
            }
        }
        if let Some(known) = known
            .clone()
            .filter(|it| it.version >= event.entity.version)
        {
            return Ok(Ok(known));
        }
        let state = state_of(event);
        let done = match known {
            // The issue is done, and the alert fires again: the next one is filed.
            Some(_) if state == NEXT => {
                lease.renew()?;
                lease.must_be_ours()?;
                self.world.file(state, lease.sequence())
            }
            Some(known) => {
                self.recognises(&known);
                // What an edit is about to do is written with the lease.
                lease.adopt(known);
                lease.attempt(attempt(state))?;
                match self.comment(lease, state)? {
                    Ok(()) => {
                        lease.must_be_ours()?;
                        self.world.edit(state)
                    }
                    setback => setback,
                }
            }
            // With what follows, one step.
            None => {
                lease.must_be_ours()?;
                self.world.file(state, lease.sequence())
            }
        };
        Ok(done.map(|()| issue(event)))
    }
}
