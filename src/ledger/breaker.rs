//! The breaker: while Jira refuses everything (a wrong login, a rate limit),
//! events are kept and not sent.

use super::{LedgerError, keys};
use crate::event::stored::{from_bytes, stored, to_bytes};
use crate::platform::{Ports, Store};

/// What the breaker is remembered under.
const NAME: &str = "breaker";

/// Nothing is sent to Jira until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Milliseconds since 1970.
    pub until: u64,
    /// What Jira answered.
    pub why: String,
}

stored!(Open {
    may until, why;
});

/// The breaker, if it is open now.
pub fn open(ports: Ports<'_>) -> Result<Option<Open>, LedgerError> {
    let Some(bytes) = ports.store.get(&keys::known(NAME))? else {
        return Ok(None);
    };
    let open: Option<Open> = from_bytes(&bytes);
    Ok(open.filter(|open| open.until > ports.clock.now_ms()))
}

/// Opens the breaker.
pub fn trip(store: &dyn Store, open: &Open) -> Result<(), LedgerError> {
    Ok(store.set(&keys::known(NAME), &to_bytes(open))?)
}
