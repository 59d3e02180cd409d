//! Values of the store as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::RecordError;
use crate::platform::{Store, StoreError};

/// Keeps a value as JSON.
pub(super) fn put(store: &dyn Store, key: &str, value: &impl Serialize) -> Result<(), RecordError> {
    let json = serde_json::to_value(value).map_err(|error| StoreError(error.to_string()))?;
    Ok(store.set(key, json.to_string().as_bytes())?)
}

/// A value that was kept, if there is one.
pub(super) fn get<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
) -> Result<Option<T>, RecordError> {
    let Some(bytes) = store.get(key)? else {
        return Ok(None);
    };
    read(&bytes)
        .map(Some)
        .ok_or_else(|| RecordError::Unreadable {
            key: key.to_owned(),
        })
}

/// Through a [`Value`], as `model::lenient` reads what may be broken:
/// two readers for each type would make the component a tenth larger.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let json: Value = serde_json::from_slice(bytes).ok()?;
    T::deserialize(json).ok()
}

/// The same; what cannot be read is as good as nothing.
pub(super) fn get_readable<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let bytes = store.get(key)?;
    Ok(bytes.and_then(|bytes| read(&bytes)))
}
