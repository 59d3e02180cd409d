//! What is wrong with the settings.

use std::fmt;

/// The configuration is wrong: every mistake, one sentence each, naming the
/// variable first. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The mistakes, in the order of the settings.
    pub mistakes: Vec<String>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings are wrong: {}", self.mistakes.join("; "))
    }
}
