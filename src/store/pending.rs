//! What is to be done for an entity.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Value, value};

use crate::model::{Change, Enrichment, Event, Timestamp, lenient};

/// What is to be done for an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Pending {
    /// The latest event.
    pub event: Event,
    /// A create that may have been carried out: look before sending another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// What others said of it in an earlier attempt: they are not asked again.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub enrichment: Option<Enrichment>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// How many of these attempts failed, and were not put off by the tracker for
    /// as long as it said: the pauses of our own grow with them.
    #[serde(default)]
    pub failures: u32,
    /// When it was accepted.
    #[serde(default)]
    pub since: Timestamp,
    /// Not to be tried before.
    #[serde(default)]
    pub not_before: Timestamp,
    /// The id of the hold whose end it waits for: where there is none, it may be
    /// tried before.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub held: Option<String>,
    /// Why it was put off.
    #[serde(default)]
    pub why: String,
    /// The keys of steps that were done already: they are not done again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<String>,
    /// The keys of comments that may have been made: they are looked for first;
    /// `*` stands for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsure: Vec<String>,
    /// The number of the dead letter that it was before, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revived: Option<u64>,
}

/// A create that was on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// What it would have filed.
    pub event: Event,
    /// When.
    #[serde(default)]
    pub at: Timestamp,
    /// When it was looked for first, and not found.
    #[serde(default)]
    pub missed: Timestamp,
}

/// A new event is its own create: it is kept once, because stores limit the
/// size of a value.
impl Serialize for Pending {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut json = Self::serialize(self, value::Serializer).map_err(ser::Error::custom)?;
        let is_own = |sent: &Sent| sent.event == self.event;
        if self.sent.as_ref().is_some_and(is_own)
            && let Some(Value::Object(sent)) = json.get_mut("sent")
        {
            sent.remove("event");
        }
        json.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Pending {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut json = Value::deserialize(from)?;
        let event = json["event"].clone();
        if let Some(Value::Object(sent)) = json.get_mut("sent") {
            sent.entry("event").or_insert(event);
        }
        Self::deserialize(json).map_err(de::Error::custom)
    }
}

/// Among the keys of comments that may have been made: any.
pub(super) const ANY: &str = "*";

impl Pending {
    /// Whether a comment may have been made.
    pub(super) fn is_unsure(&self, key: &str) -> bool {
        self.unsure
            .iter()
            .any(|unsure| unsure == key || unsure == ANY)
    }

    /// An event that has just arrived.
    pub fn new(event: Event, now: Timestamp) -> Self {
        Self {
            event,
            sent: None,
            enrichment: None,
            attempts: 0,
            failures: 0,
            since: now,
            not_before: Timestamp::UNKNOWN,
            held: None,
            why: String::new(),
            done: Vec::new(),
            unsure: Vec::new(),
            revived: None,
        }
    }

    /// Whether an event tells nothing that this does not hold already.
    pub fn covers(&self, event: &Event) -> bool {
        if let Change::Fired(firings) = &event.change {
            return self.event.firings().is_some_and(|ours| ours.hold(firings));
        }
        // That an entity may have ended tells less than what changed.
        let is_doubtful = event.change.is_doubtful_end();
        if is_doubtful != self.event.change.is_doubtful_end() {
            return is_doubtful;
        }
        let (theirs, ours) = (event.age(), self.event.age());
        let is_same = theirs == ours && event.entity == self.event.entity;
        // Where nobody says when, what comes later is later.
        is_same || (event.entity.version.is_known() && theirs < ours)
    }

    /// Takes a later event in; what is older is dropped. Of two that say the
    /// same of when, the one that arrived later counts. Firings are counted.
    pub fn fold(&mut self, mut event: Event) {
        if self.covers(&event) {
            return;
        }
        match (&mut self.event.change, &mut event.change) {
            // A firing says the same again.
            (Change::Fired(ours), Change::Fired(theirs)) => {
                ours.take_in(theirs);
                *theirs = std::mem::take(ours);
                // What they brought is told together.
                event.entity.mark_like(&self.event.entity);
            }
            // A change may be about something else, and fares for itself.
            _ => {
                let before = &self.event.entity;
                event.entity.recall(&before.data, &before.observables);
                self.enrichment = None;
                self.failures = 0;
            }
        }
        event.entity.recall_handles(&self.event.entity);
        self.event = event;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{End, Entity, Version};

    fn event(change: Change, modified: u64) -> Event {
        Event::live(
            change,
            Entity {
                version: Version {
                    modified: Timestamp::from_secs(modified),
                    updated: Timestamp::UNKNOWN,
                },
                ..Entity::default()
            },
        )
    }

    #[test]
    fn that_an_entity_may_have_ended_takes_the_place_of_no_change() {
        let doubtful = |at| event(Change::Ended(End::NotVisible(String::new())), at);
        for at in [4, 5, 6] {
            let mut pending = Pending::new(event(Change::UPDATED, at), Timestamp::UNKNOWN);
            pending.fold(doubtful(5));
            assert_eq!(pending.event.change, Change::UPDATED, "{at}");
            let mut pending = Pending::new(doubtful(5), Timestamp::UNKNOWN);
            pending.fold(event(Change::UPDATED, at));
            assert_eq!(pending.event.change, Change::UPDATED, "{at}");
        }
        let pending = Pending::new(doubtful(5), Timestamp::UNKNOWN);
        assert!(pending.covers(&doubtful(4)) && !pending.covers(&doubtful(6)));
    }

    #[test]
    fn where_nobody_says_when_what_comes_later_is_later() {
        let pending = Pending::new(event(Change::UPDATED, 5), Timestamp::UNKNOWN);
        assert!(!pending.covers(&event(Change::UPDATED, 0)));
        assert!(pending.covers(&event(Change::UPDATED, 4)));
    }

    #[test]
    fn firings_that_are_folded_are_marked_as_the_strictest_of_them() {
        use crate::model::{Firings, Tlp};
        let fired = |key: &str, tlp| {
            let mut event = event(Change::Fired(Firings::one(key)), 0);
            event.entity.tlp = tlp;
            event
        };
        let mut pending = Pending::new(fired("a", Some(Tlp::Red)), Timestamp::UNKNOWN);
        pending.fold(fired("b", None));
        assert_eq!(pending.event.entity.tlp, Some(Tlp::Red));
    }
}
