//! Strangers' text without addresses and mentions.

use crate::text::{cut, defang, one_line};

/// One line of at most `limit` UTF-16 units in which no chat finds an address:
/// `https[:]//example[.]com`. Marks stay as they are, so it goes where a chat
/// reads none: plain text, a text run, or code without its backticks.
pub(super) fn harmless(text: &str, limit: usize) -> String {
    // Nothing below makes a text shorter, so more need not be looked at.
    let line = cut(&one_line(text), limit.saturating_add(1), "…");
    cut(&defang(&line), limit, "…")
}
