//! What do we know about an entity, and whose work is it: the only place that
//! knows keys in the store.
//!
//! The store has no transactions, no expiry and no usable compare-and-swap;
//! an atomic `increment` is all there is. `claim.rs` builds the right to work
//! on an entity out of it, `ticket.rs` is what is remembered.

pub mod breaker;
pub mod claim;
pub mod dead;
#[cfg(any(test, not(feature = "atomics")))]
pub mod fresh;
pub mod journal;
mod keys;
pub mod known;
pub mod owed;
pub mod sweep;
pub mod ticket;

pub use claim::{Claim, Claimed, Released, claim, is_known, look, round};
pub use dead::DeadLetter;
pub use journal::{Pending, Sent};
pub use owed::{Errand, Owed, What};
pub use ticket::Ticket;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::platform::{Clock, Store, StoreError};

/// Whether the store can be written: writes the time under a key of its own.
///
/// # Errors
/// What the store said.
pub fn probe(store: &dyn Store, clock: &dyn Clock) -> Result<(), StoreError> {
    store.set(keys::READY, clock.now_ms().to_string().as_bytes())
}

/// Keeps a value as JSON.
fn put(store: &dyn Store, key: &str, value: &impl Serialize) -> Result<(), LedgerError> {
    let json = serde_json::to_value(value).map_err(|error| StoreError(error.to_string()))?;
    Ok(store.set(key, json.to_string().as_bytes())?)
}

/// A value that was kept, if there is one.
fn get<T: DeserializeOwned>(store: &dyn Store, key: &str) -> Result<Option<T>, LedgerError> {
    let Some(bytes) = store.get(key)? else {
        return Ok(None);
    };
    read(&bytes)
        .map(Some)
        .ok_or_else(|| LedgerError::Unreadable {
            key: key.to_owned(),
        })
}

/// Through a [`Value`], as [`crate::event::lenient`] reads what may be broken:
/// two readers for each type would make the component a tenth larger.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let json: Value = serde_json::from_slice(bytes).ok()?;
    T::deserialize(json).ok()
}

/// The same; what cannot be read is as good as nothing.
fn get_readable<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let bytes = store.get(key)?;
    Ok(bytes.and_then(|bytes| read(&bytes)))
}

/// The ledger cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerError {
    /// The store failed.
    Store(StoreError),
    /// A value in the store is not what this application writes.
    Unreadable {
        /// The key it stands under.
        key: String,
    },
    /// The lease ran out, and somebody else has taken the entity over.
    Overtaken,
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for LedgerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Unreadable { key } => write!(
                f,
                "key-value store: the value under `{key}` was not written by jira-intake"
            ),
            Self::Overtaken => f.write_str("somebody else has taken the entity over"),
        }
    }
}
