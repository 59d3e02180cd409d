//! A store whose calls are told to the meter.

use std::sync::Arc;

use async_trait::async_trait;

use crate::meter::Meter;
use crate::store::{KeyValueStore, Pair, StoreError};

/// A store as one instance uses it.
pub(crate) struct Metered {
    pub(crate) store: Arc<dyn KeyValueStore>,
    pub(crate) meter: Arc<Meter>,
}

impl Metered {
    fn reads(&self) -> &dyn KeyValueStore {
        Meter::count(&self.meter.store_reads);
        &*self.store
    }

    fn writes(&self) -> &dyn KeyValueStore {
        Meter::count(&self.meter.store_writes);
        &*self.store
    }
}

#[async_trait]
impl KeyValueStore for Metered {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads().get(key).await
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), StoreError> {
        self.writes().set(key, value).await
    }

    async fn delete(&self, key: String) -> Result<(), StoreError> {
        self.writes().delete(key).await
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.reads().keys().await
    }

    async fn increment(&self, key: String, delta: i64) -> Result<i64, StoreError> {
        self.writes().increment(key, delta).await
    }

    async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Pair>, StoreError> {
        self.reads().get_many(keys).await
    }

    async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        self.writes().set_many(pairs).await
    }

    async fn delete_many(&self, keys: Vec<String>) -> Result<(), StoreError> {
        self.writes().delete_many(keys).await
    }
}
