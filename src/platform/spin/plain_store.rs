//! The platform's own store, where it has no atomics (Fermyon Cloud, Akamai
//! Functions).

use spin_sdk::key_value::{Error, Store};

use super::words::{STORE_LABEL, told};
use crate::platform::{StoreError, Variables};

/// The store.
pub(super) struct OpenStore(Store);

impl OpenStore {
    /// The platform knows where it is: no setting says so.
    pub(super) fn open(_: &dyn Variables) -> Result<Self, StoreError> {
        Store::open(STORE_LABEL).map(Self).map_err(store_error)
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key).map_err(store_error)
    }

    pub(super) fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.set(key, value).map_err(store_error)
    }

    pub(super) fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.0.delete(key).map_err(store_error)
    }

    pub(super) fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        keys.iter().try_for_each(|key| self.delete(key))
    }

    pub(super) fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.0.get_keys().map_err(store_error)
    }

    /// Best effort: two at once can both see the same value.
    pub(super) fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let old = self.get(key)?.unwrap_or_default();
        let old: i64 = std::str::from_utf8(&old)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let new = old.saturating_add(delta);
        self.set(key, new.to_string().as_bytes())?;
        Ok(new)
    }
}

fn store_error(error: Error) -> StoreError {
    StoreError(told(error.to_string()))
}
