//! The frames of a stream, to the letter.

use serde_json::{Value, json};

use super::event::EventId;
use super::log::Extent;
use super::stix;

/// Whose object it is: one that another object pulled in.
pub(super) const DEPENDENCY: &str = "init-dependencies";

/// Whose object it is: one that recovery sends.
pub(super) const RECOVERED: &str = "init-create";

/// A frame; `line_end` ends each line and, once more, the frame.
pub(super) fn frame(id: Option<EventId>, name: &str, data: &str, line_end: &str) -> String {
    let id = id.map(|id| format!("id: {id}{line_end}"));
    let id = id.unwrap_or_default();
    format!("{id}event: {name}{line_end}data: {data}{line_end}{line_end}")
}

/// What `connected` tells.
pub(super) fn connected(extent: &Extent, connection: &str) -> String {
    let told = json!({
        "lastEventId": extent.last.to_string(),
        "firstEventId": extent.first.to_string(),
        "firstEventDate": extent.first.date(),
        "lastEventDate": extent.last.date(),
        "streamSize": extent.size,
        "connectionId": connection,
    });
    told.to_string()
}

/// What a heartbeat tells: a JSON string, the time of an id.
pub(super) fn heartbeat(id: EventId) -> String {
    json!(id.date()).to_string()
}

/// The body around an object that no event told: without `type`, `scope` and
/// `event_id`.
pub(super) fn body(data: &Value, referer: &str) -> String {
    let (kind, name) = (stix::entity_type(data), stix::name(data));
    let body = json!({
        "data": data,
        "message": format!("creates a {kind} `{name}`"),
        "origin": {"referer": referer},
        "version": "4",
    });
    body.to_string()
}

/// The members of a stored event, in the platform's order: what is cut off behind the
/// beginning of `data` has said what it is.
const ORDER: [&str; 5] = ["version", "type", "scope", "message", "origin"];

/// A stored event as it is told.
pub(super) fn stored(body: &Value) -> String {
    let Some(members) = body.as_object() else {
        return body.to_string();
    };
    let first = ORDER.iter().filter_map(|name| members.get_key_value(*name));
    let rest = members
        .iter()
        .filter(|(name, _)| !ORDER.contains(&name.as_str()));
    let data = rest.clone().filter(|(name, _)| *name == "data");
    let others = rest.filter(|(name, _)| *name != "data");
    let written = first.chain(data).chain(others);
    let written = written.map(|(name, value)| format!("{}:{value}", json!(name)));
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_event_says_first_what_it_is() {
        let body = json!({
            "data": {"id": "x"}, "context": {"patch": []}, "version": "4", "type": "update",
            "event_id": "1-0",
        });
        assert_eq!(
            stored(&body),
            r#"{"version":"4","type":"update","data":{"id":"x"},"context":{"patch":[]},"event_id":"1-0"}"#
        );
    }

    #[test]
    fn a_frame_has_three_lines_and_an_empty_one() {
        let id = EventId::read("7-1");
        assert_eq!(
            frame(id, "create", "{}", "\n"),
            "id: 7-1\nevent: create\ndata: {}\n\n"
        );
        assert_eq!(
            frame(None, "heartbeat", "\"x\"", "\r\n"),
            "event: heartbeat\r\ndata: \"x\"\r\n\r\n"
        );
        assert_eq!(
            heartbeat(EventId::at(1_762_200_000_000)),
            "\"2025-11-03T20:00:00.000Z\""
        );
    }

    #[test]
    fn bodies_are_those_of_the_samples() {
        for (referer, sample) in [
            (
                DEPENDENCY,
                include_str!(
                    "../../../../../tests/samples/opencti-stream-data.dependency-incident-in-report.json"
                ),
            ),
            (
                RECOVERED,
                include_str!(
                    "../../../../../tests/samples/opencti-stream-data.recovery-incident.json"
                ),
            ),
        ] {
            let sample: Value = serde_json::from_str(sample).unwrap();
            let made: Value = serde_json::from_str(&body(&sample["data"], referer)).unwrap();
            assert_eq!(made, sample);
        }
    }
}
