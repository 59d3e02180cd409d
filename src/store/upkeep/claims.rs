//! Claims: the counters of leases, which stand from the moment of winning. So they mark
//! what was being worked on when somebody died; those of generations that are over only
//! take room, and go.

use super::found::{Upkeep, below, numbered, readable};
use crate::model::{EntityKey, Timestamp};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::lease::{Claim, SILENCE, is_leased};
use crate::store::record::Record;
use crate::store::{inbox, keys, queue};

/// So many that were never written are passed over each time.
const MOST_SILENT: usize = 50;

/// So many counters are looked at before those that are spent go, with one write: no
/// longer, because an entity that is forgotten begins with the same numbers again.
const AT_ONCE: usize = 25;

pub(super) async fn look_after(
    ports: Ports<'_>,
    all: &[String],
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    let mut silent = Vec::new();
    let claims: Vec<_> = below(all, keys::LEASE).filter_map(numbered).collect();
    for claims in claims.chunks(AT_ONCE) {
        let mut spent = Vec::new();
        for (entity, generation) in claims {
            match look_at(ports, entity, *generation)? {
                Found::Spent => spent.push(keys::lease(entity, *generation)),
                Found::Silent(record) => silent.push((entity.clone(), *generation, *record)),
                Found::AtWork => upkeep.at_work += 1,
                Found::Left => {}
            }
        }
        ports.store.delete_many(&spent)?;
        upkeep.swept += spent.len();
    }
    for (entity, generation) in below(all, keys::SEEN).filter_map(numbered) {
        let Some(record) = readable(Record::read(ports.store, &entity))? else {
            continue;
        };
        if record.is_none_or(|record| generation < record.generation) {
            ports.store.delete(&keys::seen(&entity, generation))?;
            upkeep.swept += 1;
        }
    }
    pass_over(ports, silent, upkeep).await
}

/// What a counter tells.
enum Found {
    /// Its generation is over: nobody asks for it again.
    Spent,
    /// It was won, and no lease was written: of the record as it is.
    Silent(Box<Record>),
    /// Somebody holds the lease.
    AtWork,
    /// Nothing is to be done with it: its holder died (if there is something to be done,
    /// the entity has a turn now), or its record cannot be read.
    Left,
}

fn look_at(ports: Ports<'_>, entity: &EntityKey, generation: u64) -> Result<Found, RecordError> {
    let Some(record) = readable(Record::read(ports.store, entity))? else {
        return Ok(Found::Left);
    };
    let record = record.unwrap_or_default();
    if generation < record.generation {
        return Ok(Found::Spent);
    }
    if is_leased(ports, entity, &record, ports.clock.now())? {
        return Ok(Found::AtWork);
    }
    if !record.leased_until.is_known() || generation > record.generation {
        return Ok(Found::Silent(Box::new(record)));
    }
    if record.due().is_some() || inbox::arrived(ports.store, entity)? > record.drained {
        queue::take_turn(ports, entity)?;
    }
    Ok(Found::Left)
}

/// Winners that never wrote a lease: they are about to, or they died. The record
/// moves on past them; only so can their counters go, or two could win at once.
async fn pass_over(
    ports: Ports<'_>,
    mut silent: Vec<(EntityKey, u64, Record)>,
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    silent.truncate(MOST_SILENT);
    if silent.is_empty() {
        return Ok(());
    }
    ports.clock.sleep(SILENCE + SILENCE / 5).await;
    for (entity, generation, seen) in silent {
        // It may have been about to write its lease: then nothing is to be spent.
        if Record::read(ports.store, &entity)?.unwrap_or_default() != seen {
            continue;
        }
        let next = generation + 1;
        let Some(claim) = Claim::win(ports, &entity, &seen, next)? else {
            continue;
        };
        let is_from_the_dead = seen.leased_until.is_known();
        let mut record = Record {
            generation: next + 1,
            leased_until: Timestamp::UNKNOWN,
            touched: ports.clock.now(),
            ..seen
        };
        if is_from_the_dead {
            record.doubt_comments();
        }
        if claim.is_late(ports) {
            continue;
        }
        record.write(ports.store, &entity)?;
        for generation in [generation, next] {
            ports.store.delete(&keys::lease(&entity, generation))?;
        }
        upkeep.swept += 1;
        if record.due().is_some() || inbox::arrived(ports.store, &entity)? > record.drained {
            queue::take_turn(ports, &entity)?;
        }
    }
    Ok(())
}
