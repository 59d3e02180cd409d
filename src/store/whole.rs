//! All that is known of one entity, for people.

use super::error::RecordError;
use super::pending::Pending;
use super::record::{Dead, Record, State};
use super::{hold, inbox};
use crate::model::trace::Turn;
use crate::model::{EntityKey, IssueRecord, OutboxTask, Timestamp};
use crate::platform::{Ports, Store};

/// All that is known of one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The entity.
    pub entity: EntityKey,
    /// What an event calls it, while one waits or something is to be done around its
    /// issue.
    pub name: Option<String>,
    /// Its issue, once there is one.
    pub issue: Option<IssueRecord>,
    /// How many issues it had before this one.
    pub sequence: u32,
    /// The event that is still to be dealt with.
    pub waiting: Option<Waiting>,
    /// What is still to be done around the issue.
    pub tasks: Vec<OutboxTask>,
    /// How many changes wait to be taken in: those of its inbox, and those of an issue that
    /// is not known yet.
    pub arrived: u64,
    /// Somebody works on it until then.
    pub leased_until: Option<Timestamp>,
    /// Its dead letter, if its event became one.
    pub dead: Option<Dead>,
    /// When its record was written last.
    pub touched: Timestamp,
    /// What was done about it lately, the oldest first.
    pub trace: Vec<Turn>,
}

/// An event that is still to be dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What happened, such as `update`.
    pub change: String,
    /// When it was accepted.
    pub since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be tried before.
    pub not_before: Timestamp,
    /// The hold that it waits for, by its id.
    pub held: Option<String>,
    /// Why it was put off.
    pub why: String,
}

/// All that is known of an entity, if anything is.
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub fn whole(ports: Ports<'_>, entity: &EntityKey) -> Result<Option<Whole>, RecordError> {
    let Some(record) = Record::read(ports.store, entity)? else {
        return Ok(None);
    };
    let inbox = inbox::arrived(ports.store, entity)?.saturating_sub(record.drained);
    let arrived = inbox + record.early.len() as u64;
    let waiting = match record.pending() {
        Some(pending) => Some(waiting(ports.store, pending)?),
        None => None,
    };
    let event = record.pending().map(|pending| &pending.event);
    let event = event.or(record.outbox.as_ref().map(|outbox| &outbox.event));
    let name = event.map(|event| event.entity.name.clone());
    let is_leased = record.is_leased(ports.clock.now());
    Ok(Some(Whole {
        entity: entity.clone(),
        name: name.filter(|name| !name.is_empty()),
        waiting,
        sequence: record.sequence,
        arrived,
        leased_until: is_leased.then_some(record.leased_until),
        dead: match record.state {
            State::Dead { letter, reason } => Some(Dead { letter, reason }),
            State::Idle | State::Pending(_) => None,
        },
        tasks: record.outbox.map(|it| it.tasks).unwrap_or_default(),
        issue: record.issue,
        touched: record.touched,
        trace: record.trace,
    }))
}
/// One that a hold holds back is looked at now and then, and tried when the hold ends.
fn waiting(store: &dyn Store, pending: &Pending) -> Result<Waiting, RecordError> {
    let ends = match &pending.held {
        Some(held) => hold::ends(store, held)?,
        None => None,
    };
    Ok(Waiting {
        change: pending.event.change.word().to_owned(),
        since: pending.since,
        attempts: pending.attempts,
        not_before: pending.not_before.max(ends.unwrap_or_default()),
        held: pending.held.clone(),
        why: pending.why.clone(),
    })
}
