//! What people do in Jira reaches the platform of the issue's entity.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;

use std::time::Duration;

use harness::alerts;
use harness::both_ways::{BACK, Both, CASE, SECRET, both_families, until};
use harness::operator::{OPERATED, admin, until_quiet};
use harness::streamed::{self, STREAM};
use harness::{DATA_CENTER, Function, cloud, data_center, launch, tls, usual};
use jira_intake_standins::jira::{Body, JiraStandIn, Operation, Webhook};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
use serde_json::json;

const NOTABLE: &str =
    "5F2A1C7E-0C7B-4B4E-9E0E-3C1D1B0A9F10@@notable@@6b6f5a3c7b9e4d7f8a1b2c3d4e5f6071";

#[tokio::test]
async fn a_closed_issue_closes_its_case() {
    for both in both_families(&[]).await {
        let key = both.file().await;
        assert!(both.jira.move_to(&key, "In Progress"));
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

#[tokio::test]
async fn only_comments_that_are_meant_for_it_become_notes_and_follow_their_edits() {
    for both in both_families(&[]).await {
        let (jira, opencti) = (&both.jira, &both.opencti);
        let key = both.file().await;
        jira.comment(&key, "Between us").unwrap();
        jira.comment_internally(&key, "#cti hidden from customers")
            .unwrap();
        let id = jira.comment(&key, "#cti Seen in *March*, too").unwrap();
        until("a note", || !opencti.notes().is_empty()).await;
        both.settle().await;
        let notes = opencti.notes();
        assert_eq!(notes.len(), 1, "{notes:?}");
        let note = &notes[0];
        assert!(note.content.contains("Seen in **March**, too"), "{note:?}");
        assert!(note.content.contains(&key) && !note.content.contains("#cti"));
        assert_eq!(note.objects.len(), 1);

        jira.edit_comment(&key, &id, "#cti Seen in April");
        until("the edit", || {
            let notes = opencti.notes();
            notes.len() == 1 && notes[0].content.contains("April")
        })
        .await;
        jira.edit_comment(&key, &id, "Seen in April");
        until("without the tag it goes", || opencti.notes().is_empty()).await;
        jira.edit_comment(&key, &id, "#cti Seen in May");
        until("with the tag it is back", || opencti.notes().len() == 1).await;
        jira.delete_comment(&key, &id);
        until("it goes with its comment", || opencti.notes().is_empty()).await;
    }
}

#[tokio::test]
async fn repeats_and_disorder_and_replays_change_nothing() {
    for on_cloud in [true, false] {
        let both = match on_cloud {
            true => Both::without_webhook(cloud(), &BACK).await,
            false => {
                let settings = [&DATA_CENTER[..], &BACK].concat();
                Both::without_webhook(data_center(), &settings).await
            }
        };
        let hook = Webhook::signed(&both.address(), SECRET);
        both.jira.add_webhook(hook.copies(3).out_of_order());
        let key = both.file().await;
        for status in ["In Progress", "Done"] {
            assert!(both.jira.move_to(&key, status));
            // Jira's times are in milliseconds.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let id = both.jira.comment(&key, "#cti once").unwrap();
        both.settle().await;
        until("closed", || {
            both.opencti.status(CASE).as_deref() == Some("Closed")
        })
        .await;
        until("the note", || both.notes("once") == 1).await;
        both.jira.delete_comment(&key, &id);
        until("no note", || both.notes("once") == 0).await;
        both.settle().await;
        // All of it once more, as it was posted.
        for delivery in both.jira.deliveries() {
            let path = format!("/webhooks/jira?token={}", harness::WEBHOOK_TOKEN);
            let answer = both.function.post(&path, &[], delivery.body.clone()).await;
            assert!(answer.status < 300, "{}", answer.text());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        until_quiet(&both.function, 20).await;
        assert_eq!(both.opencti.status(CASE).as_deref(), Some("Closed"));
        assert_eq!((both.notes("once"), both.notes("Resolution")), (0, 1));
    }
}

#[tokio::test]
async fn a_message_is_believed_if_its_signature_or_the_token_is_right() {
    let both = Both::without_webhook(cloud(), &BACK).await;
    let key = both.file().await;
    let wrong = Webhook::signed(&both.address(), "another secret");
    let none = Webhook::unsigned(&both.address());
    let token = Webhook::unsigned(&both.address_with_token());
    let automation = Webhook::automation(&both.address(), Body::Automation).header(
        "authorization",
        &format!("Bearer {}", harness::WEBHOOK_TOKEN),
    );
    for (hook, expected) in [(wrong, 401), (none, 401), (token, 202), (automation, 202)] {
        both.jira.clear_deliveries();
        both.jira.add_webhook(hook.clone());
        let status = match both.jira.issue(&key).unwrap().status.as_str() {
            "Done" => "In Progress",
            _ => "Done",
        };
        assert!(both.jira.move_to(&key, status));
        both.settle().await;
        both.jira.remove_webhooks();
        let deliveries = both.jira.deliveries();
        assert_eq!(deliveries.len(), 1, "a 401 is not sent again");
        assert_eq!(
            deliveries[0].status,
            Some(expected),
            "{hook:?} {deliveries:?}"
        );
        let after = match (expected, status) {
            (202, "Done") => Some("Closed"),
            (202, _) => Some("In progress"),
            _ => None,
        };
        until("the status", || {
            both.opencti.status(CASE).as_deref() == after
        })
        .await;
    }
    assert!(!both.function.output().join("").contains(SECRET));
}

#[tokio::test]
async fn a_thousand_changes_of_others_cost_no_write_and_no_call() {
    let both = Both::start(cloud(), &BACK).await;
    both.file().await;
    until_quiet(&both.function, 20).await;
    let before = both.function.entries();
    both.jira.clear_requests();
    both.opencti.clear_requests();
    both.jira.clear_deliveries();
    both.jira.bulk_edit(1_000);
    both.settle().await;
    let outcomes = both.outcomes();
    assert_eq!(outcomes.len(), 1_000);
    assert!(outcomes.iter().all(|it| it == "ignored"), "{outcomes:?}");
    assert_eq!(both.function.entries(), before);
    assert!(both.jira.requests().is_empty() && both.opencti.requests().is_empty());
}

#[tokio::test]
async fn an_issue_from_before_is_found_once_by_its_property() {
    for on_cloud in [true, false] {
        let options = || match on_cloud {
            true => cloud(),
            false => data_center(),
        };
        let own = match on_cloud {
            true => BACK.to_vec(),
            false => [&DATA_CENTER[..], &BACK].concat(),
        };
        let off: Vec<(&str, &str)> = own
            .iter()
            .map(|(name, value)| match *name {
                "sync_back" => (*name, ""),
                _ => (*name, *value),
            })
            .collect();
        let mut both = Both::start(options(), &off).await;
        let key = both.file().await;
        assert!(both.jira.move_to(&key, "In Progress"));
        both.settle().await;
        assert_eq!(both.outcomes().last().unwrap(), "ignored");
        both.function.set("sync_back", BACK[0].1);
        both.function.stop_and_restart().await;
        both.jira.remove_webhooks();
        both.jira
            .add_webhook(Webhook::signed(&both.address(), SECRET));
        both.jira.clear_requests();
        for (status, expected) in [("Done", "Closed"), ("In Progress", "In progress")] {
            assert!(both.jira.move_to(&key, status));
            until(expected, || {
                both.opencti.status(CASE).as_deref() == Some(expected)
            })
            .await;
        }
        assert_eq!(both.jira.count(Operation::ReadProperty), 1);
    }
}

#[tokio::test]
async fn what_the_platform_does_not_take_now_is_told_later_and_nothing_else_waits() {
    let both = Both::start(cloud(), &BACK).await;
    let key = both.file().await;
    both.opencti.pause().await;
    assert!(both.jira.move_to(&key, "Done"));
    both.jira.comment(&key, "#cti while you were away").unwrap();
    both.settle().await;
    both.function.printed("sync_back_failed").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Jira's side goes on.
    let change = json!({ "updated_at": "2025-11-01T12:30:00.000Z" });
    let result = both.tell("update", change).await;
    assert_ne!(result["outcome"], "queued", "{result}");
    both.opencti.resume().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut function = both.function;
    function
        .restart_in(&[(harness::process::AHEAD, "120")])
        .await;
    until_quiet(&function, 30).await;
    assert_eq!(both.opencti.status(CASE).as_deref(), Some("Closed"));
    let notes = both.opencti.notes();
    let told = notes.iter().filter(|it| it.content.contains("while you"));
    assert_eq!(told.count(), 1, "{notes:?}");
}

#[tokio::test]
async fn both_sides_change_and_the_later_one_counts_and_all_is_quiet() {
    let own = [
        (
            "status_transitions",
            "New=To Do,In progress=In Progress,Closed=Done",
        ),
        ("opencti_stream_id", STREAM),
        ("opencti_stream_from", "now"),
    ];
    for both in both_families(&own).await {
        let (jira, opencti) = (&both.jira, &both.opencti);
        opencti.open_stream(STREAM);
        // The platform's stream is older than what is read of it.
        let first = streamed::entity("malware", "first", 0, 0);
        opencti.push(streamed::event("create", &first));
        let key = both.file().await;
        read(&both).await;
        // The platform is first, and Jira is later; its message comes first.
        opencti.person_sets_status(CASE, "In progress");
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(jira.move_to(&key, "Done"));
        until("Jira's counts", || {
            opencti.status(CASE).as_deref() == Some("Closed")
        })
        .await;
        read(&both).await;
        until_quiet(&both.function, 20).await;
        both.settle().await;
        assert_eq!(jira.issue(&key).unwrap().status, "Done");
        assert_eq!(opencti.status(CASE).as_deref(), Some("Closed"));
        let comments = jira.issue(&key).unwrap().comments.len();
        assert_eq!(comments, 1, "the conflict is told once");
        // Now a person opens the case again.
        opencti.person_sets_status(CASE, "In progress");
        read(&both).await;
        until_quiet(&both.function, 20).await;
        assert_eq!(jira.issue(&key).unwrap().status, "In Progress");
        both.settle().await;
        jira.clear_requests();
        read(&both).await;
        until_quiet(&both.function, 20).await;
        let writes = jira
            .requests()
            .iter()
            .filter(|it| it.method != "GET")
            .count();
        assert_eq!(writes, 0, "nothing goes back and forth");
        assert_eq!(opencti.status(CASE).as_deref(), Some("In progress"));
    }
}

async fn read(both: &Both) {
    let (status, report) = admin(&both.function, "POST", "/tasks/stream?seconds=1").await;
    assert_eq!(status, 200, "{report}");
}

#[tokio::test]
async fn assignee_resolution_key_and_end_of_the_issue_are_told() {
    for both in both_families(&[("assignee_back", "Ada Analyst=ada@cti.example")]).await {
        let (jira, opencti) = (&both.jira, &both.opencti);
        let ada = opencti.add_user("Ada", "ada@cti.example");
        let person = json!({
            "accountId": "712020:ada", "key": "ada", "name": "ada", "displayName": "Ada Analyst",
        });
        let key = both.file().await;
        let references = opencti.references(CASE).len();
        jira.edit(&key, |fields| {
            fields.insert("assignee".to_owned(), person.clone());
        });
        until("the assignee", || opencti.assignees(CASE) == [ada.clone()]).await;
        jira.edit(&key, |fields| {
            fields.insert("assignee".to_owned(), serde_json::Value::Null);
        });
        until("nobody", || opencti.assignees(CASE).is_empty()).await;
        jira.edit(&key, |fields| {
            fields.insert("resolution".to_owned(), json!({ "name": "Duplicate" }));
        });
        until("the resolution", || {
            let notes = opencti.notes();
            notes.iter().any(|it| it.content.contains("Duplicate"))
        })
        .await;
        jira.delete(&key);
        until("the end", || {
            let notes = opencti.notes();
            notes.iter().any(|it| format!("{it:?}").contains("deleted"))
        })
        .await;
        assert_eq!(opencti.references(CASE).len(), references);
    }
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

#[tokio::test]
async fn what_we_do_ourselves_is_not_told_back() {
    let own = [("comments_back", "public"), ("on_update", "comment")];
    for both in both_families(&own).await {
        let key = both.file().await;
        let mut data = streamed::entity("case-incident", "Odd login", 0, 60_000);
        data["name"] = "Odder login".into();
        let event = json!({ "version": "4", "type": "update", "data": data });
        let answer = both.function.opencti(event.to_string()).await;
        assert_eq!(answer.result()["outcome"], "updated", "{}", answer.text());
        assert_eq!(both.jira.issue(&key).unwrap().comments.len(), 1);
        both.settle().await;
        until_quiet(&both.function, 20).await;
        assert!(both.outcomes().iter().all(|it| it == "ignored"));
        assert!(both.opencti.notes().is_empty());
        // A person's comment is.
        both.jira.comment(&key, "Seen before").unwrap();
        until("the note", || both.notes("Seen before") == 1).await;
    }
}
