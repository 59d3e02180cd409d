//! The hold: while Jira refuses everything (a wrong login, a rate limit), events
//! are kept and not sent.

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::keys;
use crate::model::Timestamp;
use crate::platform::{Ports, Store};

/// What the hold is remembered under.
const NAME: &str = "hold";

/// Nothing is sent to Jira until then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hold {
    /// When it ends.
    pub until: Timestamp,
    /// What Jira answered.
    pub why: String,
}

/// The hold that is in force now, if there is one.
///
/// # Errors
/// When the store fails.
pub fn current(ports: Ports<'_>) -> Result<Option<Hold>, RecordError> {
    let hold: Option<Hold> = get_readable(ports.store, &keys::memory(NAME))?;
    Ok(hold.filter(|hold| hold.until > ports.clock.now()))
}

/// Sets a hold.
///
/// # Errors
/// When the store fails.
pub fn set(store: &dyn Store, hold: &Hold) -> Result<(), RecordError> {
    put(store, &keys::memory(NAME), hold)
}
