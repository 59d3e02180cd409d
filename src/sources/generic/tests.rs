//! What tools post, well and badly.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::Timestamp;
use crate::platform::fake::Fake;

fn read_json(json: &Value) -> Result<Vec<Received>, SourceError> {
    let fake = Fake::default();
    read(json.to_string().as_bytes(), &Settings::new(&fake))
}

fn event(json: &Value) -> Event {
    match read_json(json).unwrap().remove(0) {
        Received::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_member_has_its_place() {
    let event = event(&json!({
        "id": "edr-4711",
        "title": "Ransom note on FILE-01",
        "description": "It was *encrypted*.",
        "severity": "High",
        "labels": ["edr", "ransomware", "edr"],
        "url": "https://edr.example.com/alerts/4711",
        "observables": ["198.51.100[.]7", "FILE-01"],
        "status": "Open",
    }));
    let entity = &event.entity;
    assert_eq!(event.change, Change::UPDATED);
    assert_eq!(
        (entity.id.as_str(), entity.name.as_str()),
        ("edr-4711", "Ransom note on FILE-01")
    );
    assert_eq!(entity.severity.as_deref(), Some("high"));
    assert_eq!(entity.labels, ["edr", "ransomware"]);
    assert_eq!(
        entity.link.as_deref(),
        Some("https://edr.example.com/alerts/4711")
    );
    assert_eq!(entity.observables[0].kind, "ipv4-addr");
    assert_eq!(entity.observables[0].value, "198.51.100.7");
    assert_eq!(entity.observables[1].kind, "other");
    assert_eq!(
        entity.status.as_ref().unwrap().name.as_deref(),
        Some("Open")
    );
}

#[test]
fn it_may_say_when_it_became_what_it_is() {
    let version = |json| event(&json).entity.version;
    let said = version(json!({"id": 1, "updated": "2026-03-01T08:00:00Z"}));
    assert_eq!(said.modified, Timestamp::from_secs(1_772_352_000));
    assert!(!version(json!({"id": 1, "updated": "yesterday"})).is_known());
    assert!(!version(json!({"id": 1})).is_known());
}

#[test]
fn a_title_is_enough_and_names_the_same_thing_each_time() {
    let first = event(&json!({"title": "Disk full"})).entity;
    assert_eq!(first.id, event(&json!({"title": "Disk full"})).entity.id);
    assert_ne!(first.id, event(&json!({"title": "Disk empty"})).entity.id);
    assert_eq!(event(&json!({"id": 7})).entity.name, "7");
}

#[test]
fn a_state_in_which_nothing_is_left_to_be_done_ends_the_entity() {
    for status in ["closed", "Resolved", "DONE"] {
        let event = event(&json!({"id": "1", "status": status}));
        assert_eq!(event.change, Change::Ended(End::Closed), "{status}");
    }
}

#[test]
fn a_list_is_as_many_events() {
    let all = read_json(&json!([{"id": "1"}, {"title": "two"}])).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(read_json(&json!([])).unwrap(), []);
}

#[test]
fn what_names_nothing_is_no_event() {
    for json in [
        json!({}),
        json!(1),
        json!(["x"]),
        json!({"title": " "}),
        json!({"id": {}}),
    ] {
        let error = read_json(&json).unwrap_err();
        assert!(
            matches!(&error, SourceError::NoEvent(why) if why.contains("title")),
            "{json}"
        );
    }
    let many = vec![json!({"id": "1"}); EVENTS_LIMIT + 1];
    assert!(read_json(&Value::Array(many)).is_err());
}

#[test]
fn an_address_that_is_none_is_left_out() {
    for url in [
        "javascript:alert(1)",
        "https://me:pw@evil.example",
        "x",
        "//x",
    ] {
        assert_eq!(
            event(&json!({"id": "1", "url": url})).entity.link,
            None,
            "{url}"
        );
    }
}

proptest! {
    #[test]
    fn any_members_are_read_within_bounds(text in ".{0,3000}", number: i64, list: Vec<String>) {
        let json = json!({
            "id": text, "title": text, "description": text, "severity": number,
            "labels": list, "url": text, "observables": [text, number], "status": list,
        });
        if text.trim().is_empty() {
            prop_assert!(matches!(read_json(&json), Err(SourceError::NoEvent(_))));
            return Ok(());
        }
        let event = event(&json);
        prop_assert!(event.entity.name.encode_utf16().count() <= TITLE_LIMIT);
        prop_assert!(event.entity.id.len() <= ID_LIMIT);
        prop_assert!(event.entity.labels.len() <= LABELS_LIMIT);
    }
}
