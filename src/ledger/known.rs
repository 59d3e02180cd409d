//! What others told us that is worth keeping for a while: which family a Jira
//! belongs to, what its fields are called.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::keys;
use crate::platform::Ports;

#[derive(Serialize, Deserialize)]
struct Known<T> {
    at: u64,
    value: T,
}

/// What is known under a name, if it is not older than `max_age`. A store that
/// fails knows nothing.
pub fn recall<T: DeserializeOwned>(ports: Ports<'_>, name: &str, max_age: Duration) -> Option<T> {
    let bytes = ports.store.get(&keys::known(name)).ok().flatten()?;
    let known: Known<T> = serde_json::from_slice(&bytes).ok()?;
    let age = ports.clock.now_ms().saturating_sub(known.at);
    (u128::from(age) <= max_age.as_millis()).then_some(known.value)
}

/// Keeps something under a name. Should the store fail, it is asked for again
/// another time.
pub fn remember<T: Serialize>(ports: Ports<'_>, name: &str, value: &T) {
    let known = Known {
        at: ports.clock.now_ms(),
        value,
    };
    if let Ok(bytes) = serde_json::to_vec(&known) {
        let _ = ports.store.set(&keys::known(name), &bytes);
    }
}
