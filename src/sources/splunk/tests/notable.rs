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
