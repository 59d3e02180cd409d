//! Containers of Splunk SOAR.

use super::*;

const CONTAINER: &str = "splunk-soar.container-with-artifacts.json";

#[test]
fn a_container_is_read_whole() {
    let event = event(CONTAINER);
    assert_eq!(event.change, Change::UPDATED);
    assert_eq!(event.firings(), None);
    let entity = event.entity;
    assert_eq!(entity.kind.as_str(), "soar-container");
    assert_eq!(entity.source, SourceKey::of(&PROFILE));
    assert!(entity.id.starts_with("soar-"));
    assert_eq!(entity.name, "Ransomware beacon from FIN-WS-042");
    assert_eq!(entity.severity.as_deref(), Some("high"));
    assert_eq!(entity.labels, ["ransomware"]);
    assert_eq!(entity.tlp, Some(Tlp::Amber));
    assert_eq!(
        entity.description.as_deref(),
        Some("EDR flagged cobalt strike beaconing")
    );
    let facts: Vec<_> = entity.facts.iter().map(|f| (&*f.key, &*f.value)).collect();
    assert_eq!(
        facts,
        [
            ("label", "events"),
            ("start_time", "2025-10-27T12:48:23.216Z"),
        ]
    );
}

#[test]
fn artifacts_become_data_that_say_whose_they_are() {
    let data = event(CONTAINER).entity.data;
    let labels: Vec<_> = data.iter().map(|fact| &*fact.label).collect();
    assert_eq!(
        labels,
        [
            "42.194.210.177: sourceAddress",
            "69.exe: fileHash",
            "69.exe: fileHashMD5",
            "69.exe: fileHashSha256",
            "69.exe: fileName",
        ]
    );
    assert_eq!(value(&data, "sourceAddress"), Some("42.194.210.177"));
}

#[test]
fn artifacts_of_one_name_are_told_apart() {
    let artifact = |address: &str| json!({"name": "IP", "cef": {"sourceAddress": address}});
    let body = json!({"artifacts": [artifact("1.1.1.1"), artifact("2.2.2.2"), artifact("1.1.1.1"),
        {"cef": {"n": 1}}, {"cef": "text"}, 7]});
    let data = event_of(&body).entity.data;
    let told: Vec<_> = data
        .iter()
        .map(|Fact { label, value, .. }| (&**label, &**value))
        .collect();
    assert_eq!(
        told,
        [
            ("IP: sourceAddress", "1.1.1.1"),
            ("IP 2: sourceAddress", "2.2.2.2"),
            ("Artifact: n", "1"),
        ]
    );
}

#[test]
fn a_container_is_known_by_where_it_came_from() {
    let id = |body: Value| event_of(&body).entity.id;
    let whole =
        json!({"artifacts": [], "source_data_identifier": "a", "external_id": "b", "id": 5});
    let other = json!({"artifacts": [], "name": "x", "source_data_identifier": "a", "id": 6});
    assert_eq!(id(whole), id(other));
    assert_eq!(
        id(json!({"artifacts": [], "id": 5})),
        id(json!({"artifacts": [1], "id": "5"}))
    );
    let held =
        |name: &str, cef: Value| id(json!({"name": name, "artifacts": [{"cef": cef, "id": 1}]}));
    assert_ne!(held("a", json!({"k": "v"})), held("a", json!({"k": "w"})));
    assert_ne!(held("a", json!({"k": "v"})), held("b", json!({"k": "v"})));
}

#[test]
fn a_container_says_when_it_was_touched_if_it_does() {
    let modified = |body: Value| event_of(&body).entity.version.modified.as_millis();
    let touched = json!({"artifacts": [], "container_update_time": "1970-01-01T00:00:01Z",
        "artifact_update_time": "1970-01-01T00:00:02Z"});
    assert_eq!(modified(touched), 2000);
    assert_eq!(
        modified(json!({"artifacts": [], "container_update_time": "today"})),
        0
    );
}

#[test]
fn a_container_is_known_by_its_artifacts_or_by_its_origin() {
    let kind = |body: Value| event_of(&body).entity.kind;
    assert_eq!(kind(json!({"artifacts": []})).as_str(), "soar-container");
    assert_eq!(
        event_of(&json!({"artifacts": []})).entity.name,
        "SOAR container"
    );
    assert_eq!(
        kind(json!({"name": "x", "container_type": "case"})).as_str(),
        "soar-container"
    );
    let event = event_of(
        &json!({"artifacts": [], "url": "x", "container_url": "https://soar.example.com/mission/5"}),
    );
    assert_eq!(
        event.platform_url.as_deref(),
        Some("https://soar.example.com")
    );
}

#[test]
fn a_flood_of_artifacts_is_bounded() {
    let artifact = |number: usize| json!({"name": "x".repeat(900), "cef": {"y".repeat(900): number.to_string().repeat(5000)}});
    let artifacts: Vec<Value> = (0..300).map(artifact).collect();
    let entity = event_of(&json!({"name": "z".repeat(9000), "artifacts": artifacts})).entity;
    assert_eq!(entity.data.len(), 200);
    assert_eq!(entity.name.chars().count(), 500);
    for fact in entity.data {
        assert!(fact.value.chars().count() <= 4000 && fact.key.chars().count() <= 200);
        assert!(fact.label.chars().count() <= 200);
    }
}

#[test]
fn a_sensitivity_that_nobody_knows_is_a_marking_too() {
    let entity = event_of(&json!({"artifacts": [], "sensitivity": "restricted"})).entity;
    assert_eq!((entity.tlp, &*entity.marking_words()), (None, "restricted"));
}

#[test]
fn a_container_is_called_by_its_number_on_its_platform() {
    let handles = |id: Value| event_of(&json!({"artifacts": [], "id": id})).entity.handles;
    assert_eq!(handles(json!(5)), ["5"]);
    assert_eq!(handles(json!(" 6 ")), ["6"]);
    for none in [
        json!("x/../7"),
        json!(-1),
        json!(1.5),
        json!(null),
        json!([1, 2]),
    ] {
        assert!(handles(none.clone()).is_empty(), "{none}");
    }
}
