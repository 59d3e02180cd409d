//! How much of a text is read.

use super::cut::DESCRIPTION_LIMIT;

/// How much of a source is read, in bytes. More than five descriptions' worth of
/// markup could not be shown, and it bounds what a hostile text can cost.
pub const SOURCE_LIMIT: usize = 5 * DESCRIPTION_LIMIT;

/// The part of a source that is read, and whether there is more.
pub(super) fn head(source: &str) -> (&str, bool) {
    if source.len() <= SOURCE_LIMIT {
        return (source, false);
    }
    let head = source.get(..source.floor_char_boundary(SOURCE_LIMIT));
    (head.unwrap_or_default(), true)
}
