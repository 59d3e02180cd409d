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
//!   their id, and many can share one. The platform reads them from its database a page
//!   at a time, the pages in the order of the last changes, but loads those of a page by
//!   their ids, which gives them in no order (`elList` and `elFindByIds` of the platform).

use std::collections::VecDeque;

use crate::model::Position;

/// So many entities stand on a page of the platform's at most: 5,000 on older ones
/// (`MAX_SEARCH_SIZE`), 500 on later ones, if nobody raised
/// `elasticsearch:default_pagination_result`.
pub(super) const PAGE: usize = 5_000;
/// Where a call gets through no more than this, it goes on all the same.
const SMALL_PAGE: usize = 500;

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
    /// Everything up to here is done or kept.
    durable: Position,
    /// The newest id that was read.
    newest: Position,
    /// An event with this id is yet to come, or never does.
    announced: Option<Position>,
    /// The ids of the last entities that were told again.
    page: VecDeque<Position>,
    /// How many of them: others may be yet to come before these.
    lag: usize,
    /// All entities that changed before this were told again.
    settled: Position,
    /// Entities were told again in another order than that of their changes.
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
            lag: PAGE,
            durable,
            newest: durable,
            ..Self::default()
        }
    }

    /// The same where a call is too short for a large page.
    pub(super) fn in_small_steps(durable: Position) -> Self {
        Self {
            lag: SMALL_PAGE,
            ..Self::from(durable)
        }
    }

    /// The same where entities are only counted: one that is left out does less harm
    /// than a page that is counted again.
    pub(super) fn of_count(durable: Position) -> Self {
        Self {
            lag: 1,
            ..Self::from(durable)
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

    /// All entities that changed before this were told again, if any were.
    pub(super) fn settled(&self) -> Position {
        self.settled
    }

    /// How many entities are told once more over another connection.
    pub(super) fn unsettled(&self) -> u64 {
        self.page.len() as u64
    }

    /// Whether all entities that were told again came in the order of their changes.
    pub(super) fn is_ordered(&self) -> bool {
        !self.is_unordered
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
                self.is_unordered |= self.page.back().is_some_and(|before| *before > id);
                self.page.push_back(id);
                if self.page.len() > self.lag {
                    let before = self.page.pop_front().unwrap_or_default();
                    self.settled = self.settled.max(before);
                }
                Some(self.settled)
            }
            Kind::Heartbeat => {
                let is_sent = self.announced.is_none_or(|announced| announced < id);
                if is_sent {
                    self.announced = None;
                }
                // Between entities that are told again it has the id of one of them.
                (is_sent && self.page.is_empty()).then_some(id)
            }
        }
    }
}

#[cfg(test)]
mod tests;
