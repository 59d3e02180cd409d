//! The third story: Jira is away, twenty events are accepted all the same,
//! Jira is back, and there are twenty issues, none of them twice.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::checks::Checks;
use crate::samples::SIX_TYPES;
use crate::stage::Stage;
use crate::table::outcome;

/// How many events come during the outage.
const EVENTS: usize = 20;
/// How long the story may take to end well.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    println!("\nJira goes away, and {EVENTS} events arrive, each of them twice:\n");
    let before = stage.jira.issues().len();
    stage.jira.pause().await;
    let mut queued = 0;
    let mut example = Value::Null;
    for number in 0..EVENTS {
        let event = event(number);
        stage.know(&event);
        for _ in 0..2 {
            let result = stage.post(&event).await?.result();
            queued += usize::from(outcome(&result) == "queued");
            example = result;
        }
    }
    println!("    {queued} answers say `queued`; the last one:");
    println!("    {}", example["reason"].as_str().unwrap_or_default());
    checks.equal("events queued during the outage", queued, 2 * EVENTS);
    checks.equal(
        "issues during the outage",
        stage.jira.issues().len(),
        before,
    );
    come_back(stage, checks, before).await
}

async fn come_back(stage: &Stage, checks: &mut Checks, before: usize) -> Result<()> {
    println!("\nJira is back; POST /tasks/retry until nothing is left:\n");
    stage.jira.resume().await?;
    let started = Instant::now();
    let mut left = EVENTS as u64;
    while left > 0 && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let pass = stage.retry().await?.json();
        println!("    {pass}");
        left = pass["left"].as_u64().unwrap_or(left);
    }
    let issues = stage.jira.issues();
    let of_outage = |issue: &&_| is_of_outage(issue);
    let found = issues.iter().filter(of_outage).count();
    println!("\n    {found} issues for {EVENTS} events");
    checks.equal("issues after the outage", issues.len() - before, EVENTS);
    for number in 0..EVENTS {
        let title = title(number);
        let same = issues.iter().filter(|issue| issue.summary() == title);
        checks.equal(&title, same.count(), 1);
    }
    Ok(())
}

fn is_of_outage(issue: &jira_intake_standins::jira::Issue) -> bool {
    issue.summary().starts_with("Outage incident")
}

fn title(number: usize) -> String {
    format!("Outage incident {:02}", number + 1)
}

/// An incident of its own, made from the first sample.
fn event(number: usize) -> String {
    let mut event: Value = serde_json::from_str(SIX_TYPES[0].body).unwrap_or_default();
    let id = format!("00000000-0000-4000-8000-{number:012}");
    for extension in event["data"]["extensions"]
        .as_object_mut()
        .into_iter()
        .flatten()
    {
        extension.1["id"] = json!(id);
    }
    event["data"]["name"] = title(number).into();
    event.to_string()
}
