//! For platforms without atomic counters: issues that are new and have not
//! been looked at for twins.

use crate::json::json;
use serde_json::Value;

use super::ticket::Record;
use super::{LedgerError, keys, sort};
use crate::platform::{Ports, Store};

/// An issue that was just filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// The entity's id.
    pub id: String,
    /// How many issues the entity had before.
    pub round: u32,
    /// The project's key.
    pub project: String,
    /// When (milliseconds since 1970).
    pub at: u64,
}

/// Notes an issue.
pub fn note(store: &dyn Store, fresh: &Fresh) -> Result<(), LedgerError> {
    let value = json!({
        "id": fresh.id,
        "round": fresh.round,
        "project": fresh.project,
        "at": fresh.at,
    });
    Ok(store.set(&keys::fresh(&fresh.id), value.to_string().as_bytes())?)
}

/// All of them, the oldest first. Lists every key of the store.
pub fn list(store: &dyn Store) -> Result<Vec<Fresh>, LedgerError> {
    let all = store.keys()?;
    let mut found = Vec::new();
    for key in all.iter().filter(|key| key.starts_with(keys::FRESH)) {
        let bytes = store.get(key)?.unwrap_or_default();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if let (Some(id), Some(project)) = (value["id"].as_str(), value["project"].as_str()) {
            found.push(Fresh {
                id: id.to_owned(),
                round: value["round"].as_u64().unwrap_or_default() as u32,
                project: project.to_owned(),
                at: value["at"].as_u64().unwrap_or_default(),
            });
        }
    }
    sort(&mut found, |a, b| a.at < b.at);
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
