//! How far a stream is dealt with: the place up to which everything is done or kept.
//! Pure.
//!
//! An id of the platform's is not always such a place:
//!
//! - What comes along with an event (`init-dependencies`) has the event's id and comes
//!   before it.
//! - A heartbeat carries the id that was sent last, also while only the dependencies of
//!   its event were sent.
//! - Entities that are told again (`init-create`) have the time of their last change as
//!   their id, and many can share one.

use std::collections::VecDeque;

use crate::model::Position;

/// What a frame is, as far as its id matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An event of the stream.
    Event,
    /// It came along with one.
    Dependency,
    /// An entity, told again.
    Recovered,
    /// The platform is there.
    Heartbeat,
}

/// Names a frame that is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// How far a stream is dealt with.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// What was read and is not passed by yet, in order.
    open: VecDeque<Entry>,
    /// The number of the first of them.
    first: u64,
    /// Where it began.
    start: Position,
    /// Everything up to here is done or kept.
    durable: Position,
    /// The newest id that was read.
    newest: Position,
    /// An event with this id is yet to come, or never does.
    announced: Option<Position>,
    /// The last entity that was told again.
    row: Option<Position>,
    /// Entities were told again in another order than that of their ids.
    is_unordered: bool,
}

#[derive(Debug)]
struct Entry {
    /// Where it leads, if it does.
    position: Option<Position>,
    is_done: bool,
}

impl Progress {
    /// Everything up to `durable` is done.
    pub(super) fn from(durable: Position) -> Self {
        Self {
            start: durable,
            durable,
            newest: durable,
            ..Self::default()
        }
    }

    /// Everything up to here is done or kept.
    pub(super) fn durable(&self) -> Position {
        self.durable
    }

    /// The newest id that was read.
    pub(super) fn newest(&self) -> Position {
        self.newest
    }

    /// A frame was read. It is done with once [`Self::done`] says so.
    pub(super) fn read(&mut self, kind: Kind, id: Option<Position>) -> Ticket {
        let position = id.and_then(|id| self.leads_to(kind, id));
        self.newest = self.newest.max(id.unwrap_or_default());
        let ticket = Ticket(self.first + self.open.len() as u64);
        self.open.push_back(Entry {
            position,
            is_done: false,
        });
        ticket
    }

    /// The frame is dealt with.
    pub(super) fn done(&mut self, ticket: Ticket) {
        let index = ticket.0.checked_sub(self.first);
        let index = index.and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| self.open.get_mut(index)) {
            entry.is_done = true;
        }
        while let Some(entry) = self.open.pop_front_if(|entry| entry.is_done) {
            self.first += 1;
            self.durable = self.durable.max(entry.position.unwrap_or_default());
        }
    }

    /// What is told again is over: ids are those of the stream's events.
    pub(super) fn recovered(&mut self) {
        self.row = None;
        self.is_unordered = false;
    }

    /// Up to where everything is done, once this frame and all before it are.
    fn leads_to(&mut self, kind: Kind, id: Position) -> Option<Position> {
        match kind {
            Kind::Event => {
                self.announced = None;
                Some(id)
            }
            Kind::Dependency => {
                self.announced = Some(id);
                None
            }
            Kind::Recovered => {
                self.announced = None;
                let before = self.row.replace(id);
                if before.is_some_and(|before| before > id) {
                    // Back is always safe.
                    self.is_unordered = true;
                    self.durable = self.start;
                }
                before.filter(|before| *before < id && !self.is_unordered)
            }
            Kind::Heartbeat => {
                let is_sent = self.announced.is_none_or(|announced| announced < id);
                if is_sent {
                    self.announced = None;
                }
                let is_past_rows = self.row.is_none_or(|row| row < id);
                (is_sent && is_past_rows && !self.is_unordered).then_some(id)
            }
        }
    }
}

#[cfg(test)]
mod tests;
