//! Slots: the places at which entities wait until there is something to be done
//! for them again.

use serde::{Deserialize, Serialize};

use super::keys;
use super::pause::{LONGEST, lasts};
use crate::model::{Scope, Timestamp};

/// Due work stands in buckets of this many milliseconds.
const BUCKET: u64 = 10_000;

/// A line of numbered slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Due in this bucket of time, and never tried.
    New(u64),
    /// Due in this bucket of time, and tried before.
    Again(u64),
    /// Held back by the hold with this id.
    Hold(String),
}

/// A place in a line, in JSON `again/176417000/7`. No two entities ever have the same
/// one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Slot {
    /// The line.
    pub line: Line,
    /// From 1.
    pub number: u64,
}

/// What an entity waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wait {
    /// Its turn: it was never tried.
    Turn,
    /// A time.
    Until(Timestamp),
    /// The end of the hold with this id.
    Hold(String),
}

/// The bucket of a time.
pub(super) fn bucket(at: Timestamp) -> u64 {
    at.as_millis() / BUCKET
}

/// When a bucket begins.
pub(super) fn begin(bucket: u64) -> Timestamp {
    Timestamp::from_millis(bucket.saturating_mul(BUCKET))
}

/// The furthest bucket ahead in which anybody puts work: the longest pause, and
/// clocks that differ.
pub(super) fn furthest(now: Timestamp) -> u64 {
    bucket(now.after(LONGEST)) + 1
}

impl Line {
    /// The bucket, if the line is due at a time.
    pub(super) fn bucket(&self) -> Option<u64> {
        match self {
            Self::New(bucket) | Self::Again(bucket) => Some(*bucket),
            Self::Hold(_) => None,
        }
    }

    /// The line of what a hold of this scope holds back.
    pub fn of_hold(scope: &Scope) -> Self {
        Self::Hold(keys::safe(&scope.id()))
    }

    /// The line's part of a key.
    pub(super) fn name(&self) -> String {
        match self {
            Self::New(bucket) => format!("new/{bucket}"),
            Self::Again(bucket) => format!("again/{bucket}"),
            Self::Hold(id) => format!("hold/{id}"),
        }
    }

    /// The line of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (kind, rest) = name.split_once('/')?;
        match kind {
            "new" => rest.parse().ok().map(Self::New),
            "again" => rest.parse().ok().map(Self::Again),
            "hold" => Some(Self::Hold(rest.to_owned())),
            _ => None,
        }
    }
}

impl Slot {
    /// Where the entity's key stands.
    pub(super) fn key(&self) -> String {
        format!("{}{}", keys::SLOT, self.name())
    }

    fn name(&self) -> String {
        format!("{}/{}", self.line.name(), self.number)
    }

    /// The slot of a name, which is the rest of a key.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (line, number) = name.rsplit_once('/')?;
        Some(Self {
            line: Line::named(line)?,
            number: number.parse().ok()?,
        })
    }

    /// Whether whoever waits for this is found in time at this slot. What comes
    /// earlier serves too, but not to the one who has just been there.
    pub(super) fn serves(&self, wait: &Wait, now: Timestamp, is_visited: bool) -> bool {
        let wanted = wait.line(now, 0);
        match (self.line.bucket(), wanted.bucket()) {
            (None, None) => self.line == wanted,
            (Some(ours), Some(theirs)) => !is_visited && ours <= theirs,
            _ => false,
        }
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.name()
    }
}

impl TryFrom<String> for Slot {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::named(&name).ok_or("not the name of a slot")
    }
}

impl Wait {
    /// The line to wait in, not before a bucket.
    pub(super) fn line(&self, now: Timestamp, not_before: u64) -> Line {
        let from = bucket(now).max(not_before);
        match self {
            Self::Turn => Line::New(from),
            Self::Until(at) if lasts(*at, now) => {
                let until = bucket(*at) + u64::from(at.as_millis() % BUCKET > 0);
                Line::Again(until.min(furthest(now)).max(from))
            }
            // It is over, or further ahead than any: a wrong clock said it.
            Self::Until(_) => Line::Again(from),
            Self::Hold(id) => Line::Hold(id.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_back_to_its_slot() {
        for line in [
            Line::New(1),
            Line::Again(u64::MAX),
            Line::Hold("SOC-Task".to_owned()),
        ] {
            let slot = Slot { line, number: 7 };
            let key = slot.key();
            let name = key.strip_prefix(keys::SLOT).unwrap();
            assert_eq!(Slot::named(name), Some(slot));
        }
        assert_eq!(Slot::named("old/1/1"), None);
    }

    #[test]
    fn nobody_waits_in_the_past_or_longer_than_the_longest_pause() {
        let now = Timestamp::from_secs(1000);
        let line = |at: u64| Wait::Until(Timestamp::from_secs(at)).line(now, 0);
        assert_eq!(line(1), Line::Again(100));
        assert_eq!(
            line(1011),
            Line::Again(102),
            "it is due when its bucket begins"
        );
        assert_eq!(line(4600), Line::Again(460));
        assert_eq!(line(1_000_000), Line::Again(100), "a wrong clock said it");
        assert_eq!(Wait::Turn.line(now, 105), Line::New(105));
    }

    #[test]
    fn an_earlier_slot_serves_a_later_time_until_it_was_visited() {
        let now = Timestamp::from_secs(1000);
        let slot = |line| Slot { line, number: 1 };
        let later = Wait::Until(Timestamp::from_secs(1100));
        assert!(slot(Line::Again(101)).serves(&later, now, false));
        assert!(!slot(Line::Again(101)).serves(&later, now, true));
        assert!(!slot(Line::Again(111)).serves(&later, now, false));
        let held = Wait::Hold("everything".to_owned());
        let line = Line::Hold("everything".to_owned());
        assert!(slot(line.clone()).serves(&held, now, true));
        assert!(!slot(line).serves(&later, now, false));
        assert!(!slot(Line::Again(1)).serves(&held, now, false));
    }
}
