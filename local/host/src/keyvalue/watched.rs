//! A store whose writes are told to the tripwire.

use std::sync::Arc;

use async_trait::async_trait;

use crate::store::{KeyValueStore, Pair, StoreError};
use crate::tripwire::{Call, Watch};

/// A store whose writes are counted.
pub(crate) struct Watched {
    pub(crate) store: Arc<dyn KeyValueStore>,
    pub(crate) watch: Arc<Watch>,
}

#[async_trait]
impl KeyValueStore for Watched {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(key).await
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), StoreError> {
        let call = self.watch.begin(Call::Store, format!("set {key}"));
        let done = self.store.set(key, value).await;
        call.end();
        done
    }

    async fn delete(&self, key: String) -> Result<(), StoreError> {
        let call = self.watch.begin(Call::Store, format!("delete {key}"));
        let done = self.store.delete(key).await;
        call.end();
        done
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.store.keys().await
    }

    async fn increment(&self, key: String, delta: i64) -> Result<i64, StoreError> {
        let call = self.watch.begin(Call::Store, format!("increment {key}"));
        let done = self.store.increment(key, delta).await;
        call.end();
        done
    }

    async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Pair>, StoreError> {
        self.store.get_many(keys).await
    }

    async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        let call = self.watch.begin(Call::Store, "set many");
        let done = self.store.set_many(pairs).await;
        call.end();
        done
    }

    async fn delete_many(&self, keys: Vec<String>) -> Result<(), StoreError> {
        let call = self.watch.begin(Call::Store, "delete many");
        let done = self.store.delete_many(keys).await;
        call.end();
        done
    }
}
