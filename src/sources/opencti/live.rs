//! The frames of a live stream: what each is called, and what it tells. Here, other
//! than in a webhook, the name of the frame is known beside its body.
//!
//! Source: `sseMiddleware.js` of the platform (6.x and 7.x).

use super::SOURCE;
use crate::model::{Change, End, Event, Position, Provenance};
use crate::settings::Settings;
use crate::sources::json::{self, text};
use crate::sources::received::{Received, SourceError};

/// What a frame of a live stream tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The stream begins.
    Connected(Connected),
    /// The platform is there, and has told everything up to this frame's id.
    Heartbeat,
    /// It does not tell what the stream has lost, though it was asked to.
    NoRecovery,
    /// An event.
    Event(Streamed),
    /// Nothing that is known.
    Nothing,
}

/// What the platform says of a stream at its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connected {
    /// The oldest event that it keeps.
    pub first: Option<Position>,
    /// The newest one.
    pub last: Option<Position>,
}

/// An event of a live stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Streamed {
    /// What it tells.
    pub received: Received,
    /// What had to be done to read it.
    pub repairs: Vec<&'static str>,
}

impl Streamed {
    /// Why it is told.
    pub fn provenance(&self) -> Provenance {
        match &self.received {
            Received::Event(event) => event.provenance,
            Received::Nothing { .. } => Provenance::Live,
        }
    }

    fn event_mut(&mut self) -> Option<&mut Event> {
        match &mut self.received {
            Received::Event(event) => Some(event),
            Received::Nothing { .. } => None,
        }
    }
}

/// Reads a frame with this name. `is_whole`: all of its data is at hand.
///
/// # Errors
/// When an event cannot be read, or is none.
pub fn read(
    name: &str,
    data: &[u8],
    is_whole: bool,
    settings: &Settings<'_>,
) -> Result<Told, SourceError> {
    match name {
        "connected" => Ok(Told::Connected(connected(data))),
        "heartbeat" => Ok(Told::Heartbeat),
        "no-recover" => Ok(Told::NoRecovery),
        "create" | "update" | "delete" | "merge" => {
            event(name, data, is_whole, settings).map(Told::Event)
        }
        _ => Ok(Told::Nothing),
    }
}

fn connected(data: &[u8]) -> Connected {
    let json = json::object(data).unwrap_or_default();
    let position = |name: &str| Position::parse(&text(&json[name])?);
    Connected {
        first: position("firstEventId"),
        last: position("lastEventId"),
    }
}

fn event(
    name: &str,
    data: &[u8],
    is_whole: bool,
    settings: &Settings<'_>,
) -> Result<Streamed, SourceError> {
    let reading = match is_whole {
        true => SOURCE.read_whole(data, settings),
        false => SOURCE.read_beginning(data),
    }?;
    let no_event = || SourceError::NoEvent("it tells of nothing".to_owned());
    let mut streamed = Streamed {
        received: reading.received.into_iter().next().ok_or_else(no_event)?,
        repairs: reading.repairs,
    };
    if let Some(event) = streamed.event_mut() {
        meant(name, &mut event.change);
        // What comes along or is replayed begins with its data, and says why at its
        // end: that was cut off.
        if !is_whole && begins_with_data(data) {
            event.provenance = Provenance::Dependency;
        }
    }
    Ok(streamed)
}

/// What leaves the stream's filter or enters it changed, and its body says so; the
/// frame's name says what that means.
fn meant(name: &str, change: &mut Change) {
    match (name, &change) {
        ("delete", Change::Created | Change::Updated { .. }) => {
            *change = Change::Ended(End::LeftStream);
        }
        ("create", Change::Updated { .. }) => *change = Change::Entered,
        _ => {}
    }
}

fn begins_with_data(data: &[u8]) -> bool {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let mut rest = data.iter().filter(|byte| !is_blank(byte)).copied();
    b"{\"data\":".iter().all(|byte| rest.next() == Some(*byte))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::settings::tests::load;

    fn told(name: &str, body: &Value) -> Told {
        let bytes = body.to_string();
        read(name, bytes.as_bytes(), true, load(&[]).unwrap()).unwrap()
    }

    fn body(kind: Option<&str>, referer: &str) -> Value {
        json!({
            "version": "4",
            "type": kind,
            "origin": { "referer": referer },
            "data": { "id": "incident--1", "type": "incident", "name": "a" },
        })
    }

    fn change(name: &str, kind: Option<&str>, referer: &str) -> Change {
        match told(name, &body(kind, referer)) {
            Told::Event(mut streamed) => streamed.event_mut().unwrap().change.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_deletion_is_told_apart_from_what_leaves_the_filter() {
        for (name, kind, expected) in [
            ("create", "create", Change::Created),
            ("update", "update", Change::UPDATED),
            ("delete", "delete", Change::Ended(End::Deleted)),
            ("delete", "update", Change::Ended(End::LeftStream)),
            ("create", "update", Change::Entered),
            ("merge", "merge", Change::Merged { absorbed: vec![] }),
        ] {
            assert_eq!(change(name, Some(kind), ""), expected, "{name} {kind}");
        }
    }

    #[test]
    fn what_comes_along_and_what_is_replayed_has_no_type() {
        for (referer, expected) in [
            ("init-dependencies", Provenance::Dependency),
            ("init-create", Provenance::Recovery),
        ] {
            let Told::Event(streamed) = told("create", &body(None, referer)) else {
                panic!("no event");
            };
            assert_eq!(streamed.provenance(), expected);
        }
    }

    #[test]
    fn the_beginning_says_what_is_kept() {
        let sample = json!({
            "lastEventId": "1762203600000-0", "firstEventId": "1759276800000-3",
            "connectionId": "5f0d5a3a",
        });
        let expected = Connected {
            first: Position::parse("1759276800000-3"),
            last: Position::parse("1762203600000-0"),
        };
        assert_eq!(told("connected", &sample), Told::Connected(expected));
        let empty = Told::Connected(Connected::default());
        assert_eq!(told("connected", &json!({ "lastEventId": null })), empty);
        assert_eq!(told("consumer_metrics", &json!({})), Told::Nothing);
        assert_eq!(told("no-recover", &json!({})), Told::NoRecovery);
    }

    #[test]
    fn of_what_was_cut_only_an_event_of_its_own_counts_as_one() {
        let settings = load(&[]).unwrap();
        let provenance = |text: &str| match read("create", text.as_bytes(), false, settings) {
            Ok(Told::Event(streamed)) => streamed.provenance(),
            other => panic!("{other:?}"),
        };
        let data = r#""data":{"id":"incident--1","type":"incident","name":"a"#;
        assert_eq!(provenance(&format!("{{ {data}")), Provenance::Dependency);
        let live = format!(r#"{{"version":"4","type":"create",{data}"#);
        assert_eq!(provenance(&live), Provenance::Live);
    }
}
