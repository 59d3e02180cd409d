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

/// Counts twice on a counter of its own: what the store said each time. Others may
/// count as well at the same time.
///
/// # Errors
/// What the store said.
pub fn count_twice(store: &dyn Store) -> Result<(i64, i64), StoreError> {
    let first = store.increment(keys::PROBE_COUNT, 1)?;
    Ok((first, store.increment(keys::PROBE_COUNT, 1)?))
}
