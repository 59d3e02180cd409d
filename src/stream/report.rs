//! What a call has come to, as whoever called it is told.

use serde_json::{Map, Value, json};

use super::options::History;
use super::reading::Ended;
use super::tally::{Tally, sum};
use crate::context::Context;
use crate::model::{Position, Timestamp};
use crate::platform::log::Level;
use crate::store::stream::{Cursor, Failing};

/// The answer to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// It, as JSON.
    pub body: Value,
    /// The stream could not be read, or not as it should be: when to try again, in
    /// seconds.
    pub retry_after: Option<u64>,
}

impl Report {
    /// Somebody else reads the stream.
    pub(super) fn elsewhere(until: Timestamp) -> Self {
        let body = json!({
            "handled": {},
            "ended": "busy",
            "reason": format!("another call reads this stream; unless it goes on, until {until}"),
        });
        Self {
            body,
            retry_after: None,
        }
    }

    /// The platform is left alone for a while.
    pub(super) fn left_alone(cursor: &Cursor, failing: &Failing, now: Timestamp) -> Self {
        let reason = format!(
            "{}. It has been so since {}; it is tried again at {}",
            failing.why, failing.since, failing.not_before
        );
        let body = json!({
            "handled": {},
            "position": cursor.position,
            "ended": "error",
            "reason": reason,
        });
        Self {
            body,
            retry_after: Some(seconds(failing.not_before, now)),
        }
    }

    /// One line says what the call has come to.
    pub(super) fn log(&self, context: Context<'_>) {
        let level = match self.retry_after {
            Some(_) => Level::Error,
            None => Level::Info,
        };
        let fields = [
            "ended",
            "reason",
            "handled",
            "dependencies",
            "position",
            "behind_seconds",
        ];
        let fields = fields.map(|name| (name, self.body[name].clone()));
        context.log.line(level, "stream", &fields);
    }
}

/// How far the platform is.
pub(super) struct Reached {
    /// The newest id that it told.
    pub(super) told: Position,
    /// The newest event that it is known to have.
    pub(super) newest: Position,
}

/// The answer to a call that read.
pub(super) fn of(
    tally: &Tally,
    cursor: &Cursor,
    history: Option<&History>,
    ended: &Ended,
    reached: Reached,
    now: Timestamp,
) -> Report {
    let position = cursor.position.unwrap_or_default();
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("handled", tally.handled.clone().into());
    if tally.dependencies > 0 {
        put("dependencies", tally.dependencies.into());
    }
    put("position", position.to_string().into());
    match history {
        None => {
            let behind = match position >= reached.newest {
                true => 0,
                false => now.since(position.at).as_secs(),
            };
            put("behind_seconds", behind.into());
        }
        Some(history) => put_history(&mut put, cursor, history, reached.told),
    }
    let (word, reason, retry_after) = words(ended, now);
    put("ended", word.into());
    if let Some(reason) = reason {
        put("reason", reason.into());
    }
    if !tally.notes.is_empty() {
        put("notes", json!(tally.notes));
    }
    Report {
        body: Value::Object(body),
        retry_after,
    }
}

/// How far a replay is.
fn put_history(
    put: &mut dyn FnMut(&str, Value) -> Option<Value>,
    cursor: &Cursor,
    history: &History,
    told: Position,
) {
    let recovery = cursor.recovery;
    let done = sum(&cursor.handled);
    let is_over = recovery.is_some_and(|recovery| recovery.is_over);
    let date = |position: Position| match position.at.is_known() {
        true => position.at.to_string(),
        false => "0".to_owned(),
    };
    put("from", date(history.from).into());
    put(
        "until",
        recovery.map(|recovery| date(recovery.until)).into(),
    );
    // The position is behind: others may be told yet before this one.
    put("at", cursor.position.map(|it| date(it.max(told))).into());
    put("done", done.into());
    // It tells of all entities of these types, and the stream's filter is not known.
    let total = match is_over {
        true => Some(done),
        false => cursor.total.map(|total| total.max(done)),
    };
    put("total", total.into());
    put("so_far", cursor.handled.clone().into());
    put("finished", is_over.into());
    if history.is_dry {
        put("dry_run", true.into());
    }
}

fn words(ended: &Ended, now: Timestamp) -> (&'static str, Option<String>, Option<u64>) {
    match ended {
        Ended::Time => ("time", None, None),
        Ended::Done => ("done", None, None),
        Ended::Stream(why) => ("stream", Some(why.clone()), None),
        Ended::Refused { why, not_before } => {
            let reason = format!("{why}. It is tried again at {not_before}");
            ("error", Some(reason), Some(seconds(*not_before, now)))
        }
        Ended::Failed(failure) => {
            let after = failure.retry_after().unwrap_or_default();
            ("error", Some(failure.to_string()), Some(after.as_secs()))
        }
    }
}

fn seconds(until: Timestamp, now: Timestamp) -> u64 {
    until.since(now).as_secs().max(1)
}
