//! Inboxes: events that arrived while somebody worked on their entity, or that
//! are kept before anybody works on them. They are numbered by a counter; the
//! record says up to which number they are taken in.

use std::time::Duration;

use super::error::RecordError;
use super::json::{get_readable, put};
use super::{counter, keys};
use crate::model::{EntityKey, Event};
use crate::platform::{Ports, Store};

/// An event is in the inbox this soon after its number was drawn, or its bearer draws
/// another one: whoever looks for it waits no longer.
pub const PROMPT: Duration = Duration::from_secs(1);
/// So often another number is drawn.
const TRIES: usize = 3;

/// Puts an event into the inbox of its entity, and returns its number.
///
/// # Errors
/// When the store fails.
pub fn deposit(ports: Ports<'_>, event: &Event) -> Result<u64, RecordError> {
    let entity = event.entity.key();
    let mut tries = 1;
    loop {
        let drawn = ports.clock.now();
        let number = ports.store.increment(&keys::arrivals(&entity), 1)?;
        let number = u64::try_from(number).unwrap_or_default();
        put(ports.store, &keys::inbox(&entity, number), event)?;
        if ports.clock.now().since(drawn) < PROMPT || tries == TRIES {
            return Ok(number);
        }
        tries += 1;
    }
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
