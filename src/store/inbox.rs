//! Inboxes: events that arrived while somebody worked on their entity, or that
//! are kept before anybody works on them. They are numbered by a counter; the
//! record says up to which number they are taken in.

use std::time::Duration;

use serde::Serialize;

use super::error::RecordError;
use super::json::{object, of, put};
use super::{counter, keys};
use crate::model::{EntityKey, Event, IssueChange};
use crate::platform::{Ports, Store};

/// An event is in the inbox this soon after its number was drawn, or its bearer draws
/// another one: whoever looks for it waits no longer.
pub const PROMPT: Duration = Duration::from_secs(1);
/// So often another number is drawn.
const TRIES: usize = 3;

/// What stands in an inbox.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// Something happened to the entity.
    Event(Box<Event>),
    /// Somebody did something to its issue.
    Change(IssueChange),
}

/// Puts an event into the inbox of its entity, and returns its number.
///
/// # Errors
/// When the store fails.
pub fn deposit(ports: Ports<'_>, event: &Event) -> Result<u64, RecordError> {
    put_in(ports, &event.entity.key(), event)
}

/// Puts what somebody did to an issue into the inbox of its entity.
///
/// # Errors
/// When the store fails.
pub fn deposit_change(
    ports: Ports<'_>,
    entity: &EntityKey,
    change: &IssueChange,
) -> Result<u64, RecordError> {
    put_in(ports, entity, change)
}

fn put_in(ports: Ports<'_>, entity: &EntityKey, what: &impl Serialize) -> Result<u64, RecordError> {
    let mut tries = 1;
    loop {
        let drawn = ports.clock.now();
        let number = ports.store.increment(&keys::arrivals(entity), 1)?;
        let number = u64::try_from(number).unwrap_or_default();
        put(ports.store, &keys::inbox(entity, number), what)?;
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

/// One entry of an inbox, if it is there. What cannot be read was not written by
/// us; nobody can do anything for it.
pub(super) fn received(
    store: &dyn Store,
    entity: &EntityKey,
    number: u64,
) -> Result<Option<Arrival>, RecordError> {
    let Some(bytes) = store.get(&keys::inbox(entity, number))? else {
        return Ok(None);
    };
    let Some(members) = object(&bytes) else {
        return Ok(None);
    };
    // Only a change has this member.
    Ok(match members.contains_key("actions") {
        true => of(members).map(Arrival::Change),
        false => of(members).map(|event| Arrival::Event(Box::new(event))),
    })
}
