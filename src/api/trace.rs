//! The trace of an entity, as people and programs see it.

use serde_json::{Map, Value, json};

use crate::model::Timestamp;
use crate::model::trace::{CallNote, Turn};

/// All turns, the oldest first.
pub(super) fn show(trace: &[Turn]) -> Value {
    trace.iter().map(turn).collect()
}

fn turn(turn: &Turn) -> Value {
    let calls = turn.calls.iter().map(call);
    let shown = json!({
        "at": turn.at.to_string(),
        "how": turn.how,
        "change": filled(&turn.change),
        "accepted": known(turn.accepted),
        "attempt": Some(turn.attempt).filter(|attempt| *attempt > 0),
        "route": filled(&turn.route),
        "decisions": turn.decisions,
        "calls": calls.collect::<Value>(),
        "more_calls": Some(turn.more_calls).filter(|more| *more > 0),
        "outcome": turn.outcome,
        "reason": filled(&turn.reason),
        "ms": turn.ms,
        "again": Some(turn.again).filter(|again| *again > 0),
        "last": known(turn.last),
    });
    without_nulls(shown)
}

fn call(call: &CallNote) -> Value {
    without_nulls(json!({
        "service": call.service,
        "method": call.method,
        "path": filled(&call.path),
        "status": Some(call.status).filter(|status| *status > 0),
        "error": filled(&call.error),
        "ms": call.ms,
    }))
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A time as RFC 3339 has it, if it is known.
pub(super) fn known(at: Timestamp) -> Option<String> {
    at.is_known().then(|| at.to_string())
}

/// An object without members that say nothing.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}
