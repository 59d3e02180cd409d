//! Inboxes: events that arrived while somebody worked on their entity, or that
//! are kept before anybody works on them. They are numbered by a counter; the
//! record says up to which number they are taken in.

use super::error::RecordError;
use super::json::{get_readable, put};
use super::{counter, keys};
use crate::model::{EntityKey, Event};
use crate::platform::Store;

/// Puts an event into the inbox of its entity, and returns its number.
///
/// # Errors
/// When the store fails.
pub fn deposit(store: &dyn Store, event: &Event) -> Result<u64, RecordError> {
    let entity = event.entity.key();
    let number = store.increment(&keys::arrivals(&entity), 1)?;
    let number = u64::try_from(number).unwrap_or_default();
    put(store, &keys::inbox(&entity, number), event)?;
    Ok(number)
}

/// How many events ever arrived in an entity's inbox.
pub(super) fn arrived(store: &dyn Store, entity: &EntityKey) -> Result<u64, RecordError> {
    counter::read(store, &keys::arrivals(entity))
}

/// One event of an inbox, if it is there. What cannot be read was not written by
/// us; nobody can do anything for it.
pub(super) fn received(
    store: &dyn Store,
    entity: &EntityKey,
    number: u64,
) -> Result<Option<Event>, RecordError> {
    Ok(get_readable(store, &keys::inbox(entity, number))?)
}
