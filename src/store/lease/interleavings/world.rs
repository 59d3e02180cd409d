//! The world that the workers share: a store, a clock and a Jira. Whoever has
//! the turn moves; at each step the schedule says whose turn is next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use super::WRITES_WITHIN;
use crate::model::Timestamp;
use crate::platform::{Clock, LocalFuture, Store, StoreError};
use crate::store::keys;

/// More steps than this are no progress.
const MOST_STEPS: usize = 20_000;

/// How Jira feels when it does what it is asked to do.
pub(super) const WELL: u8 = 7;
/// How it feels when it refuses it.
pub(super) const REFUSES: u8 = 8;

/// How long a hold lasts.
const HELD_FOR: Duration = Duration::from_secs(15);

/// Why Jira did not say that it did what it was asked to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Setback {
    /// It did not do it.
    NotSent,
    /// It may have done it.
    Unsure,
    /// It will never do it.
    Refused,
    /// It did not do it, and holds everything back for a while.
    Held,
}

/// What happens at one point of the schedule.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// Who goes on, of those that can.
    pub(super) who: usize,
    /// What happens before.
    pub(super) pause: Pause,
    /// How Jira feels; see [`WELL`].
    pub(super) luck: u8,
}

/// On one line: there are many.
impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} {}", self.who, self.pause, self.luck)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Pause {
    /// Time passes.
    For(Duration),
    /// The one whose turn it is dies instead.
    Death,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Running,
    /// Waits for its turn; since when, if it is about to write a record.
    Ready(Option<Timestamp>),
    Sleeping(Timestamp),
    Done,
}

pub(super) struct World {
    /// How far the clock of each worker is ahead.
    ahead: Vec<Duration>,
    /// Whether the upkeep forgets whatever rests.
    pub(super) forgets: bool,
    state: Mutex<State>,
    turn: Condvar,
}

#[derive(Default)]
struct State {
    now: Timestamp,
    values: BTreeMap<String, Vec<u8>>,
    counters: BTreeMap<String, i64>,
    /// What each issue shows, the latest last.
    issues: Vec<u64>,
    /// How often the entity was forgotten before each, and how many issues it had
    /// since.
    sequences: Vec<(usize, u32)>,
    /// How often it was forgotten before each comment, and the comment's key.
    comments: Vec<(usize, String)>,
    acknowledged: BTreeSet<u64>,
    /// How often the entity's record was forgotten.
    forgotten: usize,
    /// What an issue showed and a holder took for people's.
    unrecognised: Vec<Option<u64>>,
    /// Nothing is sent until then.
    held_until: Timestamp,
    workers: Vec<Status>,
    dead: BTreeSet<usize>,
    schedule: VecDeque<Step>,
    luck: u8,
    steps: usize,
    /// What happened, for a person who reads of a failure.
    told: Vec<String>,
}

/// How it ended.
#[derive(Debug)]
pub(super) struct End {
    /// What each issue shows.
    pub(super) issues: Vec<u64>,
    /// How many issues and comments there are too many.
    pub(super) doubles: usize,
    /// The states of the entity that were acknowledged.
    pub(super) acknowledged: BTreeSet<u64>,
    /// What an issue showed and a holder took for people's.
    pub(super) unrecognised: Vec<Option<u64>>,
}

impl World {
    pub(super) fn new(ahead: Vec<Duration>, schedule: Vec<Step>, forgets: bool) -> Self {
        let state = State {
            now: Timestamp::from_secs(1000),
            workers: vec![Status::Running; ahead.len()],
            schedule: schedule.into(),
            luck: WELL,
            ..State::default()
        };
        Self {
            ahead,
            forgets,
            state: Mutex::new(state),
            turn: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn end(&self) -> End {
        let state = self.state();
        End {
            issues: state.issues.clone(),
            doubles: doubles(&state.sequences) + doubles(&state.comments),
            acknowledged: state.acknowledged.clone(),
            unrecognised: state.unrecognised.clone(),
        }
    }

    /// What happened, a line each.
    pub(super) fn told(&self) -> String {
        self.state().told.join("\n")
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.state().steps > MOST_STEPS
    }

    pub(super) fn has_seen_death(&self) -> bool {
        !self.state().dead.is_empty()
    }

    /// Waits for its turn; false if the worker is dead.
    fn step(&self, me: usize, status: Status) -> bool {
        let mut state = self.state();
        if me >= state.workers.len() {
            return true;
        }
        if let Status::Sleeping(until) = status {
            state.workers[me] = Status::Sleeping(until);
        } else {
            state.workers[me] = status;
        }
        state.pass_on();
        self.turn.notify_all();
        while state.workers[me] != Status::Running {
            state = self.turn.wait(state).unwrap();
        }
        !state.dead.contains(&me)
    }

    /// A holder does not know that what an issue shows is ours.
    pub(super) fn unrecognised(&self, shown: Option<u64>) {
        self.state().unrecognised.push(shown);
    }

    /// Whether everything is held back.
    pub(super) fn is_held(&self) -> bool {
        let state = self.state();
        state.held_until > state.now
    }

    /// Keys that nobody needs once all is done.
    pub(super) fn left_behind(&self) -> Vec<String> {
        let state = self.state();
        let all = state.values.keys().chain(state.counters.keys());
        let needed = [keys::RECORD, keys::ARRIVALS, keys::UPKEEP, keys::FIRST];
        let holds = format!("{}hold/", keys::SLOTS);
        let is_needed = |key: &&String| {
            needed.iter().any(|prefix| key.starts_with(prefix))
                || key.starts_with(&holds)
                || key.contains("/dead/")
                || key.ends_with("/dead")
                || *key == keys::DEAD_GONE
        };
        all.filter(|key| !is_needed(key)).cloned().collect()
    }

    /// The worker is done, or dead.
    pub(super) fn leave(&self, me: usize) {
        let mut state = self.state();
        if me < state.workers.len() {
            state.workers[me] = Status::Done;
            state.pass_on();
            self.turn.notify_all();
        }
    }

    /// Time passes for whoever comes last, and Jira is well again.
    pub(super) fn let_pass(&self, time: Duration) {
        let mut state = self.state();
        state.now = state.now.after(time);
        state.luck = WELL;
    }

    pub(super) fn acknowledge(&self, modified: u64) {
        let mut state = self.state();
        state.acknowledged.insert(modified);
        state.tell(format!("acknowledged {modified}"));
    }

    /// What the latest issue shows, and how many came before it.
    pub(super) fn latest(&self) -> Option<(u64, u32)> {
        let state = self.state();
        let sequence = state.sequences.last().map(|(_, sequence)| *sequence);
        state.issues.last().copied().zip(sequence)
    }

    /// Files an issue, or fails before or after; at once with the step before.
    pub(super) fn file(&self, modified: u64, sequence: u32) -> Result<(), Setback> {
        self.ask("files", modified, |state| {
            state.issues.push(modified);
            state.sequences.push((state.forgotten, sequence));
        })
    }

    /// Brings the issue up to date; of several, the latest.
    pub(super) fn edit(&self, modified: u64) -> Result<(), Setback> {
        self.ask("edits", modified, |state| {
            state.issues.pop();
            state.issues.push(modified);
        })
    }

    /// Says something on the issue.
    pub(super) fn comment(&self, modified: u64, key: &str) -> Result<(), Setback> {
        self.ask("comments on", modified, |state| {
            state.comments.push((state.forgotten, key.to_owned()));
        })
    }

    /// Whether a comment was made.
    pub(super) fn has_comment(&self, key: &str) -> bool {
        self.state().comments.iter().any(|(_, it)| it == key)
    }

    fn ask(&self, what: &str, modified: u64, act: impl FnOnce(&mut State)) -> Result<(), Setback> {
        let mut state = self.state();
        let luck = state.luck;
        state.tell(format!("{what} {modified}, luck {luck}"));
        match luck {
            0 => Err(Setback::NotSent),
            3 => {
                state.held_until = state.now.after(HELD_FOR);
                Err(Setback::Held)
            }
            1 => Err(Setback::Unsure),
            2 => {
                act(&mut state);
                Err(Setback::Unsure)
            }
            4..=WELL => {
                act(&mut state);
                Ok(())
            }
            REFUSES.. => Err(Setback::Refused),
        }
    }
}

/// How many of them are there more than once.
fn doubles<T: Ord>(all: &[T]) -> usize {
    all.len() - all.iter().collect::<BTreeSet<_>>().len()
}

impl State {
    fn tell(&mut self, what: String) {
        let line = format!("{} {what}", self.now.as_millis());
        self.told.push(line);
    }

    /// Picks who goes on, once nobody runs.
    fn pass_on(&mut self) {
        if self.workers.contains(&Status::Running) {
            return;
        }
        let next = match self.overdue() {
            Some(worker) => worker,
            None => {
                let step = self.next_step();
                self.luck = step.luck;
                if let Pause::For(time) = step.pause {
                    self.pause(time);
                }
                let Some(worker) = self.next_worker(step.who) else {
                    return;
                };
                if matches!(step.pause, Pause::Death) {
                    self.dead.insert(worker);
                }
                worker
            }
        };
        self.workers[next] = Status::Running;
    }

    /// After the end of the schedule everyone gets a turn.
    fn next_step(&mut self) -> Step {
        self.steps += 1;
        let after = Step {
            who: self.steps,
            pause: Pause::For(Duration::from_millis(1)),
            luck: WELL,
        };
        if self.steps > MOST_STEPS {
            let all = 0..self.workers.len();
            self.dead.extend(all);
        }
        self.schedule.pop_front().unwrap_or(after)
    }

    /// The one that is asked for, or else the next one that can go on. If it
    /// sleeps, the others are held up until it wakes.
    fn next_worker(&mut self, asked: usize) -> Option<usize> {
        let count = self.workers.len();
        let order = (0..count).map(|offset| (asked + offset) % count);
        let alive: Vec<usize> = order
            .filter(|worker| self.workers[*worker] != Status::Done)
            .collect();
        for worker in &alive {
            if let Status::Sleeping(until) = self.workers[*worker] {
                self.pause(until.since(self.now));
                if self.now < until {
                    continue;
                }
            }
            return Some(*worker);
        }
        alive.first().copied()
    }

    /// Who is about to write a record, and since when.
    fn about_to_write(&self) -> impl Iterator<Item = (usize, Timestamp)> {
        let about_to_write = |(worker, status): (usize, &Status)| match status {
            Status::Ready(Some(since)) => Some((worker, *since)),
            _ => None,
        };
        self.workers.iter().enumerate().filter_map(about_to_write)
    }

    fn overdue(&self) -> Option<usize> {
        self.about_to_write()
            .find(|(_, since)| self.now.since(*since) >= WRITES_WITHIN)
            .map(|(worker, _)| worker)
    }

    fn pause(&mut self, time: Duration) {
        let latest = self.about_to_write();
        let latest = latest.map(|(_, since)| since.after(WRITES_WITHIN)).min();
        let then = self.now.after(time);
        self.now = latest.map_or(then, |latest| then.min(latest));
    }
}

/// The world as one worker sees it.
pub(super) struct Hand<'w> {
    pub(super) world: &'w World,
    pub(super) me: usize,
}

impl Hand<'_> {
    /// Whether it comes last, and is alone.
    pub(super) fn is_last(&self) -> bool {
        self.me >= self.world.ahead.len()
    }

    fn step(&self, what: &str, key: &str) -> Result<MutexGuard<'_, State>, StoreError> {
        let writes_record = matches!(what, "set" | "delete") && key.starts_with(keys::RECORD);
        let since = writes_record.then(|| self.world.state().now);
        let alive = self.world.step(self.me, Status::Ready(since));
        let mut state = self.world.state();
        let dead = if alive { "" } else { "dead: " };
        state.tell(format!("{} {dead}{what} {key}", self.me as u8));
        match alive {
            true => Ok(state),
            false => Err(StoreError("dead".to_owned())),
        }
    }
}

impl Store for Hand<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.step("get", key)?;
        let counter = state.counters.get(key).map(|it| it.to_le_bytes().to_vec());
        Ok(state.values.get(key).cloned().or(counter))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut state = self.step("set", key)?;
        state.tell(String::from_utf8_lossy(value).into_owned());
        state.values.insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        let mut state = self.step("delete", key)?;
        if state.values.remove(key).is_some() && key.starts_with(keys::RECORD) {
            state.forgotten += 1;
        }
        state.counters.remove(key);
        Ok(())
    }

    fn keys(&self) -> Result<Vec<String>, StoreError> {
        let state = self.step("list", "")?;
        let counters = state.counters.keys();
        Ok(state.values.keys().chain(counters).cloned().collect())
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let mut state = self.step("increment", key)?;
        let value = state.counters.entry(key.to_owned()).or_default();
        *value += delta;
        Ok(*value)
    }
}

impl Clock for Hand<'_> {
    fn now(&self) -> Timestamp {
        let ahead = self.world.ahead.get(self.me).copied();
        self.world.state().now.after(ahead.unwrap_or_default())
    }

    fn sleep<'a>(&'a self, duration: Duration) -> LocalFuture<'a, ()> {
        let until = self.world.state().now.after(duration);
        let slept = self.world.step(self.me, Status::Sleeping(until));
        if slept && self.world.now_is_frozen_for(self.me) {
            self.world.let_pass(duration);
        }
        Box::pin(std::future::ready(()))
    }
}

impl World {
    /// Whoever comes last is alone: its sleep is what moves the clock.
    fn now_is_frozen_for(&self, me: usize) -> bool {
        me >= self.state().workers.len()
    }
}
