//! What people do in Jira reaches the platform of the issue's entity.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use harness::alerts;
use harness::both_ways::{BACK, Both, CASE, SECRET, both_families, until};
use harness::operator::{OPERATED, admin};
use harness::{DATA_CENTER, Function, cloud, data_center};
use jira_intake_standins::jira::{Body, JiraStandIn, Operation, Webhook};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
use serde_json::{Value, json};

const NOTABLE: &str =
    "5F2A1C7E-0C7B-4B4E-9E0E-3C1D1B0A9F10@@notable@@6b6f5a3c7b9e4d7f8a1b2c3d4e5f6071";

#[tokio::test]
async fn a_closed_issue_closes_its_case() {
    for both in both_families(&[]).await {
        let key = both.file().await;
        assert!(both.jira.move_to(&key, "In Progress"));
        both.settle().await;
        for d in both.jira.deliveries() {
            eprintln!(
                "{} {:?} {}\n{}",
                d.event,
                d.status,
                d.answer,
                d.body.chars().take(300).collect::<String>()
            );
        }
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        eprintln!("{:#?}", both.function.output());
        until("in progress", || {
            both.opencti.status(CASE).as_deref() == Some("In progress")
        })
        .await;
        assert!(both.jira.move_to(&key, "Done"));
        until("closed", || {
            both.opencti.status(CASE).as_deref() == Some("Closed")
        })
        .await;
        let said = both.opencti.commit_messages(CASE);
        assert!(said.last().unwrap().contains(&key), "{said:?}");
    }
}

#[tokio::test]
async fn a_notable_and_a_container_are_told_of_their_issue_and_of_its_end() {
    let splunk = SplunkOptions::new(Generation::Seven, "splunk-5ecret").user("ada");
    let splunk = SplunkStandIn::start(splunk).await.unwrap();
    splunk.know(NOTABLE);
    let soar = SoarStandIn::start(SoarOptions::new("soar-5ecret"))
        .await
        .unwrap();
    let container = soar.file();
    let jira = JiraStandIn::start(data_center()).await.unwrap();
    let (splunk_url, soar_url) = (splunk.url(), soar.url());
    let own = [
        ("splunk_api_url", splunk_url.as_str()),
        ("splunk_api_token", "splunk-5ecret"),
        ("soar_url", soar_url.as_str()),
        ("soar_token", "soar-5ecret"),
        ("comments_back", "public"),
    ];
    let all = [&DATA_CENTER[..], &OPERATED, &BACK, &own].concat();
    let function = Function::start(&jira, &all).await;
    let address = format!("{}/webhooks/jira", function.url());
    jira.add_webhook(Webhook::signed(&address, SECRET));

    let notable = alerts::tell(&function, &alerts::sample("webhook.notable")).await;
    let notable = notable["issue"]["key"].as_str().unwrap().to_owned();
    let mut body = alerts::sample("soar.container-with-artifacts");
    body["id"] = container.into();
    let of_container = alerts::tell(&function, &body).await;
    let of_container = of_container["issue"]["key"].as_str().unwrap().to_owned();
    until("both know their issue", || {
        let notable = splunk.notable(NOTABLE).unwrap();
        let container = soar.container(container).unwrap();
        notable.comments.len() == 1 && container.comments.len() == 1
    })
    .await;
    assert!(splunk.notable(NOTABLE).unwrap().comments[0].contains(&notable));
    let told = soar.container(container).unwrap().comments;
    assert!(told[0].contains(&of_container), "{told:?}");

    jira.comment(&notable, "Seen before").unwrap();
    assert!(jira.move_to(&notable, "Done") && jira.move_to(&of_container, "Done"));
    until("both are closed", || {
        let notable = splunk.notable(NOTABLE).unwrap();
        notable.status == "5" && soar.container(container).unwrap().status == "Closed"
    })
    .await;
    until("the comment is told", || {
        let comments = splunk.notable(NOTABLE).unwrap().comments;
        comments.iter().any(|it| it.contains("Seen before"))
    })
    .await;
    assert!(splunk.unknown_ids().is_empty() && soar.lost_comments().is_empty());
}
