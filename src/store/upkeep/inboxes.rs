//! What stands in inboxes.

use super::found::{Upkeep, below, numbered, readable};
use crate::model::EntityKey;
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::inbox::Arrival;
use crate::store::record::Record;
use crate::store::{inbox, keys, queue};

/// An event that waits is looked after by whoever works on its entity; if nobody
/// does, the entity gets a slot. One that was taken in and dealt with stays behind
/// when its taker dies before tidying up: it goes.
pub(super) fn look_after(
    ports: Ports<'_>,
    all: &[String],
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    let mut waiting: Vec<EntityKey> = Vec::new();
    for (entity, number) in below(all, keys::INBOX).filter_map(numbered) {
        let Some(arrival) = inbox::received(ports.store, &entity, number)? else {
            continue;
        };
        let Some(record) = readable(Record::read(ports.store, &entity))? else {
            continue;
        };
        let record = record.unwrap_or_default();
        if number <= record.drained {
            if record.pending().is_none() {
                ports.store.delete(&keys::inbox(&entity, number))?;
                upkeep.swept += 1;
            }
            continue;
        }
        // The entity was forgotten while the event arrived.
        if inbox::arrived(ports.store, &entity)? < number {
            match &arrival {
                Arrival::Event(event) => inbox::deposit(ports, event)?,
                Arrival::Change(change) => inbox::deposit_change(ports, &entity, change)?,
            };
            ports.store.delete(&keys::inbox(&entity, number))?;
        }
        waiting.push(match arrival {
            Arrival::Event(event) => event.entity.key(),
            Arrival::Change(_) => entity,
        });
    }
    // The keys are sorted: those of one entity follow each other.
    waiting.dedup();
    for entity in waiting {
        queue::take_turn(ports, &entity)?;
    }
    Ok(())
}
