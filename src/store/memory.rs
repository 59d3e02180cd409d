//! What others told us that is worth keeping for a while: which family a Jira
//! belongs to, what its fields are called.

use std::time::Duration;

use serde_json::{Value, json};

use super::json::{get_readable, put};
use super::keys;
use crate::model::Timestamp;
use crate::platform::Ports;

/// What is known under a name, if it is not older than `max_age`. A store that
/// fails knows nothing.
pub fn recall(ports: Ports<'_>, name: &str, max_age: Duration) -> Option<Value> {
    let known = get_readable(ports.store, &keys::memory(name));
    let mut known: Value = known.ok().flatten()?;
    let at = Timestamp::from_millis(known["at"].as_u64()?);
    (ports.clock.now().since(at) <= max_age).then(|| known["value"].take())
}

/// What is known under names that begin like this grows with the events that
/// come, and is swept away once nobody would recall it.
pub const PASSING: &str = "virustotal-";
/// The same, of people.
pub const PERSON: &str = "person-";
/// How long that is.
pub const PASSING_FOR: Duration = Duration::from_secs(24 * 3600);

/// Whether a name is one of those.
pub fn is_passing(name: &str) -> bool {
    [PASSING, PERSON]
        .iter()
        .any(|begin| name.starts_with(begin))
}

/// Keeps something under a name. Should the store fail, it is asked for again
/// another time.
pub fn remember(ports: Ports<'_>, name: &str, value: Value) {
    let known = json!({ "at": ports.clock.now(), "value": value });
    let _ = put(ports.store, &keys::memory(name), &known);
}
