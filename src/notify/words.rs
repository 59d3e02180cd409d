//! Strangers' text as words that no chat makes anything of.

use crate::text::{cut, defang, one_line};

/// One line of at most `limit` UTF-16 units in which no chat finds an address:
/// `https[:]//example[.]com`.
pub(super) fn harmless(text: &str, limit: usize) -> String {
    // Nothing below makes a text shorter, so more need not be looked at.
    let line = cut(&one_line(text), limit.saturating_add(1), "…");
    cut(&defang(&line), limit, "…")
}
