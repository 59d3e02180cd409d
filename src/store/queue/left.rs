//! How much waits, and who first, for whoever looks after the function.

use serde::Deserialize;
use serde_json::Value;

use super::pointer::{LOOK_BACK, read};
use crate::model::{EntityKey, Timestamp};
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::json::get_readable;
use crate::store::slot::{Line, Slot, begin, bucket, furthest};
use crate::store::{counter, keys};

/// So many slots are looked at; more are counted as they were drawn.
const EXACT: u64 = 1000;
/// Of a longer line, so many are looked at for the one that has waited longest.
const FIRST: u64 = 20;
/// And at most so many for who waits first.
const LOOKED_AT: u64 = 100;

/// What waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// How many slots are taken; somewhat more if there are over a thousand.
    pub count: u64,
    /// When the first of them is due.
    pub next: Option<Timestamp>,
    /// Since when the one has waited that has waited longest, of those that were looked
    /// at.
    pub oldest: Option<Timestamp>,
}

/// What a slot says of who waits there; see `enqueue`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Waiting {
    since: Timestamp,
}

/// Who waits first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct First {
    /// What waits.
    pub left: Left,
    /// The entities, each once; those whose time comes first, and at most as many as
    /// were asked for. A slot that its entity has left counts, too.
    pub entities: Vec<EntityKey>,
}

/// What waits in the buckets, now and later, and behind these holds; a hold comes
/// with its end.
///
/// # Errors
/// When the store fails.
pub fn left(ports: Ports<'_>, holds: &[(Line, Timestamp)]) -> Result<Left, RecordError> {
    Ok(first(ports, holds, 0)?.left)
}

/// The same, with at most `most` of those who wait.
///
/// # Errors
/// When the store fails.
pub fn first(
    ports: Ports<'_>,
    holds: &[(Line, Timestamp)],
    most: usize,
) -> Result<First, RecordError> {
    let now = ports.clock.now();
    let mut look = Look {
        store: ports.store,
        budget: EXACT,
        most,
        first: First::default(),
    };
    for (line, until) in holds {
        let first = counter::read(ports.store, &keys::first(&line.name()))?;
        look.line(line, first.max(1), *until)?;
    }
    let Some(pointer) = read(ports)? else {
        return Ok(look.first);
    };
    let first = pointer.min(bucket(now)).saturating_sub(LOOK_BACK);
    for bucket in first..=furthest(now) + 1 {
        for line in [Line::New(bucket), Line::Again(bucket)] {
            look.line(&line, 1, begin(bucket))?;
        }
    }
    Ok(look.first)
}

impl Left {
    fn add(&mut self, count: u64, at: Timestamp) {
        self.count += count;
        if count > 0 {
            self.next = Some(self.next.map_or(at, |next| next.min(at)));
        }
    }

    fn saw(&mut self, since: Timestamp) {
        if since.is_known() {
            self.oldest = Some(self.oldest.map_or(since, |oldest| oldest.min(since)));
        }
    }
}

/// A look at one line after the other.
struct Look<'a> {
    store: &'a dyn Store,
    /// So many slots may still be looked at.
    budget: u64,
    most: usize,
    first: First,
}

impl Look<'_> {
    fn line(&mut self, line: &Line, from: u64, at: Timestamp) -> Result<(), RecordError> {
        let to = counter::read(self.store, &keys::slots(&line.name()))?;
        let drawn = (to + 1).saturating_sub(from);
        let is_exact = drawn <= self.budget;
        let end = match is_exact {
            true => to,
            false => to.min(from.saturating_add(LOOKED_AT)),
        };
        let mut taken = 0;
        for number in from..=end {
            let is_enough = self.has_all() && number >= from + FIRST;
            if !is_exact && is_enough {
                break;
            }
            taken += u64::from(self.slot(line, number)?);
        }
        match is_exact {
            true => self.budget -= drawn,
            false => taken = drawn,
        }
        self.first.left.add(taken, at);
        Ok(())
    }

    /// Whether a slot is taken; who waits there is noted.
    fn slot(&mut self, line: &Line, number: u64) -> Result<bool, RecordError> {
        let slot = Slot {
            line: line.clone(),
            number,
        };
        let waiting: Option<Value> = get_readable(self.store, &slot.key())?;
        let Some(waiting) = waiting else {
            return Ok(false);
        };
        let since = Waiting::deserialize(&waiting).unwrap_or_default().since;
        self.first.left.saw(since);
        if !self.has_all()
            && let Ok(entity) = EntityKey::deserialize(&waiting)
            && !self.first.entities.contains(&entity)
        {
            self.first.entities.push(entity);
        }
        Ok(true)
    }

    fn has_all(&self) -> bool {
        self.first.entities.len() >= self.most
    }
}
