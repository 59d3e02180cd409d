//! What is told of an issue: links both ways, and chats. Nothing of it in
//! trouble holds an issue back; it is made good later.

use std::time::Duration;

use crate::harness::alerts::{about, firing, later, set_up, tell};
use crate::harness::operator::{admin, retry, until_quiet};
use crate::harness::others::borrowed;
use crate::harness::{Function, OPENCTI_URL, WEBHOOK_TOKEN, cloud, samples, with_settings};
use jira_intake_standins::faults::Fault;
use jira_intake_standins::jira::{Fault as JiraFault, FaultKind, JiraStandIn, Operation};
use jira_intake_standins::opencti::{Entity, OpenCtiOptions, OpenCtiStandIn};
use jira_intake_standins::slack::{
    SlackOptions, SlackStandIn, action_prohibited, channel_is_archived, channel_not_found,
};
use jira_intake_standins::teams::{TeamsOptions, TeamsStandIn};
use serde_json::json;

const INCIDENT: &str = "84fdd243-adb4-4a9d-89c9-4e6593d9d7e4";

fn incident() -> String {
    samples::stream("incident-create").to_string()
}

struct Chats {
    slack: SlackStandIn,
    teams: TeamsStandIn,
}

/// A Data Center Jira, both chats, and a function that tells them.
async fn set(own: &[(&str, &str)]) -> (JiraStandIn, Chats, Function) {
    let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let teams = TeamsStandIn::start(TeamsOptions::default()).await.unwrap();
    let mut settings = vec![
        ("slack_webhook_url".to_owned(), slack.webhook_url()),
        ("slack_host".to_owned(), slack.url()),
        ("teams_webhook_url".to_owned(), teams.webhook_url()),
        ("teams_host".to_owned(), teams.url()),
    ];
    let own = own
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    settings.extend(own);
    let (jira, function) = set_up(&borrowed(&settings)).await;
    (jira, Chats { slack, teams }, function)
}

#[tokio::test]
async fn a_new_issue_is_told_with_its_link_its_severity_and_its_first_lines() {
    let (jira, chats, function) = set(&[]).await;
    tell(&function, &firing(1)).await;
    let link = format!("{}/browse/SOC-101", jira.url());
    let slack = &chats.slack.messages()[0];
    let teams = &chats.teams.messages()[0];
    for (plain, links) in [
        (slack.plain(), slack.links()),
        (teams.plain(), teams.links()),
    ] {
        for part in ["SOC-101", "Mimikatz detected", "critical", "Splunk"] {
            assert!(plain.contains(part), "{part}: {plain}");
        }
        assert_eq!(links, [link.as_str()]);
    }
    assert!(slack.pings().is_empty());
    tell(&function, &firing(2)).await;
    tell(&function, &firing(1)).await;
    assert_eq!(chats.slack.messages().len(), 1);
    assert_eq!(chats.teams.messages().len(), 1);
}

#[tokio::test]
async fn an_opencti_entity_is_told_as_well() {
    let (_jira, chats, function) = set(&[]).await;
    let event = samples::incident("chat-1", "Odd login").to_string();
    function.opencti(event).await;
    let plain = chats.slack.messages()[0].plain();
    assert!(
        plain.contains("OpenCTI") && plain.contains("SOC-101"),
        "{plain}"
    );
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_chat_in_trouble_holds_nothing_back_and_is_told_once_later() {
    for (what, fault) in [
        ("down", Fault::reset()),
        ("503", Fault::status(503)),
        ("gateway", Fault::html(502)),
        ("rate", Fault::rate_limited(30)),
        ("slow", Fault::latency(Duration::from_secs(20))),
    ] {
        let (jira, chats, mut function) = set(&[]).await;
        chats.slack.inject(fault.clone().always());
        chats.teams.inject(fault.always());
        let result = tell(&function, &firing(1)).await;
        assert_eq!(result["outcome"], "created", "{what}: {result}");
        assert_eq!(chats.slack.messages().len(), 0, "{what}");
        chats.slack.clear_faults();
        chats.teams.clear_faults();
        later(&mut function, 120).await;
        until_quiet(&function).await;
        let told = |messages: usize| assert!(messages >= 1, "{what}: {:?}", function.output());
        told(chats.slack.messages().len());
        told(chats.teams.messages().len());
        let (slack, teams) = (chats.slack.count(), chats.teams.count());
        later(&mut function, 7200).await;
        retry(&function).await;
        assert_eq!((chats.slack.count(), chats.teams.count()), (slack, teams));
        assert_eq!(jira.issues().len(), 1);
    }
}

#[tokio::test]
async fn a_chat_that_is_gone_is_given_up_and_said_in_the_log() {
    for fault in [
        action_prohibited(),
        channel_is_archived(),
        channel_not_found(),
        Fault::status(400),
    ] {
        let (_jira, chats, function) = set(&[("teams_webhook_url", "")]).await;
        chats.slack.inject(fault.always());
        assert_eq!(tell(&function, &firing(1)).await["outcome"], "created");
        let line = function.printed("chat_failed").await;
        assert!(line.contains("slack_webhook_url"), "{line}");
        let path = chats.slack.webhook_url().replace(&chats.slack.url(), "");
        assert!(!line.contains(&path), "{line}");
        assert_eq!(retry(&function).await["left"], 0);
        assert_eq!(chats.slack.count(), 1);
    }
}

#[tokio::test]
async fn a_dead_letter_is_told_with_its_reason() {
    let (jira, chats, function) = set(&[]).await;
    let refused = FaultKind::RefusedField {
        field: "summary".to_owned(),
        text: "<no> *way*".to_owned(),
    };
    jira.inject(JiraFault::new(refused).on(Operation::Create).always());
    let result = tell(&function, &firing(1)).await;
    assert_eq!(result["outcome"], "queued", "{result}");
    let (_, letters) = admin(&function, "GET", "/dead-letters").await;
    assert_eq!(letters["dead_letters"].as_array().unwrap().len(), 1);
    let plain = chats.slack.messages()[0].plain();
    assert!(
        plain.contains("*way*") && plain.contains("Mimikatz"),
        "{plain}"
    );
    assert_eq!(chats.teams.messages().len(), 1);
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_message_about_a_dead_letter_that_failed_does_not_bring_the_letter_back() {
    let (jira, chats, mut function) = set(&[]).await;
    let refused = FaultKind::RefusedField {
        field: "summary".to_owned(),
        text: "no".to_owned(),
    };
    jira.inject(JiraFault::new(refused).on(Operation::Create).always());
    chats.slack.inject(Fault::status(503));
    tell(&function, &firing(1)).await;
    assert_eq!(chats.slack.messages().len(), 0);
    let creates = jira.count(Operation::Create);
    later(&mut function, 120).await;
    until_quiet(&function).await;
    assert_eq!(chats.slack.messages().len(), 1, "{:#?}", function.output());
    assert_eq!(jira.count(Operation::Create), creates);
    let (_, letters) = admin(&function, "GET", "/dead-letters").await;
    assert_eq!(letters["dead_letters"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn only_what_is_asked_for_is_told() {
    let (jira, chats, function) = set(&[("notify_on", "dead_letter")]).await;
    tell(&function, &firing(1)).await;
    assert_eq!(chats.slack.count() + chats.teams.count(), 0);
    let refused = FaultKind::RefusedField {
        field: "summary".to_owned(),
        text: "no".to_owned(),
    };
    jira.inject(JiraFault::new(refused).on(Operation::Create).always());
    tell(&function, &about("B")).await;
    assert_eq!(chats.slack.messages().len(), 1);
    let (jira, chats, function) = set(&[("notify_on", "none")]).await;
    tell(&function, &firing(1)).await;
    assert_eq!(jira.issues().len(), 1);
    assert_eq!(chats.slack.count() + chats.teams.count(), 0);
}

#[tokio::test]
async fn strangers_words_ping_nobody_and_link_nowhere() {
    let (_jira, chats, function) = set(&[]).await;
    let mut alert = firing(1);
    let evil = "<!channel> <https://evil.example|click> @here [x](https://evil.example) *b* &";
    alert["search_name"] = evil.into();
    alert["result"]["dest"] = evil.into();
    alert["result"]["rule_description"] = evil.repeat(300).into();
    tell(&function, &alert).await;
    let slack = &chats.slack.messages()[0];
    assert!(slack.pings().is_empty(), "{slack:?}");
    for links in [slack.links(), chats.teams.messages()[0].links()] {
        assert!(links.iter().all(|link| !link.contains("evil")), "{links:?}");
    }
}

#[tokio::test]
async fn what_is_marked_too_strictly_is_told_without_its_content() {
    let (_jira, chats, function) = set(&[("splunk_marking_fields", "tlp")]).await;
    let mut alert = firing(1);
    alert["result"]["tlp"] = "TLP:RED".into();
    tell(&function, &alert).await;
    for plain in [
        chats.slack.messages()[0].plain(),
        chats.teams.messages()[0].plain(),
    ] {
        assert!(plain.contains("SOC-101"), "{plain}");
        for part in ["Mimikatz", "FIN-WS", "j.doe"] {
            assert!(!plain.contains(part), "{part}: {plain}");
        }
    }
}

#[tokio::test]
async fn an_address_whose_origin_is_not_allowed_is_a_mistake_that_says_so() {
    let slack = "https://hooks.slack-gov.com/services/T0/B0/5ecret";
    let (_jira, function) = set_up(&[
        ("slack_webhook_url", slack),
        ("teams_webhook_url", "https://example.com/workflows/5ecret"),
        ("ai_url", "http://localhost:11434/v1"),
        ("ai_host", "http://localhost:1234"),
        ("ai_model", "llama3.1"),
        ("virustotal_api_key", "key"),
        ("virustotal_url", "https://www.virustotal.com/api/v3"),
    ])
    .await;
    let path = format!("/webhooks/splunk?token={WEBHOOK_TOKEN}");
    let answer = function.post(&path, &[], firing(1).to_string()).await;
    // The component reads its settings before anything else.
    assert_eq!(answer.status, 500, "{}", answer.text());
    let text = answer.text();
    for part in [
        "slack_host",
        "teams_host",
        "ai_host",
        "virustotal_url",
        "hooks.slack-gov.com",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("5ecret"), "{text}");
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_link_that_failed_is_made_later() {
    let (jira, mut function) = set_up(&[]).await;
    jira.inject(JiraFault::new(FaultKind::ServerError).on(Operation::RemoteLink));
    assert_eq!(tell(&function, &firing(1)).await["outcome"], "created");
    assert!(jira.issues()[0].remote_links.is_empty());
    later(&mut function, 120).await;
    until_quiet(&function).await;
    assert_eq!(jira.issues()[0].remote_links.len(), 1);
    let event = samples::incident("link-1", "Odd login").to_string();
    function.opencti(event).await;
    let link = &jira.issue("SOC-102").unwrap().remote_links[0];
    let page = format!("{OPENCTI_URL}/dashboard/id/link-1");
    assert_eq!(link.object["url"], json!(page));
}

async fn platform() -> OpenCtiStandIn {
    let opencti = OpenCtiStandIn::start(OpenCtiOptions::new("opencti-token-5ecret"))
        .await
        .unwrap();
    opencti.add_entity(
        Entity::new(
            INCIDENT,
            "incident--a731f96e-4d1a-5333-81df-46c93e19abb8",
            "Incident",
        )
        .by("Recorded Future")
        .in_status("IN_PROGRESS"),
    );
    opencti
}

/// The incident, in the status that the platform has it in.
fn in_progress(opencti: &OpenCtiStandIn) -> String {
    let mut event = samples::stream("incident-create");
    let status = opencti.add_status("Incident", "IN_PROGRESS");
    let extensions = event["data"]["extensions"].as_object_mut().unwrap();
    for (_, extension) in extensions {
        if extension.get("workflow_id").is_some() {
            extension["workflow_id"] = status.clone().into();
        }
    }
    event.to_string()
}

#[tokio::test]
async fn the_issue_is_written_back_and_names_are_looked_up() {
    let opencti = platform().await;
    let url = opencti.url();
    let settings = [
        ("opencti_url", url.as_str()),
        ("opencti_token", "opencti-token-5ecret"),
    ];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let answer = function.opencti(in_progress(&opencti)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let references = opencti.references(INCIDENT);
    assert_eq!(
        references.len(),
        1,
        "{:#?} {:#?}",
        opencti.requests(),
        function.output()
    );
    assert_eq!(
        references[0].url.as_deref(),
        answer.result()["issue"]["url"].as_str()
    );
    let text = jira.issues()[0].description();
    assert!(
        text.contains("Recorded Future") && text.contains("IN_PROGRESS"),
        "{text}"
    );
    // The platform tells of our own write-back.
    let mut echo = samples::stream("incident-update-rename");
    echo["context"]["patch"] = json!([{"op": "add", "path": "/external_references/2",
        "value": {"source_name": "Jira", "url": answer.result()["issue"]["url"]}}]);
    jira.clear_requests();
    let result = function.opencti(echo.to_string()).await.result();
    assert_eq!(result["outcome"], "ignored", "{result}");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn a_write_back_that_fails_does_not_fail_the_delivery() {
    let opencti = platform().await;
    let url = opencti.url();
    let settings = [
        ("opencti_url", url.as_str()),
        ("opencti_token", "wrong-token-5ecret"),
    ];
    let (jira, function) = with_settings(cloud(), &settings).await;
    assert_eq!(function.opencti(incident()).await.status, 201);
    let line = function.printed("write_back_failed").await;
    assert!(!line.contains("5ecret"), "{line}");
    opencti.pause().await;
    let report = samples::stream("report-create").to_string();
    assert_eq!(function.opencti(report).await.status, 201);
    assert_eq!(jira.issues().len(), 2);
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_write_back_that_failed_is_made_later() {
    let opencti = platform().await;
    let url = opencti.url();
    let settings = [
        ("opencti_url", url.as_str()),
        ("opencti_token", "opencti-token-5ecret"),
    ];
    let (_jira, mut function) = set_up(&settings).await;
    opencti.pause().await;
    assert_eq!(function.opencti(incident()).await.status, 201);
    opencti.resume().await.unwrap();
    assert!(opencti.references(INCIDENT).is_empty());
    later(&mut function, 120).await;
    until_quiet(&function).await;
    assert_eq!(opencti.references(INCIDENT).len(), 1);
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn the_outbox_is_worked_off_while_a_change_of_the_entity_waits_for_jira() {
    let (jira, chats, mut function) = set(&[]).await;
    let created = samples::incident("wait-1", "Odd login");
    chats.slack.inject(Fault::status(503));
    function.opencti(created.to_string()).await;
    jira.pause().await;
    let mut renamed = created.clone();
    renamed["type"] = "update".into();
    renamed["data"]["name"] = "Odd login, confirmed".into();
    renamed["data"]["modified"] = "2031-01-01T00:00:00.000Z".into();
    let result = function.opencti(renamed.to_string()).await.result();
    assert_eq!(result["outcome"], "queued", "{result}");
    later(&mut function, 120).await;
    // One pass tries the change, the next one makes good.
    retry(&function).await;
    retry(&function).await;
    assert_eq!(chats.slack.messages().len(), 1);
    jira.resume().await.unwrap();
    later(&mut function, 7200).await;
    until_quiet(&function).await;
    assert_eq!(jira.issues()[0].summary(), "Odd login, confirmed");
    assert_eq!(chats.slack.messages().len(), 1);
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn what_was_marked_more_strictly_meanwhile_is_told_without_its_content() {
    let (_jira, chats, mut function) = set(&[("splunk_marking_fields", "tlp")]).await;
    let mut notable = crate::harness::alerts::sample("webhook.notable");
    chats.slack.inject(Fault::status(503));
    tell(&function, &notable).await;
    notable["result"]["tlp"] = "TLP:RED".into();
    assert_eq!(tell(&function, &notable).await["outcome"], "updated");
    later(&mut function, 120).await;
    until_quiet(&function).await;
    let plain = chats.slack.messages()[0].plain();
    assert!(plain.contains("SOC-101"), "{plain}");
    assert!(!plain.contains("FIN-WS-042"), "{plain}");
}
