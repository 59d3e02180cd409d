//! What a store can do, and how a guest holds one.

use std::sync::Arc;

use async_trait::async_trait;

/// What went wrong in a store, for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreError(pub(crate) String);

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

/// A key with its value, if it has one.
pub(crate) type Pair = (String, Option<Vec<u8>>);

/// A store that keeps bytes under keys.
#[async_trait]
pub(crate) trait KeyValueStore: Send + Sync {
    /// The value under `key`.
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError>;
    /// Keeps `value` under `key`; durable when it returns, if the store is.
    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), StoreError>;
    /// Forgets `key`.
    async fn delete(&self, key: String) -> Result<(), StoreError>;
    /// Every key.
    async fn keys(&self) -> Result<Vec<String>, StoreError>;
    /// Adds `delta` to the counter `key` in one indivisible step.
    async fn increment(&self, key: String, delta: i64) -> Result<i64, StoreError>;
    /// The values under several keys.
    async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Pair>, StoreError>;
    /// Keeps several values.
    async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), StoreError>;
    /// Forgets several keys.
    async fn delete_many(&self, keys: Vec<String>) -> Result<(), StoreError>;
}

/// A store as the guest holds it, through either interface.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenStore(pub(crate) Arc<dyn KeyValueStore>);
