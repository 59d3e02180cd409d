//! Messages that are none of ours: one that somebody forged, and those about many
//! issues that others edit.

use std::time::Instant;

use anyhow::Result;

use super::answers;
use crate::checks::Checks;
use crate::stage::Stage;

/// How many issues of others are edited at once.
const BULK: usize = 1000;

pub(super) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    stage.jira.settle().await?;
    let last = stage.jira.deliveries().pop();
    let body = last.map(|it| it.body).unwrap_or_default();
    let signature = format!("sha256={}", "0".repeat(64));
    let status = stage.post_signed(&body, &signature).await?.status;
    println!("\nThe last webhook again, with a wrong signature: {status}");
    checks.equal("a wrong signature", status, 401);

    let requests = |it: &Stage| (it.jira.requests().len(), it.opencti.requests().len());
    stage.jira.clear_deliveries();
    let (before, started) = (requests(stage), Instant::now());
    stage.jira.bulk_edit(BULK);
    stage.jira.settle().await?;
    let took = started.elapsed();
    let ignored = answers(stage);
    let ignored = ignored.iter().filter(|it| *it == "ignored").count();
    let after = requests(stage);
    let (jira, opencti) = (after.0 - before.0, after.1 - before.1);
    println!(
        "{BULK} issues of another project are edited at once: {ignored} webhooks are ignored in {:.1} s, with {jira} requests to Jira and {opencti} to OpenCTI",
        took.as_secs_f64()
    );
    checks.equal("webhooks of others that are ignored", ignored, BULK);
    checks.equal("requests because of others", (jira, opencti), (0, 0));
    Ok(())
}
