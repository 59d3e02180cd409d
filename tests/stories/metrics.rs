//! What is counted, as a Prometheus sees it, and what is deployed beside it.

use std::collections::BTreeSet;

use crate::harness::operator::{FIRST_RETRY, OPERATED, admin, retry};
use crate::harness::{Function, cloud, samples, with_settings};
use jira_intake_standins::jira::{Fault, Operation};
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;

const TOKEN: [(&str, &str); 1] = [("metrics_token", "metrics-5ecret")];

async fn metrics(function: &Function) -> String {
    let bearer = [("authorization", "Bearer metrics-5ecret")];
    let answer = function.send("GET", "/metrics", &bearer).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The value of a sample, by its name and labels as they are written.
fn value(text: &str, sample: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample));
    let value = line.unwrap_or_else(|| panic!("no {sample}: {text}"));
    value.trim().parse().unwrap()
}

fn events(text: &str, outcome: &str) -> u64 {
    let labels = format!("{{source=\"opencti\",outcome=\"{outcome}\"}}");
    value(text, &format!("jira_intake_events_total{labels}"))
}

fn requests(text: &str, class: &str) -> u64 {
    let sample = format!("jira_intake_jira_requests_total{{class=\"{class}\"}}");
    value(text, &sample)
}

fn incident(number: usize) -> String {
    let id = format!("metrics-{number}");
    samples::incident(&id, &format!("Incident {number}")).to_string()
}

#[tokio::test]
async fn what_became_of_events_is_counted() {
    let settings = [&OPERATED[..], &TOKEN].concat();
    let (jira, function) = with_settings(cloud(), &settings).await;
    function.opencti(incident(1)).await;
    function.opencti(incident(1)).await;
    let mut ignored = samples::incident("metrics-2", "x");
    ignored["data"]["type"] = "malware".into();
    ignored["data"]["extensions"] = serde_json::json!({});
    function.opencti(ignored.to_string()).await;
    let text = metrics(&function).await;
    for outcome in ["created", "duplicate", "ignored"] {
        assert_eq!(events(&text, outcome), 1, "{outcome}: {text}");
    }
    assert_eq!(value(&text, "jira_intake_waiting "), 0);
    let answered = requests(&text, "answered");
    assert!(answered >= 1, "{text}");
    // One that is put off counts twice: when it is kept, and when it is over.
    jira.inject(Fault::rate_limited(1).on(Operation::Create));
    function.opencti(incident(3)).await;
    retry(&function).await;
    let text = metrics(&function).await;
    assert_eq!(events(&text, "queued"), 1, "{text}");
    assert_eq!(requests(&text, "limited"), 1, "{text}");
    assert_eq!(value(&text, "jira_intake_waiting "), 1, "{text}");
    tokio::time::sleep(FIRST_RETRY).await;
    retry(&function).await;
    let text = metrics(&function).await;
    assert_eq!(events(&text, "created"), 2, "{text}");
    assert_eq!(value(&text, "jira_intake_waiting "), 0, "{text}");
    let fault = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(fault.always());
    function.opencti(incident(4)).await;
    let text = metrics(&function).await;
    assert_eq!(events(&text, "dead_letter"), 1, "{text}");
    assert_eq!(value(&text, "jira_intake_dead_letters "), 1, "{text}");
    assert!(requests(&text, "refused") >= 1, "{text}");
    // The letter is discarded, and the keys are listed again.
    admin(&function, "DELETE", "/dead-letters/1").await;
    admin(&function, "POST", "/tasks/retry?upkeep=true").await;
    let text = metrics(&function).await;
    assert_eq!(value(&text, "jira_intake_dead_letters "), 0, "{text}");
}

#[tokio::test]
async fn only_a_token_shows_metrics_and_its_own_shows_nothing_else() {
    let (_jira, function) = with_settings(cloud(), &[]).await;
    assert_eq!(function.send("GET", "/metrics", &[]).await.status, 404);
    let settings = [&OPERATED[..], &TOKEN].concat();
    let (_jira, function) = with_settings(cloud(), &settings).await;
    let show = |token| [("x-api-key", token)];
    for (token, path, status) in [
        ("wrong", "/metrics", 401),
        ("admin-5ecret", "/metrics", 200),
        ("metrics-5ecret", "/metrics", 200),
        ("metrics-5ecret", "/troubles", 401),
        ("metrics-5ecret", "/entities/x", 401),
    ] {
        let answer = function.send("GET", path, &show(token)).await;
        assert_eq!(answer.status, status, "{token} {path}");
    }
    let head = function
        .send("HEAD", "/metrics", &show("metrics-5ecret"))
        .await;
    assert_eq!(head.status, 200);
    assert_eq!(
        head.headers["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert_eq!(
        function
            .send("POST", "/metrics", &show("wrong"))
            .await
            .status,
        405
    );
}

/// Every metric that they name is there.
#[tokio::test]
async fn the_dashboard_and_the_alerts_name_what_there_is() {
    let settings = [&OPERATED[..], &TOKEN].concat();
    let (_jira, function) = with_settings(cloud(), &settings).await;
    admin(&function, "POST", "/tasks/retry?upkeep=true").await;
    let text = metrics(&function).await;
    let samples: BTreeSet<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect();
    let named: Vec<String> = [dashboard(), alerts()].concat();
    assert!(named.len() >= 20, "{named:?}");
    let mut found = BTreeSet::new();
    for expr in named {
        for name in expr.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            if name.starts_with("jira_intake") {
                assert!(samples.contains(name), "{name} in {expr}");
                found.insert(name.to_owned());
            }
        }
        let opened = expr.matches(['(', '{', '[']).count();
        assert_eq!(opened, expr.matches([')', '}', ']']).count(), "{expr}");
    }
    assert!(found.len() >= 8, "{found:?}");
}

fn file(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap()
}

/// The expressions of the dashboard's panels.
fn dashboard() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&file("grafana/dashboard.json")).unwrap();
    let mut ids = BTreeSet::new();
    let mut exprs = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel}");
        let grid = &panel["gridPos"];
        let (x, width) = (grid["x"].as_u64().unwrap(), grid["w"].as_u64().unwrap());
        assert!(x + width <= 24, "{panel}");
        for target in panel["targets"].as_array().unwrap() {
            exprs.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    assert!(dashboard["uid"].is_string() && dashboard["schemaVersion"].is_u64());
    exprs
}

/// The expressions of the alert rules.
fn alerts() -> Vec<String> {
    let documents = Yaml::load_from_str(&file("prometheus/alerts.yaml")).unwrap();
    let rules = documents[0]["groups"][0]["rules"].as_sequence().unwrap();
    assert!(rules.len() >= 6);
    let rule = |rule: &Yaml<'_>| {
        assert!(rule["alert"].as_str().is_some(), "{rule:?}");
        assert!(rule["labels"]["severity"].as_str().is_some(), "{rule:?}");
        assert!(
            rule["annotations"]["summary"].as_str().is_some(),
            "{rule:?}"
        );
        rule["expr"].as_str().unwrap().to_owned()
    };
    rules.iter().map(rule).collect()
}
