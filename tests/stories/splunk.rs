//! Alerts of Splunk become issues on a Data Center Jira: one for each row,
//! counted while it is the same, filed anew when it is another one.

use crate::harness::alerts::{about, firing, later, post, sample, set_up, tell};
use crate::harness::issues::{idempotency_label, only_issue};
use crate::harness::operator::{admin, until_quiet};
use crate::harness::{API_TOKEN, WEBHOOK_TOKEN};
use futures::future::join_all;
use jira_intake_standins::jira::{Fault, FaultKind, Operation};
use serde_json::{Value, json};

const DAY: u64 = 24 * 3600;

#[tokio::test]
async fn an_alert_becomes_an_issue_with_its_row_its_priority_and_its_links() {
    let (jira, function) = set_up(&[]).await;
    let alert = sample("webhook.mimikatz");
    let result = tell(&function, &alert).await;
    assert_eq!(result["outcome"], "created", "{result}");
    assert_eq!(result["entity"]["type"], "splunk-alert");
    let issue = only_issue(&jira);
    assert_eq!(issue.key, "SOC-101");
    assert_eq!(issue.summary(), "Mimikatz detected: FIN-WS-042");
    assert_eq!(issue.priority(), "Highest");
    assert!(
        issue.labels().contains(&"T1003.001"),
        "{:?}",
        issue.labels()
    );
    let description = issue.description();
    for part in [
        "FIN-WS-042",
        alert["result"]["file_hash"].as_str().unwrap(),
        "https://attack.mitre.org/techniques/T1003/001/",
        alert["results_link"].as_str().unwrap(),
    ] {
        assert!(description.contains(part), "{part}: {description}");
    }
    assert!(!description.contains("_indextime"), "{description}");
    let link = &issue.remote_links[0];
    assert_eq!(link.object["url"], alert["results_link"]);
    let bearer = format!("Bearer {API_TOKEN}");
    let create = &jira.requests_for(Operation::Create)[0];
    assert_eq!(create.header("authorization"), Some(bearer.as_str()));
    assert!(create.path.starts_with("/rest/api/2/"), "{}", create.path);
}

#[tokio::test]
async fn for_each_result_files_one_issue_for_each_row() {
    let (jira, function) = set_up(&[]).await;
    for machine in ["FIN-WS-042", "FIN-WS-043", "HR-WS-007"] {
        assert_eq!(tell(&function, &about(machine)).await["outcome"], "created");
    }
    let again = tell(&function, &about("HR-WS-007")).await;
    assert_eq!(again["outcome"], "duplicate", "{again}");
    let issues = jira.issues();
    assert_eq!(issues.len(), 3);
    assert!(issues.iter().all(|issue| issue.comments.is_empty()));
}

#[tokio::test]
async fn twenty_simultaneous_deliveries_of_one_firing_make_one_issue() {
    let (jira, function) = set_up(&[]).await;
    let alert = firing(1);
    let posts = (0..20).map(|_| tell(&function, &alert));
    for result in join_all(posts).await {
        let outcome = result["outcome"].as_str().unwrap();
        assert!(["created", "duplicate"].contains(&outcome), "{result}");
    }
    assert_eq!(only_issue(&jira).comments.len(), 0);
}

#[tokio::test]
async fn the_same_alert_again_counts_up_in_one_comment() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    for run in 2..=6 {
        let result = tell(&function, &firing(run)).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert_eq!(result["issue"]["key"], "SOC-101");
        let twice = tell(&function, &firing(run)).await;
        assert_eq!(twice["outcome"], "duplicate", "{twice}");
    }
    let issue = only_issue(&jira);
    assert_eq!(issue.comments.len(), 1);
    let text = issue.comments[0].text();
    assert!(text.contains("fired again 5 times"), "{text}");
    assert_eq!(jira.count(Operation::Update), 0);
}

#[tokio::test]
async fn a_burst_of_firings_is_counted_whole() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &firing(0)).await;
    let firings: Vec<Value> = (1..=30).map(firing).collect();
    join_all(firings.iter().map(|one| tell(&function, one))).await;
    until_quiet(&function).await;
    let issue = only_issue(&jira);
    assert_eq!(issue.comments.len(), 1);
    let text = issue.comments[0].text();
    assert!(text.contains("fired again 30 times"), "{text}");
}

#[tokio::test]
async fn a_counting_comment_that_somebody_deleted_is_written_anew() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    tell(&function, &firing(2)).await;
    let id = only_issue(&jira).comments[0].id.clone();
    assert!(jira.delete_comment("SOC-101", &id));
    tell(&function, &firing(3)).await;
    let issue = only_issue(&jira);
    assert_eq!(issue.comments.len(), 1);
    assert!(issue.comments[0].text().contains("2 times"));
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn after_its_window_an_alert_is_filed_anew() {
    let (jira, mut function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    later(&mut function, DAY - 60).await;
    assert_eq!(tell(&function, &firing(2)).await["outcome"], "updated");
    later(&mut function, DAY + 60).await;
    let result = tell(&function, &firing(3)).await;
    assert_eq!(result["outcome"], "created", "{result}");
    assert_eq!(result["issue"]["key"], "SOC-102");
    assert_eq!(tell(&function, &firing(4)).await["issue"]["key"], "SOC-102");
    let issues = jira.issues();
    assert_eq!(issues.len(), 2);
    assert_ne!(idempotency_label(&issues[0]), idempotency_label(&issues[1]));
    assert_eq!(issues[0].comments.len(), 1);
    assert_eq!(issues[1].comments.len(), 1);
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn the_next_issue_is_filed_once_even_if_its_answer_is_lost() {
    for fault in [FaultKind::ResetAfter, FaultKind::ResetBefore] {
        let (jira, mut function) = set_up(&[]).await;
        tell(&function, &firing(1)).await;
        later(&mut function, DAY + 60).await;
        jira.inject(Fault::new(fault).on(Operation::Create));
        let result = tell(&function, &firing(2)).await;
        assert_eq!(result["outcome"], "queued", "{result}");
        until_quiet(&function).await;
        assert_eq!(jira.issues().len(), 2);
        let result = tell(&function, &firing(3)).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert_eq!(result["issue"]["key"], "SOC-102");
    }
}

#[tokio::test]
#[cfg_attr(
    on_spin,
    ignore = "only the local host can die at a chosen call, or count calls"
)]
async fn the_next_issue_is_filed_once_wherever_the_process_dies() {
    let ahead = (DAY + 60).to_string();
    for point in [
        "before:store:1",
        "after:store:2",
        "before:store:3",
        "before:outbound:1",
        "after:outbound:1",
        "after:outbound:2",
        "before:store:4",
        "after:store:4",
    ] {
        let (jira, mut function) = set_up(&[("jira_api", "datacenter")]).await;
        tell(&function, &firing(1)).await;
        let environment = [("JIRA_INTAKE_AHEAD", ahead.as_str())];
        function
            .restart_in(&[environment[0], ("JIRA_INTAKE_DIE", point)])
            .await;
        let path = format!("/webhooks/splunk?token={WEBHOOK_TOKEN}");
        let url = format!("{}{path}", function.url());
        let client = jira_intake_standins::client::Client::default();
        // It dies before it answers, or right after.
        drop(
            client
                .post(&url, &[], firing(2).to_string().as_bytes())
                .await,
        );
        let ahead = (DAY + 180).to_string();
        function.restart_in(&[("JIRA_INTAKE_AHEAD", &ahead)]).await;
        until_quiet(&function).await;
        let result = tell(&function, &firing(2)).await;
        assert_eq!(result["issue"]["key"], "SOC-102", "{point}: {result}");
        assert_eq!(jira.issues().len(), 2, "{point}");
    }
}

#[tokio::test]
async fn a_window_of_zero_files_each_firing() {
    let (jira, function) = set_up(&[("splunk_dedup_window", "0")]).await;
    for run in 1..=3 {
        assert_eq!(tell(&function, &firing(run)).await["outcome"], "created");
    }
    // A proxy may deliver an old one again.
    for run in [3, 1] {
        assert_eq!(tell(&function, &firing(run)).await["outcome"], "duplicate");
    }
    assert_eq!(jira.issues().len(), 3);
}

#[tokio::test]
async fn of_states_without_a_version_the_last_that_came_counts() {
    let (jira, function) = set_up(&[]).await;
    let mut notable = sample("webhook.notable");
    tell(&function, &notable).await;
    jira.pause().await;
    for urgency in ["low", "critical", "high"] {
        notable["result"]["urgency"] = urgency.into();
        assert_eq!(tell(&function, &notable).await["outcome"], "queued");
    }
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    assert_eq!(only_issue(&jira).priority(), "High");
}

#[tokio::test]
async fn an_issue_that_was_closed_is_opened_again() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    assert!(jira.move_to("SOC-101", "Done"));
    let result = tell(&function, &firing(2)).await;
    assert_eq!(result["outcome"], "updated");
    let reason = result["reason"].as_str().unwrap();
    assert!(reason.contains("open again"), "{reason}");
    let issue = only_issue(&jira);
    assert_ne!(issue.status, "Done");
    assert_eq!(issue.comments.len(), 1);
}

#[tokio::test]
async fn an_issue_that_was_closed_is_followed_by_a_new_one_if_that_is_configured() {
    let (jira, function) = set_up(&[("on_repeat_after_done", "new")]).await;
    tell(&function, &firing(1)).await;
    assert_eq!(tell(&function, &firing(2)).await["outcome"], "updated");
    assert!(jira.move_to("SOC-101", "Done"));
    let result = tell(&function, &firing(3)).await;
    assert_eq!(result["outcome"], "created", "{result}");
    assert_eq!(result["issue"]["key"], "SOC-102");
    assert_eq!(jira.issue("SOC-101").unwrap().status, "Done");
}

#[tokio::test]
async fn a_deleted_issue_is_left_alone_until_the_window_ends() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    assert!(jira.delete("SOC-101"));
    let result = tell(&function, &firing(2)).await;
    assert_eq!(result["outcome"], "ignored", "{result}");
    assert!(jira.issues().is_empty());
}

#[tokio::test]
async fn chosen_fields_decide_what_is_the_same_alert() {
    let (jira, function) = set_up(&[("splunk_dedup_fields", "src, signature")]).await;
    tell(&function, &about("FIN-WS-042")).await;
    let mut other = about("HR-WS-007");
    other["sid"] = "another-run".into();
    let result = tell(&function, &other).await;
    assert_eq!(result["outcome"], "updated", "{result}");
    let comment = only_issue(&jira).comments[0].text();
    assert!(comment.contains("HR-WS-007"), "{comment}");
}

#[tokio::test]
async fn firings_during_an_outage_are_one_issue_that_says_how_many() {
    let (jira, function) = set_up(&[]).await;
    jira.pause().await;
    for run in 1..=4 {
        assert_eq!(tell(&function, &firing(run)).await["outcome"], "queued");
    }
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    let issue = only_issue(&jira);
    assert!(
        issue.description().contains("4 times"),
        "{}",
        issue.description()
    );
    assert_eq!(tell(&function, &firing(2)).await["outcome"], "duplicate");
}

#[tokio::test]
async fn a_notable_is_one_issue_and_its_status_reaches_it() {
    let (jira, function) = set_up(&[]).await;
    let mut notable = sample("webhook.notable");
    let result = tell(&function, &notable).await;
    assert_eq!(result["outcome"], "created", "{result}");
    assert_eq!(result["entity"]["type"], "splunk-notable");
    notable["sid"] = "the-next-run".into();
    notable["results_link"] = "https://splunk.example.com/another".into();
    let result = tell(&function, &notable).await;
    assert_eq!(result["outcome"], "duplicate", "{result}");
    notable["result"]["urgency"] = "low".into();
    let result = tell(&function, &notable).await;
    assert_eq!(result["outcome"], "updated", "{result}");
    assert_eq!(only_issue(&jira).priority(), "Low");
}

#[tokio::test]
async fn a_soar_container_brings_its_artifacts() {
    let (jira, function) = set_up(&[]).await;
    let container = sample("soar.container-with-artifacts");
    let result = tell(&function, &container).await;
    assert_eq!(result["outcome"], "created", "{result}");
    let issue = only_issue(&jira);
    assert_eq!(issue.summary(), "Ransomware beacon from FIN-WS-042");
    assert_eq!(issue.priority(), "High");
    let description = issue.description();
    for part in ["42.194.210.177", "69.exe", "TLP:AMBER"] {
        assert!(description.contains(part), "{part}: {description}");
    }
    assert_eq!(tell(&function, &container).await["outcome"], "duplicate");
}

#[tokio::test]
async fn routes_templates_and_custom_fields_are_the_same_for_alerts() {
    let routes = r#"
        [[route]]
        when = { type = "splunk-alert", severity = "critical" }
        issue_type = "Bug"
        labels = ["from-splunk"]
        summary_template = "[{{ entity.severity | upper }}] {{ entity.user }} on {{ entity.dest }}"
        [[route]]
        when = { label = "T1003*" }
        ignore = true
    "#;
    let (jira, function) = set_up(&[("routes", routes)]).await;
    tell(&function, &firing(1)).await;
    let issue = only_issue(&jira);
    assert_eq!(issue.issue_type(), "Bug");
    assert!(issue.labels().contains(&"from-splunk"));
    let user = firing(1)["result"]["user"].as_str().unwrap().to_owned();
    assert_eq!(issue.summary(), format!("[CRITICAL] {user} on FIN-WS-042"));
    let mut mild = about("HR-WS-007");
    mild["result"]["severity"] = "low".into();
    let result = tell(&function, &mild).await;
    assert_eq!(result["outcome"], "ignored", "{result}");
}

#[tokio::test]
async fn a_hostile_alert_stays_text() {
    let (jira, function) = set_up(&[]).await;
    let mut alert = firing(1);
    let evil = "{code}h1. x{code} [~admin] !https://evil.example/p.png! |a||b| {panel} \u{202e}";
    for name in ["dest", "user", "process", "file_name", "signature", "|a|"] {
        alert["result"][name] = evil.into();
    }
    alert["search_name"] = format!("{evil}\r\n{}", "x".repeat(3000)).into();
    alert["result"]["tag"] = json!([evil, "x y"]);
    let result = tell(&function, &alert).await;
    assert_eq!(result["outcome"], "created", "{result}");
    let issue = only_issue(&jira);
    assert!(issue.summary().chars().count() <= 255);
    let description = issue.description();
    assert!(!description.contains("{code}h1."), "{description}");
    assert!(!description.contains("[~admin]"), "{description}");
}

#[tokio::test]
async fn what_is_no_alert_is_told_so() {
    let (jira, function) = set_up(&[]).await;
    for (body, status) in [(json!({"hello": "world"}), 422), (json!([1]), 422)] {
        let answer = post(&function, &body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let answer = function
        .post("/webhooks/splunk", &[], firing(1).to_string())
        .await;
    assert_eq!(answer.status, 401);
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn every_sample_files_an_issue_and_a_dry_run_shows_it() {
    let (jira, function) = set_up(&[]).await;
    for name in [
        "webhook.cim-malware",
        "webhook.adhoc-empty-name",
        "webhook.no-result",
        "webhook.multivalue",
    ] {
        let path = format!("/webhooks/splunk?token={WEBHOOK_TOKEN}&dry_run=true");
        let dry = function.post(&path, &[], sample(name).to_string()).await;
        let dry = dry.result();
        assert_eq!(dry["outcome"], "created", "{name}: {dry}");
        let body = &dry["dry_run"]["requests"][0]["body"];
        let result = tell(&function, &sample(name)).await;
        assert_eq!(result["outcome"], "created", "{name}: {result}");
        let key = result["issue"]["key"].as_str().unwrap();
        let issue = jira.issue(key).unwrap();
        assert_eq!(body["fields"]["summary"], issue.summary(), "{name}");
        assert!(!issue.summary().is_empty());
    }
}

#[tokio::test]
async fn a_dry_run_of_a_repeat_shows_the_comment() {
    let (jira, function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    jira.clear_requests();
    let path = format!("/webhooks/splunk?token={WEBHOOK_TOKEN}&dry_run=true");
    let dry = function
        .post(&path, &[], firing(2).to_string())
        .await
        .result();
    assert_eq!(dry["outcome"], "updated", "{dry}");
    let requests = dry["dry_run"]["requests"].as_array().unwrap();
    let body = requests[1]["body"]["body"].as_str().unwrap();
    assert!(body.contains("fired again once"), "{body}");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn a_refused_login_says_authentication_failed_and_holds_the_rest_back() {
    let (jira, function) = set_up(&[("jira_api_token", "expired")]).await;
    let result = tell(&function, &about("A")).await;
    assert_eq!(result["outcome"], "queued", "{result}");
    let line = function.printed("Authentication failed").await;
    assert!(line.contains("jira_api_token"), "{line}");
    assert!(!line.contains("expired"), "{line}");
    let before = jira.requests().len();
    assert_eq!(tell(&function, &about("B")).await["outcome"], "queued");
    assert_eq!(jira.requests().len(), before);
    let (_, letters) = admin(&function, "GET", "/dead-letters").await;
    assert_eq!(letters["dead_letters"], json!([]));
}

#[tokio::test]
async fn nothing_that_is_not_configured_is_called_or_allowed() {
    let (_jira, function) = set_up(&[]).await;
    tell(&function, &firing(1)).await;
    let log = function.output().join("\n");
    assert!(!log.contains("enrichment_missing"), "{log}");
    assert!(!log.contains("chat_failed"), "{log}");
}
