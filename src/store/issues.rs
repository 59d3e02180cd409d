//! From an issue to its entity: written only where changes go back.

use super::error::RecordError;
use super::json::{get_readable, put};
use super::keys;
use crate::model::EntityKey;
use crate::platform::Store;

/// Whose the issue with this id is, as far as is known.
///
/// # Errors
/// When the store fails.
pub fn entity_of(store: &dyn Store, issue: &str) -> Result<Option<EntityKey>, RecordError> {
    Ok(get_readable(store, &keys::issue(issue))?)
}

/// Remembers whose the issue with this id is.
///
/// # Errors
/// When the store fails.
pub fn remember(store: &dyn Store, issue: &str, entity: &EntityKey) -> Result<(), RecordError> {
    put(store, &keys::issue(issue), entity)
}

/// The issue is nobody's concern any more.
///
/// # Errors
/// When the store fails.
pub fn forget(store: &dyn Store, issue: &str) -> Result<(), RecordError> {
    Ok(store.delete(&keys::issue(issue))?)
}
