//! What the function reports of a replay: the answer of `/tasks/stream?from=…`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How far a replay is. What an answer lacks is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Report {
    /// Where it began, a date.
    pub(super) from: Option<String>,
    /// Where it ends.
    pub(super) until: Option<String>,
    /// The date it is at.
    pub(super) at: Option<String>,
    /// How many entities are dealt with, over all calls.
    pub(super) done: u64,
    /// How many there are, as far as the platform says.
    pub(super) total: Option<u64>,
    /// What became of those of this call, by outcome.
    pub(super) handled: BTreeMap<String, u64>,
    /// The same over all calls.
    pub(super) so_far: BTreeMap<String, u64>,
    /// All of it is told.
    pub(super) finished: bool,
    /// Nothing is filed.
    pub(super) dry_run: bool,
    /// Why the call ended: `time`, `done`, `stream`, `busy` or `error`. Every report
    /// has it.
    pub(super) ended: String,
    /// The same in words, where it is not as it should be.
    pub(super) reason: Option<String>,
    /// What an operator should know.
    pub(super) notes: Vec<String>,
}

impl Report {
    /// A body's; `None` if it is no report.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let report: Self = serde_json::from_slice(body).ok()?;
        (!report.ended.is_empty()).then_some(report)
    }

    /// Whether it tells of the replay: what could not begin does not.
    pub(super) fn is_of_replay(&self) -> bool {
        self.from.is_some()
    }

    /// How many had this outcome.
    pub(super) fn count(&self, outcome: &str) -> u64 {
        self.so_far.get(outcome).copied().unwrap_or_default()
    }

    /// Whether this call did something that no call before it did. What it found done,
    /// or passed over, may have been told to the one before it as well.
    pub(super) fn has_done_something(&self) -> bool {
        let is_news =
            |outcome: &&String| !matches!(outcome.as_str(), "duplicate" | "ignored" | "failed");
        !self.dry_run && self.handled.keys().any(|outcome| is_news(&outcome))
    }

    /// All was told before this call.
    pub(super) fn was_over(&self) -> bool {
        self.finished && self.handled.is_empty() && self.done > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_why_the_call_ended() {
        let report = br#"{"handled": {"created": 2}, "from": "2025-01-01T00:00:00Z",
            "until": null, "at": null, "done": 2, "total": null, "so_far": {"created": 2},
            "finished": false, "ended": "time"}"#;
        let report = Report::read(report).unwrap();
        assert!(report.is_of_replay() && !report.was_over());
        assert!(report.has_done_something());
        let dry_run = Report {
            dry_run: true,
            ..report.clone()
        };
        assert!(!dry_run.has_done_something());
        assert_eq!((report.count("created"), report.count("ignored")), (2, 0));
        let busy = Report::read(br#"{"handled": {}, "ended": "busy"}"#).unwrap();
        assert!(!busy.is_of_replay());
        for other in ["{}", "[]", "<html>", "", r#"{"ended": 1}"#] {
            assert_eq!(Report::read(other.as_bytes()), None, "{other}");
        }
    }
}
