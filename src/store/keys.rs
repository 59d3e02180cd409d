//! The keys. All begin with the application's prefix, because on Redis every
//! application shares one key space; counters have prefixes of their own,
//! because a key must never be both a counter and a value.

use sha2::{Digest, Sha256};

use crate::model::{EntityKey, SourceKey};

/// Records: what is remembered of entities.
pub(super) const RECORD: &str = "jira-intake/record/";
/// Counters: who may work on an entity in one generation.
pub(super) const LEASE: &str = "jira-intake/lease/";
/// Notes: when a lease that is too far ahead was first seen.
pub(super) const SEEN: &str = "jira-intake/seen/";
/// Counters: how many changes arrived while somebody was at work.
pub(super) const ARRIVALS: &str = "jira-intake/arrivals/";
/// Changes that arrived while somebody was at work.
pub(super) const INBOX: &str = "jira-intake/inbox/";
/// Entities that wait, by line and number.
pub(super) const SLOT: &str = "jira-intake/slot/";
/// Counters: how many slots a line ever had.
pub(super) const SLOTS: &str = "jira-intake/slots/";
/// The first slot of a line that can be taken.
pub(super) const FIRST: &str = "jira-intake/first/";
/// The first bucket of time that can hold work; missing if none does.
pub(super) const POINTER: &str = "jira-intake/pointer";
/// When the keys were listed last, and how many they were.
pub(super) const UPKEEP: &str = "jira-intake/upkeep";
/// Dead letters, by number.
const DEAD: &str = "jira-intake/dead/";
/// Which dead letter keeps a body that could not be read, by the body's digest.
const UNREAD: &str = "jira-intake/unread/";
/// Counter: how many dead letters there ever were.
pub(super) const DEAD_COUNT: &str = "jira-intake/count/dead";
/// How many of them went.
pub(super) const DEAD_GONE: &str = "jira-intake/count/gone";
/// The latest troubles, by number.
const TROUBLE: &str = "jira-intake/trouble/";
/// Counter: how many troubles there ever were.
pub(super) const TROUBLE_COUNT: &str = "jira-intake/count/trouble";
/// What others told us.
pub(super) const MEMORY: &str = "jira-intake/memory/";
/// How far streams are read.
const STREAM: &str = "jira-intake/stream/";
/// Counters: who reads a stream, by generation and time.
pub(super) const READER: &str = "jira-intake/reader/";
/// Issues that have not been looked at for twins.
#[cfg(any(test, not(feature = "atomics")))]
pub(super) const TWINS: &str = "jira-intake/twins/";
/// Counters: whether an issue that another program filed is an entity's.
const ADOPTED: &str = "jira-intake/adopted/";
/// Notes: whose such an issue is.
const ADOPTER: &str = "jira-intake/adopter/";
/// Which entity an issue is of, by the issue's id.
pub(super) const ISSUE: &str = "jira-intake/issue/";
/// Counters: what became of events, by hour, source, outcome and class.
pub(super) const TALLY: &str = "jira-intake/tally/";
/// What counters of hours that are over held.
pub(super) const TALLIES: &str = "jira-intake/tallies";
/// How much waits and how many dead letters there are, as it was found last.
pub(super) const FIGURES: &str = "jira-intake/figures";
/// Written to learn whether the store can be written.
pub(super) const READY: &str = "jira-intake/ready";

/// Counter: counted on to learn whether the store counts.
pub(super) const PROBE_COUNT: &str = "jira-intake/count/probe";

/// Managed clouds take keys to 255 bytes; an id within this fits them all.
const LONGEST_PLAIN_ID: usize = 100;

/// Where an entity's record stands.
pub(super) fn record(entity: &EntityKey) -> String {
    format!("{RECORD}{}", name(entity))
}

/// The counter that decides who works on an entity in one generation.
pub(super) fn lease(entity: &EntityKey, generation: u64) -> String {
    format!("{LEASE}{}/{generation}", name(entity))
}

/// The note of when the lease of one generation was first seen.
pub(super) fn seen(entity: &EntityKey, generation: u64) -> String {
    format!("{SEEN}{}/{generation}", name(entity))
}

/// The counter of changes in an entity's inbox.
pub(super) fn arrivals(entity: &EntityKey) -> String {
    format!("{ARRIVALS}{}", name(entity))
}

/// One change in an entity's inbox.
pub(super) fn inbox(entity: &EntityKey, number: u64) -> String {
    format!("{INBOX}{}/{number}", name(entity))
}

/// The counter of slots of a line.
pub(super) fn slots(line: &str) -> String {
    format!("{SLOTS}{line}")
}

/// Where a line begins.
pub(super) fn first(line: &str) -> String {
    format!("{FIRST}{line}")
}

/// A dead letter.
pub(super) fn dead(number: u64) -> String {
    format!("{DEAD}{number}")
}

/// Whether a dead letter stands under a key.
pub(super) fn is_dead(key: &str) -> bool {
    key.starts_with(DEAD)
}

/// The note of which dead letter keeps a body.
pub(super) fn unread(digest: &str) -> String {
    format!("{UNREAD}{digest}")
}

/// One of the latest troubles.
pub(super) fn trouble(slot: u64) -> String {
    format!("{TROUBLE}{slot}")
}

/// How far a stream is read.
pub(super) fn stream(name: &str) -> String {
    format!("{STREAM}{}", safe(name))
}

/// The counter that decides who reads a stream. `window` is a number of a time.
pub(super) fn reader(name: &str, generation: u64, window: u64) -> String {
    format!("{READER}{}/{generation}/{window}", safe(name))
}

/// The window of the counter with this name.
pub(super) fn window_of_reader(name: &str) -> Option<u64> {
    name.rsplit_once('/')?.1.parse().ok()
}

/// The note about an issue that has not been looked at for twins.
#[cfg(any(test, not(feature = "atomics")))]
pub(super) fn twins(entity: &EntityKey) -> String {
    format!("{TWINS}{}", name(entity))
}

/// The counter that decides whose an issue of another program is, by the issue's id.
pub(super) fn adopted(issue: &str) -> String {
    format!("{ADOPTED}{}", safe(issue))
}

/// The note that an issue of another program is this entity's.
pub(super) fn adopter(issue: &str, entity: &EntityKey) -> String {
    format!("{ADOPTER}{}/{}", safe(issue), name(entity))
}

/// Which entity an issue is of.
pub(super) fn issue(id: &str) -> String {
    format!("{ISSUE}{}", safe(id))
}

/// Where something that others told us stands.
pub(super) fn memory(name: &str) -> String {
    format!("{MEMORY}{}", safe(name))
}

/// An entity's part of a key: entities of two sources never share one.
fn name(entity: &EntityKey) -> String {
    format!("{}/{}", safe(entity.source.as_str()), safe(&entity.id))
}

/// The entity of a name, as far as it says: an id that was hashed stays so, and
/// names the same key.
pub(super) fn entity(name: &str) -> Option<EntityKey> {
    let (source, id) = name.split_once('/')?;
    Some(EntityKey {
        source: SourceKey::from(source.to_owned()),
        id: id.to_owned(),
    })
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

    fn key(id: &str) -> EntityKey {
        EntityKey {
            source: SourceKey::from("opencti".to_owned()),
            id: id.to_owned(),
        }
    }

    #[test]
    fn a_uuid_stands_in_its_key_as_it_is() {
        let id = "84fdd243-adb4-4a9d-89c9-4e6593d9d7e4";
        assert_eq!(record(&key(id)), format!("jira-intake/record/opencti/{id}"));
    }

    #[test]
    fn no_id_can_reach_another_entitys_key_or_grow_too_long() {
        let long = "x".repeat(5000);
        for id in ["a/1", "", "a b", "ü", long.as_str()] {
            let key = lease(&key(id), u64::MAX);
            assert!(key.len() <= 255, "{key}");
            assert!(id.is_empty() || !key.contains(&format!("/{id}/")), "{key}");
        }
        assert_ne!(record(&key("a/1")), record(&key("a/2")));
    }

    #[test]
    fn entities_of_two_sources_share_no_key() {
        let other = EntityKey {
            source: SourceKey::from("splunk".to_owned()),
            ..key("a")
        };
        assert_ne!(record(&key("a")), record(&other));
    }

    #[test]
    fn a_key_leads_back_to_its_entity() {
        for id in ["a", "a b", ""] {
            let record = record(&key(id));
            let found = entity(record.strip_prefix(RECORD).unwrap()).unwrap();
            assert_eq!(super::record(&found), record);
        }
    }
}
