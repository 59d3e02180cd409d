//! Single members: name and subject, severity, time, link, labels, marking.

use super::*;

#[test]
fn the_search_names_an_alert_and_a_row_only_if_the_settings_say_so() {
    let body = json!({"sid": "1", "search_name": "Search",
        "result": {"rule_title": "Title", "rule_name": "Rule", "search_name": "Row"}});
    let named = |settings| events_with(&body, settings)[0].entity.name.clone();
    assert_eq!(named(&[]), "Search");
    let fields = "none, rule_name, rule_title";
    assert_eq!(named(&[("splunk_title_fields", fields)]), "Rule");
    assert_eq!(row(json!({"search_name": "Row"})).name, "Splunk alert");
    assert_eq!(row(json!({"source": "/var/log/x"})).name, "Splunk alert");
}

#[test]
fn a_search_without_a_name_is_called_as_its_jobs_are() {
    let named = |sid: &str| event_of(&json!({"sid": sid, "result": {}})).entity;
    let sudo = named("rt_scheduler__admin__search__sudo_at_1709550800_2.9");
    assert_eq!(sudo.name, "sudo");
    let hashed =
        |hash: &str, time: u32| named(&format!("scheduler__a__app__RMD5{hash}_at_{time}_1"));
    assert_eq!(hashed("aa", 1).name, "Splunk alert");
    assert_eq!(hashed("aa", 1).id, hashed("aa", 2).id);
    assert_ne!(hashed("aa", 1).id, hashed("bb", 1).id);
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
        (json!({"risk_object": 7, "dest": "web1"}), "A: 7"),
    ] {
        let body = json!({"sid": "1", "search_name": "A", "result": given});
        assert_eq!(event_of(&body).entity.name, name);
    }
    for (dest, name) in [
        ("web1", "Brute force on WEB1"),
        ("b", "Brute force on WEB1: b"),
    ] {
        let search = "Brute force on WEB1";
        let named = json!({"sid": "1", "search_name": search, "result": {"dest": dest}});
        assert_eq!(event_of(&named).entity.name, name);
    }
}

#[test]
fn a_notables_urgency_goes_before_its_severity_and_elsewhere_the_worse_one_counts() {
    let both = json!({"event_id": "1", "urgency": " Low ", "severity": "high"});
    assert_eq!(notable_row(both.clone()).severity.as_deref(), Some("low"));
    assert_eq!(row(both).severity.as_deref(), Some("high"));
    let unknown = json!({"event_id": "1", "urgency": "unknown", "severity": "HIGH"});
    assert_eq!(notable_row(unknown).severity.as_deref(), Some("high"));
    assert_eq!(
        row(json!({"severity": 4})).severity.as_deref(),
        Some("high")
    );
    assert_eq!(row(json!({"severity": 9})).severity, None);
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
        (json!("1761569303000"), "2025-10-27T12:48:23Z"),
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
fn a_row_marks_itself_only_in_the_fields_that_the_settings_name() {
    let marked = |row: Value, fields: &str| {
        let body = json!({"sid": "1", "result": row});
        let settings = [("splunk_marking_fields", fields)];
        events_with(&body, &settings).remove(0).entity
    };
    let red = json!({"tlp": "TLP:RED", "tag": "tlp:red"});
    assert_eq!(marked(red.clone(), "").tlp, None);
    assert_eq!(marked(red.clone(), "").labels, ["tlp:red"]);
    assert_eq!(marked(red, "tlp").tlp, Some(Tlp::Red));
    let fields = "tlp, tag, tags";
    let several = json!({"tlp": ["green", "amber"]});
    assert_eq!(marked(several, fields).tlp, Some(Tlp::Amber));
    let tagged = marked(
        json!({"tag": ["tlp-amber_strict", "red", "modaction_result"]}),
        fields,
    );
    assert_eq!(tagged.tlp, Some(Tlp::AmberStrict));
    assert_eq!(tagged.labels, ["red"]);
    let unknown = marked(json!({"tlp": "purple, green"}), fields);
    assert_eq!(unknown.marking_words(), "TLP:GREEN, purple");
    let strictest = marked(
        json!({"tags": ["TLP:RED", "tlp:green"], "tlp": "amber"}),
        fields,
    );
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
        "Splunk_Server_Group": "g3",
    }));
    let names: Vec<&str> = entity.data.iter().map(|fact| fact.key.as_str()).collect();
    assert_eq!(names, ["count", "dest", "index"]);
}
