//! What is to be done once all that arrived is taken in: pure.

use crate::model::trace::{Turn, take_turn};
use crate::model::{
    Change, Entity, EntityKey, Event, IssueChange, IssueRecord, Outbox, Timestamp, drop_surplus,
};
use crate::store::dead_letter::DeadLetter;
use crate::store::pending::{Pending, Sent};
use crate::store::record::{Record, State};

/// What is taken in with a lease.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    /// The events of the inbox and the one that asks, in the order of arrival: of
    /// states without a version the last counts.
    pub(super) events: Vec<Event>,
    /// What people did to the issue, in the order of arrival.
    pub(super) changes: Vec<IssueChange>,
    /// The numbers of those that were in the inbox.
    pub(super) taken: Vec<u64>,
    /// The inbox is taken in up to this number.
    pub(super) drained: u64,
    /// The entity's dead letter, if it is to be dealt with again.
    pub(super) revived: Option<DeadLetter>,
}

/// Folds what arrived into what is to be done. Returns the create that may have
/// been carried out before.
pub(super) fn fold(
    record: &mut Record,
    entity: &EntityKey,
    arrived: Arrived,
    asked: Timestamp,
) -> Option<Sent> {
    // One whose lease ran out may have sent it just before, and its clock may have
    // been ahead.
    let earlier = record.pending().and_then(|it| it.sent.clone());
    let mut earlier = earlier.map(|sent| Sent {
        at: sent.at.max(record.leased_until).min(asked),
        ..sent
    });
    record.drained = arrived.drained;
    take_in_early(record, entity, asked);
    for change in arrived.changes {
        take_in(record, entity, change, asked);
    }
    if record.leased_until.is_known() {
        record.doubt_comments();
    }
    let mut pending = match std::mem::take(&mut record.state) {
        State::Idle => None,
        State::Pending(pending) => Some(*pending),
        // What is to be done around an issue does not bring a dead letter back.
        dead @ State::Dead { .. } if arrived.events.is_empty() => {
            record.state = dead;
            return earlier;
        }
        State::Dead { letter, .. } => arrived.revived.and_then(|dead| {
            let dead = dead.pending?;
            earlier.clone_from(&dead.sent);
            Some(revive(dead, letter, asked))
        }),
    };
    if let Some(pending) = &mut pending {
        pending.event.came_at(asked);
    }
    for mut event in arrived.events {
        event.came_at(asked);
        if let Some(issue) = &record.issue {
            event.entity.recall(&issue.data, &issue.observables);
        }
        match &mut pending {
            Some(pending) => pending.fold(event),
            None => pending = Some(Pending::new(event, asked)),
        }
    }
    if let Some(mut pending) = pending {
        pending.event.entity.sequence = record.sequence;
        // A new issue is noted as sent before it is: nobody can note it afterwards
        // for sure.
        let creates = record.issue.is_none() && !pending.event.change.ends();
        let sent = || Sent {
            event: pending.event.clone(),
            at: asked,
            missed: Timestamp::UNKNOWN,
        };
        pending.sent = earlier.clone().or_else(|| creates.then(sent));
        record.state = State::Pending(Box::new(pending));
    }
    earlier
}

/// What people did to the issue before it stood in the record, if it does by now.
/// Returns whether there was anything.
pub(super) fn take_in_early(record: &mut Record, entity: &EntityKey, now: Timestamp) -> bool {
    if record.issue.is_none() || record.early.is_empty() {
        return false;
    }
    for change in std::mem::take(&mut record.early) {
        take_in(record, entity, change, now);
    }
    true
}

/// What somebody did to the issue becomes tasks of the outbox.
fn take_in(record: &mut Record, entity: &EntityKey, change: IssueChange, now: Timestamp) {
    let Some(issue) = &record.issue else {
        keep_early(record, change, now);
        return;
    };
    if issue.id != change.issue.id {
        // It was another issue's: an alert has a new one by now.
        return;
    }
    let mut outbox = record.outbox.take().unwrap_or_else(|| Outbox {
        event: about(entity, issue),
        tasks: Vec::new(),
        enrichment: None,
    });
    let dropped = outbox.take_in(change, now);
    record.outbox = Some(outbox).filter(|outbox| !outbox.tasks.is_empty());
    note_dropped(record, dropped, now);
}

/// Somebody did something to an issue that may have been filed, by one who died before
/// the record said so.
fn keep_early(record: &mut Record, change: IssueChange, now: Timestamp) {
    // A dead letter's create may have been carried out, too.
    if record.state.is_idle() {
        return;
    }
    record.early.push(change);
    let dropped = drop_surplus(&mut record.early);
    note_dropped(record, dropped, now);
}

fn note_dropped(record: &mut Record, dropped: usize, now: Timestamp) {
    if dropped > 0 {
        let words = format!("{dropped} changes of the issue were too many");
        take_turn(&mut record.trace, Turn::said(now, words));
    }
}

/// All that is known of an entity of which nothing has arrived.
fn about(entity: &EntityKey, issue: &IssueRecord) -> Event {
    let entity = Entity {
        id: entity.id.clone(),
        source: entity.source.clone(),
        version: issue.version,
        markings: issue.markings.clone(),
        ..Entity::default()
    };
    Event::live(Change::UPDATED, entity)
}

/// A dead letter's event is to be dealt with again: as if it had just come, but
/// for what Jira may show of it already.
fn revive(dead: Pending, letter: u64, now: Timestamp) -> Pending {
    Pending {
        // An issue that the create filed shows it.
        enrichment: dead.enrichment.filter(|_| dead.sent.is_some()),
        done: dead.done,
        unsure: dead.unsure,
        revived: Some(letter),
        ..Pending::new(dead.event, now)
    }
}
