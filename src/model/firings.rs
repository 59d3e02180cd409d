//! How often an alert fired. An alert says the same thing again and again;
//! what is counted is how often it did, each firing once.

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::severity::Severity;
use super::timestamp::Timestamp;

/// So many firings are told apart from repeated deliveries.
const REMEMBERED: usize = 200;
/// So many rows are kept to be shown.
const ROWS: usize = 50;
/// And so many of those that brought nothing but a time.
const BARE_ROWS: usize = 20;
/// They have so many bytes of text together: a comment of Jira has 32,767
/// characters.
const ROWS_BYTES: usize = 20_000;
/// The content of so many rows is known again.
const KNOWN: usize = 200;

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
    /// What the latest ones are told apart by, at most 200.
    pub recent: Vec<String>,
    /// What they brought, the oldest first: on an issue, what stands in the
    /// comment that counts, or in the table of a run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<FiringRow>,
    /// So many older rows were not kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// On an issue: the content of rows that it shows, at most 200 digests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// The worst severity of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
    /// On an issue: how many comments that count are full.
    #[serde(skip_serializing_if = "is_zero")]
    pub full: u64,
}

/// What one firing brought that others of the same alert may not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FiringRow {
    /// By what a second delivery of it is known.
    pub key: String,
    /// A digest of its fields, but for times.
    pub digest: String,
    /// When it happened, as its source says it; else when it came.
    pub time: String,
    /// Its fields, but for times and those that are the same in each firing; empty
    /// if they are known from another one.
    pub facts: Vec<Fact>,
}

impl FiringRow {
    fn bytes(&self) -> usize {
        let facts = self.facts.iter();
        facts.map(|fact| fact.label.len() + fact.value.len()).sum()
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Firings {
    /// One firing. The key is the same for a second delivery of it.
    pub fn one(key: impl Into<String>) -> Self {
        Self {
            count: 1,
            recent: vec![key.into()],
            ..Self::default()
        }
    }

    /// One firing that brought a row.
    pub fn of_row(row: FiringRow) -> Self {
        Self {
            rows: vec![row.clone()],
            ..Self::one(row.key)
        }
    }

    /// Says when they came, if nobody has said so yet.
    pub fn came_at(&mut self, now: Timestamp) {
        if self.count > 0 && !self.last.is_known() {
            self.first = now;
            self.last = now;
        }
        for row in &mut self.rows {
            if row.time.is_empty() {
                row.time = now.to_string();
            }
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
        self.rows.extend(self.fresh(others));
        self.worst = self.worst.take().max(others.worst.clone());
        self.left_out += others.left_out;
        self.bound();
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

    /// The rows of others that are not counted here. Of one whose content is shown
    /// already, only the time is news.
    fn fresh(&self, others: &Self) -> Vec<FiringRow> {
        let mut fresh: Vec<FiringRow> = Vec::new();
        for row in &others.rows {
            if self.recent.contains(&row.key) {
                continue;
            }
            let mut row = row.clone();
            let mut shown = self.rows.iter().chain(&fresh);
            let is_known = !row.digest.is_empty() && self.known.contains(&row.digest);
            if is_known || shown.any(|known| known.digest == row.digest) {
                row.facts.clear();
            }
            fresh.push(row);
        }
        fresh
    }

    /// Before others are counted in on an issue: whether the comment has no space
    /// for what they bring, so that they begin another one.
    pub fn overflows(&self, others: &Self) -> bool {
        let mut fresh = self.fresh(others);
        fresh.retain(|row| !row.facts.is_empty());
        let bytes = bytes(&self.rows) + bytes(&fresh);
        let shown = self.rows.iter().filter(|row| !row.facts.is_empty());
        let rows = shown.count() + fresh.len();
        !self.rows.is_empty() && !fresh.is_empty() && (rows > ROWS || bytes > ROWS_BYTES)
    }

    /// Leaves out what they brought: it must not be shown.
    pub fn hide(&mut self) {
        for row in &mut self.rows {
            row.facts.clear();
            row.digest.clear();
        }
    }

    /// What the issue shows elsewhere is known, and the next comment begins empty.
    pub fn shown(&mut self) {
        for row in std::mem::take(&mut self.rows) {
            self.known.push(row.digest);
        }
        let surplus = self.known.len().saturating_sub(KNOWN);
        self.known.drain(..surplus);
        self.left_out = 0;
    }

    /// Keeps the newest rows, as many as can be shown; one in any case.
    fn bound(&mut self) {
        let bare = |row: &FiringRow| row.facts.is_empty();
        while self.rows.iter().filter(|row| bare(row)).count() > BARE_ROWS {
            let oldest = self.rows.iter().position(bare);
            self.rows.remove(oldest.unwrap_or_default());
        }
        let full = |row: &FiringRow| !row.facts.is_empty();
        loop {
            let count = self.rows.iter().filter(|row| full(row)).count();
            if count < 2 || (count <= ROWS && bytes(&self.rows) <= ROWS_BYTES) {
                break;
            }
            let oldest = self.rows.iter().position(full);
            let oldest = self.rows.remove(oldest.unwrap_or_default());
            self.known.push(oldest.digest);
            self.left_out += 1;
        }
        let surplus = self.known.len().saturating_sub(KNOWN);
        self.known.drain(..surplus);
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

fn bytes(rows: &[FiringRow]) -> usize {
    rows.iter().map(FiringRow::bytes).sum()
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

    fn brings(key: &str, text: &str) -> Firings {
        Firings::of_row(FiringRow {
            key: key.to_owned(),
            digest: text.to_owned(),
            facts: vec![Fact {
                value: text.to_owned(),
                ..Fact::default()
            }],
            ..FiringRow::default()
        })
    }

    fn told(all: &Firings) -> Vec<&str> {
        let facts = all.rows.iter().filter_map(|row| row.facts.first());
        facts.map(|fact| &*fact.value).collect()
    }

    #[test]
    fn each_content_is_kept_once_whoever_brings_it() {
        let mut all = brings("a", "one");
        for (key, text) in [("b", "two"), ("b", "two"), ("c", "one"), ("d", "three")] {
            all.take_in(&brings(key, text));
        }
        assert_eq!((all.count, told(&all)), (4, vec!["one", "two", "three"]));
        all.shown();
        all.take_in(&brings("e", "two"));
        assert_eq!((all.count, told(&all)), (5, vec![]));
        all.take_in(&brings("f", "four"));
        assert_eq!(told(&all), ["four"]);
    }

    #[test]
    fn a_flood_of_rows_is_bounded_and_says_so() {
        let mut all = Firings::default();
        for number in 0..500 {
            let text = format!("{number} {}", "x".repeat(1000));
            all.take_in(&brings(&number.to_string(), &text));
        }
        assert!(bytes(&all.rows) <= ROWS_BYTES && all.rows.len() > 10);
        assert_eq!(all.left_out + all.rows.len() as u64, 500);
        assert!(all.known.len() <= KNOWN);
        assert!(all.overflows(&brings("new", &"y".repeat(9000))));
        assert!(!all.overflows(&brings("known", &all.rows[3].digest.clone())));
        assert!(!Firings::default().overflows(&brings("huge", &"y".repeat(90_000))));
    }
}
