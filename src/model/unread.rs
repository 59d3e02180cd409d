//! A body that could not be read.

use serde::{Deserialize, Serialize};

use super::source::SourceKey;

/// What is kept of a body that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnreadBody {
    /// The source that it was posted to.
    pub source: SourceKey,
    /// How many bytes it had.
    pub length: u64,
    /// What the same body is known by: a digest of its bytes.
    pub digest: String,
    /// Its beginning; what is no UTF-8 in it is replaced.
    pub text: String,
    /// The text is not all of it.
    pub is_cut: bool,
}
