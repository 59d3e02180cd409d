//! How much waits and how many dead letters there are: found by retry passes, which look
//! at what waits anyway, and left for those who ask more often than that.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::queue::{self, Left};
use super::{dead_letter, hold, keys};
use crate::model::{Timestamp, lenient};
use crate::platform::Ports;

/// What has not changed is written again after this long: its age says that somebody
/// still looks.
const FRESH: Duration = Duration::from_secs(300);

/// What was found last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Found {
    #[serde(deserialize_with = "lenient::or_default")]
    waiting: Option<Waiting>,
    #[serde(deserialize_with = "lenient::or_default")]
    dead: Option<DeadLetters>,
}

/// What waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Waiting {
    at: Timestamp,
    count: u64,
    oldest: Option<Timestamp>,
}

/// The dead letters, and how many there should have been by then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct DeadLetters {
    at: Timestamp,
    count: u64,
    balance: u64,
}

/// What can be said without listing keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Entities that wait.
    pub waiting: u64,
    /// Since when the one has waited that has waited longest, as far as it is known.
    pub oldest: Option<Timestamp>,
    /// When what waits was looked at; unknown if never.
    pub waiting_at: Timestamp,
    /// Dead letters: those that were counted last, with all that came and went since.
    pub dead_letters: u64,
    /// When they were counted; unknown if never.
    pub dead_letters_at: Timestamp,
    /// Holds that last.
    pub holds: u64,
}

/// Leaves what a pass has found; with the store's keys, if they were listed, and how many
/// dead letters there should have been before that. Written only if something has changed, or
/// after five minutes.
///
/// # Errors
/// When the store fails.
pub fn leave(
    ports: Ports<'_>,
    left: &Left,
    listed: Option<(&[String], u64)>,
) -> Result<(), RecordError> {
    let now = ports.clock.now();
    let before: Found = get_readable(ports.store, keys::FIGURES)?.unwrap_or_default();
    let waiting = Waiting {
        at: now,
        count: left.count,
        oldest: left.oldest,
    };
    let is_new = before.waiting.is_none_or(|it| {
        (it.count, it.oldest) != (waiting.count, waiting.oldest) || now.since(it.at) >= FRESH
    });
    let dead = match listed {
        Some((keys, balance)) => Some(DeadLetters {
            at: now,
            count: keys.iter().filter(|key| keys::is_dead(key)).count() as u64,
            balance,
        }),
        None => before.dead,
    };
    if !is_new && listed.is_none() {
        return Ok(());
    }
    let found = Found {
        waiting: Some(waiting),
        dead,
    };
    put(ports.store, keys::FIGURES, &found)
}

/// What can be said now. Where nothing waits anywhere, that is known without a pass.
///
/// # Errors
/// When the store fails.
pub fn read(ports: Ports<'_>) -> Result<Figures, RecordError> {
    let now = ports.clock.now();
    let found: Found = get_readable(ports.store, keys::FIGURES)?.unwrap_or_default();
    let holds = hold::all(ports.store)?;
    let nothing_waits = holds.is_empty() && !queue::is_set(ports.store);
    let waiting = match nothing_waits {
        true => Waiting {
            at: now,
            ..Waiting::default()
        },
        false => found.waiting.unwrap_or_default(),
    };
    let dead = found.dead.unwrap_or_default();
    let balance = dead_letter::balance(ports.store)?;
    Ok(Figures {
        waiting: waiting.count,
        oldest: waiting.oldest,
        waiting_at: waiting.at,
        dead_letters: (dead.count + balance).saturating_sub(dead.balance),
        dead_letters_at: dead.at,
        holds: holds.iter().filter(|hold| hold.lasts(now)).count() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EntityKey;
    use crate::platform::Store;
    use crate::platform::fake::Fake;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn left(count: u64) -> Left {
        Left {
            count,
            next: None,
            oldest: (count > 0).then(|| at(7)),
        }
    }

    #[test]
    fn where_nothing_waits_no_pass_is_needed() {
        let fake = Fake::default();
        fake.now_ms.set(100_000);
        let figures = read(fake.ports()).unwrap();
        assert_eq!((figures.waiting, figures.waiting_at), (0, at(100)));
        assert_eq!((fake.listings.get(), fake.writes.get()), (0, 0));
    }

    #[test]
    fn what_a_pass_found_is_told_with_its_age() {
        let fake = Fake::default();
        fake.now_ms.set(100_000);
        queue::take_turn(fake.ports(), &EntityKey::default()).unwrap();
        leave(fake.ports(), &left(3), None).unwrap();
        let writes = fake.writes.get();
        fake.now_ms.set(200_000);
        leave(fake.ports(), &left(3), None).unwrap();
        assert_eq!(fake.writes.get(), writes, "nothing has changed");
        let figures = read(fake.ports()).unwrap();
        assert_eq!((figures.waiting, figures.waiting_at), (3, at(100)));
        assert_eq!(figures.oldest, Some(at(7)));
        fake.now_ms.set(400_000);
        leave(fake.ports(), &left(3), None).unwrap();
        assert_eq!(read(fake.ports()).unwrap().waiting_at, at(400));
    }

    #[test]
    fn dead_letters_are_counted_with_the_keys_and_what_came_and_went_since() {
        let fake = Fake::default();
        fake.increment(keys::DEAD_COUNT, 5).unwrap();
        assert_eq!(read(fake.ports()).unwrap().dead_letters, 5);
        let keys = [keys::dead(2), keys::dead(5), keys::DEAD_COUNT.to_owned()];
        let balance = dead_letter::balance(&fake).unwrap();
        leave(fake.ports(), &left(0), Some((&keys, balance))).unwrap();
        fake.increment(keys::DEAD_COUNT, 1).unwrap();
        leave(fake.ports(), &left(1), None).unwrap();
        assert_eq!(read(fake.ports()).unwrap().dead_letters, 3);
        fake.set(&keys::dead(2), b"{}").unwrap();
        dead_letter::discard(&fake, 2).unwrap();
        assert_eq!(read(fake.ports()).unwrap().dead_letters, 2);
    }
}
