//! OpenCTI's own shapes, from the samples.

use super::*;
use serde_json::json;

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn event(name: &str) -> Event {
    match read(&sample(name)).unwrap().remove(0) {
        Received::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_created_incident_is_read_whole() {
    let event = event("opencti-stream-data.incident-create.json");
    assert_eq!(event.change, Change::Create);
    assert_eq!(event.provenance, Provenance::Live);
    assert_eq!(event.entity.id, "84fdd243-adb4-4a9d-89c9-4e6593d9d7e4");
    assert_eq!(event.entity.kind.as_str(), "incident");
    assert_eq!(event.entity.labels, ["ransomware", "threat lead"]);
    assert!(event.entity.description.unwrap().contains("cobalt strike"));
}

#[test]
fn an_incident_without_anything_is_read_too() {
    let entity = event("opencti-stream-data.incident-create-minimal.json").entity;
    assert_eq!(entity.description, None);
    assert!(entity.labels.is_empty());
}

#[test]
fn dependencies_and_recoveries_are_known_by_their_referer() {
    let dependency = event("opencti-stream-data.dependency-incident-in-report.json");
    assert_eq!(dependency.provenance, Provenance::Dependency);
    let recovery = event("opencti-stream-data.recovery-incident.json");
    assert_eq!(recovery.provenance, Provenance::Recovery);
}

#[test]
fn what_is_no_json_says_where() {
    let error = read(b"{\"version\": ").unwrap_err();
    assert!(matches!(error, IntakeError::NotJson(why) if why.contains("line 1")));
}

#[test]
fn json_that_is_no_event_says_what_is_missing() {
    for (json, missing) in [
        (json!([]), "object"),
        (json!("text"), "object"),
        (json!({}), "version"),
        (
            json!({"version": "3", "type": "create", "data": {"type": "incident", "id": "x"}}),
            "version",
        ),
        (json!({"version": "4", "type": "create"}), "data"),
        (
            json!({"version": "4", "type": "create", "data": {"id": "x"}}),
            "type",
        ),
        (
            json!({"version": "4", "data": {"type": "incident", "id": "x"}}),
            "type",
        ),
        (
            json!({"version": "4", "type": "create", "data": {"type": "incident", "id": ""}}),
            "id",
        ),
    ] {
        let error = read(json.to_string().as_bytes()).unwrap_err();
        assert!(
            matches!(&error, IntakeError::NoEvent(why) if why.contains(missing)),
            "{json}: {error:?}"
        );
    }
}

#[test]
fn the_notifiers_test_button_is_recognised() {
    let body = json!({"notification": {"name": "x"}, "data": [{"instance": {"id": "instanceId"}}]});
    let received = read(body.to_string().as_bytes()).unwrap();
    assert!(
        matches!(&received[0], Received::Nothing { entity: None, reason } if reason.contains("test"))
    );
}

#[test]
fn without_the_extension_the_stix_id_is_the_identity() {
    let body = json!({"version": 5, "type": "create", "data": {"type": "x-opencti-case-rfi", "id": "case-rfi--1"}});
    let received = read(body.to_string().as_bytes()).unwrap();
    let Received::Event(event) = &received[0] else {
        panic!("{received:?}")
    };
    assert_eq!(event.entity.id, "case-rfi--1");
    assert_eq!(event.entity.kind.as_str(), "case-rfi");
}
