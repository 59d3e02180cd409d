//! What a claim leaves behind goes away: its counter, the changes it took in, the
//! marker of what was put off.

use super::Released;
use crate::ledger::ticket::Record;
use crate::ledger::{LedgerError, journal, keys};
use crate::platform::Store;

/// Takes the marker of what was put off away, unless somebody has put the
/// entity off meanwhile: that one wrote the record first, then the marker.
pub(super) fn unmark(store: &dyn Store, id: &str) -> Result<(), LedgerError> {
    store.delete(&keys::due(id))?;
    match Record::read(store, id)?.and_then(|record| record.due()) {
        Some(due) => journal::mark_due(store, id, due),
        None => Ok(()),
    }
}

/// Cleans up after a claim: its spent counter and the inbox it took in. True
/// if more has arrived meanwhile.
pub fn tidy(store: &dyn Store, released: &Released) -> Result<bool, LedgerError> {
    store.delete(&keys::claim(&released.id, released.generation))?;
    for number in &released.taken {
        store.delete(&keys::inbox(&released.id, *number))?;
    }
    Ok(journal::arrived(store, &released.id)? > released.drained)
}
