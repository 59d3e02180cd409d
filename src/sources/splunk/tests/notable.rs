//! Notables of Enterprise Security.

use super::*;

fn notable() -> Value {
    sample("splunk-webhook.notable.json")
}

#[test]
fn a_notable_is_read_whole() {
    let event = event_of(&notable());
    assert_eq!(event.change, Change::UPDATED);
    assert_eq!(event.firings(), None);
    let entity = event.entity;
    assert_eq!(entity.kind.as_str(), "splunk-notable");
    assert!(entity.id.starts_with("splunk-notable-"));
    assert_eq!(
        entity.name,
        "24 hour risk threshold exceeded for system: FIN-WS-042"
    );
    assert_eq!(entity.severity.as_deref(), Some("high"));
    assert_eq!(entity.labels, ["T1003.001", "T1059.001"]);
    assert_eq!(entity.references.len(), 2);
    let facts: Vec<_> = entity
        .facts
        .iter()
        .map(|f| (&*f.label, &*f.value))
        .collect();
    assert_eq!(
        facts,
        [
            ("Search", "Notables to Jira"),
            ("App", "SplunkEnterpriseSecuritySuite"),
            ("Owner", "unassigned"),
            ("Time", "2025-10-27T12:50:03Z"),
            ("Domain", "threat"),
            ("Risk score", "120"),
        ]
    );
}

#[test]
fn a_notable_is_the_same_in_each_run_of_the_search() {
    let first = event_of(&notable()).entity;
    let mut again = notable();
    for (name, value) in [
        ("info_max_time", "1761569999"),
        ("splunk_server", "idx9"),
        ("drilldown_latest", "1761569999"),
        ("_indextime", "1761569999"),
    ] {
        again["result"][name] = json!(value);
    }
    assert_eq!(event_of(&again).entity, first);
}

#[test]
fn a_notable_that_changed_keeps_its_identity_and_tells_the_change() {
    let first = event_of(&notable()).entity;
    let mut later = notable();
    later["result"]["status_label"] = json!("In Progress");
    later["result"]["urgency"] = json!("critical");
    let later = event_of(&later).entity;
    assert_eq!(later.id, first.id);
    assert_eq!(later.severity.as_deref(), Some("critical"));
    let status = later.status.and_then(|status| status.name);
    assert_eq!(status.as_deref(), Some("In Progress"));
}

#[test]
fn a_notables_data_show_what_people_ask_for_and_no_bookkeeping() {
    let data = event_of(&notable()).entity.data;
    assert_eq!(value(&data, "risk_score"), Some("120"));
    assert!(value(&data, "event_id").is_some());
    for name in ["info_max_time", "index", "splunk_server", "event_hash"] {
        assert_eq!(value(&data, name), None, "{name}");
    }
}

#[test]
fn with_fields_of_the_settings_a_notable_fires_like_an_alert() {
    let first = event_with(&notable(), &["risk_object"]);
    assert_eq!(first.firings().map(|firings| firings.count), Some(1));
    assert_eq!(first.entity.kind.as_str(), "splunk-notable");
    let mut other = notable();
    other["result"]["event_id"] = json!("another");
    let other = event_with(&other, &["risk_object"]);
    assert_eq!(other.entity.id, first.entity.id);
}

#[test]
fn a_row_is_a_notable_only_if_its_search_or_its_index_says_so() {
    let given = json!({"event_id": "1", "rule_name": "x", "security_domain": "threat"});
    assert_eq!(row(given.clone()).kind.as_str(), "splunk-alert");
    assert_eq!(notable_row(given.clone()).kind.as_str(), "splunk-notable");
    assert_eq!(
        notable_row(json!({"rule_name": "x"})).kind.as_str(),
        "splunk-alert"
    );
    for (bucket, kind) in [
        ("notable~3~A", "splunk-notable"),
        ("main~3~A", "splunk-alert"),
    ] {
        let mut indexed = given.clone();
        indexed["index"] = json!("notable");
        indexed["_bkt"] = json!(bucket);
        assert_eq!(row(indexed).kind.as_str(), kind);
    }
    let mut several = given.clone();
    several["index"] = json!(["notable", "main"]);
    assert_eq!(row(several).kind.as_str(), "splunk-alert");
    let body = json!({"sid": "1", "search_name": "ES to Jira", "result": given});
    let settings = [("splunk_notable_searches", "es to *, other")];
    let events = events_with(&body, &settings);
    assert_eq!(events[0].entity.kind.as_str(), "splunk-notable");
    let events = events_with(&body, &[("splunk_notable_searches", "none")]);
    assert_eq!(events[0].entity.kind.as_str(), "splunk-alert");
}

#[test]
fn a_notable_without_a_rules_name_is_called_by_its_source_and_never_by_the_search_head() {
    let given = json!({"event_id": "1", "security_domain": "threat", "source": "Some - Rule", "host": "sh1"});
    assert_eq!(notable_row(given).name, "Some - Rule");
}

const EVENT: &str = "C1D2@@notable@@0a1b2c";

#[test]
fn a_notable_is_called_by_its_event_id_on_its_platform() {
    let event_id =
        "A8F3B1C2-9D4E-4F5A-8B6C-7D8E9F0A1B2C@@notable@@5f2c9d8e7b6a5f4e3d2c1b0a9f8e7d6c";
    for (given, handles) in [
        (json!({"event_id": EVENT}), vec![EVENT]),
        (
            json!({"event_id": event_id, "rule_id": EVENT}),
            vec![event_id],
        ),
        // Elsewhere this is the id of the rule.
        (json!({"rule_id": EVENT}), vec![EVENT]),
        (json!({"event_id": "1", "rule_id": "2"}), vec![]),
        (
            json!({"event_id": [EVENT, "-", "B@@notable@@2"]}),
            vec![EVENT, "B@@notable@@2"],
        ),
        (json!({"event_id": "A@@1\nB@@2"}), vec!["A@@1", "B@@2"]),
        (json!({"event_id": "x".repeat(400) + "@@"}), vec![]),
        (json!({"_bkt": "notable~3~A", "_cd": "3:1"}), vec![]),
    ] {
        assert_eq!(notable_row(given.clone()).handles, handles, "{given}");
    }
    // A log that says so is none.
    assert!(row(json!({"event_id": EVENT})).handles.is_empty());
}

#[test]
fn notables_that_fire_like_an_alert_bring_their_event_ids() {
    let mut given = notable();
    given["result"]["event_id"] = json!(EVENT);
    let by_field = event_with(&given, &["risk_object"]);
    assert!(by_field.firings().is_some());
    assert_eq!(by_field.entity.handles, [EVENT]);
    let of_run = events_with(&given, &[("splunk_group", "run")]);
    assert!(of_run[0].firings().is_some());
    assert_eq!(of_run[0].entity.handles, [EVENT]);
}

#[test]
fn what_a_notable_is_called_is_no_part_of_its_identity() {
    let mut given = notable();
    let first = event_with(&given, &["risk_object"]).entity;
    given["result"]["event_id"] = json!(EVENT);
    assert_eq!(event_with(&given, &["risk_object"]).entity.id, first.id);
}
