//! What is remembered about an entity's issue, as it stands in the store.

use serde::{Deserialize, Serialize};

use super::journal::Pending;
use super::{LedgerError, keys};
use crate::event::Version;
use crate::plan::Written;
use crate::platform::Store;

/// What we remember about an entity's Jira issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    /// The key when it was filed, such as `SOC-105`.
    pub key: String,
    /// The id, which survives a move.
    pub id: String,
    /// The latest state of the entity that was dealt with.
    pub version: Version,
    /// What the entity was mapped to last.
    pub written: Written,
    /// The summary that Jira was given last.
    pub summary: String,
    /// A fingerprint of the description that Jira was given last.
    pub description: String,
    /// The entity was deleted or merged away.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// All that the store holds about an entity, under one key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// How often the right to work on it has passed on.
    pub(super) generation: u64,
    /// Somebody works on it until then (milliseconds since 1970); 0: nobody.
    pub(super) leased_until: u64,
    /// When it was last written (milliseconds since 1970).
    pub(super) touched: u64,
    /// The issue, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ticket: Option<Ticket>,
    /// What is being done, or was put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<Pending>,
    /// Changes of the inbox up to this number are taken in.
    pub(super) drained: u64,
    /// There is a dead letter.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) dead: bool,
}

impl Record {
    pub(super) fn read(store: &dyn Store, id: &str) -> Result<Option<Self>, LedgerError> {
        let key = keys::record(id);
        let Some(bytes) = store.get(&key)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| LedgerError::Unreadable { key })
    }

    pub(super) fn write(&self, store: &dyn Store, id: &str) -> Result<(), LedgerError> {
        let key = keys::record(id);
        let bytes =
            serde_json::to_vec(self).map_err(|_| LedgerError::Unreadable { key: key.clone() })?;
        Ok(store.set(&key, &bytes)?)
    }

    /// Whether somebody works on the entity.
    pub(super) fn is_leased(&self, now: u64) -> bool {
        self.leased_until > now
    }
}
