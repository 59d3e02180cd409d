//! What people do in Jira reaches the platform of the issue's entity.

use std::time::Duration;

use crate::harness::both_ways::{BACK, Both, CASE, SECRET, both_families, until};
use crate::harness::operator::{admin, until_quiet};
use crate::harness::streamed::{self, STREAM};
use crate::harness::{DATA_CENTER, cloud, data_center};
use jira_intake_standins::jira::{Body, Operation, Webhook};
use serde_json::json;

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
            let path = format!("/webhooks/jira?token={}", crate::harness::WEBHOOK_TOKEN);
            let answer = both.function.post(&path, &[], delivery.body.clone()).await;
            assert!(answer.status < 300, "{}", answer.text());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        until_quiet(&both.function).await;
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
        &format!("Bearer {}", crate::harness::WEBHOOK_TOKEN),
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
    until_quiet(&both.function).await;
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
        .restart_in(&[(crate::harness::process::AHEAD, "120")])
        .await;
    until_quiet(&function).await;
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
        until_quiet(&both.function).await;
        both.settle().await;
        assert_eq!(jira.issue(&key).unwrap().status, "Done");
        assert_eq!(opencti.status(CASE).as_deref(), Some("Closed"));
        let comments = jira.issue(&key).unwrap().comments.len();
        assert_eq!(comments, 1, "the conflict is told once");
        // Now a person opens the case again.
        opencti.person_sets_status(CASE, "In progress");
        read(&both).await;
        until_quiet(&both.function).await;
        assert_eq!(jira.issue(&key).unwrap().status, "In Progress");
        both.settle().await;
        jira.clear_requests();
        read(&both).await;
        until_quiet(&both.function).await;
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
        until_quiet(&both.function).await;
        assert!(both.outcomes().iter().all(|it| it == "ignored"));
        assert!(both.opencti.notes().is_empty());
        // A person's comment is.
        both.jira.comment(&key, "Seen before").unwrap();
        until("the note", || both.notes("Seen before") == 1).await;
    }
}
