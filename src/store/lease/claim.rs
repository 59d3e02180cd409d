//! Claims: generations that were won, by bringing their counters from 0 to 1.

use super::times::SILENCE;
use crate::model::{EntityKey, Timestamp};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::keys;
use crate::store::record::Record;

/// A generation that was won, of an entity that is as it was seen before.
pub(in crate::store) struct Claim {
    /// When it was asked for.
    pub(in crate::store) asked: Timestamp,
    pub(in crate::store) generation: u64,
}

impl Claim {
    /// Asks for a generation; `None`: somebody else has it, or the entity is not as
    /// it was `seen`.
    pub(in crate::store) fn win(
        ports: Ports<'_>,
        entity: &EntityKey,
        seen: &Record,
        generation: u64,
    ) -> Result<Option<Self>, RecordError> {
        let asked = ports.clock.now();
        if ports.store.increment(&keys::lease(entity, generation), 1)? != 1 {
            return Ok(None);
        }
        // Between the first look and the win, others may have come and gone.
        let record = Record::read(ports.store, entity)?.unwrap_or_default();
        Ok((record == *seen).then_some(Self { asked, generation }))
    }

    /// Whether others may take us for dead by now.
    pub(in crate::store) fn is_late(&self, ports: Ports<'_>) -> bool {
        ports.clock.now().since(self.asked) > SILENCE / 2
    }
}
