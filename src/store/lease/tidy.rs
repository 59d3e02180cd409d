//! What a lease leaves behind goes away: its counter, and the changes it took
//! in.

use super::times::LEASE;
use crate::model::{EntityKey, Timestamp};
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::slot::Slot;
use crate::store::{inbox, keys, queue};

/// What is left to do after a lease was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The entity.
    pub entity: EntityKey,
    pub(super) generation: u64,
    /// When the lease was given up.
    pub(super) at: Timestamp,
    pub(super) drained: u64,
    pub(super) taken: Vec<u64>,
    /// Slots at which the entity does not wait any more.
    pub(super) left: Vec<Slot>,
}

impl Released {
    /// Whether the entity does not wait at a slot any more.
    pub fn has_left(&self, slot: &Slot) -> bool {
        self.left.contains(slot)
    }
}

/// Cleans up after a lease: its spent counter and the inbox it took in. True
/// if more has arrived meanwhile.
///
/// # Errors
/// When the store fails.
pub fn tidy(ports: Ports<'_>, released: &Released) -> Result<bool, RecordError> {
    let Ports { store, clock, .. } = ports;
    // Later, the entity may have been forgotten, and others may use the same numbers:
    // the upkeep tidies up.
    if clock.now().since(released.at) <= LEASE {
        remove_all(store, released)?;
    }
    Ok(inbox::arrived(store, &released.entity)? > released.drained)
}

fn remove_all(store: &dyn Store, released: &Released) -> Result<(), RecordError> {
    store.delete(&keys::lease(&released.entity, released.generation))?;
    for number in &released.taken {
        store.delete(&keys::inbox(&released.entity, *number))?;
    }
    for slot in &released.left {
        queue::leave(store, slot)?;
    }
    Ok(())
}
