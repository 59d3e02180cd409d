//! Pauses: until when something is put off.

use std::time::Duration;

use super::lease::SKEW;
use crate::model::Timestamp;

/// The longest pause that anybody makes.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// Whether a pause lasts still. One that is further ahead than anybody makes it
/// was made by a wrong clock: it is over, for trying early harms nothing.
pub fn lasts(until: Timestamp, now: Timestamp) -> bool {
    until.is_ahead(now, LONGEST + SKEW)
}
