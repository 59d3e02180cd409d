//! What was done about an entity lately, for people: a turn for each attempt, with the
//! requests that it made. It stands in the entity's record and is bounded.

use serde::{Deserialize, Serialize};

use super::lenient;
use super::timestamp::Timestamp;

/// As many turns are kept.
pub const TURNS: usize = 10;
/// Of a turn, as many requests; more are counted.
pub const CALLS: usize = 24;
/// Of a turn, as many decisions.
pub const DECISIONS: usize = 12;
/// All turns of an entity have no more bytes than this as JSON.
pub const BYTES: usize = 8 * 1024;

/// Of an outcome, a reason and the like no more bytes are kept.
const TEXT: usize = BYTES / 32;

/// What JSON adds to a turn, and to a request, at most, in bytes: names of members,
/// numbers, marks.
const FRAME: usize = 290;
const CALL_FRAME: usize = 130;

/// How somebody came to work on the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A webhook brought an event.
    Webhook,
    /// The live stream did.
    Stream,
    /// A retry pass found that it waits.
    Retry,
    /// A dead letter was replayed.
    Replay,
    /// A request took it along after its answer.
    Afterwards,
}

/// One attempt at an entity: what was known, decided, asked and done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turn {
    /// When it began.
    pub at: Timestamp,
    /// How it came about; `None` in what earlier versions wrote.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub how: Option<How>,
    /// What happened to the entity, such as `update`; empty if there was only something
    /// to be done around its issue.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub change: String,
    /// When the event was accepted.
    #[serde(skip_serializing_if = "is_unknown")]
    pub accepted: Timestamp,
    /// Which attempt at the event it was, from 1.
    #[serde(skip_serializing_if = "is_zero")]
    pub attempt: u64,
    /// The route, as people call it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub route: String,
    /// What was decided, in a few words each; at most 12.
    #[serde(
        deserialize_with = "lenient::readable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub decisions: Vec<String>,
    /// The requests to others; at most 24.
    #[serde(
        deserialize_with = "lenient::readable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub calls: Vec<CallNote>,
    /// How many more there were.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_calls: u64,
    /// What became of it: `created`, `queued`, `dead_letter`…
    #[serde(alias = "what")]
    pub outcome: String,
    /// Why, where the outcome alone does not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub ms: u64,
    /// How often the same happened again right after it.
    #[serde(skip_serializing_if = "is_zero")]
    pub again: u64,
    /// When it happened again last.
    #[serde(skip_serializing_if = "is_unknown")]
    pub last: Timestamp,
}

/// One request to somebody. It holds no secret: neither a query nor, where an address
/// is one, its path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallNote {
    /// Who was asked, such as `Jira`.
    pub service: String,
    /// The HTTP method.
    pub method: String,
    /// The address's path; empty where it may hold a secret.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The answer's HTTP status; 0 if none came.
    #[serde(skip_serializing_if = "is_zero_status")]
    pub status: u16,
    /// Why none came.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

fn is_unknown(at: &Timestamp) -> bool {
    !at.is_known()
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_zero_status(status: &u16) -> bool {
    *status == 0
}

impl Turn {
    /// Something that happened in no attempt.
    pub fn said(at: Timestamp, outcome: impl Into<String>) -> Self {
        Self {
            at,
            outcome: outcome.into(),
            ..Self::default()
        }
    }

    /// Whether another one tells the same but for its times.
    fn is_like(&self, other: &Self) -> bool {
        let same_calls = self.calls.len() == other.calls.len()
            && self.calls.iter().zip(&other.calls).all(|(one, other)| {
                (&one.service, &one.method, &one.path, one.status)
                    == (&other.service, &other.method, &other.path, other.status)
            });
        same_calls
            && (&self.outcome, &self.change, &self.route)
                == (&other.outcome, &other.change, &other.route)
            && (&self.reason, &self.decisions) == (&other.reason, &other.decisions)
            && self.accepted == other.accepted
    }

    /// Drops what is too much: requests first, the latest of them.
    fn bound(&mut self) {
        let surplus = self.calls.len().saturating_sub(CALLS);
        self.calls.truncate(CALLS);
        self.more_calls += surplus as u64;
        self.decisions.truncate(DECISIONS);
        for text in [
            &mut self.reason,
            &mut self.outcome,
            &mut self.route,
            &mut self.change,
        ] {
            text.truncate(text.floor_char_boundary(TEXT));
        }
        while weight(self) > BYTES && self.calls.pop().is_some() {
            self.more_calls += 1;
        }
        while weight(self) > BYTES && self.decisions.pop().is_some() {}
    }
}

/// Takes a turn in; the oldest go where there are too many. One that tells the same as
/// the last one is counted.
pub fn take_turn(trace: &mut Vec<Turn>, mut turn: Turn) {
    turn.bound();
    if let Some(last) = trace.last_mut().filter(|last| last.is_like(&turn)) {
        last.again += 1 + turn.again;
        last.last = turn.at;
        return;
    }
    trace.push(turn);
    let surplus = trace.len().saturating_sub(TURNS);
    trace.drain(..surplus);
    let mut bytes: usize = trace.iter().map(weight).sum();
    let mut goes = 0;
    for turn in trace.iter() {
        if bytes <= BYTES {
            break;
        }
        bytes -= weight(turn);
        goes += 1;
    }
    trace.drain(..goes);
}

/// No turn has more bytes as JSON than this.
fn weight(turn: &Turn) -> usize {
    let calls = turn.calls.iter().map(|call| {
        let texts = [&call.service, &call.method, &call.path, &call.error];
        CALL_FRAME + texts.into_iter().map(|text| escaped(text)).sum::<usize>()
    });
    let decisions = turn.decisions.iter().map(|text| escaped(text) + 3);
    let texts = [&turn.change, &turn.route, &turn.outcome, &turn.reason];
    let texts = texts.into_iter().map(|text| escaped(text));
    FRAME + calls.chain(decisions).chain(texts).sum::<usize>()
}

/// How long a text is in JSON.
fn escaped(text: &str) -> usize {
    let long = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        ..b' ' => 6,
        _ => 1,
    };
    text.bytes().map(long).sum()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn call() -> impl Strategy<Value = CallNote> {
        (any::<[String; 4]>(), any::<u16>(), any::<u64>()).prop_map(|(texts, status, ms)| {
            let [service, method, path, error] = texts;
            CallNote {
                service,
                method,
                path,
                status,
                error,
                ms,
            }
        })
    }

    fn turn() -> impl Strategy<Value = Turn> {
        let how = prop_oneof![Just(None), Just(Some(How::Stream))];
        let lists = (vec(any::<String>(), 0..20), vec(call(), 0..40));
        (any::<[u64; 6]>(), how, any::<[String; 4]>(), lists).prop_map(
            |(numbers, how, texts, lists)| {
                let [change, route, outcome, reason] = texts;
                let [at, accepted, attempt, more_calls, ms, last] = numbers;
                Turn {
                    at: Timestamp::from_millis(at),
                    how,
                    change,
                    accepted: Timestamp::from_millis(accepted),
                    attempt,
                    route,
                    decisions: lists.0,
                    calls: lists.1,
                    more_calls: more_calls / 2,
                    outcome,
                    reason,
                    ms,
                    again: 0,
                    last: Timestamp::from_millis(last),
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_trace_is_bounded_and_is_read_as_it_was_written(turns in vec(turn(), 0..15)) {
            let mut trace = Vec::new();
            for turn in &turns {
                take_turn(&mut trace, turn.clone());
                let json = serde_json::to_string(&trace).unwrap();
                prop_assert!(json.len() <= BYTES + 2 + TURNS, "{}", json.len());
                prop_assert!(trace.len() <= TURNS && !trace.is_empty());
                prop_assert!(trace.iter().all(|turn| turn.calls.len() <= CALLS));
                prop_assert_eq!(trace.last().unwrap().at, turn.at);
                let read: Vec<Turn> = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(&read, &trace);
            }
        }
    }

    #[test]
    fn what_earlier_versions_wrote_is_read() {
        let old = r#"[{"at":1000,"what":"created"},{"at":2000,"what":"503"}]"#;
        let trace: Vec<Turn> = serde_json::from_str(old).unwrap();
        let said = |secs, what| Turn::said(Timestamp::from_secs(secs), what);
        assert_eq!(trace, [said(1, "created"), said(2, "503")]);
        let later = r#"{"at":1,"outcome":"created","how":"pigeon","calls":[7,{"status":201}]}"#;
        let turn: Turn = serde_json::from_str(later).unwrap();
        assert_eq!((turn.how, turn.calls.len()), (None, 1));
    }

    #[test]
    fn the_same_again_is_counted_and_something_else_is_not() {
        let at = Timestamp::from_secs;
        let mut trace = Vec::new();
        for secs in 1..=3 {
            take_turn(&mut trace, Turn::said(at(secs), "queued"));
        }
        take_turn(&mut trace, Turn::said(at(4), "created"));
        assert_eq!(trace.len(), 2);
        assert_eq!(
            (trace[0].at, trace[0].again, trace[0].last),
            (at(1), 2, at(3))
        );
    }

    #[test]
    fn of_too_many_requests_the_first_are_kept_and_the_others_counted() {
        let mut turn = Turn::said(Timestamp::from_secs(1), "updated");
        turn.calls = vec![CallNote::default(); 30];
        let mut trace = Vec::new();
        take_turn(&mut trace, turn);
        assert_eq!((trace[0].calls.len(), trace[0].more_calls), (CALLS, 6));
    }
}
