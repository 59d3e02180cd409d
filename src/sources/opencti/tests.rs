//! OpenCTI's own shapes, from the samples.

use serde_json::{Value, json};

use super::entity::EXTENSION;
use super::*;
use crate::model::{Change, Event, Provenance, Tlp};
use crate::platform::fake::cpu_time;
use crate::settings::tests::load;

fn read(body: &[u8]) -> Result<Vec<Received>, SourceError> {
    (SOURCE.read)(body, load(&[]).unwrap())
}

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
    assert_eq!(event.change, Change::Created);
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
    assert!(matches!(error, SourceError::NotJson(why) if why.contains("line 1")));
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
            matches!(&error, SourceError::NoEvent(why) if why.contains(missing)),
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

#[test]
fn a_renamed_entity_keeps_its_identity() {
    let before = event("opencti-stream-data.incident-create.json").entity;
    let after = event("opencti-stream-data.incident-update-rename.json").entity;
    assert_ne!(before.standard_id, after.standard_id);
    assert_eq!(before.id, after.id);
    assert!(after.version > before.version);
}

#[test]
fn a_merge_names_who_is_gone() {
    let event = event("opencti-stream-data.report-merge.json");
    let absorbed = vec!["6335912b-0747-4e5c-8e27-6b4c30056254".to_owned()];
    assert_eq!(event.change, Change::Merged { absorbed });
}

#[test]
fn what_an_analyst_wants_to_know_is_read() {
    let entity = event("opencti-stream-data.incident-create.json").entity;
    assert_eq!(entity.severity.as_deref(), Some("high"));
    assert_eq!(entity.tlp, Some(Tlp::Amber));
    assert_eq!(entity.confidence, Some(70));
    let facts: Vec<&str> = entity.facts.iter().map(|fact| &*fact.key).collect();
    assert_eq!(
        facts,
        [
            "incident_type",
            "source",
            "objective",
            "first_seen",
            "last_seen"
        ]
    );
    assert_eq!(
        entity.references[0].external_id.as_deref(),
        Some("CVE-2013-1347")
    );
    assert_eq!(
        entity.author.unwrap().id,
        "06914efb-35f7-4387-a191-64c4bfa35c52"
    );
}

#[test]
fn rich_text_stands_in_the_object_or_in_its_extension() {
    let case = event("opencti-stream-data.case-incident-create.json").entity;
    assert!(case.content.unwrap().starts_with("<h2>"));
    let report = event("opencti-stream-data.report-create.json").entity;
    assert!(report.content.unwrap().starts_with("<p>"));
}

#[test]
fn a_note_has_an_abstract_and_markdown_content() {
    let note = event("opencti-stream-data.note-create.json").entity;
    assert_eq!(note.name, "Analyst note");
    assert!(note.description.unwrap().contains("**no"));
    assert_eq!(note.content, None);
}

#[test]
fn a_vulnerability_tells_how_bad_it_is() {
    let facts = event("opencti-stream-data.vulnerability-create.json")
        .entity
        .facts;
    let value = |key: &str| {
        facts
            .iter()
            .find(|fact| fact.key == key)
            .map(|fact| &*fact.value)
    };
    assert_eq!(value("cvss_base_score"), Some("9.8"));
    assert_eq!(value("epss_score"), Some("0.97"));
    assert_eq!(value("cisa_kev"), Some("yes"));
    assert_eq!(value("revoked"), None);
}

#[test]
fn a_notification_may_hold_many_events() {
    let received = read(&sample("opencti-notifier-webhook.digest-two.json")).unwrap();
    let kinds: Vec<Change> = received
        .iter()
        .map(|received| match received {
            Received::Event(event) => event.change.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, [Change::Created, Change::Created, Change::UPDATED]);
}

#[test]
fn a_playbook_sends_the_author_along() {
    let received = read(&sample("opencti-notifier-webhook.playbook.json")).unwrap();
    let incident = received
        .iter()
        .find_map(|received| match received {
            Received::Event(event) if event.entity.kind.as_str() == "incident" => Some(event),
            _ => None,
        })
        .unwrap();
    let author = incident.entity.author.as_ref().unwrap();
    assert_eq!(author.name.as_deref(), Some("Recorded Future"));
    assert_eq!(
        incident.platform_url.as_deref(),
        Some("https://opencti.example.com")
    );
}

#[test]
fn one_bad_entry_does_not_spoil_the_others() {
    let mut body: Value = serde_json::from_slice(&sample(
        "opencti-notifier-webhook.live-incident-create.json",
    ))
    .unwrap();
    body["data"]
        .as_array_mut()
        .unwrap()
        .extend([json!({}), json!(7)]);
    let received = read(body.to_string().as_bytes()).unwrap();
    assert_eq!(received.len(), 3);
    let events = received
        .iter()
        .filter(|one| matches!(one, Received::Event(_)));
    assert_eq!(events.count(), 1);
}

#[test]
fn a_patch_that_only_adds_a_reference_is_recognised() {
    let mut body: Value = serde_json::from_slice(&sample(
        "opencti-stream-data.case-incident-update-label.json",
    ))
    .unwrap();
    let read_urls = |body: &Value| match read(body.to_string().as_bytes()).unwrap().remove(0) {
        Received::Event(event) => match event.change {
            Change::Updated {
                only_added_references,
            } => only_added_references,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(read_urls(&body), None);
    body["context"]["patch"] = json!([
        {"op": "replace", "path": "/modified", "value": "x"},
        {"op": "add", "path": "/external_references", "value": [{"source_name": "Jira", "url": "https://jira/browse/SOC-1"}]},
        {"op": "add", "path": "/external_references/1", "value": {"url": "https://jira/browse/SOC-2"}},
    ]);
    let urls = read_urls(&body).unwrap();
    assert_eq!(
        urls,
        ["https://jira/browse/SOC-1", "https://jira/browse/SOC-2"]
    );
}

#[test]
fn strings_may_stand_for_numbers_and_booleans() {
    let body = json!({"version": "7", "type": "create", "data": {
        "type": "vulnerability", "id": "v--1", "confidence": "85", "cisa_kev": "true", "labels": "lone",
    }});
    let Received::Event(event) = read(body.to_string().as_bytes()).unwrap().remove(0) else {
        panic!()
    };
    assert_eq!(event.entity.confidence, Some(85));
    assert_eq!(event.entity.labels, ["lone"]);
    assert_eq!(event.entity.version, Default::default());
}

/// A digest of so many entities, each with an author and an observable in it.
fn large_digest(entries: usize) -> Vec<u8> {
    let instance = |number: usize| {
        let id = format!("--00000000-0000-4000-8000-{number:012}");
        match number % 3 {
            0 => {
                json!({"type": "incident", "id": format!("incident{id}"), "name": "x", "created_by_ref": format!("identity{id}")})
            }
            1 => json!({"type": "identity", "id": format!("identity{id}"), "name": "ACME"}),
            _ => {
                json!({"type": "domain-name", "id": format!("domain-name{id}"), "value": "evil.top"})
            }
        }
    };
    let entries: Vec<Value> = (0..entries)
        .rev()
        .map(|number| json!({"type": "create", "instance": instance(number)}))
        .collect();
    json!({ "data": entries }).to_string().into_bytes()
}

#[test]
fn a_digest_costs_as_much_as_it_is_long() {
    let cost = |entries| {
        let body = large_digest(entries);
        let before = cpu_time();
        let received = read(&body).unwrap();
        assert_eq!(received.len(), entries);
        cpu_time() - before
    };
    let (short, long) = (cost(1_000), cost(8_000));
    assert!(long < short * 20, "{short:?}, {long:?}");
}

#[test]
fn what_no_issue_can_show_is_not_kept() {
    let labels: Vec<String> = (0..60_000)
        .map(|number| format!("label {number}"))
        .collect();
    let text = "a\n".repeat(2_000_000);
    let data = json!({"type": "report", "id": "report--1", "name": text, "description": text,
                      "labels": labels, "context": text,
                      "extensions": {EXTENSION: {"content": text}}});
    let entity = entity::read(&data).unwrap();
    let kept = serde_json::to_vec(&entity).unwrap().len();
    assert!(kept < 512 * 1024, "{kept}");
    assert_eq!(entity.labels.len(), 200);
    let more = entity.facts.iter().find(|fact| fact.key == "more_labels");
    assert_eq!(more.unwrap().value, "59800 in OpenCTI");
}
