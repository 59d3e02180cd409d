//! What a test puts into the stored stream, and the ids that it gets there.

use std::fmt;

use serde_json::{Value, json};

use super::{frames, stix};
use crate::clock;

/// A position in the stored stream, `<ms>-<n>`: Redis's ids, and their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct EventId {
    /// Milliseconds since 1970.
    pub(super) ms: u64,
    /// Counts what has the same millisecond.
    pub(super) n: u64,
}

impl EventId {
    /// The first id of a millisecond.
    pub(super) fn at(ms: u64) -> EventId {
        EventId { ms, n: 0 }
    }

    /// The id after this one.
    pub(super) fn next(self) -> EventId {
        EventId {
            n: self.n + 1,
            ..self
        }
    }

    /// As a client writes it: `0`, `<ms>-<n>` or a date.
    pub(super) fn read(text: &str) -> Option<EventId> {
        let id = |(ms, n): (&str, &str)| {
            let (ms, n) = (ms.parse().ok()?, n.parse().ok()?);
            Some(EventId { ms, n })
        };
        match text {
            "0" => Some(EventId::default()),
            _ => text
                .split_once('-')
                .and_then(id)
                .or_else(|| clock::utc_millis(text).map(EventId::at)),
        }
    }

    /// Its time as the platform writes it.
    pub(super) fn date(self) -> String {
        clock::utc_time(self.ms)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.ms, self.n)
    }
}

/// An event as it is put into the platform's stored stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    pub(super) body: Value,
    pub(super) name: String,
    pub(super) at: Option<u64>,
    pub(super) dependencies: Vec<Value>,
    pub(super) is_unresolved: bool,
}

impl StreamEvent {
    /// An event with this body; the frame is named as the body's `type`
    /// (`create` if it has none). An object gets its id as `event_id`.
    pub fn new(body: Value) -> StreamEvent {
        StreamEvent {
            name: body["type"].as_str().unwrap_or("create").to_owned(),
            body,
            at: None,
            dependencies: Vec::new(),
            is_unresolved: false,
        }
    }

    /// With another name of its frame than the body's `type`: `delete` around a
    /// body that says `update` is lost visibility.
    #[must_use]
    pub fn named(mut self, name: &str) -> StreamEvent {
        name.clone_into(&mut self.name);
        self
    }

    /// At this time, in milliseconds since 1970, or just after the event before
    /// it if that is later. By default it is the stand-in's now. A connection
    /// that waits for events stands at now before long ([`idle_read`]) and does
    /// not see what is put into the past.
    ///
    /// [`idle_read`]: crate::opencti::OpenCtiOptions::idle_read
    #[must_use]
    pub fn at(mut self, ms: u64) -> StreamEvent {
        self.at = Some(ms);
        self
    }

    /// Pulls in these STIX objects: they are sent before it, each once per
    /// connection, with its id.
    #[must_use]
    pub fn pulling(mut self, dependencies: Vec<Value>) -> StreamEvent {
        self.dependencies = dependencies;
        self
    }

    /// Only what it pulls in is sent, not the event itself: its references could
    /// not all be resolved.
    #[must_use]
    pub fn unresolved(mut self) -> StreamEvent {
        self.is_unresolved = true;
        self
    }

    /// What it does to the platform's database.
    pub(super) fn effect(&self) -> Effect<'_> {
        let data = &self.body["data"];
        let is_named = |name: &str| self.name == name || self.body["type"] == name;
        if !data.is_object() {
            Effect::None
        } else if is_named("delete") {
            Effect::Removes(data)
        } else {
            let sources = &self.body["context"]["sources"];
            let merged = sources.as_array().filter(|_| is_named("merge"));
            Effect::Puts {
                data,
                merged: merged.map(Vec::as_slice).unwrap_or_default(),
            }
        }
    }

    /// As it is stored under this id.
    pub(super) fn stored(self, id: EventId) -> Stored {
        let mut body = self.body;
        if let Some(body) = body.as_object_mut() {
            body.insert("event_id".to_owned(), json!(id.to_string()));
        }
        Stored {
            id,
            stix: stix::id(&body["data"]).map(str::to_owned),
            text: frames::stored(&body),
            name: self.name,
            dependencies: self.dependencies,
            is_unresolved: self.is_unresolved,
        }
    }
}

/// What an event does to the database.
#[derive(Debug, PartialEq)]
pub(super) enum Effect<'a> {
    /// Nothing: it is about no object.
    None,
    /// The object is there as it is told.
    Puts {
        data: &'a Value,
        /// The objects that went into it.
        merged: &'a [Value],
    },
    /// The object is gone, or the stream's filter does not let it through.
    Removes(&'a Value),
}

/// An event of the stored stream.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: EventId,
    pub(super) name: String,
    /// The body, one line of JSON.
    pub(super) text: String,
    /// The STIX id of what it is about.
    pub(super) stix: Option<String>,
    pub(super) dependencies: Vec<Value>,
    pub(super) is_unresolved: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_zero_an_id_or_a_date() {
        let id = |ms, n| Some(EventId { ms, n });
        assert_eq!(EventId::read("0"), id(0, 0));
        assert_eq!(EventId::read("1759276800000-7"), id(1_759_276_800_000, 7));
        let date = "2025-10-01T00:00:00.000Z";
        assert_eq!(EventId::read(date), id(1_759_276_800_000, 0));
        for wrong in ["", "1", "1759276800000", "1-", "-1", "live", "$"] {
            assert_eq!(EventId::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_are_ordered_as_numbers() {
        let read = |text| EventId::read(text).unwrap();
        assert!(read("9-0") < read("10-0") && read("10-9") < read("10-10"));
        assert_eq!(read("10-9").next().to_string(), "10-10");
    }

    #[test]
    fn lost_visibility_removes_and_a_merge_takes_its_sources_along() {
        let data = json!({"id": "report--1"});
        let update = StreamEvent::new(json!({"type": "update", "data": data}));
        let puts = |merged| Effect::Puts {
            data: &data,
            merged,
        };
        assert_eq!(update.effect(), puts(&[]));
        let lost = update.clone().named("delete");
        assert_eq!(lost.effect(), Effect::Removes(&data));
        let context = json!({"sources": [{"id": "report--2"}]});
        let sources = [json!({"id": "report--2"})];
        let body = json!({"type": "merge", "data": data, "context": context});
        assert_eq!(StreamEvent::new(body.clone()).effect(), puts(&sources));
        let other = StreamEvent::new(json!({"type": "update", "data": data, "context": context}));
        assert_eq!(other.effect(), puts(&[]));
        assert_eq!(StreamEvent::new(json!({})).effect(), Effect::None);
    }
}
