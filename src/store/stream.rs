//! How far a live stream is read, and who reads it.
//!
//! Two who read it at the same time would do no harm, since each event's entity has a
//! lease of its own, and each position is written only once all before it is kept. It
//! would be done twice. So there is a lease here as well, a simple one: whoever brings
//! a counter from 0 to 1 reads, and says so in the cursor. The counter has the time in
//! its key: one who dies before it has said so stands in the way for no longer than that
//! lease lasts.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::keys;
use super::lease::SKEW;
use crate::model::{Position, Timestamp, lenient};
use crate::platform::Ports;

/// So long a reader may be silent before another one takes over.
pub const LEASE: Duration = Duration::from_secs(20);
/// The longest pause after a stream could not be read.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Counters of readers are swept once they are so many windows old.
const OLD: u64 = 20;

/// How far a stream is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    /// How often it was begun to be read: a fencing token.
    pub generation: u64,
    /// Until when somebody reads it; unknown if nobody does.
    pub leased_until: Timestamp,
    /// Everything up to here is dealt with, or kept.
    #[serde(deserialize_with = "lenient::or_default")]
    pub position: Option<Position>,
    /// What the platform was asked to tell again, while it does.
    #[serde(deserialize_with = "lenient::or_default")]
    pub recovery: Option<Recovery>,
    /// Why it cannot be read at the moment, if so.
    #[serde(deserialize_with = "lenient::or_default")]
    pub failing: Option<Failing>,
    /// Of a replay of history: what became of it so far, by outcome.
    #[serde(deserialize_with = "lenient::or_default")]
    pub handled: Map<String, Value>,
    /// How many entities that were dealt with are told once more by the next call.
    pub repeated: u64,
    /// A call did not even get through those.
    pub is_slow: bool,
    /// Of a replay of history: how many there are at most, if the platform said so.
    #[serde(deserialize_with = "lenient::or_default")]
    pub total: Option<u64>,
}

/// A time of which the platform tells what there is, because its stream does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Its beginning.
    pub from: Position,
    /// Its end.
    pub until: Position,
    /// The platform has told all of it.
    #[serde(default)]
    pub is_over: bool,
    /// The stream's own events up to here were not read when it began: they tell of
    /// entities that came into being in that time as of known ones.
    #[serde(default)]
    pub catches_up: Option<Position>,
}

/// A stream that cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failing {
    /// Since when.
    pub since: Timestamp,
    /// How often in a row.
    pub times: u32,
    /// The platform is left alone until then.
    pub not_before: Timestamp,
    /// Why.
    pub why: String,
    /// A digest of where and as whom it was asked: another one is tried at once.
    pub login: String,
}

impl Failing {
    /// Whether the platform is to be left alone still. A pause that is further ahead
    /// than any was set by a wrong clock.
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.not_before.is_ahead(now, LONGEST_PAUSE + SKEW)
    }
}

/// What is known of a stream, under this name.
///
/// # Errors
/// When the store fails.
pub fn look(ports: Ports<'_>, name: &str) -> Result<Cursor, RecordError> {
    let cursor = get_readable(ports.store, &keys::stream(name))?;
    Ok(cursor.unwrap_or_default())
}

/// What came of asking for the right to read a stream.
pub enum Taken<'a> {
    /// It is ours.
    Mine(Box<Reader<'a>>),
    /// Somebody reads it, until then at least.
    Elsewhere(Timestamp),
}

/// The right to read a stream.
pub struct Reader<'a> {
    ports: Ports<'a>,
    name: String,
    /// What is known of the stream.
    pub cursor: Cursor,
    written: Timestamp,
}

/// Asks for the right to read a stream.
///
/// # Errors
/// When the store fails.
pub fn take<'a>(ports: Ports<'a>, name: &str) -> Result<Taken<'a>, RecordError> {
    let now = ports.clock.now();
    let seen = look(ports, name)?;
    if seen.leased_until.is_ahead(now, LEASE + SKEW) {
        return Ok(Taken::Elsewhere(seen.leased_until));
    }
    let counter = keys::reader(name, seen.generation, window(now));
    if ports.store.increment(&counter, 1)? != 1 {
        return Ok(Taken::Elsewhere(now.after(LEASE)));
    }
    // Somebody may have taken it, and given it up, since it was looked at.
    let cursor = look(ports, name)?;
    if cursor != seen {
        ports.store.delete(&counter)?;
        return Ok(Taken::Elsewhere(cursor.leased_until.max(now)));
    }
    let mut reader = Reader {
        ports,
        name: name.to_owned(),
        cursor: Cursor {
            generation: seen.generation + 1,
            ..cursor
        },
        written: now,
    };
    reader.write()?;
    ports.store.delete(&counter)?;
    Ok(Taken::Mine(Box::new(reader)))
}

fn window(now: Timestamp) -> u64 {
    now.as_millis() / u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX)
}

impl Reader<'_> {
    /// How long ago it was written down last.
    pub fn age(&self) -> Duration {
        self.ports.clock.now().since(self.written)
    }

    /// Writes down how far it is read; the right to read it is renewed.
    ///
    /// # Errors
    /// When the store fails, or somebody else has taken over.
    pub fn save(&mut self) -> Result<(), RecordError> {
        if look(self.ports, &self.name)?.generation != self.cursor.generation {
            return Err(RecordError::Overtaken);
        }
        self.write()
    }

    /// Writes down how far it is read, and gives the right to read it up.
    ///
    /// # Errors
    /// When the store fails, or somebody else has taken over.
    pub fn give_up(mut self) -> Result<(), RecordError> {
        if look(self.ports, &self.name)?.generation != self.cursor.generation {
            return Err(RecordError::Overtaken);
        }
        self.cursor.leased_until = Timestamp::UNKNOWN;
        put(self.ports.store, &keys::stream(&self.name), &self.cursor)
    }

    fn write(&mut self) -> Result<(), RecordError> {
        self.written = self.ports.clock.now();
        self.cursor.leased_until = self.written.after(LEASE);
        put(self.ports.store, &keys::stream(&self.name), &self.cursor)
    }
}

/// Whether the counter of a reader, by what its key ends with, is needed no more.
pub(super) fn is_old(name: &str, now: Timestamp) -> bool {
    keys::window_of_reader(name).is_none_or(|it| it + OLD < window(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::Fake;

    const NAME: &str = "follow";

    fn mine(fake: &Fake) -> Reader<'_> {
        match take(fake.ports(), NAME).unwrap() {
            Taken::Mine(reader) => *reader,
            Taken::Elsewhere(until) => panic!("read elsewhere until {until}"),
        }
    }

    fn is_taken(fake: &Fake) -> bool {
        matches!(take(fake.ports(), NAME).unwrap(), Taken::Elsewhere(_))
    }

    fn pass(fake: &Fake, time: Duration) {
        fake.now_ms.set(fake.now_ms.get() + time.as_millis() as u64);
    }

    fn fake() -> Fake {
        let fake = Fake::default();
        fake.now_ms.set(1_772_352_000_000);
        fake
    }

    #[test]
    fn one_reads_and_the_other_learns_of_it() {
        let fake = fake();
        let mut reader = mine(&fake);
        assert!(is_taken(&fake));
        let position = Position::parse("1772352000000-1");
        reader.cursor.position = position;
        pass(&fake, LEASE - Duration::from_secs(1));
        reader.save().unwrap();
        pass(&fake, LEASE - Duration::from_secs(1));
        assert!(is_taken(&fake), "it was renewed");
        reader.give_up().unwrap();
        assert_eq!(mine(&fake).cursor.position, position);
        assert_eq!(fake.counters.borrow().len(), 0);
    }

    #[test]
    fn one_who_was_silent_too_long_may_not_write_any_more() {
        let fake = fake();
        let mut late = mine(&fake);
        pass(&fake, LEASE + Duration::from_millis(1));
        let mut reader = mine(&fake);
        assert_eq!(late.save(), Err(RecordError::Overtaken));
        assert_eq!(late.give_up(), Err(RecordError::Overtaken));
        assert_eq!(reader.save(), Ok(()));
    }

    #[test]
    fn one_who_died_before_saying_so_stands_in_the_way_for_one_window() {
        let fake = fake();
        let counter = keys::reader(NAME, 0, window(fake.ports().clock.now()));
        fake.counters.borrow_mut().insert(counter.clone(), 1);
        assert!(is_taken(&fake));
        pass(&fake, LEASE);
        mine(&fake);
        let name = counter.strip_prefix(keys::READER).unwrap();
        assert!(!is_old(name, fake.ports().clock.now()));
        pass(&fake, LEASE * 30);
        assert!(is_old(name, fake.ports().clock.now()));
    }

    #[test]
    fn who_was_too_slow_to_win_takes_nothing() {
        let fake = fake();
        fake.after_write("jira-intake/reader/", |fake| {
            fake.now_ms.set(fake.now_ms.get() + 1);
            let cursor = Cursor {
                generation: 5,
                ..Cursor::default()
            };
            put(fake, &keys::stream(NAME), &cursor).unwrap();
        });
        assert!(is_taken(&fake));
        assert_eq!(look(fake.ports(), NAME).unwrap().generation, 5);
    }

    #[test]
    fn a_pause_or_a_lease_that_is_further_ahead_than_any_is_over() {
        let fake = fake();
        let now = fake.ports().clock.now();
        let failing = |time| Failing {
            not_before: now.after(time),
            ..Failing::default()
        };
        assert!(failing(LONGEST_PAUSE).lasts(now));
        assert!(!failing(LONGEST_PAUSE * 2).lasts(now) && !failing(Duration::ZERO).lasts(now));
        let cursor = Cursor {
            leased_until: now.after(LEASE * 10),
            ..Cursor::default()
        };
        put(&fake, &keys::stream(NAME), &cursor).unwrap();
        mine(&fake);
    }
}
