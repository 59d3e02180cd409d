//! The document that hours that are over are added up in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::packed::Counts;
use crate::model::lenient;
use crate::platform::Store;
use crate::store::error::RecordError;
use crate::store::json::{get_readable, put};
use crate::store::keys;

/// Source, outcome and class, as a counter's key has them: `opencti/created/none`.
type Row = String;

/// All that was added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct Document {
    /// The latest hours, each with its events by outcome.
    #[serde(deserialize_with = "lenient::or_default")]
    pub(in crate::store) hours: BTreeMap<u64, BTreeMap<String, u64>>,
    /// All hours before this one are added up, whatever counters of them are left.
    #[serde(deserialize_with = "lenient::or_default")]
    pub(in crate::store) until: u64,
    /// All hours ever.
    #[serde(deserialize_with = "lenient::or_default")]
    pub(super) total: BTreeMap<Row, Counts>,
}

impl Document {
    /// Adds up what a counter of an hour holds.
    pub(in crate::store) fn add(&mut self, hour: u64, row: &str, counts: Counts) {
        let outcome = row.split('/').nth(1).unwrap_or_default();
        let of_hour = self.hours.entry(hour).or_default();
        if counts.events > 0 {
            *of_hour.entry(outcome.to_owned()).or_default() += counts.events;
        }
        *self.total.entry(row.to_owned()).or_default() += counts;
    }
}

/// What was added up so far.
pub(in crate::store) fn read(store: &dyn Store) -> Result<Document, RecordError> {
    Ok(get_readable(store, keys::TALLIES)?.unwrap_or_default())
}

/// Keeps it.
pub(in crate::store) fn write(store: &dyn Store, document: &Document) -> Result<(), RecordError> {
    put(store, keys::TALLIES, document)
}
