//! The platform's own store, through `wasi:keyvalue`, whose `increment` is atomic.

use spin_sdk::wit::wasi::keyvalue::store::{Bucket, Error, open};
use spin_sdk::wit::wasi::keyvalue::{atomics, batch};

use super::words::{STORE_LABEL, told};
use crate::platform::{StoreError, Variables};

/// The store. All of it goes through one interface: with the older one for reading
/// and writing, there would be two stores to open.
pub(super) struct OpenStore(Bucket);

impl OpenStore {
    /// The platform knows where it is: no setting says so.
    pub(super) fn open(_: &dyn Variables) -> Result<Self, StoreError> {
        open(STORE_LABEL).map(Self).map_err(store_error)
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
        match keys {
            // Redis calls it an error.
            [] => Ok(()),
            keys => batch::delete_many(&self.0, keys).map_err(store_error),
        }
    }

    pub(super) fn keys(&self) -> Result<Vec<String>, StoreError> {
        let mut page = self.0.list_keys(None).map_err(store_error)?;
        let mut keys = page.keys;
        while page.cursor.is_some() {
            let cursor = page.cursor.as_deref();
            page = self.0.list_keys(cursor).map_err(store_error)?;
            keys.append(&mut page.keys);
        }
        Ok(keys)
    }

    pub(super) fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        atomics::increment(&self.0, key, delta).map_err(store_error)
    }
}

fn store_error(error: Error) -> StoreError {
    StoreError(match error {
        Error::NoSuchStore => "there is no such store".to_owned(),
        Error::AccessDenied => "access denied".to_owned(),
        Error::Other(why) => told(why),
    })
}
