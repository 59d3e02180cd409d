//! All that is known of one entity, for people who look after the function.

use super::error::RecordError;
use super::inbox;
use super::record::{Dead, Record, State, Trace};
use crate::model::{EntityKey, IssueRecord, OutboxTask, Timestamp};
use crate::platform::Store;

/// What is known of one entity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspected {
    /// Its issue, once there is one.
    pub issue: Option<IssueRecord>,
    /// What an event calls it, while one waits or something is to be done around its
    /// issue; else empty.
    pub name: String,
    /// The event that is being dealt with, or was put off.
    pub waits: Option<Waits>,
    /// What is still to be done around its issue.
    pub tasks: Vec<OutboxTask>,
    /// How many changes stand in its inbox.
    pub inbox: u64,
    /// Why its event became a dead letter, if it did.
    pub dead: Option<Dead>,
    /// Somebody works on it until then.
    pub leased_until: Timestamp,
    /// When its record was last written.
    pub touched: Timestamp,
    /// What became of its latest events, the newest last.
    pub trace: Vec<Trace>,
}

/// An event that is being dealt with, or was put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// Since when.
    pub since: Timestamp,
    /// Not tried before; unknown: at once.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// The id of the hold that it waits for.
    pub held: Option<String>,
    /// Why it was put off; may be empty.
    pub why: String,
}

/// What is known of an entity, if anything is.
///
/// # Errors
/// When the store fails, or the record cannot be read.
pub fn inspect(store: &dyn Store, entity: &EntityKey) -> Result<Option<Inspected>, RecordError> {
    let Some(record) = Record::read(store, entity)? else {
        return Ok(None);
    };
    let pending = record.pending();
    let event = pending.map(|pending| &pending.event);
    let event = event.or(record.outbox.as_ref().map(|outbox| &outbox.event));
    Ok(Some(Inspected {
        name: event.map_or_else(String::new, |event| event.entity.name.clone()),
        waits: pending.map(|pending| Waits {
            since: pending.since,
            not_before: pending.not_before,
            attempts: pending.attempts,
            held: pending.held.clone(),
            why: pending.why.clone(),
        }),
        inbox: inbox::arrived(store, entity)?.saturating_sub(record.drained),
        tasks: record.outbox.map_or_else(Vec::new, |outbox| outbox.tasks),
        dead: match record.state {
            State::Dead { letter, reason } => Some(Dead { letter, reason }),
            State::Idle | State::Pending(_) => None,
        },
        issue: record.issue,
        leased_until: record.leased_until,
        touched: record.touched,
        trace: record.trace,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, Entity, Event, Outbox, Provenance, TaskKind};
    use crate::platform::fake::Fake;
    use crate::store::Pending;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn event(name: &str) -> Event {
        Event {
            change: Change::Created,
            provenance: Provenance::Live,
            platform_url: None,
            entity: Entity {
                name: name.to_owned(),
                ..Entity::default()
            },
        }
    }

    fn inspected(record: &Record) -> Inspected {
        let (fake, key) = (Fake::default(), EntityKey::default());
        record.write(&fake, &key).unwrap();
        inspect(&fake, &key).unwrap().unwrap()
    }

    #[test]
    fn of_an_unknown_entity_there_is_nothing() {
        let found = inspect(&Fake::default(), &EntityKey::default());
        assert_eq!(found, Ok(None));
    }

    #[test]
    fn what_waits_is_told_with_its_reason() {
        let pending = Pending {
            attempts: 2,
            why: "429".to_owned(),
            ..Pending::new(event("Beacon"), NOW)
        };
        let found = inspected(&Record {
            state: State::Pending(Box::new(pending)),
            ..Record::default()
        });
        let waits = found.waits.unwrap();
        assert_eq!((waits.attempts, waits.since, &*waits.why), (2, NOW, "429"));
        assert_eq!((&*found.name, found.dead), ("Beacon", None));
    }

    #[test]
    fn a_dead_letter_and_what_is_left_around_the_issue_are_told() {
        let outbox = Outbox {
            event: event("Beacon"),
            tasks: vec![OutboxTask::new(TaskKind::Link, NOW)],
            enrichment: None,
        };
        let found = inspected(&Record {
            state: State::Dead {
                letter: 7,
                reason: "refused".to_owned(),
            },
            outbox: Some(outbox),
            ..Record::default()
        });
        assert_eq!(found.dead.map(|dead| dead.letter), Some(7));
        assert_eq!((&*found.name, found.tasks.len()), ("Beacon", 1));
        assert_eq!(found.waits, None);
    }
}
