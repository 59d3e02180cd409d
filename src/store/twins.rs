//! For platforms without atomic counters: issues that are new and have not
//! been looked at for twins.

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::keys;
use super::lease::Claim;
use super::record::Record;
use crate::model::{EntityKey, Timestamp};
use crate::platform::{Ports, Store};

/// An issue that was just filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// The entity.
    pub entity: EntityKey,
    /// How many issues the entity had before.
    #[serde(default)]
    pub sequence: u32,
    /// When.
    #[serde(default)]
    pub at: Timestamp,
}

/// Notes an issue.
pub fn note(store: &dyn Store, fresh: &Fresh) -> Result<(), RecordError> {
    put(store, &keys::twins(&fresh.entity), fresh)
}

/// All of them, the oldest first, of all keys of the store.
pub fn list(store: &dyn Store, all: &[String]) -> Result<Vec<Fresh>, RecordError> {
    let mut found: Vec<Fresh> = Vec::new();
    for key in all.iter().filter(|key| key.starts_with(keys::TWINS)) {
        found.extend(get_readable(store, key)?);
    }
    found.sort_by_key(|fresh| fresh.at);
    Ok(found)
}

/// It was looked at.
pub fn forget(store: &dyn Store, entity: &EntityKey) -> Result<(), RecordError> {
    Ok(store.delete(&keys::twins(entity))?)
}

/// The entity's issue is another one from now on. If somebody is at work on the
/// entity, it stays as it is: all is best effort here.
pub fn retarget(
    ports: Ports<'_>,
    entity: &EntityKey,
    key: &str,
    issue_id: &str,
) -> Result<(), RecordError> {
    let Some(mut record) = Record::read(ports.store, entity)? else {
        return Ok(());
    };
    if record.leased_until.is_known() {
        return Ok(());
    }
    let Some(claim) = Claim::win(ports, entity, &record, record.generation)? else {
        return Ok(());
    };
    if let Some(issue) = &mut record.issue {
        issue.key = key.to_owned();
        issue.id = issue_id.to_owned();
    }
    record.generation += 1;
    if !claim.is_late(ports) {
        record.write(ports.store, entity)?;
        ports.store.delete(&keys::lease(entity, claim.generation))?;
    }
    Ok(())
}
