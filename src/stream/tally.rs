//! What a call has come to, as it is answered.

use serde_json::{Map, Value};

use crate::model::{Outcome, OutcomeKind};

/// How many events there were of each outcome. A map of JSON: another kind of map would
/// be compiled for this alone.
pub(super) type Counts = Map<String, Value>;

/// What became of the events of one call.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many, by outcome.
    pub(super) handled: Counts,
    /// How many entities came along with others.
    pub(super) dependencies: u64,
    /// What an operator should know.
    pub(super) notes: Vec<String>,
    /// So many entities were dealt with before, and are told once more.
    pub(super) repeated: u64,
    /// They are not counted once more.
    pub(super) hides_repeated: bool,
}

impl Tally {
    pub(super) fn add(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            let is_repeated = outcome.kind == OutcomeKind::Duplicate && self.repeated > 0;
            self.repeated -= u64::from(is_repeated);
            if !(is_repeated && self.hides_repeated) {
                self.count(outcome.kind.word());
            }
        }
    }

    pub(super) fn count(&mut self, word: &str) {
        count(&mut self.handled, word, 1);
    }

    /// Says something once.
    pub(super) fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}

/// So many more of an outcome.
pub(super) fn count(counts: &mut Counts, word: &str, more: u64) {
    let before = counts.get(word).and_then(Value::as_u64);
    let sum = before.unwrap_or_default().saturating_add(more);
    counts.insert(word.to_owned(), sum.into());
}

/// How many there are in all.
pub(super) fn sum(counts: &Counts) -> u64 {
    counts.values().filter_map(Value::as_u64).sum()
}
