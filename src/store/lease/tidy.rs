//! What leases leave behind goes away: the changes that one took in, and the counter of
//! the one before it. Its own counter stays for the next lease or the upkeep to remove: to
//! delete a key is a write, and most entities are worked on once.

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
    /// People did something to the issue before it stood in the record: that is to be
    /// told now.
    pub(super) has_early: bool,
}

impl Released {
    /// Whether the entity does not wait at a slot any more.
    pub fn has_left(&self, slot: &Slot) -> bool {
        self.left.contains(slot)
    }
}

/// Cleans up after a lease: the inbox it took in, and the spent counter of the generation
/// before. True if there is more to be done at once.
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
    Ok(released.has_early || inbox::arrived(store, &released.entity)? > released.drained)
}

/// The generation whose counter goes now. Stores without atomic counters take few keys
/// (Fermyon Cloud 1,024), so there none may stay behind.
fn spent(generation: u64) -> Option<u64> {
    match cfg!(feature = "atomics") {
        true => generation.checked_sub(1),
        false => Some(generation),
    }
}

fn remove_all(store: &dyn Store, released: &Released) -> Result<(), RecordError> {
    if let Some(spent) = spent(released.generation) {
        store.delete(&keys::lease(&released.entity, spent))?;
    }
    for number in &released.taken {
        store.delete(&keys::inbox(&released.entity, *number))?;
    }
    for slot in &released.left {
        queue::leave(store, slot)?;
    }
    Ok(())
}
