//! When two firings of an alert are one, and what becomes of repeats.

use std::time::Duration;

use super::reader::Reader;

/// The settings of alerts.
#[derive(Debug, Clone)]
pub struct Repeats {
    /// The fields of a row that tell one alert from another; empty takes all
    /// but those that are different each time.
    pub dedup_fields: Vec<String>,
    /// So long after an issue was filed, repeats count up on it; zero files
    /// each firing.
    pub dedup_window: Duration,
    /// What a repeat does when people have closed the issue.
    pub after_done: AfterDone,
}

/// What a repeat does when people have closed the issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterDone {
    /// Opens the issue again.
    Reopen,
    /// Files a new one.
    New,
}

impl Repeats {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let dedup_fields = read.list("splunk_dedup_fields");
        if dedup_fields.iter().any(String::is_empty) {
            read.mistake("splunk_dedup_fields: an entry is empty");
        }
        let after_done = [("reopen", AfterDone::Reopen), ("new", AfterDone::New)];
        Self {
            dedup_fields,
            dedup_window: Duration::from_secs(
                3600 * read.number("splunk_dedup_window", 0..=8760, 24),
            ),
            after_done: read.choice("on_repeat_after_done", &after_done, AfterDone::Reopen),
        }
    }
}
