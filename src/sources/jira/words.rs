//! Short texts in Jira's messages.

use serde_json::Value;

use crate::sources::json::any_text;
use crate::text::short;

/// Jira's names and ids are no longer than this.
const LIMIT: usize = 255;

/// A text that people or settings of Jira named something by, on one line; empty if
/// there is none.
pub(super) fn name(value: &Value) -> String {
    short(&any_text(value).unwrap_or_default(), LIMIT)
}
