//! Events accepted and not yet done.
//!
//! What is to be done for an entity stands in its record, so that the newest
//! content takes the place of older. Two kinds of keys let it be found again:
//! a `due` marker for a record that was put off, and the `inbox` of changes
//! that arrived while somebody was at work. A hint says whether looking for
//! them is worth the listing of all keys.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Value, value};

use super::ticket::Record;
use super::{LedgerError, get_readable, keys, put};
use crate::event::{Change, Event, Findings, lenient};
use crate::platform::{Ports, Store};

/// What is to be done for an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Pending {
    /// The latest event.
    pub event: Event,
    /// A create that may have been carried out: look before sending another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// What others said of it in an earlier attempt: they are not asked again.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub findings: Option<Findings>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// When it was accepted (milliseconds since 1970).
    #[serde(default)]
    pub since: u64,
    /// Not to be tried before.
    #[serde(default)]
    pub not_before: u64,
    /// Why it was put off.
    #[serde(default)]
    pub why: String,
}

/// A create that was on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// What it would have filed.
    pub event: Event,
    /// When (milliseconds since 1970).
    #[serde(default)]
    pub at: u64,
}

/// A new event is its own create: it is kept once, because stores limit the
/// size of a value.
impl Serialize for Pending {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut json = Self::serialize(self, value::Serializer).map_err(ser::Error::custom)?;
        let is_own = |sent: &Sent| sent.event == self.event;
        if self.sent.as_ref().is_some_and(is_own)
            && let Some(Value::Object(sent)) = json.get_mut("sent")
        {
            sent.remove("event");
        }
        json.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Pending {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut json = Value::deserialize(from)?;
        let event = json["event"].clone();
        if let Some(Value::Object(sent)) = json.get_mut("sent") {
            sent.entry("event").or_insert(event);
        }
        Self::deserialize(json).map_err(de::Error::custom)
    }
}

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
    put(ports.store, &keys::inbox(id, number), event)?;
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
    // What cannot be read was not written by us; nobody can do anything for it.
    Ok(get_readable(store, &keys::inbox(id, number))?)
}

/// Marks an entity's record as put off.
pub(super) fn mark_due(store: &dyn Store, id: &str, not_before: u64) -> Result<(), LedgerError> {
    let due = Due {
        id: id.to_owned(),
        not_before,
    };
    put(store, &keys::due(id), &due)?;
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The entity's id.
    pub id: String,
    /// Not to be tried before (milliseconds since 1970); 0 for an inbox.
    #[serde(default)]
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
            get_readable(store, &key)?
        } else if key.starts_with(keys::INBOX) {
            inbox_entry(store, &key)?
        } else {
            None
        };
        found.extend(due);
    }
    found.sort_by(|a: &Due, b| (a.not_before, &a.id).cmp(&(b.not_before, &b.id)));
    found.dedup_by(|a, b| a.id == b.id);
    Ok(found)
}

/// A change that waits. One that was taken in and dealt with stays behind when
/// its taker dies before tidying up: it goes.
fn inbox_entry(store: &dyn Store, key: &str) -> Result<Option<Due>, LedgerError> {
    let Some(Event { entity, .. }) = get_readable(store, key)? else {
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
