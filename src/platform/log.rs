//! Logs: one JSON object a line, so that any collector can read them. What a
//! line holds is decided here, and it is never a secret or a description.

use serde_json::{Map, Value};

use crate::platform::{Clock, LogSink};

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
            line.insert((*name).to_owned(), value.clone());
        }
        self.sink.write(&Value::Object(line).to_string());
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_line_break_in_a_field_does_not_break_the_line() {
        let fake = Fake::default();
        let log = Log::new(&fake, &fake, Level::Info);
        log.line(Level::Warn, "x", &[("reason", "a\nb".into())]);
        assert!(!fake.lines.borrow()[0].contains('\n'));
    }
}
