//! Splunk's alerts, and a function that is set up for them: a Data Center Jira
//! with a personal access token.

use jira_intake_standins::client::Answer;
use jira_intake_standins::jira::JiraStandIn;
use serde_json::Value;

use super::operator::OPERATED;
use super::{DATA_CENTER, Function, WEBHOOK_TOKEN, data_center, samples, with_settings};

/// A Data Center Jira, and a function with settings of the test's own.
pub async fn set_up(settings: &[(&str, &str)]) -> (JiraStandIn, Function) {
    let all = [&DATA_CENTER[..], &OPERATED, settings].concat();
    with_settings(data_center(), &all).await
}

/// A file of `tests/samples`, such as `splunk-webhook.mimikatz.json`.
pub fn sample(name: &str) -> Value {
    serde_json::from_slice(&samples::file(&format!("splunk-{name}.json"))).unwrap()
}

/// The sample alert, as another run of its search finds it.
pub fn firing(run: u32) -> Value {
    let mut alert = sample("webhook.mimikatz");
    alert["sid"] = format!(
        "scheduler__soc__search__RMD5f00_at_{}_1",
        1_761_569_280 + run
    )
    .into();
    alert["result"]["_time"] = (1_761_569_280 + run).to_string().into();
    alert
}

/// The sample alert about another machine.
pub fn about(machine: &str) -> Value {
    let mut alert = sample("webhook.mimikatz");
    alert["result"]["dest"] = machine.into();
    alert
}

/// Posts as Splunk does: it can send no header.
pub async fn post(function: &Function, alert: &Value) -> Answer {
    let path = format!("/webhooks/splunk?token={WEBHOOK_TOKEN}");
    function.post(&path, &[], alert.to_string()).await
}

/// Posts, and reads the one result.
pub async fn tell(function: &Function, alert: &Value) -> Value {
    let answer = post(function, alert).await;
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
    answer.result()
}

/// Lets time pass: the function sees a later one from now on.
pub async fn later(function: &mut Function, seconds: u64) {
    function
        .restart_in(&[(super::process::AHEAD, &seconds.to_string())])
        .await;
}
