//! A notable of Splunk and a container of SOAR: both are told of their issue, and are
//! closed with it.

use anyhow::Result;
use serde_json::Value;

use super::until;
use crate::checks::Checks;
use crate::stage::Stage;

const NOTABLE: &str = include_str!("../../../../tests/samples/splunk-webhook.notable.json");
const CONTAINER: &str =
    include_str!("../../../../tests/samples/splunk-soar.container-with-artifacts.json");
/// How Splunk numbers its status "Closed".
const CLOSED: &str = "5";

pub(super) async fn play(stage: &Stage, checks: &mut Checks) -> Result<()> {
    println!("\nA Splunk notable and a SOAR container have issues, too:\n");
    let notable: Value = serde_json::from_str(NOTABLE)?;
    let event_id = notable["result"]["event_id"].as_str().unwrap_or_default();
    stage.splunk.know(event_id);
    let mut container: Value = serde_json::from_str(CONTAINER)?;
    let number = stage.soar.file();
    container["id"] = number.into();
    let of_notable = key(&stage.post_alert(&notable).await?.result());
    let of_container = key(&stage.post_alert(&container).await?.result());

    let notable = || stage.splunk.notable(event_id);
    let container = || stage.soar.container(number);
    let first = |comments: Vec<String>| comments.first().cloned().unwrap_or_default();
    let in_splunk = || notable().map(|it| first(it.comments)).unwrap_or_default();
    let in_soar = || container().map(|it| first(it.comments)).unwrap_or_default();
    until(
        "Splunk knows the key",
        || in_splunk().contains(&of_notable),
        checks,
    )
    .await;
    until(
        "SOAR knows the key",
        || in_soar().contains(&of_container),
        checks,
    )
    .await;
    println!("    Splunk: {}", in_splunk());
    println!("    SOAR: {}", in_soar());

    stage.jira.move_to(&of_notable, "Done");
    stage.jira.move_to(&of_container, "Done");
    let status = || notable().map(|it| it.status).unwrap_or_default();
    until("the notable is closed", || status() == CLOSED, checks).await;
    let in_soar = || container().map(|it| it.status).unwrap_or_default();
    until("the container is closed", || in_soar() == "Closed", checks).await;
    println!("Both issues are moved to Done");
    println!(
        "    Splunk: the notable has the status {} (Closed)",
        status()
    );
    println!("    SOAR: the container is {}", in_soar());
    let unknown = stage.splunk.unknown_ids().len();
    checks.equal("notables that Splunk does not have", unknown, 0);
    let lost = stage.soar.lost_comments().len();
    checks.equal("comments that SOAR lost", lost, 0);
    Ok(())
}

fn key(result: &Value) -> String {
    let key = result["issue"]["key"].as_str();
    key.unwrap_or("no issue").to_owned()
}
