//! Whether events are counted, and who may read the counts.

use super::reader::Reader;
use super::secrets::Secrets;

/// Whether events are counted.
pub(super) fn is_on(read: &mut Reader<'_>) -> bool {
    read.flag("metrics", true)
}

/// A token for metrics alone, or two of them: whatever scrapes them needs no other.
pub(super) fn token(read: &mut Reader<'_>) -> Option<Secrets> {
    Secrets::read(read, "metrics_token")
}
