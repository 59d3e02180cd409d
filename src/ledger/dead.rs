//! Dead letters: events that only a person can help. Each keeps all that is
//! needed to understand it, to replay it, or to let it go.

use serde::{Deserialize, Serialize};

use super::journal::Pending;
use super::{LedgerError, get, keys, put};
use crate::platform::Store;

/// An event that is not tried any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// What it is called in addresses.
    #[serde(default)]
    pub id: String,
    /// The event, and what was tried.
    pub pending: Pending,
    /// Why it was given up.
    #[serde(default)]
    pub reason: String,
    /// When (milliseconds since 1970).
    #[serde(default)]
    pub at: u64,
}

pub(super) fn write(store: &dyn Store, letter: &DeadLetter) -> Result<(), LedgerError> {
    put(store, &keys::dead(&letter.id), letter)
}

/// One dead letter.
pub fn read(store: &dyn Store, id: &str) -> Result<Option<DeadLetter>, LedgerError> {
    get(store, &keys::dead(id))
}

/// Why an entity's event became a dead letter, if there is one.
pub fn reason(store: &dyn Store, entity_id: &str) -> Option<String> {
    let letter = read(store, &keys::safe(entity_id)).ok()??;
    Some(letter.reason)
}

/// All dead letters, the oldest first. Lists every key of the store.
pub fn list(store: &dyn Store) -> Result<Vec<DeadLetter>, LedgerError> {
    let all = store.keys()?;
    let mut letters = Vec::new();
    for key in all {
        if let Some(id) = key.strip_prefix(keys::DEAD) {
            letters.extend(read(store, id)?);
        }
    }
    letters.sort_by(|a: &DeadLetter, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(letters)
}

/// Lets a dead letter go.
pub fn discard(store: &dyn Store, id: &str) -> Result<(), LedgerError> {
    Ok(store.delete(&keys::dead(id))?)
}
