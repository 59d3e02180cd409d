//! How much waits, for whoever looks after the function.

use serde::Deserialize;
use serde_json::Value;

use super::pointer::{LOOK_BACK, read};
use crate::model::Timestamp;
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::json::get_readable;
use crate::store::slot::{Line, Slot, begin, bucket, furthest};
use crate::store::{counter, keys};

/// So many slots are looked at; more are counted as they were drawn.
const EXACT: u64 = 1000;
/// Of a longer line, so many are looked at.
const FIRST: u64 = 20;

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

/// What waits in the buckets, now and later, and behind these holds; a hold comes
/// with its end.
///
/// # Errors
/// When the store fails.
pub fn left(ports: Ports<'_>, holds: &[(Line, Timestamp)]) -> Result<Left, RecordError> {
    let now = ports.clock.now();
    let mut budget = EXACT;
    let mut left = Left::default();
    for (line, until) in holds {
        let first = counter::read(ports.store, &keys::first(&line.name()))?;
        let count = left.taken(ports.store, line, first.max(1), &mut budget)?;
        left.add(count, *until);
    }
    let Some(pointer) = read(ports)? else {
        return Ok(left);
    };
    let first = pointer.min(bucket(now)).saturating_sub(LOOK_BACK);
    for bucket in first..=furthest(now) + 1 {
        for line in [Line::New(bucket), Line::Again(bucket)] {
            let count = left.taken(ports.store, &line, 1, &mut budget)?;
            left.add(count, begin(bucket));
        }
    }
    Ok(left)
}

impl Left {
    fn add(&mut self, count: u64, at: Timestamp) {
        self.count += count;
        if count > 0 {
            self.next = Some(self.next.map_or(at, |next| next.min(at)));
        }
    }

    /// How many slots of a line are taken, from a number on.
    fn taken(
        &mut self,
        store: &dyn Store,
        line: &Line,
        from: u64,
        budget: &mut u64,
    ) -> Result<u64, RecordError> {
        let to = counter::read(store, &keys::slots(&line.name()))?;
        let drawn = (to + 1).saturating_sub(from);
        let is_exact = drawn <= *budget;
        let looked_at = match is_exact {
            true => drawn,
            // The first ones have waited longest.
            false => FIRST,
        };
        *budget -= if is_exact { drawn } else { 0 };
        let mut taken = 0;
        for number in from..from + looked_at {
            let slot = Slot {
                line: line.clone(),
                number,
            };
            let Some(waiting) = get_readable::<Value>(store, &slot.key())? else {
                continue;
            };
            taken += 1;
            self.saw(Waiting::deserialize(waiting).unwrap_or_default().since);
        }
        Ok(if is_exact { taken } else { drawn })
    }

    fn saw(&mut self, since: Timestamp) {
        if since.is_known() {
            self.oldest = Some(self.oldest.map_or(since, |oldest| oldest.min(since)));
        }
    }
}
