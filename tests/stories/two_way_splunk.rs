//! What people do in Jira reaches Splunk's notables and findings, and SOAR's containers.

use crate::harness::alerts;
use crate::harness::both_ways::{BACK, SECRET, until};
use crate::harness::operator::OPERATED;
use crate::harness::{DATA_CENTER, Function, cloud, data_center, launch, tls, usual};
use jira_intake_standins::jira::{JiraStandIn, Webhook};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
use serde_json::json;

const NOTABLE: &str =
    "5F2A1C7E-0C7B-4B4E-9E0E-3C1D1B0A9F10@@notable@@6b6f5a3c7b9e4d7f8a1b2c3d4e5f6071";

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

#[tokio::test]
async fn a_self_signed_management_port_is_trusted_where_client_tls_says_so_and_only_there() {
    let splunk = SplunkOptions::new(Generation::Eight, "splunk-5ecret");
    let splunk = SplunkStandIn::start(splunk).await.unwrap();
    splunk.know(NOTABLE);
    let front = tls::front(splunk.addr()).await;
    let jira = JiraStandIn::start(data_center()).await.unwrap();
    let jira_url = jira.url();
    let own = [
        ("splunk_api_url", front.url.as_str()),
        ("splunk_api_token", "splunk-5ecret"),
    ];
    let settings = [&usual(&jira_url)[..], &DATA_CENTER, &OPERATED, &BACK, &own].concat();
    for is_trusted in [false, true] {
        let mut launch = launch(&settings);
        let folder = launch.state.path().to_owned();
        std::fs::write(folder.join("splunk.pem"), &front.certificate).unwrap();
        let mut config =
            "[key_value_store.default]\ntype = \"spin\"\npath = \"keys.db\"\n".to_owned();
        if is_trusted {
            config.push_str(
                "[[client_tls]]\ncomponent_ids = [\"jira-intake\"]\nhosts = [\"localhost\"]\n\
                 ca_roots_file = \"splunk.pem\"\n",
            );
        }
        let path = folder.join("runtime-config.toml");
        std::fs::write(&path, config).unwrap();
        launch.flags = vec![
            "--runtime-config-file".to_owned(),
            path.display().to_string(),
        ];
        let function = Function::launch(launch).await;
        alerts::tell(&function, &alerts::sample("webhook.notable")).await;
        let comments = || splunk.notable(NOTABLE).unwrap().comments.len();
        match is_trusted {
            true => until("it is told", || comments() == 1).await,
            false => {
                let line = function.printed("write_back_failed").await;
                assert!(line.to_lowercase().contains("tls"), "{line}");
                assert_eq!(comments(), 0);
            }
        }
    }
}

#[tokio::test]
async fn a_finding_is_told_by_its_own_interface_with_owner_and_disposition() {
    const FINDING: &str = "5F2A1C7E-0C7B-4B4E-9E0E-3C1D1B0A9F10@@notable@@time1761569403";
    let splunk = SplunkOptions::new(Generation::Eight, "splunk-5ecret").user("ada");
    let splunk = SplunkStandIn::start(splunk).await.unwrap();
    splunk.know(FINDING);
    let url = splunk.url();
    let own = [
        ("splunk_api_url", url.as_str()),
        ("splunk_api_token", "splunk-5ecret"),
        ("splunk_owner_back", "Ada Analyst=ada"),
        ("splunk_disposition_back", "Done=1"),
    ];
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let all = [&OPERATED[..], &BACK, &own].concat();
    let function = Function::start(&jira, &all).await;
    let address = format!("{}/webhooks/jira", function.url());
    jira.add_webhook(Webhook::signed(&address, SECRET));
    let mut alert = alerts::sample("webhook.notable");
    alert["result"]["event_id"] = FINDING.into();
    let result = alerts::tell(&function, &alert).await;
    let key = result["issue"]["key"].as_str().unwrap().to_owned();
    let finding = || splunk.notable(FINDING).unwrap();
    until("it knows its issue", || {
        finding()
            .notes
            .iter()
            .any(|note| note.content.contains(&key))
    })
    .await;
    jira.edit(&key, |fields| {
        let ada = json!({ "accountId": "712020:ada", "displayName": "Ada Analyst" });
        fields.insert("assignee".to_owned(), ada);
    });
    until("the owner", || finding().owner == "ada").await;
    assert!(jira.move_to(&key, "Done"));
    until("status and disposition", || {
        finding().status == "5" && finding().disposition == "disposition:1"
    })
    .await;
    assert!(
        splunk
            .requests()
            .iter()
            .all(|it| !it.path.contains("notable_update"))
    );
}
