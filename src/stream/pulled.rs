//! Entities that would never be told again because they came along with another one.
//! Pure.
//!
//! While the platform tells of the past, it sends each entity of its database in the
//! order of the last changes, once on each connection. One that came along with an
//! earlier one (`init-dependencies`) is not sent again when its own turn comes. Whether
//! it belongs to the stream is told only then: what comes along may be anything. So it is
//! noted, and if its turn passes by, the platform is asked again from that turn on, over
//! another connection.

use crate::model::Position;

/// More are not noted; then it is asked again at once.
const MOST: usize = 2_000;

/// What came along, and when its turn is.
#[derive(Debug, Default)]
pub(super) struct Pulled(Vec<(String, Position)>);

impl Pulled {
    /// An entity came along with one whose turn is `now`; its own turn is `turn`.
    pub(super) fn came_along(&mut self, entity: &str, turn: Position, now: Position) {
        if turn > now && self.0.len() < MOST {
            self.0.push((entity.to_owned(), turn));
        }
    }

    /// An entity was told of by itself.
    pub(super) fn told(&mut self, entity: &str) {
        self.0.retain(|(other, _)| other != entity);
    }

    /// The first turn before `now` that passed by, if one did.
    pub(super) fn passed_by(&self, now: Position) -> Option<Position> {
        let is_full = self.0.len() >= MOST;
        let turns = self.0.iter().map(|(_, turn)| *turn);
        turns.filter(|turn| *turn < now || is_full).min()
    }
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
        assert_eq!(pulled.passed_by(at(7)), None);
        pulled.told("told");
        assert_eq!(pulled.passed_by(at(8)), None);
        assert_eq!(pulled.passed_by(at(100)), Some(at(8)));
    }

    #[test]
    fn very_many_do_not_fill_the_memory() {
        let mut pulled = Pulled::default();
        for number in 0..2 * MOST {
            pulled.came_along(&number.to_string(), at(100), at(5));
        }
        assert_eq!(pulled.0.len(), MOST);
        assert_eq!(pulled.passed_by(at(6)), Some(at(100)));
    }
}
