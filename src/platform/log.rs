//! Logs: one JSON object a line, so that any collector can read them. What a
//! line holds is decided here, and it is never a secret or a description.

use serde_json::{Map, Value};

use crate::platform::{Clock, LogSink};
use crate::text::{short, to_json_text, without_logins};

/// More of an id or a name nobody looks for.
const NAME_LIMIT: usize = 200;
/// More of a reason nobody reads.
const TEXT_LIMIT: usize = 1_000;
/// More texts of one list are not written.
const LIST_LIMIT: usize = 100;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For finding out why.
    Debug,
    /// What happened.
    Info,
    /// Something is wrong, and it was dealt with.
    Warn,
    /// Something is wrong, and somebody must act.
    Error,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Writes lines at or above a level.
#[derive(Clone, Copy)]
pub struct Log<'a> {
    sink: &'a dyn LogSink,
    clock: &'a dyn Clock,
    level: Level,
}

impl<'a> Log<'a> {
    /// A log that writes lines at or above `level`.
    pub fn new(sink: &'a dyn LogSink, clock: &'a dyn Clock, level: Level) -> Self {
        Self { sink, clock, level }
    }

    /// Writes one line: `time`, `level`, `event` (what happened, in
    /// snake_case) and the fields; null fields are left out.
    pub fn line(&self, level: Level, event: &str, fields: &[(&str, Value)]) {
        if level < self.level {
            return;
        }
        let mut line = Map::new();
        line.insert("time".into(), self.clock.now().to_string().into());
        line.insert("level".into(), level.word().into());
        line.insert("event".into(), event.into());
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            line.insert((*name).to_owned(), harmless(name, value));
        }
        self.sink.write(&to_json_text(&line));
    }
}

/// A value without what turns a line into another one, within limits, and without
/// the logins that addresses can hold: most of it was written by others.
fn harmless(name: &str, value: &Value) -> Value {
    let limit = match name {
        "reason" | "mistakes" | "what" => TEXT_LIMIT,
        _ => NAME_LIMIT,
    };
    match value {
        Value::String(text) => short(&without_logins(text), limit).into(),
        Value::Array(items) => {
            let items = items.iter().take(LIST_LIMIT);
            Value::Array(items.map(|item| harmless(name, item)).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::fake::Fake;

    #[test]
    fn a_line_is_one_json_object_without_empty_fields() {
        let fake = Fake::default();
        fake.now_ms.set(1_761_569_303_246);
        let log = Log::new(&fake, &fake, Level::Info);
        log.line(
            Level::Info,
            "delivery",
            &[("issue", "SOC-1".into()), ("reason", Value::Null)],
        );
        log.line(Level::Debug, "quiet", &[]);
        let lines = fake.lines.borrow();
        assert_eq!(lines.len(), 1);
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(line["time"], "2025-10-27T12:48:23.246Z");
        assert_eq!(line["issue"], "SOC-1");
        assert!(line.get("reason").is_none());
    }

    fn written(name: &str, value: &str) -> String {
        let fake = Fake::default();
        let log = Log::new(&fake, &fake, Level::Info);
        log.line(
            Level::Info,
            "x",
            &[(name, value.into()), ("mistakes", vec![value].into())],
        );
        let line = fake.lines.borrow()[0].clone();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            line["mistakes"][0],
            short(&without_logins(value), TEXT_LIMIT)
        );
        line[name].as_str().unwrap().to_owned()
    }

    #[test]
    fn an_id_is_cut_and_a_login_is_left_out() {
        assert_eq!(
            written("entity", &"x".repeat(9_000)).chars().count(),
            NAME_LIMIT
        );
        assert_eq!(
            written("reason", &"x".repeat(9_000)).chars().count(),
            TEXT_LIMIT
        );
        let address = "`https://user:pa55@host/x` is down";
        assert_eq!(written("reason", address), "`https://host/x` is down");
    }

    proptest! {
        #[test]
        fn no_field_holds_what_cannot_be_seen(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}]){0,300}") {
            let seen = written("entity", &text);
            let bad = |c: char| c.is_control() || "\u{2028}\u{2029}".contains(c) || crate::text::is_hidden(c);
            prop_assert!(!seen.contains(bad), "{seen:?}");
        }
    }

    #[test]
    fn a_line_break_in_a_field_does_not_break_the_line() {
        let fake = Fake::default();
        let log = Log::new(&fake, &fake, Level::Info);
        log.line(Level::Warn, "x", &[("reason", "a\nb".into())]);
        assert!(!fake.lines.borrow()[0].contains('\n'));
    }
}
