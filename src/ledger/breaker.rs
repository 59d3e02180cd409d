//! The breaker: while Jira refuses everything (a wrong login, a rate limit),
//! events are kept and not sent.

use serde::{Deserialize, Serialize};

use super::{LedgerError, get_readable, keys, put};
use crate::platform::{Ports, Store};

/// What the breaker is remembered under.
const NAME: &str = "breaker";

/// Nothing is sent to Jira until then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Open {
    /// Milliseconds since 1970.
    pub until: u64,
    /// What Jira answered.
    pub why: String,
}

/// The breaker, if it is open now.
pub fn open(ports: Ports<'_>) -> Result<Option<Open>, LedgerError> {
    let open: Option<Open> = get_readable(ports.store, &keys::known(NAME))?;
    Ok(open.filter(|open| open.until > ports.clock.now_ms()))
}

/// Opens the breaker.
pub fn trip(store: &dyn Store, open: &Open) -> Result<(), LedgerError> {
    put(store, &keys::known(NAME), open)
}
