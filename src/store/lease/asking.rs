//! On whose behalf a lease is asked for.

use crate::model::{Event, IssueRecord};
use crate::store::slot::Slot;

/// On whose behalf a lease is asked for.
#[derive(Clone, Copy)]
pub enum Asking<'e> {
    /// Of an event that has just arrived.
    Event {
        /// The event.
        event: &'e Event,
        /// Whether an issue shows it already.
        settled: &'e dyn Fn(&IssueRecord) -> bool,
    },
    /// Of what was left in the inbox.
    Inbox {
        /// Gives up on events whose bearer never wrote them.
        missing_is_lost: bool,
    },
    /// Of the entity that waits at a slot; `None`: its slot is lost.
    Slot(Option<&'e Slot>),
}
