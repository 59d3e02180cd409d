//! Why an event was neither done nor kept.

use std::fmt;
use std::time::Duration;

use crate::decide::NotFiled;
use crate::settings::SettingsError;
use crate::store::RecordError;
use crate::tracker::TrackerError;

/// What a sender should wait when nobody says how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);

/// An event that was neither done nor kept: the sender must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The tracker did not do it.
    Tracker(TrackerError),
    /// The store did not remember it.
    Record(RecordError),
    /// Settings that it needs are wrong.
    Settings(SettingsError),
}

impl From<TrackerError> for Failure {
    fn from(error: TrackerError) -> Self {
        Self::Tracker(error)
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl Failure {
    /// The HTTP status by which a sender is told: 503 where another try may
    /// help, 502 and 500 where a person must look first.
    pub fn status(&self) -> u16 {
        match self {
            Self::Settings(_) => 500,
            _ if self.retry_after().is_some() => 503,
            _ => 502,
        }
    }

    /// How long to wait before another try, where one may help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Tracker(TrackerError::Retry { after, .. }) => Some(after.unwrap_or(DEFAULT_WAIT)),
            Self::Record(_) => Some(DEFAULT_WAIT),
            Self::Tracker(_) | Self::Settings(_) => None,
        }
    }
}

/// Why an entity gets no issue, or the failure that keeps that from being known.
pub(super) fn reason_or_failure(not_filed: NotFiled) -> Result<String, Failure> {
    match not_filed {
        NotFiled::Ignored(reason) => Ok(reason),
        NotFiled::Misconfigured(error) => Err(Failure::Settings(error)),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tracker(error) => f.write_str(error.why()),
            Self::Record(error) => error.fmt(f),
            Self::Settings(error) => error.fmt(f),
        }
    }
}
