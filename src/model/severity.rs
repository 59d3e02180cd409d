//! How bad things are, in words.

use serde::{Deserialize, Serialize};

/// How bad something is: worse compares greater.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Severity {
    /// Its place among [`SEVERITIES`].
    pub rank: u8,
    /// The word for it.
    pub word: String,
}

/// The usual words, from the mildest to the worst.
pub const SEVERITIES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// The place of a word among [`SEVERITIES`], in any case; `None` for another word.
pub fn severity_rank(word: &str) -> Option<usize> {
    let known = |known: &&str| known.eq_ignore_ascii_case(word.trim());
    SEVERITIES.iter().position(known)
}
