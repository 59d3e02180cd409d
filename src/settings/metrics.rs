//! Whether events are counted, and who may read the counts.

use super::reader::Reader;
use super::secret::Secret;

/// Whether events are counted.
pub(super) fn is_on(read: &mut Reader<'_>) -> bool {
    read.flag("metrics", true)
}

/// A token for metrics alone: whatever scrapes them needs no other.
pub(super) fn token(read: &mut Reader<'_>) -> Option<Secret> {
    read.optional("metrics_token").map(Secret::new)
}
