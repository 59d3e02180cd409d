//! Single members: name and subject, severity, time, link, labels, marking.

use super::*;

#[test]
fn the_best_known_name_is_the_alerts_name() {
    let named = |row: Value| {
        let body = json!({"sid": "1", "search_name": "Search", "result": row});
        event_of(&body).entity.name
    };
    assert_eq!(
        named(json!({"rule_title": "Title", "rule_name": "Rule"})),
        "Title"
    );
    assert_eq!(
        named(json!({"rule_title": " ", "rule_name": "Rule"})),
        "Rule"
    );
    assert_eq!(named(json!({"search_name": "Row"})), "Search");
    assert_eq!(row(json!({"search_name": "Row"})).name, "Row");
    assert_eq!(row(json!({"source": "/var/log/x"})).name, "Splunk alert");
}

#[test]
fn the_subject_is_whom_it_hit_unless_the_name_says_so_already() {
    for (given, name) in [
        (
            json!({"dest": "unknown", "src": "-", "user": "root"}),
            "A: root",
        ),
        (
            json!({"dest": ["N/A", "", "web1"], "user": "root"}),
            "A: web1",
        ),
        (json!({"dest": "Unknown", "user": null, "x": "y"}), "A"),
        (
            json!({"rule_name": "Brute force on WEB1", "dest": "web1"}),
            "Brute force on WEB1",
        ),
        (json!({"risk_object": 7, "dest": "web1"}), "A: 7"),
    ] {
        let body = json!({"sid": "1", "search_name": "A", "result": given});
        assert_eq!(event_of(&body).entity.name, name);
    }
}

#[test]
fn urgency_goes_before_severity_and_numbers_are_none() {
    let severity = |given: Value| row(given).severity;
    let high = Some("high".to_owned());
    assert_eq!(
        severity(json!({"urgency": " High ", "severity": "low"})),
        high
    );
    assert_eq!(severity(json!({"urgency": "2", "severity": "HIGH"})), high);
    assert_eq!(
        severity(json!({"urgency": "unknown", "severity": "high"})),
        high
    );
    assert_eq!(severity(json!({"severity": 4})), None);
}

#[test]
fn times_are_told_in_one_way_if_they_can_be_read() {
    for (given, told) in [
        (json!("1761569303"), "2025-10-27T12:48:23Z"),
        (json!("1761569303.2161234"), "2025-10-27T12:48:23.216Z"),
        (json!(1761569303.5), "2025-10-27T12:48:23.5Z"),
        (
            json!("2025-10-27T13:48:23.000+01:00"),
            "2025-10-27T12:48:23Z",
        ),
        (json!("27/10/2025 12:48"), "27/10/2025 12:48"),
        (json!("99999999999999999999"), "99999999999999999999"),
        (json!("18446744073709551615"), "18446744073709551615"),
        (json!("1761569303000"), "1761569303000"),
    ] {
        assert_eq!(
            value(&row(json!({"_time": given})).facts, "_time"),
            Some(told)
        );
    }
}

#[test]
fn only_an_address_of_the_web_is_a_link() {
    for link in [
        "javascript:alert(1)",
        "sh1:8000/app",
        "https://u:p@sh1/app",
        "",
        "ftp://sh1",
    ] {
        let event = event_of(&json!({"sid": "1", "results_link": link}));
        assert_eq!(
            (event.entity.link, event.platform_url),
            (None, None),
            "{link}"
        );
    }
    let event = event("splunk-webhook.no-result.json");
    assert_eq!(event.platform_url.as_deref(), Some("http://sh1:8000"));
}

#[test]
fn techniques_are_found_in_every_spelling_and_only_there() {
    let labels = row(json!({
        "annotations": r#"{"mitre_attack":["T1003.001"],"cis20":["CIS 3"]}"#,
        "mitre_attack": [{"mitre_technique_id": "t1059"}, "T1003.001"],
        "MITRE": "https://attack.mitre.org/techniques/T1110/003/, TA0006; T12345; XT1234; T1234.5",
        "other": "T1555",
        "tag": "a,b\nA",
    }))
    .labels;
    assert_eq!(labels, ["T1110", "T1003.001", "T1059", "a", "b", "A"]);
}

#[test]
fn a_marking_is_read_from_its_field_and_from_tags() {
    assert_eq!(row(json!({"tlp": "TLP:RED"})).tlp, Some(Tlp::Red));
    assert_eq!(
        row(json!({"tlp": ["green", "amber"]})).tlp,
        Some(Tlp::Amber)
    );
    let tagged = row(json!({"tag": ["tlp-amber_strict", "red"], "tlp": "purple"}));
    assert_eq!(tagged.tlp, Some(Tlp::AmberStrict));
    assert_eq!(tagged.labels, ["red"]);
    let strictest = row(json!({"tags": ["TLP:RED", "tlp:green"], "tlp": "amber"}));
    assert_eq!(strictest.tlp, Some(Tlp::Red));
}

#[test]
fn what_splunk_writes_down_for_itself_is_not_shown() {
    let entity = row(json!({
        "dest": "A",
        "count": "3",
        "index": "endpoint",
        "_indextime": "1",
        "date_hour": "12",
        "linecount": "1",
        "info_search_time": "1761569281.402",
        "Splunk_Server": "idx3",
    }));
    let names: Vec<&str> = entity.data.iter().map(|fact| fact.key.as_str()).collect();
    assert_eq!(names, ["count", "dest", "index"]);
}
