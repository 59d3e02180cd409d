//! The time: does the host's clock agree with Jira's? Pure.

use std::time::Duration;

use super::report::{Check, Fix};
use crate::model::Timestamp;

/// Clocks of processes that share a store may differ by so much (docs/operations.md).
const FINE: Duration = Duration::from_secs(5);
/// From here on, leases are taken over while somebody works on them.
const FAR: Duration = Duration::from_secs(60);
/// `Date` says seconds.
const SECOND: Duration = Duration::from_secs(1);

/// What Jira's clock said in an answer to a question that was asked between these times.
pub(super) fn judge(asked: Timestamp, jira: Option<Timestamp>, answered: Timestamp) -> Check {
    let name = "clock";
    let Some(jira) = jira else {
        return Check::skipped(name, "Jira's answer says no time (Date)");
    };
    let ahead = asked.since(jira.after(SECOND));
    let behind = jira.since(answered);
    let (skew, word) = match ahead > behind {
        true => (ahead, "ahead of"),
        false => (behind, "behind"),
    };
    let found = format!("{} s {word} Jira's clock", skew.as_secs());
    let fix = Fix::new(&[], "set the clock of the function's host (NTP)");
    match skew {
        skew if skew <= FINE => Check::ok(name, format!("within {} s of Jira's", FINE.as_secs())),
        skew if skew <= FAR => Check::warning(name, found, fix),
        _ => Check::wrong(name, found, fix),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn what_differs_by_more_than_an_answer_takes_is_told() {
        let at = Timestamp::from_secs;
        for (asked, jira, answered, state) in [
            (100, 100, 101, State::Ok),
            (100, 104, 110, State::Ok),
            (100, 95, 101, State::Ok),
            (100, 110, 101, State::Warning),
            (100, 80, 101, State::Warning),
            (1000, 100, 1001, State::Wrong),
            (100, 1000, 101, State::Wrong),
        ] {
            let check = judge(at(asked), Some(at(jira)), at(answered));
            assert_eq!(check.state, state, "{asked} {jira} {answered}");
        }
        assert_eq!(judge(at(1), None, at(1)).state, State::Skipped);
    }
}
