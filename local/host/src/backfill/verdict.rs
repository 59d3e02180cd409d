//! What the answer to a call means, and when to give up. Pure.

use std::time::Duration;

use serde_json::Value;

use super::report::Report;
use crate::call::{Answer, Unanswered};

/// After so many calls in a row that came to nothing, a person is needed.
const FAILURES: u32 = 10;
/// The pause where nobody says how long.
const PAUSE: Duration = Duration::from_secs(5);
/// The pause is never longer: the function itself leaves a platform alone for 15
/// minutes at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(16 * 60);
/// More of a stranger's answer is not shown.
const SHOWN: usize = 200;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: all is told.
    Finish,
    /// Another call.
    Again,
    /// Another one after a pause.
    Wait { why: String, pause: Duration },
    /// Nothing: only a person can help.
    GiveUp(String),
}

/// What an answer means, and the report in it. `origin`: where the function is.
pub(super) fn judge(answer: &Result<Answer, Unanswered>, origin: &str) -> (Option<Report>, Next) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(unanswered) => return (None, wait(unreached(unanswered, origin), None)),
    };
    let Some(report) = Report::read(&answer.body) else {
        return (None, refused(answer, origin));
    };
    let why = report.reason.clone();
    let next = match (answer.status, &*report.ended) {
        (_, _) if report.finished => Next::Finish,
        (200, "time" | "done") => Next::Again,
        (_, ended) => wait(
            why.unwrap_or_else(|| format!("the call ended: {ended}")),
            answer.retry_after,
        ),
    };
    (Some(report), next)
}

fn wait(why: String, after: Option<Duration>) -> Next {
    // The seconds of `Retry-After` are whole: the last one is not over yet.
    let after = after.map(|after| after.saturating_add(Duration::from_secs(1)));
    let pause = after.unwrap_or(PAUSE).min(LONGEST_PAUSE);
    Next::Wait {
        why: without_times(&why).to_owned(),
        pause,
    }
}

/// A reason without the times that differ from answer to answer, so that it is told
/// once.
fn without_times(why: &str) -> &str {
    let ends = [
        ". It is tried again at ",
        ". It has been so since ",
        "; unless it goes on, until ",
    ];
    let end = ends.iter().filter_map(|end| why.find(end)).min();
    end.and_then(|end| why.get(..end)).unwrap_or(why)
}

fn unreached(unanswered: &Unanswered, origin: &str) -> String {
    match unanswered {
        Unanswered::Refused => format!(
            "nobody listens at {origin}: is the function running? Start it, or say with --url where it is"
        ),
        Unanswered::Unreachable(why) => format!("{origin} cannot be reached: {why}"),
        Unanswered::Broken(why) => format!("the function did not answer: {why}"),
    }
}

/// Something other than a report.
fn refused(answer: &Answer, origin: &str) -> Next {
    let status = answer.status;
    let problem = problem(&answer.body);
    let said = match &problem {
        Some(problem) => format!(": {problem}"),
        None => String::new(),
    };
    let is_it =
        format!("is {origin} the address of jira-intake, and of a release that reads streams?");
    match (status, &answer.location) {
        (401 | 403, _) => Next::GiveUp(format!(
            "the function does not let this token in ({status}){said}. It must be the value of admin_token; set JIRA_INTAKE_ADMIN_TOKEN to it"
        )),
        (300..=399, to) => {
            let to = to.as_deref().unwrap_or("elsewhere");
            Next::GiveUp(format!(
                "{origin} answered {status} and leads to {}; {is_it}",
                cut(to)
            ))
        }
        (404, _) => Next::GiveUp(format!(
            "{origin} answered {status}{said}; {is_it} It also answers so where admin_token is not set"
        )),
        (408 | 429, _) => wait(
            format!("{origin} answered {status}{said}"),
            answer.retry_after,
        ),
        (400..=499, _) => Next::GiveUp(format!("the function refuses the call ({status}){said}")),
        // A page of a gateway, or of a host that lost its component, passes by itself.
        (500, _) if problem.is_some() => {
            Next::GiveUp(format!("the function cannot do it ({status}){said}"))
        }
        (500.., _) => wait(
            format!("{origin} answered {status}{said}"),
            answer.retry_after,
        ),
        _ => Next::GiveUp(format!(
            "{origin} answered {status} without a report; {is_it}"
        )),
    }
}

/// What an `application/problem+json` says, with all mistakes that it lists.
fn problem(body: &[u8]) -> Option<String> {
    let problem: Value = serde_json::from_slice(body).ok()?;
    let mut text = problem["detail"].as_str()?.to_owned();
    for mistake in problem["mistakes"].as_array().into_iter().flatten() {
        text.push_str("\n  ");
        text.push_str(mistake.as_str().unwrap_or_default());
    }
    Some(text)
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// Knows how often in a row nothing came of a call.
#[derive(Debug, Default)]
pub(super) struct Patience {
    failures: u32,
    /// Where the replay was.
    at: Option<Option<String>>,
    /// The function answered at least once.
    has_answered: bool,
}

impl Patience {
    /// What comes next in the end.
    pub(super) fn after(
        &mut self,
        answer: &Result<Answer, Unanswered>,
        report: Option<&Report>,
        next: Next,
    ) -> Next {
        if matches!(
            answer,
            Err(Unanswered::Refused | Unanswered::Unreachable(_))
        ) && !self.has_answered
            && let Next::Wait { why, .. } = next
        {
            return Next::GiveUp(why);
        }
        self.has_answered |= answer.is_ok();
        self.failures += 1;
        if let Some(report) = report.filter(|report| report.is_of_replay()) {
            let before = self.at.replace(report.at.clone());
            let has_moved = before.is_some_and(|before| before != report.at);
            if has_moved || report.has_done_something() {
                self.failures = 0;
            }
        }
        let why = match &next {
            _ if self.failures < FAILURES => return next,
            Next::Finish | Next::GiveUp(_) => return next,
            Next::Wait { why, .. } => why,
            Next::Again => "the replay does not move; say with --seconds that a call lasts longer",
        };
        Next::GiveUp(format!(
            "gave up after {FAILURES} calls in a row that came to nothing. The last one: {why}"
        ))
    }

    /// How many calls in a row came to nothing, and how many may.
    pub(super) fn failures(&self) -> (u32, u32) {
        (self.failures, FAILURES)
    }
}

#[cfg(test)]
mod tests;
