//! Entities that would never be told again because they came along with another one.
//! Pure.
//!
//! While the platform tells of the past, it sends each entity of its database about in
//! the order of the last changes, once on each connection. One that came along with
//! another one (`init-dependencies`) is not sent again when its own turn comes. Whether
//! it belongs to the stream is told only then: what comes along may be anything. So it is
//! noted, and if its turn passes by, the platform is asked again from that turn on, over
//! another connection.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::progress::PAGE;
use crate::model::Position;

/// More are not noted one by one: it is asked again from the first turn of the others,
/// though they may have been told.
const MOST: usize = 10_000;

/// As many that were told of are remembered: more than can stand on a page.
const TOLD: usize = PAGE;

/// What came along, and when its turn is.
#[derive(Debug, Default)]
pub(super) struct Pulled {
    turns: BTreeMap<String, Turn>,
    /// The first turn of those that are too many to be noted.
    others: Option<Position>,
    /// Hashes of what was told of last: many are looked through for each that comes
    /// along.
    told: VecDeque<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Turn {
    at: Position,
    /// It was before that of what it came along with: in entities that come in order, it
    /// had its turn.
    is_behind: bool,
}

impl Pulled {
    /// An entity came along with one whose turn is `now`; its own turn is `turn`.
    pub(super) fn came_along(&mut self, entity: &str, turn: Position, now: Position) {
        if self.told.contains(&hash(entity)) {
            return;
        }
        let is_behind = turn <= now;
        if self.turns.len() < MOST || self.turns.contains_key(entity) {
            let turn = Turn {
                at: turn,
                is_behind,
            };
            self.turns.insert(entity.to_owned(), turn);
        } else if !is_behind {
            self.others = Some(self.others.map_or(turn, |first| first.min(turn)));
        }
    }

    /// An entity was told of by itself.
    pub(super) fn told(&mut self, entity: &str) {
        self.turns.remove(entity);
        self.told.push_back(hash(entity));
        if self.told.len() > TOLD {
            self.told.pop_front();
        }
    }

    /// The first turn before `now` that passed by, if one did.
    pub(super) fn passed_by(&self, now: Position, is_ordered: bool) -> Option<Position> {
        let turns = self.turns.values();
        let turns = turns.filter(|turn| !(is_ordered && turn.is_behind));
        let turns = turns.map(|turn| turn.at).chain(self.others);
        turns.filter(|turn| *turn < now).min()
    }

    /// Those whose turn is before `now` had it.
    pub(super) fn settle(&mut self, now: Position) {
        self.turns.retain(|_, turn| turn.at >= now);
    }
}

fn hash(entity: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    entity.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn at(millis: u64) -> Position {
        Position::at(Timestamp::from_millis(millis))
    }

    #[test]
    fn one_whose_turn_passed_by_is_asked_for_again() {
        let mut pulled = Pulled::default();
        pulled.came_along("earlier", at(3), at(5));
        pulled.came_along("same", at(5), at(5));
        pulled.came_along("told", at(7), at(5));
        pulled.came_along("late", at(9), at(5));
        pulled.came_along("lost", at(8), at(5));
        assert_eq!(pulled.passed_by(at(7), true), None);
        pulled.told("told");
        assert_eq!(pulled.passed_by(at(8), true), None);
        assert_eq!(pulled.passed_by(at(100), true), Some(at(8)));
    }

    #[test]
    fn in_no_order_a_turn_that_was_before_may_be_yet_to_come() {
        let mut pulled = Pulled::default();
        pulled.told("told before");
        for (entity, turn) in [("told before", 1), ("told", 2), ("lost", 3)] {
            pulled.came_along(entity, at(turn), at(5));
        }
        pulled.told("told");
        assert_eq!(pulled.passed_by(at(9), true), None);
        assert_eq!(pulled.passed_by(at(9), false), Some(at(3)));
        pulled.settle(at(4));
        assert_eq!(pulled.passed_by(at(9), false), None);
    }

    #[test]
    fn very_many_do_not_fill_the_memory() {
        let mut pulled = Pulled::default();
        for number in 0..2 * MOST {
            pulled.came_along(&number.to_string(), at(100), at(5));
        }
        assert_eq!(pulled.turns.len(), MOST);
        // What comes between is not told yet: to go on behind it would lose it.
        assert_eq!(pulled.passed_by(at(6), true), None);
        pulled.came_along("one more", at(50), at(5));
        assert_eq!(pulled.passed_by(at(50), true), None);
        assert_eq!(pulled.passed_by(at(51), true), Some(at(50)));
        assert_eq!(pulled.passed_by(at(101), true), Some(at(50)));
    }
}
