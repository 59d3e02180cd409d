//! Values of the store as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::RecordError;
use crate::platform::{Store, StoreError};
use crate::text::try_to_json;

/// Keeps a value as JSON.
pub(super) fn put(store: &dyn Store, key: &str, value: &impl Serialize) -> Result<(), RecordError> {
    let json = try_to_json(value).map_err(|error| StoreError(error.to_string()))?;
    Ok(store.set(key, &json)?)
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

/// An object, through a [`Value`], as `model::lenient` reads what may be broken:
/// two readers for each type would make the component a tenth larger. For the same
/// reason a list is not looked at: a type that is an object is kept as one.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    of(object(bytes)?)
}

/// The members of an object.
pub(super) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// What an object's members say.
pub(super) fn of<T: DeserializeOwned>(members: Map<String, Value>) -> Option<T> {
    T::deserialize(members).ok()
}

/// The same of a number or a text; what cannot be read is as good as nothing.
pub(super) fn get_plain<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let json = store.get(key)?.map(|bytes| serde_json::from_slice(&bytes));
    let json: Option<Value> = json.and_then(Result::ok);
    Ok(json.and_then(|json| T::deserialize(json).ok()))
}

/// The same; what cannot be read is as good as nothing.
pub(super) fn get_readable<T: DeserializeOwned>(
    store: &dyn Store,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let bytes = store.get(key)?;
    Ok(bytes.and_then(|bytes| read(&bytes)))
}
