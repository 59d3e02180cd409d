//! The first story: six types file six issues, and eleven deliveries of one
//! event make one.

use anyhow::Result;
use futures::future::join_all;

use crate::checks::Checks;
use crate::samples::SIX_TYPES;
use crate::stage::Stage;
use crate::table::{Results, outcome};
use jira_intake_standins::jira::Operation;

/// How often the first event is delivered again, all at once.
const REPEATS: usize = 10;

pub(crate) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    println!("Six types file six issues:\n");
    let mut table = Results::default();
    for sample in SIX_TYPES {
        let answer = stage.post(sample.body).await?;
        let result = answer.result();
        table.add(sample.title, &result, &stage.jira);
        checks.equal(sample.title, outcome(&result), "created".to_owned());
    }
    println!("{table}");
    checks.equal("issues", stage.jira.issues().len(), SIX_TYPES.len());
    checks.equal(
        "issues created by request",
        stage.jira.count(Operation::Create),
        SIX_TYPES.len(),
    );
    repeat(stage, checks).await
}

async fn repeat(stage: &Stage, checks: &mut Checks) -> Result<()> {
    let first = SIX_TYPES[0];
    println!(
        "\n{}: delivered {REPEATS} times again, all at once:\n",
        first.title
    );
    let requests = stage.jira.requests().len();
    let posts = (0..REPEATS).map(|_| stage.post(first.body));
    let mut table = Results::default();
    for (number, answer) in join_all(posts).await.into_iter().enumerate() {
        let result = &answer?.result();
        let title = format!("{} (delivery {})", first.title, number + 2);
        table.add(&title, result, &stage.jira);
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
