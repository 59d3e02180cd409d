//! Slots that nobody would look at, and counters of lines in which nobody waits.

use super::found::{Astray, Upkeep, below};
use crate::platform::Ports;
use crate::store::error::RecordError;
use crate::store::json::get_readable;
use crate::store::slot::{Line, Slot, bucket, furthest};
use crate::store::{hold, keys, queue};

/// What a bucket's counter is kept for after the bucket was passed by: whoever is
/// about to put work there.
const KEPT: u64 = 60;

pub(super) fn look_after(
    ports: Ports<'_>,
    all: &[String],
    upkeep: &mut Upkeep,
) -> Result<(), RecordError> {
    let seen = Seen::now(ports)?;
    // The keys are sorted: the slots of one line follow each other.
    let mut lines: Vec<Line> = Vec::new();
    let mut is_ahead = false;
    for slot in below(all, keys::SLOT).filter_map(Slot::named) {
        is_ahead |= slot.line.bucket().is_some_and(|it| it > seen.now);
        if seen.is_passed(&slot.line)
            && let Some(entity) = get_readable(ports.store, &slot.key())?
        {
            let slot = Some(slot.clone());
            upkeep.astray.push(Astray { entity, slot });
        }
        if lines.last() != Some(&slot.line) {
            lines.push(slot.line);
        }
    }
    if seen.pointer.is_none() && is_ahead {
        queue::move_to(ports.store, seen.now)?;
    }
    for prefix in [keys::SLOTS, keys::FIRST] {
        for name in below(all, prefix) {
            let is_needed = Line::named(name)
                .is_some_and(|line| lines.contains(&line) || !seen.is_long_passed(&line));
            if !is_needed {
                ports.store.delete(&format!("{prefix}{name}"))?;
                upkeep.swept += 1;
            }
        }
    }
    Ok(())
}

/// Where those are who look for work.
struct Seen {
    pointer: Option<u64>,
    now: u64,
    furthest: u64,
    holds: Vec<Line>,
}

impl Seen {
    fn now(ports: Ports<'_>) -> Result<Self, RecordError> {
        let now = ports.clock.now();
        let holds = hold::all(ports.store)?;
        Ok(Self {
            pointer: queue::pointer(ports)?,
            now: bucket(now),
            furthest: furthest(now) + 1,
            holds: holds.iter().map(|it| Line::of_hold(&it.scope)).collect(),
        })
    }

    /// Whether nobody looks at a line any more.
    fn is_passed(&self, line: &Line) -> bool {
        match line.bucket() {
            Some(bucket) => bucket < self.begin() || bucket > self.furthest,
            None => !self.holds.contains(line),
        }
    }

    /// The same, for so long that nobody is about to put work there.
    fn is_long_passed(&self, line: &Line) -> bool {
        match line.bucket() {
            Some(bucket) => bucket + KEPT < self.begin() || bucket > self.furthest + KEPT,
            None => !self.holds.contains(line),
        }
    }

    /// The first bucket that is looked at.
    fn begin(&self) -> u64 {
        let pointer = self.pointer.unwrap_or(self.now);
        pointer.min(self.now).saturating_sub(queue::LOOK_BACK)
    }
}
