//! How much waits, for whoever looks after the function.

use super::pointer::{LOOK_BACK, read};
use crate::model::Timestamp;
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::slot::{Line, Slot, begin, bucket, furthest};
use crate::store::{counter, keys};

/// So many slots are looked at; more are counted as they were drawn.
const EXACT: u64 = 1000;

/// What waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// How many slots are taken; somewhat more if there are over a thousand.
    pub count: u64,
    /// When the first of them is due.
    pub next: Option<Timestamp>,
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
        let count = taken(ports.store, line, first.max(1), &mut budget)?;
        left.add(count, *until);
    }
    let Some(pointer) = read(ports)? else {
        return Ok(left);
    };
    let first = pointer.min(bucket(now)).saturating_sub(LOOK_BACK);
    for bucket in first..=furthest(now) + 1 {
        for line in [Line::New(bucket), Line::Again(bucket)] {
            let count = taken(ports.store, &line, 1, &mut budget)?;
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
}

fn taken(store: &dyn Store, line: &Line, from: u64, budget: &mut u64) -> Result<u64, RecordError> {
    let to = counter::read(store, &keys::slots(&line.name()))?;
    let drawn = (to + 1).saturating_sub(from);
    if drawn > *budget {
        return Ok(drawn);
    }
    *budget -= drawn;
    let mut taken = 0;
    for number in from..=to {
        let slot = Slot {
            line: line.clone(),
            number,
        };
        taken += u64::from(store.get(&slot.key())?.is_some());
    }
    Ok(taken)
}
