//! Events accepted and not yet done.
//!
//! What is to be done for an entity stands in its record, so that the newest
//! content takes the place of older. Two kinds of keys let it be found again:
//! a `due` marker for a record that was put off, and the `inbox` of changes
//! that arrived while somebody was at work. A hint says whether looking for
//! them is worth the listing of all keys.

use crate::json::json;
use serde_json::Value;

use super::ticket::Record;
use super::{LedgerError, keys, sort};
use crate::event::stored::{Stored, from_bytes, object, stored, to_bytes};
use crate::event::{Change, Event, Findings};
use crate::platform::{Ports, Store};

/// What is to be done for an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The latest event.
    pub event: Event,
    /// A create that may have been carried out: look before sending another.
    pub sent: Option<Sent>,
    /// What others said of it in an earlier attempt: they are not asked again.
    pub findings: Option<Findings>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was accepted (milliseconds since 1970).
    pub since: u64,
    /// Not to be tried before.
    pub not_before: u64,
    /// Why it was put off.
    pub why: String,
}

/// A create that was on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// What it would have filed.
    pub event: Event,
    /// When (milliseconds since 1970).
    pub at: u64,
}

/// A new event is its own create: it is kept once, because stores limit the
/// size of a value.
impl Stored for Pending {
    fn store(&self) -> Value {
        let sent = self
            .sent
            .as_ref()
            .map(|sent| match sent.event == self.event {
                true => json!({ "at": sent.at }),
                false => sent.store(),
            });
        object(vec![
            ("event", self.event.store()),
            ("sent", sent.unwrap_or_default()),
            ("findings", self.findings.store()),
            ("attempts", self.attempts.store()),
            ("since", self.since.store()),
            ("not_before", self.not_before.store()),
            ("why", self.why.store()),
        ])
    }

    fn restore(json: &Value) -> Option<Self> {
        let event = Event::restore(&json["event"])?;
        let sent = match &json["sent"] {
            Value::Null => None,
            sent if sent["event"].is_null() => Some(Sent {
                event: event.clone(),
                at: sent["at"].as_u64()?,
            }),
            sent => Some(Sent::restore(sent)?),
        };
        Some(Self {
            event,
            sent,
            findings: Stored::restore(&json["findings"]).unwrap_or_default(),
            attempts: u32::restore(&json["attempts"]).unwrap_or_default(),
            since: u64::restore(&json["since"]).unwrap_or_default(),
            not_before: u64::restore(&json["not_before"]).unwrap_or_default(),
            why: String::restore(&json["why"]).unwrap_or_default(),
        })
    }
}

stored!(Sent {
    must event;
    may at;
});

impl Pending {
    /// An event that has just arrived.
    pub fn new(event: Event, now: u64) -> Self {
        Self {
            event,
            sent: None,
            findings: None,
            attempts: 0,
            since: now,
            not_before: 0,
            why: String::new(),
        }
    }

    /// Whether an event tells nothing that this does not hold already.
    pub fn covers(&self, event: &Event) -> bool {
        if event.change == Change::Firing {
            return self.event.firings.hold(&event.firings);
        }
        let (theirs, ours) = (event.age(), self.event.age());
        theirs < ours || (theirs == ours && event.entity == self.event.entity)
    }

    /// Takes a later event in; what is older is dropped. Of two that say the
    /// same of when, the one that arrived later counts. Firings are counted.
    pub fn fold(&mut self, mut event: Event) {
        if !self.covers(&event) {
            let mut firings = std::mem::take(&mut self.event.firings);
            firings.take_in(&event.firings);
            event.firings = firings;
            // A firing says the same again; a change may be about something else.
            self.findings.take_if(|_| event.change != Change::Firing);
            self.event = event;
        }
    }
}

/// Puts a change into the inbox of an entity that somebody works on, and
/// returns its number.
pub(super) fn deposit(ports: Ports<'_>, event: &Event) -> Result<u64, LedgerError> {
    let id = &event.entity.id;
    let number = ports.store.increment(&keys::arrivals(id), 1)?;
    let number = u64::try_from(number).unwrap_or_default();
    ports
        .store
        .set(&keys::inbox(id, number), &to_bytes(event))?;
    hint(ports.store)?;
    Ok(number)
}

/// How many changes ever arrived in an entity's inbox. A counter that was
/// never used costs no write.
pub(super) fn arrived(store: &dyn Store, id: &str) -> Result<u64, LedgerError> {
    let key = keys::arrivals(id);
    if store.get(&key)?.is_none() {
        return Ok(0);
    }
    Ok(u64::try_from(store.increment(&key, 0)?).unwrap_or_default())
}

/// One change of an inbox, if it is there.
pub(super) fn received(
    store: &dyn Store,
    id: &str,
    number: u64,
) -> Result<Option<Event>, LedgerError> {
    let bytes = store.get(&keys::inbox(id, number))?;
    // What cannot be read was not written by us; nobody can do anything for it.
    Ok(bytes.and_then(|bytes| from_bytes(&bytes)))
}

/// Marks an entity's record as put off.
pub(super) fn mark_due(store: &dyn Store, id: &str, not_before: u64) -> Result<(), LedgerError> {
    let marker = json!({ "id": id, "not_before": not_before });
    store.set(&keys::due(id), marker.to_string().as_bytes())?;
    hint(store)
}

/// Says that looking for work is worth it. Written after what it hints at.
fn hint(store: &dyn Store) -> Result<(), LedgerError> {
    Ok(store.set(keys::HINT, b"1")?)
}

/// Whether there may be work.
pub fn hinted(store: &dyn Store) -> bool {
    matches!(store.get(keys::HINT), Ok(Some(_)))
}

/// An entity for which something is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The entity's id.
    pub id: String,
    /// Not to be tried before (milliseconds since 1970); 0 for an inbox.
    pub not_before: u64,
}

/// All entities with something to be done, the most urgent first. Lists every
/// key of the store.
pub fn due(store: &dyn Store) -> Result<Vec<Due>, LedgerError> {
    let found = list(store)?;
    if found.is_empty() && hinted(store) {
        // In this order nothing is overlooked: whoever marks after the second
        // look hints after the deletion.
        store.delete(keys::HINT)?;
        let found = list(store)?;
        if !found.is_empty() {
            hint(store)?;
        }
        return Ok(found);
    }
    Ok(found)
}

fn list(store: &dyn Store) -> Result<Vec<Due>, LedgerError> {
    // The listing ends before any other call: SQLite's lock is held meanwhile.
    let all = store.keys()?;
    let mut found = Vec::new();
    for key in all {
        let due = if key.starts_with(keys::DUE) {
            marker(store, &key)?
        } else if key.starts_with(keys::INBOX) {
            inbox_entry(store, &key)?
        } else {
            None
        };
        found.extend(due);
    }
    sort(&mut found, |a: &Due, b| {
        (a.not_before, &a.id) < (b.not_before, &b.id)
    });
    found.dedup_by(|a, b| a.id == b.id);
    Ok(found)
}

fn marker(store: &dyn Store, key: &str) -> Result<Option<Due>, LedgerError> {
    let Some(bytes) = store.get(key)? else {
        return Ok(None);
    };
    let marker: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(marker["id"].as_str().map(|id| Due {
        id: id.to_owned(),
        not_before: marker["not_before"].as_u64().unwrap_or_default(),
    }))
}

/// A change that waits. One that was taken in and dealt with stays behind when
/// its taker dies before tidying up: it goes.
fn inbox_entry(store: &dyn Store, key: &str) -> Result<Option<Due>, LedgerError> {
    let Some(bytes) = store.get(key)? else {
        return Ok(None);
    };
    let Some(Event { entity, .. }) = from_bytes(&bytes) else {
        return Ok(None);
    };
    let number = key.rsplit_once('/').and_then(|(_, it)| it.parse().ok());
    let record = Record::read(store, &entity.id)?.unwrap_or_default();
    let taken_in = number.is_some_and(|number: u64| number <= record.drained);
    if taken_in && record.pending.is_none() {
        store.delete(key)?;
        return Ok(None);
    }
    Ok(Some(Due {
        id: entity.id,
        not_before: 0,
    }))
}
