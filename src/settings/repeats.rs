//! When two firings of an alert are one, and what becomes of repeats.

use std::time::Duration;

use super::grouping::{GROUPINGS, Grouping, LONGEST_WINDOW};
use super::reader::Reader;
use super::routing::Route;

/// The settings of alerts.
#[derive(Debug, Clone)]
pub struct Repeats {
    /// The fields of a row that tell one alert from another; empty takes all
    /// but those that are different each time.
    pub dedup_fields: Vec<String>,
    /// So long after an issue was filed, repeats count up on it; zero files
    /// each firing.
    pub dedup_window: Duration,
    /// What an issue stands for.
    pub group: Grouping,
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
        let hours = read.number("splunk_dedup_window", 0..=LONGEST_WINDOW, 24);
        Self {
            dedup_fields,
            dedup_window: Duration::from_secs(3600 * hours),
            group: read.choice("splunk_group", &GROUPINGS, Grouping::Row),
            after_done: read.choice("on_repeat_after_done", &after_done, AfterDone::Reopen),
        }
    }

    /// With what a route says differently.
    pub fn on(&self, route: Option<&Route>) -> Self {
        let mut repeats = self.clone();
        if let Some(route) = route {
            if let Some(fields) = &route.splunk_dedup_fields {
                repeats.dedup_fields.clone_from(fields);
            }
            repeats.dedup_window = route.splunk_dedup_window.unwrap_or(repeats.dedup_window);
            repeats.group = route.splunk_group.unwrap_or(repeats.group);
        }
        repeats
    }
}
