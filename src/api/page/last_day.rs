//! What became of the events of the last day.

use super::super::session::Session;
use crate::page::Chart;

/// The events of the last day by hour and outcome; `None` where nobody counts them.
pub(super) fn last_day(_: &Session<'_>) -> Option<Chart> {
    None
}
