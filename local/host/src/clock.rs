//! For tests: a wall clock that is ahead, so that a day can pass at once.
//!
//! `JIRA_INTAKE_AHEAD=90000` lets the component see a time 25 hours later than
//! it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use wasmtime_wasi::HostWallClock;

/// The wall clock that components see.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    ahead: Duration,
}

impl Clock {
    /// As far ahead as the environment says.
    pub(crate) fn from_environment() -> Result<Self> {
        let ahead = match std::env::var("JIRA_INTAKE_AHEAD") {
            Ok(seconds) => {
                let seconds = seconds.parse().context("JIRA_INTAKE_AHEAD: no seconds")?;
                Duration::from_secs(seconds)
            }
            Err(_) => Duration::ZERO,
        };
        Ok(Self { ahead })
    }
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.unwrap_or_default() + self.ahead
    }
}
