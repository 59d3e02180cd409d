//! A store in a SQLite file, in the shape Spin keeps it in, so that either can
//! go on with the other's file.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::store::{KeyValueStore, Pair, StoreError};

/// How long to wait for another process that writes to the same file.
const BUSY: Duration = Duration::from_secs(10);

const CREATE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";
const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";
const KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1";

/// One label's part of a SQLite file.
pub(crate) struct SqliteStore {
    label: Arc<str>,
    connection: Arc<Mutex<Connection>>,
}

impl SqliteStore {
    /// Opens the file, creating it and its folder when missing.
    pub(crate) fn open(path: &Path, label: &str) -> Result<Self> {
        let open = || -> Result<Connection> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            Ok(Connection::open(path)?)
        };
        open()
            .and_then(|connection| Self::new(connection, label))
            .with_context(|| format!("cannot open the key-value store {}", path.display()))
    }

    /// A store that is gone when the host stops.
    pub(crate) fn in_memory(label: &str) -> Result<Self> {
        Self::new(Connection::open_in_memory()?, label)
    }

    fn new(connection: Connection, label: &str) -> Result<Self> {
        connection.busy_timeout(BUSY)?;
        // Every commit reaches the disk before the call returns.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute(CREATE, [])?;
        Ok(Self {
            label: label.into(),
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs `work` away from the async executor, alone on the connection.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = self.connection.clone();
        let label = self.label.clone();
        tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection, &label)
        })
        .await
        .map_err(|error| StoreError(error.to_string()))?
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(format!("SQLite: {error}"))
    }
}

#[async_trait]
impl KeyValueStore for SqliteStore {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(move |db, label| get(db, label, &key)).await
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), StoreError> {
        self.set_many(vec![(key, value)]).await
    }

    async fn delete(&self, key: String) -> Result<(), StoreError> {
        self.delete_many(vec![key]).await
    }

    async fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.with(|db, label| {
            let mut statement = db.prepare_cached(KEYS)?;
            let keys = statement.query_map([label], |row| row.get(0))?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn increment(&self, key: String, delta: i64) -> Result<i64, StoreError> {
        self.with(move |db, label| increment(db, label, &key, delta))
            .await
    }

    /// As in Spin, keys without a value are left out.
    async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Pair>, StoreError> {
        self.with(move |db, label| {
            let mut pairs = Vec::new();
            for key in keys {
                if let Some(value) = get(db, label, &key)? {
                    pairs.push((key, Some(value)));
                }
            }
            Ok(pairs)
        })
        .await
    }

    async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        self.with(move |db, label| {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (key, value) in pairs {
                transaction
                    .prepare_cached(SET)?
                    .execute(params![label, key, value])?;
            }
            Ok(transaction.commit()?)
        })
        .await
    }

    async fn delete_many(&self, keys: Vec<String>) -> Result<(), StoreError> {
        self.with(move |db, label| {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for key in keys {
                transaction.prepare_cached(DELETE)?.execute([label, &key])?;
            }
            Ok(transaction.commit()?)
        })
        .await
    }
}

fn get(db: &Connection, label: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = db.prepare_cached(GET)?;
    Ok(statement
        .query_row([label, key], |row| row.get(0))
        .optional()?)
}

/// Spin keeps a counter as eight bytes, lowest first. Any other length was
/// written by `set`: Spin would poison its lock on it, so nobody may do that.
fn increment(db: &mut Connection, label: &str, key: &str, delta: i64) -> Result<i64, StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before = match get(&transaction, label, key)? {
        None => 0,
        Some(bytes) => i64::from_le_bytes(bytes.try_into().map_err(|_| {
            StoreError(format!(
                "increment: {key:?} is not a counter, it was written by `set`"
            ))
        })?),
    };
    let after = before
        .checked_add(delta)
        .ok_or_else(|| StoreError(format!("increment: {key:?} would overflow")))?;
    transaction
        .prepare_cached(SET)?
        .execute(params![label, key, after.to_le_bytes()])?;
    transaction.commit()?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_who_increment_at_once_exactly_one_sees_each_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv.db");
        // Two connections stand for two processes on one file.
        let stores = [
            Arc::new(SqliteStore::open(&path, "default").unwrap()),
            Arc::new(SqliteStore::open(&path, "default").unwrap()),
        ];
        let callers: Vec<_> = (0..40)
            .map(|n| {
                let store = stores[n % 2].clone();
                tokio::spawn(async move { store.increment(text("claim"), 1).await.unwrap() })
            })
            .collect();
        let mut seen = Vec::new();
        for caller in callers {
            seen.push(caller.await.unwrap());
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=40).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn what_was_set_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("kv.db");
        let store = SqliteStore::open(&path, "default").unwrap();
        store.set(text("a"), b"1".to_vec()).await.unwrap();
        store.set(text("a"), b"2".to_vec()).await.unwrap();
        store.increment(text("n"), 5).await.unwrap();
        drop(store);
        let store = SqliteStore::open(&path, "default").unwrap();
        assert_eq!(store.get(text("a")).await.unwrap(), Some(b"2".to_vec()));
        assert_eq!(store.increment(text("n"), 1).await.unwrap(), 6);
    }

    #[tokio::test]
    async fn a_label_sees_only_its_own_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv.db");
        let one = SqliteStore::open(&path, "one").unwrap();
        let two = SqliteStore::open(&path, "two").unwrap();
        one.set(text("a"), b"1".to_vec()).await.unwrap();
        assert_eq!(two.get(text("a")).await.unwrap(), None);
        assert!(two.keys().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn incrementing_what_set_wrote_fails_and_harms_nothing() {
        let store = SqliteStore::in_memory("default").unwrap();
        store.set(text("a"), b"text".to_vec()).await.unwrap();
        assert!(store.increment(text("a"), 1).await.is_err());
        assert_eq!(store.get(text("a")).await.unwrap(), Some(b"text".to_vec()));
        assert_eq!(store.increment(text("b"), 1).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn batches_set_get_and_delete() {
        let store = SqliteStore::in_memory("default").unwrap();
        let pairs = vec![(text("a"), b"1".to_vec()), (text("b"), b"2".to_vec())];
        store.set_many(pairs).await.unwrap();
        let found = store.get_many(vec![text("b"), text("none")]).await.unwrap();
        assert_eq!(found, [(text("b"), Some(b"2".to_vec()))]);
        store
            .delete_many(vec![text("a"), text("none")])
            .await
            .unwrap();
        assert_eq!(store.keys().await.unwrap(), ["b"]);
    }
}
