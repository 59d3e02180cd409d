//! Why a record cannot be read or written.

use crate::platform::StoreError;

/// The store cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordError {
    /// The store failed.
    Store(StoreError),
    /// A value in the store is not what this application writes.
    Unreadable {
        /// The key it stands under.
        key: String,
    },
    /// The lease ran out, and somebody else has taken the entity over.
    Overtaken,
}

impl From<StoreError> for RecordError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for RecordError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Unreadable { key } => write!(
                f,
                "key-value store: the value under `{key}` was not written by jira-intake"
            ),
            Self::Overtaken => f.write_str("somebody else has taken the entity over"),
        }
    }
}
