//! What a call has come to, as it is answered.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::Outcome;

/// What became of the events of one call.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many, by outcome.
    pub(super) handled: BTreeMap<String, u64>,
    /// How many entities came along with others.
    pub(super) dependencies: u64,
    /// What an operator should know.
    pub(super) notes: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            self.count(outcome.kind.word());
        }
    }

    pub(super) fn count(&mut self, word: &str) {
        *self.handled.entry(word.to_owned()).or_default() += 1;
    }

    /// Says something once.
    pub(super) fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}

/// Counts as JSON.
pub(super) fn counts(handled: &BTreeMap<String, u64>) -> Value {
    let mut counts = Map::new();
    for (word, count) in handled {
        counts.insert(word.clone(), (*count).into());
    }
    counts.into()
}
