//! No answer of anybody, however long, keeps an issue from being filed.

use std::time::{Duration, Instant};

use crate::harness::alerts::{firing, set_up, tell};
use crate::harness::operator::{OPERATED, until_quiet};
use crate::harness::others::{Others, borrowed, sensible};
use crate::harness::{cloud, samples, with_settings};
use jira_intake_standins::faults::{Fault, FaultKind};
use jira_intake_standins::jira::{Fault as JiraFault, FaultKind as JiraFaultKind, Operation};
use jira_intake_standins::opencti::{OpenCtiOptions, OpenCtiStandIn};
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use jira_intake_standins::teams::{TeamsOptions, TeamsStandIn};

/// Reading stops at the limit: whoever read on would need longer.
const PROMPT: Duration = Duration::from_secs(6);

fn endless() -> Fault {
    Fault::new(FaultKind::Endless).always()
}

#[tokio::test]
async fn of_virustotal_and_a_model() {
    let others = Others::start().await;
    others.model.reply_with(sensible());
    others.virustotal.inject(endless());
    others.model.inject(endless());
    let settings = others.settings(&[]);
    let (jira, function) = set_up(&borrowed(&settings)).await;
    let started = Instant::now();
    let result = tell(&function, &firing(1)).await;
    assert_eq!(result["outcome"], "created", "{result}");
    assert!(started.elapsed() < PROMPT, "{:?}", started.elapsed());
    let description = jira.issues()[0].description();
    assert!(
        description.contains("longer than 1048576 bytes"),
        "{description}"
    );
}

#[tokio::test]
async fn of_slack_and_teams() {
    let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let teams = TeamsStandIn::start(TeamsOptions::default()).await.unwrap();
    slack.inject(endless());
    teams.inject(endless());
    let settings = [
        ("slack_webhook_url", slack.webhook_url()),
        ("slack_host", slack.url()),
        ("teams_webhook_url", teams.webhook_url()),
        ("teams_host", teams.url()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let (jira, function) = set_up(&settings).await;
    let started = Instant::now();
    assert_eq!(tell(&function, &firing(1)).await["outcome"], "created");
    assert!(started.elapsed() < PROMPT, "{:?}", started.elapsed());
    assert_eq!(jira.issues().len(), 1);
    function.printed("longer than 4096 bytes").await;
}

#[tokio::test]
async fn of_opencti() {
    let options = OpenCtiOptions::new("opencti-token-5ecret");
    let opencti = OpenCtiStandIn::start(options).await.unwrap();
    opencti.inject(endless());
    let url = opencti.url();
    let settings = [
        ("opencti_url", url.as_str()),
        ("opencti_token", "opencti-token-5ecret"),
    ];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let event = samples::stream("incident-create").to_string();
    let answer = function.opencti(event).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(jira.issues().len(), 1);
    function.printed("longer than 8388608 bytes").await;
}

#[tokio::test]
async fn of_jira_itself() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(JiraFault::new(JiraFaultKind::Endless).on(Operation::Create));
    let event = samples::stream("incident-create").to_string();
    let answer = function.opencti(&event).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let result = answer.result();
    let reason = result["reason"].as_str().unwrap();
    assert!(reason.contains("longer than 8388608 bytes"), "{reason}");
    until_quiet(&function).await;
    // The create had been carried out: its issue is found, none is added.
    assert_eq!(jira.issues().len(), 1);
    assert_eq!(jira.count(Operation::Create), 1);
    let again = function.opencti(event).await.result();
    assert_eq!(again["outcome"], "duplicate", "{again}");
}
