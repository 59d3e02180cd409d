//! The keys. All begin with the application's prefix, because on Redis every
//! application shares one key space; counters have a prefix of their own,
//! because a key must never be both a counter and a value.

use sha2::{Digest, Sha256};

const PREFIX: &str = "jira-intake";
/// Managed clouds take keys to 255 bytes; an id within this fits them all.
const LONGEST_PLAIN_ID: usize = 100;

/// Where an entity's record stands.
pub(super) fn record(id: &str) -> String {
    format!("{PREFIX}/ticket/{}", safe(id))
}

/// The counter that decides who works on an entity in one generation.
pub(super) fn claim(id: &str, generation: u64) -> String {
    format!("{PREFIX}/claim/{}/{generation}", safe(id))
}

/// Where something that others told us stands.
pub(super) fn known(name: &str) -> String {
    format!("{PREFIX}/known/{}", safe(name))
}

/// The id itself where it is plain, else its hash: ids come from outside.
fn safe(id: &str) -> String {
    let plain =
        id.len() <= LONGEST_PLAIN_ID && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match plain {
        true => id.to_owned(),
        false => format!("sha256.{:x}", Sha256::digest(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_stands_in_its_key_as_it_is() {
        let id = "84fdd243-adb4-4a9d-89c9-4e6593d9d7e4";
        assert_eq!(record(id), format!("jira-intake/ticket/{id}"));
    }

    #[test]
    fn no_id_can_reach_another_entitys_key_or_grow_too_long() {
        let long = "x".repeat(5000);
        for id in ["a/1", "", "a b", "ü", long.as_str()] {
            let key = claim(id, u64::MAX);
            assert!(key.len() <= 255, "{key}");
            assert!(id.is_empty() || !key.contains(&format!("/{id}/")), "{key}");
        }
        assert_ne!(record("a/1"), record("a/2"));
    }
}
