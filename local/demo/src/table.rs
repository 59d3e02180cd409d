//! The table that people read: event → outcome → issue, as Jira has it.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

use jira_intake_standins::jira::JiraStandIn;

/// Rows of what became of events.
pub(crate) struct Results(Table);

impl Default for Results {
    fn default() -> Self {
        let mut table = Table::new();
        table
            .load_preset(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(["event", "outcome", "issue", "summary", "labels"]);
        Self(table)
    }
}

impl Results {
    /// Adds one event; summary and labels are read from Jira's records.
    pub(crate) fn add(&mut self, event: &str, outcome: &str, key: &str, jira: &JiraStandIn) {
        let issue = jira.issue(key);
        let issue = issue.as_ref();
        self.0.add_row([
            event.to_owned(),
            outcome.to_owned(),
            key.to_owned(),
            issue
                .map(|issue| issue.summary().to_owned())
                .unwrap_or_default(),
            issue
                .map(|issue| issue.labels().join(" "))
                .unwrap_or_default(),
        ]);
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The word for what became of an event, or why there is none.
pub(crate) fn outcome(result: &Value) -> String {
    result["outcome"].as_str().unwrap_or("no result").to_owned()
}
