//! Splunk's own shapes, from the samples.

use serde_json::{Value, json};

use super::*;
use crate::model::{Change, Entity, Event, Fact, Provenance, SourceKey, Tlp};
use crate::settings::tests::load;

mod any;
mod cases;
mod identity;
mod notable;
mod observables;
mod soar;
mod words;

fn read(body: &[u8], dedup_fields: &[&str]) -> Result<Vec<Received>, SourceError> {
    let dedup_fields = dedup_fields.join(",");
    let settings = load(&[("splunk_dedup_fields", &dedup_fields)]);
    (SOURCE.read)(body, settings.unwrap())
}

/// The events of a body, with settings.
fn events_with(body: &Value, settings: &[(&str, &str)]) -> Vec<Event> {
    let settings = load(settings).unwrap();
    let received = (SOURCE.read)(body.to_string().as_bytes(), settings).unwrap();
    let event = |received| match received {
        Received::Event(event) => *event,
        other => panic!("{other:?}"),
    };
    received.into_iter().map(event).collect()
}

/// What a row of a search that lists notables becomes.
fn notable_row(row: Value) -> Entity {
    event_of(&json!({"sid": "1.1", "search_name": "Notables to Jira", "result": row})).entity
}

fn sample(name: &str) -> Value {
    let path = format!("{}/tests/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn event_with(body: &Value, dedup_fields: &[&str]) -> Event {
    let mut received = read(body.to_string().as_bytes(), dedup_fields).unwrap();
    assert_eq!(received.len(), 1);
    match received.remove(0) {
        Received::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

fn event_of(body: &Value) -> Event {
    event_with(body, &[])
}

fn event(name: &str) -> Event {
    event_of(&sample(name))
}

/// What a row becomes as the one of a search without a name.
fn row(row: Value) -> Entity {
    event_of(&json!({"sid": "1.1", "result": row})).entity
}

fn value<'a>(facts: &'a [Fact], key: &str) -> Option<&'a str> {
    let fact = facts.iter().find(|fact| fact.key == key)?;
    Some(&fact.value)
}

#[test]
fn an_alert_is_read_whole() {
    let event = event("splunk-webhook.mimikatz.json");
    let firings = event.firings().unwrap();
    assert_eq!((firings.count, firings.rows.len()), (1, 1));
    assert_eq!(firings.recent, [firings.rows[0].key.clone()]);
    assert_eq!(firings.rows[0].time, "2025-10-27T12:48:23.216Z");
    let news: Vec<_> = firings.rows[0]
        .facts
        .iter()
        .map(|fact| &*fact.key)
        .collect();
    assert_eq!(news, ["count", "eventtype", "tag", "_raw"]);
    assert_eq!(event.provenance, Provenance::Live);
    assert_eq!(
        event.platform_url.as_deref(),
        Some("https://splunk.example.com:8000")
    );
    let entity = event.entity;
    assert_eq!(entity.kind.as_str(), "splunk-alert");
    assert_eq!(entity.source, SourceKey::of(&PROFILE));
    assert!(entity.id.starts_with("splunk-") && entity.id.len() == 39);
    assert_eq!(entity.name, "Mimikatz detected: FIN-WS-042");
    assert!(entity.description.unwrap().starts_with("A process with"));
    assert_eq!(entity.severity.as_deref(), Some("critical"));
    assert_eq!(entity.labels, ["T1003.001", "process", "report"]);
    assert_eq!(
        entity.references[0].url.as_deref(),
        Some("https://attack.mitre.org/techniques/T1003/001/")
    );
    assert_eq!(
        entity.references[0].external_id.as_deref(),
        Some("T1003.001")
    );
    assert!(entity.link.unwrap().ends_with("_at_1761569280_7"));
    assert_eq!(entity.version, Default::default());
}

#[test]
fn an_alerts_header_says_which_search_fired_and_when() {
    let entity = event("splunk-webhook.mimikatz.json").entity;
    let facts: Vec<_> = entity
        .facts
        .iter()
        .map(|f| (&*f.label, &*f.value))
        .collect();
    assert_eq!(
        facts,
        [
            ("Search", "Mimikatz detected"),
            ("App", "SplunkEnterpriseSecuritySuite"),
            ("Owner", "soc"),
            ("Time", "2025-10-27T12:48:23.216Z"),
        ]
    );
}

#[test]
fn an_alerts_data_are_its_fields_and_last_the_raw_event() {
    let data = event("splunk-webhook.mimikatz.json").entity.data;
    assert_eq!(value(&data, "dest_ip"), Some("10.1.2.42"));
    assert_eq!(value(&data, "count"), Some("3"));
    assert_eq!(value(&data, "_indextime"), None);
    let last = data.last().unwrap();
    assert_eq!((&*last.key, &*last.label), ("_raw", "Raw event"));
    assert!(
        data.iter()
            .rev()
            .skip(1)
            .all(|datum| datum.key == datum.label)
    );
}

#[test]
fn several_values_are_all_there_and_the_first_usable_one_is_the_subject() {
    let entity = event("splunk-webhook.multivalue.json").entity;
    assert_eq!(entity.name, "Beaconing to rare domains: 203.0.113.10");
    assert_eq!(value(&entity.data, "src"), Some("-, 10.1.2.42"));
    assert_eq!(value(&entity.data, "empty"), None);
    assert_eq!(
        value(&entity.data, "details"),
        Some("jitter: 4 s; period: 60 s")
    );
    assert_eq!(entity.severity.as_deref(), Some("high"));
    assert_eq!(
        entity.labels,
        ["T1071.001", "T1568", "c2", "TLP:AMBER+STRICT"]
    );
    assert_eq!(entity.tlp, None, "a row does not hide itself");
}

#[test]
fn an_alert_may_have_no_row_and_no_name() {
    let entity = event("splunk-webhook.no-result.json").entity;
    assert_eq!(entity.name, "Realtime alert");
    assert!(entity.data.is_empty());
    let entity = event("splunk-webhook.adhoc-empty-name.json").entity;
    assert_eq!(entity.name, "Splunk alert");
    assert_eq!(value(&entity.facts, "search_name"), None);
    let entity = event_of(&json!({"search_name": null, "results_link": "x"})).entity;
    assert_eq!(entity.name, "Splunk alert");
    assert_eq!(entity.link, None);
}

#[test]
fn what_is_neither_an_alert_nor_a_container_says_so() {
    for body in [
        json!({}),
        json!({"result": null}),
        json!({"name": "x"}),
        json!({"search_name": "x"}),
    ] {
        let error = read(body.to_string().as_bytes(), &[]).unwrap_err();
        assert!(
            matches!(&error, SourceError::NoEvent(why) if why.contains("SOAR")),
            "{body}"
        );
    }
    let error = read(b"[]", &[]).unwrap_err();
    assert!(matches!(error, SourceError::NoEvent(_)));
    let error = read(b"sid=1", &[]).unwrap_err();
    assert!(matches!(error, SourceError::NotJson(_)));
}

#[test]
fn a_strangers_flood_is_bounded() {
    let long = "x".repeat(20_000);
    let mut given = json!({"dest": long, "rule_name": long, "_raw": long, "description": long.repeat(2),
        "tag": (0..100).map(|n| n.to_string()).collect::<Vec<_>>(), "severity": long});
    for number in 0..500 {
        given[format!("f{number}")] = json!(long);
    }
    let entity = row(given);
    let length = |text: &str| text.chars().count();
    assert!(length(&entity.name) <= 500);
    assert_eq!(length(entity.description.as_deref().unwrap()), 30_000);
    assert!(length(entity.severity.as_deref().unwrap()) <= 40);
    assert_eq!(entity.labels.len(), 20);
    assert_eq!(entity.data.len(), 200);
    assert_eq!(length(value(&entity.data, "f0").unwrap()), 4000);
    assert_eq!(length(value(&entity.data, "_raw").unwrap()), 8000);
}
