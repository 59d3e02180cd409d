//! The first story: OpenCTI gets an entity of each of six types, and one call that reads
//! its live stream files six issues. Then one of the events is delivered ten times more.

use anyhow::Result;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::checks::Checks;
use crate::samples::{SIX_TYPES, Sample};
use crate::stage::{Stage, entity_id};
use crate::table::{Results, outcome};
use jira_intake_standins::jira::Operation;

/// How long the stream is read, in seconds.
const SECONDS: u64 = 2;
/// How often the first event is delivered again, all at once.
const REPEATS: usize = 10;

pub(crate) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    println!(
        "OpenCTI gets one entity of each type that files an issue. Its live stream is read for {SECONDS} s:\n"
    );
    for sample in SIX_TYPES {
        stage.happens(sample.body);
    }
    let report = stage.read(SECONDS).await?;
    println!("    POST /tasks/stream?seconds={SECONDS}");
    println!("    {report}\n");
    let expected = json!({ "created": SIX_TYPES.len() });
    checks.equal("what the call did", &report["handled"], &expected);
    checks.equal("seconds behind", &report["behind_seconds"], &json!(0));
    println!("Six issues are in Jira:\n");
    let mut table = Results::default();
    for sample in SIX_TYPES {
        verify(stage, &sample, &mut table, checks);
    }
    println!("{table}");
    show_link(stage);
    checks.equal("issues", stage.jira.issues().len(), SIX_TYPES.len());
    checks.equal(
        "issues created by request",
        stage.jira.count(Operation::Create),
        SIX_TYPES.len(),
    );
    again(stage, checks).await?;
    repeat(stage, checks).await
}

/// The issue of an event, and the link to it in OpenCTI.
fn verify(stage: &Stage, sample: &Sample, table: &mut Results, checks: &mut Checks) {
    let event: Value = serde_json::from_str(sample.body).unwrap_or_default();
    let data = &event["data"];
    let name = data["name"].as_str().unwrap_or_default();
    let issues = stage.jira.issues();
    let mut same = issues.iter().filter(|issue| issue.summary() == name);
    let key = same.next().map(|issue| issue.key.clone());
    checks.equal(sample.title, (key.is_some(), same.count()), (true, 0));
    let outcome = key.as_ref().map_or("no issue", |_| "created");
    let key = key.unwrap_or_default();
    table.add(sample.title, outcome, &key, &stage.jira);
    let references = stage.opencti.references(&entity_id(data));
    let links: Vec<&str> = references
        .iter()
        .filter_map(|it| it.url.as_deref())
        .collect();
    let expected = format!("{}/browse/{key}", stage.jira.url());
    checks.equal("the link in OpenCTI", links, vec![&*expected]);
}

/// What people see at the first entity.
fn show_link(stage: &Stage) {
    let event: Value = serde_json::from_str(SIX_TYPES[0].body).unwrap_or_default();
    for reference in stage.opencti.references(&entity_id(&event["data"])) {
        println!(
            "\nOpenCTI has a link to each of them, at the incident: {} {}",
            reference.source_name,
            reference.url.unwrap_or_default()
        );
    }
}

/// The next call goes on behind what is done.
async fn again(stage: &Stage, checks: &mut Checks) -> Result<()> {
    let requests = stage.jira.requests().len();
    let report = stage.read(1).await?;
    println!("\nThe next call goes on there, and there is nothing new:\n");
    println!("    POST /tasks/stream?seconds=1");
    println!("    {report}");
    checks.equal("what the next call did", &report["handled"], &json!({}));
    let requests = stage.jira.requests().len() - requests;
    checks.equal("requests of the next call", requests, 0);
    Ok(())
}

async fn repeat(stage: &Stage, checks: &mut Checks) -> Result<()> {
    let first = SIX_TYPES[0];
    println!(
        "\n{}: a webhook delivers it {REPEATS} times more, all at once:\n",
        first.title
    );
    let requests = stage.jira.requests().len();
    let posts = (0..REPEATS).map(|_| stage.post(first.body));
    let mut table = Results::default();
    for (number, answer) in join_all(posts).await.into_iter().enumerate() {
        let result = &answer?.result();
        let title = format!("{} (delivery {})", first.title, number + 2);
        let key = result["issue"]["key"].as_str().unwrap_or_default();
        table.add(&title, &outcome(result), key, &stage.jira);
        checks.equal(&title, outcome(result), "duplicate".to_owned());
    }
    println!("{table}");
    checks.equal(
        "issues after the repeats",
        stage.jira.issues().len(),
        SIX_TYPES.len(),
    );
    checks.equal(
        "requests for repeats",
        stage.jira.requests().len() - requests,
        0,
    );
    Ok(())
}
