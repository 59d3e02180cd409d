//! The second story: the later life of the entities. The stream tells of each event,
//! a call reads it, and the requests that it took are shown.

use anyhow::Result;
use serde_json::{Value, json};

use crate::checks::Checks;
use crate::samples;
use crate::stage::Stage;
use jira_intake_standins::jira::Operation;

/// How long the stream is read for a scene, in seconds.
const SECONDS: u64 = 1;

/// One scene: what happened, its event, and what should come of it.
struct Scene {
    title: &'static str,
    event: String,
    outcome: &'static str,
    requests: &'static [Operation],
}

pub(crate) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    println!(
        "\nThe entities live on, and the stream tells of it. What their issues are told, and with which requests:\n"
    );
    stage.happens(&duplicate_report());
    stage.read(SECONDS).await?;
    for scene in scenes() {
        let before = stage.jira.requests().len();
        stage.happens(&scene.event);
        let handled = stage.read(SECONDS).await?["handled"].take();
        let requests: Vec<Operation> = stage.jira.operations().split_off(before);
        println!("{}", scene.title);
        println!("    {}", outcomes(&handled));
        for request in stage.jira.requests().iter().skip(before) {
            println!("    {} {}", request.method, request.path);
        }
        let expected = Value::from_iter([(scene.outcome, 1)]);
        checks.equal(scene.title, handled, expected);
        checks.equal(scene.title, requests, scene.requests.to_vec());
    }
    verify(stage, checks);
    Ok(())
}

fn scenes() -> [Scene; 6] {
    let stale = "the label's event again, older than what the issue shows now";
    [
        Scene {
            title: "case-incident: a label is added",
            event: samples::CASE_LABEL.to_owned(),
            outcome: "updated",
            requests: &[Operation::Update],
        },
        Scene {
            title: "case-incident: renamed later (people may have edited: one look first)",
            event: renamed_case(),
            outcome: "updated",
            requests: &[Operation::Read, Operation::Update],
        },
        Scene {
            title: stale,
            event: samples::CASE_LABEL.to_owned(),
            outcome: "ignored",
            requests: &[],
        },
        Scene {
            title: "incident: a rename that changes its STIX id",
            event: samples::INCIDENT_RENAME.to_owned(),
            outcome: "updated",
            requests: &[Operation::Read, Operation::Update],
        },
        Scene {
            title: "report: another report is merged into it",
            event: samples::REPORT_MERGE.to_owned(),
            outcome: "updated",
            requests: &[Operation::Read, Operation::Comment, Operation::LinkIssues],
        },
        Scene {
            title: "report: deleted",
            event: samples::REPORT_DELETE.to_owned(),
            outcome: "updated",
            requests: &[Operation::Read, Operation::Comment],
        },
    ]
}

/// What Jira shows in the end.
fn verify(stage: &Stage, checks: &mut Checks) {
    let issues = stage.jira.issues();
    checks.equal(
        "issues in the end",
        issues.len(),
        samples::SIX_TYPES.len() + 1,
    );
    let with = |text: &str| {
        issues
            .iter()
            .filter(|issue| issue.summary().contains(text))
            .count()
    };
    checks.equal("issues with the incident's new name", with("(renamed)"), 1);
    checks.equal("issues with the case's new name", with("Finance and HR"), 1);
    let comments: usize = issues.iter().map(|issue| issue.comments.len()).sum();
    checks.equal("comments in the end", comments, 2);
}

/// The outcomes of a call in words.
fn outcomes(handled: &Value) -> String {
    let handled = handled.as_object().into_iter().flatten();
    let words: Vec<&str> = handled.map(|(outcome, _)| outcome.as_str()).collect();
    words.join(", ")
}

/// The report that the merge takes away, as it was created.
fn duplicate_report() -> String {
    let merge: Value = serde_json::from_str(samples::REPORT_MERGE).unwrap_or_default();
    let source = &merge["context"]["sources"][0];
    json!({ "version": "4", "type": "create", "data": source }).to_string()
}

/// The case an hour after its label was added, with a new name.
fn renamed_case() -> String {
    let mut event: Value = serde_json::from_str(samples::CASE_LABEL).unwrap_or_default();
    event["data"]["name"] = "IR-2025-117 Finance and HR ransomware".into();
    event["data"]["modified"] = "2025-11-03T12:30:00.000Z".into();
    event.to_string()
}
