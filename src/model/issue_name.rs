//! What an issue is called.

use serde::{Deserialize, Serialize};

/// What an issue is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueName {
    /// Such as `SOC-105`: what people read. Changes when the issue is moved.
    pub key: String,
    /// A number that never changes; empty if only the key is known.
    pub id: String,
}

impl IssueName {
    /// What names the issue in an address: the id, which survives a move.
    pub fn address(&self) -> &str {
        match self.id.is_empty() {
            true => &self.key,
            false => &self.id,
        }
    }

    /// The key of the project that it was filed in.
    pub fn project(&self) -> &str {
        self.key.rsplit_once('-').map_or("", |(project, _)| project)
    }
}
