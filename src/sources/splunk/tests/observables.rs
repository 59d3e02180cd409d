//! What was observed. Which text is an observable is decided elsewhere.

use super::*;

fn values(entity: Entity) -> Vec<String> {
    let values = entity.observables.into_iter().map(|found| found.value);
    values.collect()
}

#[test]
fn an_alerts_observables_stand_in_its_fields_and_in_running_text() {
    let found = values(event("splunk-webhook.mimikatz.json").entity);
    for value in [
        "42.194.210.177",
        "92804faaab2175dc501d73e814663058c78c0a042675a8937266357bcfb96c50",
    ] {
        let times = found.iter().filter(|one| one.eq_ignore_ascii_case(value));
        assert_eq!(times.count(), 1, "{value} in {found:?}");
    }
    // It stands beside the better one of the same file.
    let md5 = "a3cb3b02a683275f7e0a0f8a9a5c9e07".to_owned();
    assert!(!found.contains(&md5), "{found:?}");
}

#[test]
fn each_value_of_a_field_is_looked_at() {
    let found = values(event("splunk-webhook.multivalue.json").entity);
    for value in ["203.0.113.10", "203.0.113.11", "soclosebutyetqq.com"] {
        assert!(found.iter().any(|one| one == value), "{value} in {found:?}");
    }
}

#[test]
fn a_containers_observables_are_the_values_of_its_artifacts() {
    let found = values(event("splunk-soar.container-with-artifacts.json").entity);
    for value in ["42.194.210.177", "546bb6ef89bebfb053999777f6930d7e"] {
        assert!(found.iter().any(|one| one == value), "{value} in {found:?}");
    }
}

#[test]
fn splunks_own_digests_are_no_observables_and_a_flood_is_bounded() {
    let mut given = json!({"event_hash": "6b6f5a3c7b9e4d7f8a1b2c3d4e5f6071"});
    assert!(row(given.clone()).observables.is_empty());
    for number in 0..200 {
        given[format!("ip{number}")] = json!(format!("8.8.4.{number}"));
    }
    assert_eq!(row(given).observables.len(), 50);
}

#[test]
fn a_files_name_is_no_domain() {
    let found = values(row(json!({
        "file_name": ["setup.py", "invoice.pl", "92804faaab2175dc501d73e814663058c78c0a042675a8937266357bcfb96c50"],
        "process_name": "run.sh", "fileName": "run.sh", "user": "jo.an",
        "query": "example.sh",
    })));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&"example.sh".to_owned()));
}
