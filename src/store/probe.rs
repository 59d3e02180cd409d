//! Can the store be used?

use super::keys;
use crate::platform::{Clock, Store, StoreError};

/// Whether the store can be written: writes the time under a key of its own.
///
/// # Errors
/// What the store said.
pub fn probe(store: &dyn Store, clock: &dyn Clock) -> Result<(), StoreError> {
    store.set(keys::READY, clock.now().to_string().as_bytes())
}
