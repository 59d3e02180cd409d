//! A store on a Redis or Valkey server. As in Spin the label is not part of a
//! key: everything that uses the server's database shares its keys.

use anyhow::{Context, Result};
use async_trait::async_trait;
use redis::aio::ConnectionManager;
use redis::{AsyncCommands, Client, IntoConnectionInfo, RedisError};
use tokio::sync::OnceCell;

use crate::store::{KeyValueStore, Pair, StoreError};

/// A Redis database.
pub(crate) struct RedisStore {
    client: Client,
    place: String,
    connection: OnceCell<ConnectionManager>,
}

impl RedisStore {
    /// Checks the address; the connection is made when it is first needed.
    pub(crate) fn new(url: &str) -> Result<Self> {
        let info = url
            .into_connection_info()
            .context("url is no Redis address (redis://host:port/database)")?;
        // The address alone: the URL may carry a password.
        let place = format!("Redis at {}", info.addr());
        let client = Client::open(info).context("cannot use the Redis address")?;
        Ok(Self {
            client,
            place,
            connection: OnceCell::new(),
        })
    }

    /// Where the data is kept.
    pub(crate) fn place(&self) -> String {
        self.place.clone()
    }

    async fn connection(&self) -> Result<ConnectionManager, StoreError> {
        let connect = || self.client.get_connection_manager();
        Ok(self.connection.get_or_try_init(connect).await?.clone())
    }
}

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        Self(format!("Redis: {error}"))
    }
}

#[async_trait]
impl KeyValueStore for RedisStore {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.connection().await?.get(key).await?)
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), StoreError> {
        Ok(self.connection().await?.set(key, value).await?)
    }

    async fn delete(&self, key: String) -> Result<(), StoreError> {
        Ok(self.connection().await?.del(key).await?)
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.connection().await?.keys("*").await?)
    }

    async fn increment(&self, key: String, delta: i64) -> Result<i64, StoreError> {
        Ok(self.connection().await?.incr(key, delta).await?)
    }

    /// Spin asks Redis the wrong question here and always fails; a component
    /// that works on this host must work there too.
    async fn get_many(&self, _keys: Vec<String>) -> Result<Vec<Pair>, StoreError> {
        Err(StoreError(
            "get-many does not work on Redis; use get".to_owned(),
        ))
    }

    async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        Ok(self.connection().await?.mset(&pairs).await?)
    }

    async fn delete_many(&self, keys: Vec<String>) -> Result<(), StoreError> {
        Ok(self.connection().await?.del(keys).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked_and_shown_without_its_password() {
        let store = RedisStore::new("redis://:hidden@127.0.0.1:7000/3").unwrap();
        assert_eq!(store.place(), "Redis at 127.0.0.1:7000");
        assert!(RedisStore::new("http://127.0.0.1").is_err());
    }
}
