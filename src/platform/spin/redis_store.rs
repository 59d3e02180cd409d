//! The whole store on a Redis or Valkey that the component calls itself, for clouds
//! whose own store has no atomics. Nothing is kept in the platform's store: a counter
//! in one place cannot guard records in another that are seen late.

use std::collections::BTreeSet;

use spin_sdk::redis::{Connection, Error, RedisParameter, RedisResult};

use super::words::told;
use crate::platform::redis_address::{PREFIX, address};
use crate::platform::{StoreError, Variables};

/// So many keys are asked for at a time. Redis answers with about as many, and does
/// nothing else meanwhile.
const PAGE: i64 = 1000;

/// The store: one connection for each request.
pub(super) struct OpenStore(Connection);

impl OpenStore {
    pub(super) fn open(variables: &dyn Variables) -> Result<Self, StoreError> {
        let address = address(variables).map_err(StoreError)?;
        Connection::open(&address).map(Self).map_err(store_error)
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key).map_err(store_error)
    }

    pub(super) fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.set(key, value).map_err(store_error)
    }

    pub(super) fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.delete_many(&[key.to_owned()])
    }

    pub(super) fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        if !keys.is_empty() {
            self.0.del(keys).map_err(store_error)?;
        }
        Ok(())
    }

    /// Page by page (`SCAN`): a page can repeat keys of others, so each is taken once.
    pub(super) fn keys(&self) -> Result<Vec<String>, StoreError> {
        let mut keys = BTreeSet::new();
        let mut cursor = b"0".to_vec();
        loop {
            let mut page = self.scan(cursor)?.into_iter();
            cursor = page.next().unwrap_or_default();
            keys.extend(page.filter_map(|key| String::from_utf8(key).ok()));
            if cursor == b"0" || cursor.is_empty() {
                return Ok(keys.into_iter().collect());
            }
        }
    }

    /// The next cursor, and a page of keys behind it: Spin flattens what Redis nests.
    fn scan(&self, cursor: Vec<u8>) -> Result<Vec<Vec<u8>>, StoreError> {
        let arguments = [
            RedisParameter::Binary(cursor),
            RedisParameter::Binary(b"MATCH".to_vec()),
            RedisParameter::Binary(format!("{PREFIX}*").into_bytes()),
            RedisParameter::Binary(b"COUNT".to_vec()),
            RedisParameter::Int64(PAGE),
        ];
        let answer = self.0.execute("SCAN", &arguments).map_err(store_error)?;
        Ok(answer.into_iter().filter_map(text).collect())
    }

    pub(super) fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let arguments = [
            RedisParameter::Binary(key.as_bytes().to_vec()),
            RedisParameter::Int64(delta),
        ];
        let answer = self.0.execute("INCRBY", &arguments).map_err(store_error)?;
        match answer.first() {
            Some(RedisResult::Int64(new)) => Ok(*new),
            _ => Err(StoreError("Redis: INCRBY gave no number".to_owned())),
        }
    }
}

fn text(result: RedisResult) -> Option<Vec<u8>> {
    match result {
        RedisResult::Binary(bytes) => Some(bytes),
        RedisResult::Status(text) => Some(text.into_bytes()),
        RedisResult::Nil | RedisResult::Int64(_) => None,
    }
}

fn store_error(error: Error) -> StoreError {
    StoreError(match error {
        Error::InvalidAddress => "Redis: redis_url is no address, or allowed_outbound_hosts does not hold it; see the settings redis_url, redis_login, redis_database".to_owned(),
        Error::TooManyConnections => "Redis: too many connections".to_owned(),
        Error::TypeError => "Redis: a value has another type; is the database used by another program?".to_owned(),
        Error::Other(why) => format!("Redis: {}", told(why)),
    })
}
