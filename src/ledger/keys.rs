//! The keys. All begin with the application's prefix, because on Redis every
//! application shares one key space; counters have prefixes of their own,
//! because a key must never be both a counter and a value.

use sha2::{Digest, Sha256};

/// Records: what is remembered of entities.
pub(super) const TICKET: &str = "jira-intake/ticket/";
/// Counters: who may work on an entity in one generation.
pub(super) const CLAIM: &str = "jira-intake/claim/";
/// Counters: how many changes arrived while somebody was at work.
pub(super) const ARRIVALS: &str = "jira-intake/arrivals/";
/// Changes that arrived while somebody was at work.
pub(super) const INBOX: &str = "jira-intake/inbox/";
/// Records that were put off.
pub(super) const DUE: &str = "jira-intake/due/";
/// Dead letters.
pub(super) const DEAD: &str = "jira-intake/dead/";
/// What others told us.
pub(super) const KNOWN: &str = "jira-intake/known/";
/// Issues that have not been looked at for twins.
#[cfg(any(test, not(feature = "atomics")))]
pub(super) const FRESH: &str = "jira-intake/fresh/";
/// Written to learn whether the store can be written.
pub(super) const READY: &str = "jira-intake/ready";
/// There may be work.
pub(super) const HINT: &str = "jira-intake/hint";

/// Managed clouds take keys to 255 bytes; an id within this fits them all.
const LONGEST_PLAIN_ID: usize = 100;

/// Where an entity's record stands.
pub(super) fn record(id: &str) -> String {
    format!("{TICKET}{}", safe(id))
}

/// The counter that decides who works on an entity in one generation.
pub(super) fn claim(id: &str, generation: u64) -> String {
    format!("{CLAIM}{}/{generation}", safe(id))
}

/// The counter of changes in an entity's inbox.
pub(super) fn arrivals(id: &str) -> String {
    format!("{ARRIVALS}{}", safe(id))
}

/// One change in an entity's inbox.
pub(super) fn inbox(id: &str, number: u64) -> String {
    format!("{INBOX}{}/{number}", safe(id))
}

/// The marker of a record that was put off.
pub(super) fn due(id: &str) -> String {
    format!("{DUE}{}", safe(id))
}

/// An entity's dead letter.
pub(super) fn dead(id: &str) -> String {
    format!("{DEAD}{}", safe(id))
}

/// The note about an issue that has not been looked at for twins.
#[cfg(any(test, not(feature = "atomics")))]
pub(super) fn fresh(id: &str) -> String {
    format!("{FRESH}{}", safe(id))
}

/// Where something that others told us stands.
pub(super) fn known(name: &str) -> String {
    format!("{KNOWN}{}", safe(name))
}

/// The id itself where it is plain, else its hash: ids come from outside.
pub(super) fn safe(id: &str) -> String {
    let plain = !id.is_empty()
        && id.len() <= LONGEST_PLAIN_ID
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
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

    #[test]
    fn a_safe_id_stays_what_it_is() {
        let once = safe("a b");
        assert_eq!(safe(&once), once);
    }
}
