//! For platforms without atomic counters: issues that are new and have not
//! been looked at for twins.

use serde::{Deserialize, Serialize};

use super::ticket::Record;
use super::{LedgerError, get_readable, keys, put};
use crate::platform::{Ports, Store};

/// An issue that was just filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// The entity's id.
    pub id: String,
    /// How many issues the entity had before.
    #[serde(default)]
    pub round: u32,
    /// The project's key.
    pub project: String,
    /// When (milliseconds since 1970).
    #[serde(default)]
    pub at: u64,
}

/// Notes an issue.
pub fn note(store: &dyn Store, fresh: &Fresh) -> Result<(), LedgerError> {
    put(store, &keys::fresh(&fresh.id), fresh)
}

/// All of them, the oldest first. Lists every key of the store.
pub fn list(store: &dyn Store) -> Result<Vec<Fresh>, LedgerError> {
    let all = store.keys()?;
    let mut found: Vec<Fresh> = Vec::new();
    for key in all.iter().filter(|key| key.starts_with(keys::FRESH)) {
        found.extend(get_readable(store, key)?);
    }
    found.sort_by_key(|fresh| fresh.at);
    Ok(found)
}

/// It was looked at.
pub fn forget(store: &dyn Store, id: &str) -> Result<(), LedgerError> {
    Ok(store.delete(&keys::fresh(id))?)
}

/// The entity's issue is another one from now on.
pub fn retarget(ports: Ports<'_>, id: &str, key: &str, issue_id: &str) -> Result<(), LedgerError> {
    let Some(mut record) = Record::read(ports.store, id)? else {
        return Ok(());
    };
    if let Some(ticket) = &mut record.ticket {
        ticket.key = key.to_owned();
        ticket.id = issue_id.to_owned();
    }
    record.write(ports.store, id)
}
