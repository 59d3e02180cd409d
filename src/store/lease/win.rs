//! One attempt to win a lease, with all that has arrived.

use std::time::Duration;

use super::asking::Asking;
use super::claim::Claim;
use super::fold::Arrived;
use super::held::{Lease, Won};
use crate::model::{Change, EntityKey, Event};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::inbox::Arrival;
use crate::store::record::{Record, State};
use crate::store::{dead_letter, inbox};

impl<'a> Lease<'a> {
    /// One attempt to win a generation, with all that has arrived. `seen` is the record as it was when the attempt was decided on.
    pub(super) fn win(
        ports: Ports<'a>,
        entity: &EntityKey,
        seen: Record,
        generation: u64,
        asking: Asking<'_>,
    ) -> Result<Option<Self>, RecordError> {
        let Some(claim) = Claim::win(ports, entity, &seen, generation)? else {
            return Ok(None);
        };
        let arrived = arrived(ports, entity, &seen, asking)?;
        let mut record = Record {
            generation,
            ..seen.clone()
        };
        let visited = match asking {
            Asking::Slot(Some(slot)) => Some(slot.clone()),
            Asking::Slot(None) => {
                record.queued = None;
                None
            }
            Asking::Event { .. } | Asking::Inbox { .. } => None,
        };
        let won = Won {
            claim,
            record,
            arrived,
            visited,
            before: seen,
        };
        Self::begin(ports, entity, won)
    }
}

/// What is taken in on behalf of somebody.
fn arrived(
    ports: Ports<'_>,
    entity: &EntityKey,
    record: &Record,
    asking: Asking<'_>,
) -> Result<Arrived, RecordError> {
    let mut arrived = Arrived {
        drained: record.drained,
        ..Arrived::default()
    };
    let event = match asking {
        Asking::Event { event, .. } => Some(event),
        Asking::Inbox { .. } | Asking::Slot(_) => None,
    };
    // The inbox is looked into once the lease is given up, and costs nothing here.
    if event.is_none_or(is_ordered_by_arrival) {
        let missing_is_lost = !matches!(
            asking,
            Asking::Event { .. }
                | Asking::Inbox {
                    missing_is_lost: false
                }
        );
        take_in(ports, entity, missing_is_lost, &mut arrived)?;
    }
    arrived.events.extend(event.cloned());
    if let State::Dead { letter, .. } = record.state
        && !arrived.events.is_empty()
    {
        // One that was let go is gone.
        arrived.revived = dead_letter::read(ports.store, letter)?;
    }
    Ok(arrived)
}

/// Whether what came later counts, because its sender does not say which of two
/// states is the later one. Firings are counted, in any order.
fn is_ordered_by_arrival(event: &Event) -> bool {
    !event.entity.version.is_known() && !matches!(event.change, Change::Fired(_))
}

/// So many events are taken in at a time, and for so long: winning must be quick.
const MOST: usize = 100;
const LONGEST: Duration = Duration::from_secs(1);

fn take_in(
    ports: Ports<'_>,
    entity: &EntityKey,
    missing_is_lost: bool,
    arrived: &mut Arrived,
) -> Result<(), RecordError> {
    let last = inbox::arrived(ports.store, entity)?;
    let (first, began) = (arrived.drained + 1, ports.clock.now());
    for number in first..=last {
        match inbox::received(ports.store, entity, number)? {
            Some(Arrival::Event(event)) => {
                arrived.events.push(*event);
                arrived.taken.push(number);
            }
            Some(Arrival::Change(change)) => {
                arrived.changes.push(change);
                arrived.taken.push(number);
            }
            // Its bearer may still be writing it. Only the first was waited for.
            None if !missing_is_lost || number > first => break,
            None => {}
        }
        arrived.drained = number;
        if arrived.taken.len() >= MOST || ports.clock.now().since(began) > LONGEST {
            break;
        }
    }
    Ok(())
}
