//! What a call is to do.

use std::time::Duration;

use crate::model::{Position, Timestamp};
use crate::store::stream::{Cursor, Recovery};

/// What a call is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How long it reads.
    pub time: Duration,
    /// What the platform holds is told again, and not what happens.
    pub history: Option<History>,
}

/// A time of which the platform tells what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Its beginning.
    pub from: Position,
    /// Its end; without one, the time of the first call.
    pub until: Option<Position>,
    /// It is only counted.
    pub is_dry: bool,
    /// It is begun anew, and not where the last call stopped.
    pub restarts: bool,
}

/// A replay that is over goes on to its end, if that was yet to come, and to now if it had
/// none.
pub(super) fn begin(cursor: &mut Cursor, history: &History, now: Timestamp) {
    if history.restarts {
        *cursor = Cursor {
            generation: cursor.generation,
            leased_until: cursor.leased_until,
            ..Cursor::default()
        };
    }
    // What is yet to come is not told, and would be waited for.
    let latest = Position::at(now);
    let until = history.until.map_or(latest, |until| until.min(latest));
    let is_all = |recovery: &Recovery| history.until.is_some_and(|it| recovery.until >= it);
    let goes_on = |recovery: &Recovery| !recovery.is_over || is_all(recovery);
    let recovery = cursor.recovery.filter(goes_on);
    let from = cursor.position.unwrap_or(history.from);
    cursor.position = Some(from);
    let recovery = recovery.unwrap_or(Recovery {
        from: history.from,
        until,
        is_over: from.at >= until.at,
        catches_up: None,
    });
    cursor.recovery = Some(recovery);
}
