//! All that the store holds about one entity, under one key.

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get, put};
use super::pending::{ANY, Pending};
use super::slot::{Slot, Wait};
use super::{inbox, keys};
use crate::model::trace::Turn;
use crate::model::{EntityKey, IssueChange, IssueRecord, Outbox, Timestamp, lenient};
use crate::platform::Store;

/// All that the store holds about an entity.
///
/// An issue or an event that cannot be read must not seem to be none: the next
/// write would lose it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The shape of the record.
    #[serde(default)]
    pub(super) version: Shape,
    /// How often the right to work on it has passed on: the fencing token.
    pub(super) generation: u64,
    /// Somebody works on it until then; unknown: nobody does.
    #[serde(default)]
    pub(super) leased_until: Timestamp,
    /// When it was last written.
    #[serde(default)]
    pub(super) touched: Timestamp,
    /// The issue, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) issue: Option<IssueRecord>,
    /// Whether there is an event to be dealt with.
    #[serde(default, skip_serializing_if = "State::is_idle")]
    pub(super) state: State,
    /// What is still to be done around the issue.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) outbox: Option<Outbox>,
    /// What people did to an issue that stands in no record yet: whoever filed it died
    /// before that. It is taken in once the issue is known; bounded.
    #[serde(
        default,
        deserialize_with = "lenient::readable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) early: Vec<IssueChange>,
    /// How many issues came before this one.
    #[serde(default)]
    pub(super) sequence: u32,
    /// The keys of firings that issues before this one have counted.
    #[serde(default)]
    pub(super) past: Vec<String>,
    /// Changes of the inbox up to this number are taken in.
    #[serde(default)]
    pub(super) drained: u64,
    /// Where it stands, if there is something to be done for it later.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) queued: Option<Slot>,
    /// What was done about it lately, the newest last; bounded.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub(super) trace: Vec<Turn>,
}

/// Whether there is an event to be dealt with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// No.
    #[default]
    Idle,
    /// It is being dealt with, or was put off.
    Pending(Box<Pending>),
    /// Only a person can help.
    Dead {
        /// The number of the dead letter.
        letter: u64,
        /// Why it was given up.
        #[serde(default)]
        reason: String,
    },
}

impl State {
    pub(super) fn is_idle(&self) -> bool {
        *self == Self::Idle
    }
}

/// Which shape a record has: 1 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shape(u32);

impl Default for Shape {
    fn default() -> Self {
        Self(1)
    }
}

impl Record {
    pub(super) fn read(store: &dyn Store, entity: &EntityKey) -> Result<Option<Self>, RecordError> {
        let record: Option<Self> = get(store, &keys::record(entity))?;
        // Whatever wrote it: it is written back in the shape that is known here.
        let version = Shape::default();
        Ok(record.map(|record| Self { version, ..record }))
    }

    pub(super) fn write(&self, store: &dyn Store, entity: &EntityKey) -> Result<(), RecordError> {
        put(store, &keys::record(entity), self)
    }

    /// What is being done, or was put off.
    pub(super) fn pending(&self) -> Option<&Pending> {
        match &self.state {
            State::Pending(pending) => Some(pending),
            State::Idle | State::Dead { .. } => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn pending_mut(&mut self) -> Option<&mut Pending> {
        match &mut self.state {
            State::Pending(pending) => Some(pending),
            State::Idle | State::Dead { .. } => None,
        }
    }

    /// When there is something to be done.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let pending = self.pending().map(|pending| pending.not_before);
        let outbox = self.outbox.as_ref().and_then(Outbox::due);
        [pending, outbox].into_iter().flatten().min()
    }

    /// Whoever died over it may have said something.
    pub(super) fn doubt_comments(&mut self) {
        if let Some(pending) = self.pending_mut()
            && !pending.is_unsure(ANY)
        {
            pending.unsure.push(ANY.to_owned());
        }
    }

    /// What the entity waits for. What is to be done around its issue does not wait
    /// for a hold.
    pub(super) fn wait(&self) -> Option<Wait> {
        let held = self.pending().and_then(|pending| pending.held.clone());
        match held.filter(|_| self.outbox.is_none()) {
            Some(hold) => Some(Wait::Hold(hold)),
            None => self.due().map(Wait::Until),
        }
    }

    /// Whether somebody works on the entity.
    pub(super) fn is_leased(&self, now: Timestamp) -> bool {
        self.leased_until > now
    }

    /// Since when what waits does so; unknown if nothing does.
    pub(super) fn waits_since(&self) -> Timestamp {
        let pending = self.pending().map(|pending| pending.since);
        let tasks = self.outbox.iter().flat_map(|outbox| &outbox.tasks);
        let all = pending.into_iter().chain(tasks.map(|task| task.since));
        all.filter(|at| at.is_known()).min().unwrap_or_default()
    }
}

/// What is remembered of an entity, without any lease on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Its issue, once there is one.
    pub issue: Option<IssueRecord>,
    /// How many issues came before this one.
    pub sequence: u32,
    /// Whether an event of it is still to be dealt with.
    pub has_pending: bool,
    /// Why its event became a dead letter, if there is one.
    pub dead: Option<Dead>,
}

/// An event that became a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    /// The letter's number.
    pub letter: u64,
    /// Why it was given up.
    pub reason: String,
}

/// What is remembered of an entity, if anything is.
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub fn look(store: &dyn Store, entity: &EntityKey) -> Result<Option<Known>, RecordError> {
    let record = Record::read(store, entity)?;
    Ok(record.map(|record| Known {
        has_pending: record.pending().is_some(),
        issue: record.issue,
        sequence: record.sequence,
        dead: match record.state {
            State::Dead { letter, reason } => Some(Dead { letter, reason }),
            State::Idle | State::Pending(_) => None,
        },
    }))
}

/// Whether an entity has no issue, and nothing that may become one.
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub fn is_unknown(store: &dyn Store, entity: &EntityKey) -> Result<bool, RecordError> {
    let record = Record::read(store, entity)?.unwrap_or_default();
    let is_idle = record.issue.is_none() && record.state.is_idle();
    Ok(is_idle && inbox::arrived(store, entity)? <= record.drained)
}

#[cfg(test)]
mod tests;
