//! What is looked for among the keys, and what came of it.

use std::time::Duration;

use crate::model::EntityKey;
use crate::store::error::RecordError;
use crate::store::keys;
use crate::store::slot::Slot;

/// What may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a record stays after it was last touched.
    pub retention: Duration,
    /// How many keys the store may hold; 0 is any number.
    pub max_keys: usize,
    /// How many records are looked at each time.
    pub records: usize,
    /// Whether issues must lead to their entities.
    pub index_issues: bool,
    /// Whether events are counted.
    pub counts_events: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// How many keys went.
    pub swept: usize,
    /// Entities for which there may be something to be done, and that nobody would
    /// come by.
    pub astray: Vec<Astray>,
    /// How many entities are being worked on. Should their holders die, they are
    /// found the next time.
    pub at_work: u64,
    /// Every key of the store.
    pub keys: Vec<String>,
    /// How many dead letters there should have been before that.
    pub dead_balance: u64,
}

/// An entity that nobody would come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Astray {
    /// The entity.
    pub entity: EntityKey,
    /// Where it stands; `None`: its slot is lost.
    pub slot: Option<Slot>,
}

/// The rest of every key that begins like this.
pub(super) fn below<'k>(
    keys: &'k [String],
    prefix: &'k str,
) -> impl Iterator<Item = &'k str> + Clone {
    keys.iter().filter_map(move |key| key.strip_prefix(prefix))
}

/// What can be read; `None`: it was not written by us, and is left alone. One such
/// value must not keep the others from being looked after.
pub(super) fn readable<T>(read: Result<T, RecordError>) -> Result<Option<T>, RecordError> {
    match read {
        Err(RecordError::Unreadable { .. }) => Ok(None),
        read => read.map(Some),
    }
}

/// The entity and the number of a key's rest.
pub(super) fn numbered(rest: &str) -> Option<(EntityKey, u64)> {
    let (name, number) = rest.rsplit_once('/')?;
    Some((keys::entity(name)?, number.parse().ok()?))
}
