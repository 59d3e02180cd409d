//! How often an alert fired. An alert says the same thing again and again;
//! what is counted is how often it did, each firing once.

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;

/// So many firings are told apart from repeated deliveries.
const REMEMBERED: usize = 50;

/// Firings of one alert: in an event those that it tells of, on an issue those
/// that were dealt with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Firings {
    /// How many.
    pub count: u64,
    /// When the first one came; unknown if nobody said.
    pub first: Timestamp,
    /// When the last one came; unknown if nobody said.
    pub last: Timestamp,
    /// What the latest ones are told apart by, at most 50.
    pub recent: Vec<String>,
}

impl Firings {
    /// One firing. The key is the same for a second delivery of it.
    pub fn one(key: impl Into<String>) -> Self {
        Self {
            count: 1,
            first: Timestamp::UNKNOWN,
            last: Timestamp::UNKNOWN,
            recent: vec![key.into()],
        }
    }

    /// Says when they came, if nobody has said so yet.
    pub fn came_at(&mut self, now: Timestamp) {
        if self.count > 0 && !self.last.is_known() {
            self.first = now;
            self.last = now;
        }
    }

    /// Whether there are none: the event is not about an alert.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether all the others are counted here already.
    pub fn hold(&self, others: &Self) -> bool {
        others.news(self) == 0
    }

    /// Counts others in, those that are known only once.
    pub fn take_in(&mut self, others: &Self) {
        self.count += others.news(self);
        let times = [self.first, others.first].into_iter();
        let first = times.filter(|time| time.is_known()).min();
        self.first = first.unwrap_or_default();
        self.last = self.last.max(others.last);
        for key in &others.recent {
            if !self.recent.contains(key) {
                self.recent.push(key.clone());
            }
        }
        let surplus = self.recent.len().saturating_sub(REMEMBERED);
        self.recent.drain(..surplus);
    }

    /// How many of these are not known there. If one is, those that came before
    /// the remembered ones are known as well.
    fn news(&self, there: &Self) -> u64 {
        let known = |key: &&String| there.recent.contains(key);
        match self.recent.iter().filter(known).count() {
            0 => self.count,
            known => (self.recent.len() - known) as u64,
        }
    }

    /// Remembers the keys of earlier firings without counting them.
    pub fn recall(&mut self, earlier: &[String]) {
        let mut recent = earlier.to_vec();
        recent.append(&mut self.recent);
        let surplus = recent.len().saturating_sub(REMEMBERED);
        recent.drain(..surplus);
        self.recent = recent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firing(key: &str, at: u64) -> Firings {
        let mut firing = Firings::one(key);
        firing.came_at(Timestamp::from_millis(at));
        firing
    }

    fn counted(all: &Firings) -> (u64, u64, u64) {
        (all.count, all.first.as_millis(), all.last.as_millis())
    }

    #[test]
    fn a_firing_counts_once_however_often_it_is_delivered() {
        let mut all = firing("a", 10);
        all.take_in(&firing("b", 30));
        all.take_in(&firing("a", 40));
        all.take_in(&firing("c", 20));
        assert_eq!(counted(&all), (3, 10, 40));
        assert!(all.hold(&firing("b", 99)));
        assert!(!all.hold(&firing("d", 1)));
    }

    #[test]
    fn two_counts_become_one_without_what_both_hold() {
        let (mut ours, mut theirs) = (firing("a", 1), firing("b", 2));
        ours.take_in(&firing("b", 2));
        theirs.take_in(&firing("c", 3));
        ours.take_in(&theirs);
        assert_eq!(counted(&ours), (3, 1, 3));
    }

    #[test]
    fn a_flood_is_counted_and_does_not_fill_the_store() {
        let mut all = Firings::default();
        for number in 0..1000 {
            all.take_in(&firing(&number.to_string(), number + 1));
        }
        assert_eq!(counted(&all), (1000, 1, 1000));
        assert!(all.hold(&all.clone()));
        all.take_in(&all.clone());
        assert_eq!(all.count, 1000);
        assert_eq!(all.recent.len(), REMEMBERED);
    }
}
