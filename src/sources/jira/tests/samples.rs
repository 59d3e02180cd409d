//! The payloads of Jira's families, one by one.

use super::{ADA, GRACE, IssueAction, IssueChange, Timestamp, person, read, resolution, status};
use crate::model::{Audience, IssueComment, Person};

fn sample(name: &str) -> IssueChange {
    let path = format!(
        "{}/tests/samples/jira-webhook.{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    read(&std::fs::read(path).unwrap()).unwrap()
}

fn ada() -> Person {
    person(&[ADA], "Ada Analyst", Some("ada@acme.example"))
}

fn ada_on_data_center() -> Person {
    let ids = ["JIRAUSER10203", "ada"];
    person(&ids, "Ada Analyst", Some("ada@acme.example"))
}

/// The comment that a change tells of.
fn commented(change: &IssueChange) -> &IssueComment {
    match change.actions.as_slice() {
        [IssueAction::Commented(comment)] => comment,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sample_is_of_its_issue_and_its_time() {
    for (name, key) in [
        ("cloud-status", "SOC-105"),
        ("cloud-reopened", "SOC-105"),
        ("cloud-assigned", "SOC-105"),
        ("cloud-moved", "INDEV-130"),
        ("cloud-no-items", "SOC-105"),
        ("cloud-deleted", "SOC-105"),
        ("cloud-comment-created", "SOC-105"),
        ("cloud-comment-internal", "SOC-105"),
        ("cloud-comment-deleted", "SOC-105"),
        ("data-center-status", "SOC-105"),
        ("data-center-comment-created", ""),
        ("data-center-comment-deleted", ""),
        ("data-center-issue-commented", "SOC-105"),
        ("automation", "SOC-105"),
        ("automation-jira-format", "SOC-105"),
    ] {
        let change = sample(name);
        assert_eq!(
            (&*change.issue.id, &*change.issue.key),
            ("10148", key),
            "{name}"
        );
        assert_eq!(
            change.at,
            Timestamp::from_millis(1_761_569_303_246),
            "{name}"
        );
    }
}

#[test]
fn what_was_done_and_by_whom_is_read() {
    let assigned = |person: Option<Person>| IssueAction::Assigned(person);
    let done = || vec![status("10002", "Done", "done"), resolution(Some("Done"))];
    let grace = || person(&[GRACE], "Grace Responder", None);
    let on_data_center = [done(), vec![assigned(Some(ada_on_data_center()))]].concat();
    for (name, actor, actions) in [
        ("cloud-status", Some(ada()), done()),
        (
            "cloud-reopened",
            Some(grace()),
            vec![
                status("10000", "To Do", "new"),
                resolution(None),
                assigned(None),
            ],
        ),
        ("cloud-assigned", Some(grace()), vec![assigned(Some(ada()))]),
        (
            "cloud-moved",
            Some(ada()),
            vec![IssueAction::Moved, status("10010", "Backlog", "new")],
        ),
        ("cloud-no-items", Some(ada()), vec![]),
        ("cloud-deleted", Some(ada()), vec![IssueAction::Deleted]),
        (
            "cloud-comment-deleted",
            None,
            vec![IssueAction::CommentDeleted("10301".to_owned())],
        ),
        (
            "data-center-status",
            Some(ada_on_data_center()),
            on_data_center,
        ),
        (
            "data-center-comment-deleted",
            Some(person(
                &["grace"],
                "Grace Responder",
                Some("grace@acme.example"),
            )),
            vec![IssueAction::CommentDeleted("10301".to_owned())],
        ),
        (
            "automation",
            None,
            [done(), vec![assigned(Some(ada()))]].concat(),
        ),
        (
            "automation-jira-format",
            None,
            vec![
                status("3", "In Progress", "indeterminate"),
                resolution(None),
                assigned(None),
            ],
        ),
    ] {
        let change = sample(name);
        assert_eq!(change.actor, actor, "{name}");
        assert_eq!(change.actions, actions, "{name}");
    }
}

#[test]
fn labels_are_read_where_they_are_shown() {
    let labels = vec!["opencti".to_owned(), "oi-4f1a2b3c".to_owned()];
    assert_eq!(sample("cloud-status").labels, Some(labels.clone()));
    assert_eq!(sample("automation").labels, Some(labels));
    assert_eq!(sample("cloud-comment-created").labels, None);
}

#[test]
fn a_comment_has_its_words_its_times_and_its_readers() {
    let change = sample("cloud-comment-created");
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let expected = IssueComment {
        id: "10301".to_owned(),
        author: Some(ada()),
        text: "#cti Blocked on the proxy, see [the ticket](https://wiki.acme.example/x/1).\n\n\
            - `198.51.100.7`\n- @user knows **more**"
            .to_owned(),
        created: at("2025-10-27T12:48:23.001Z"),
        updated: at("2025-10-27T12:48:23.001Z"),
        audience: Audience::Public,
    };
    assert_eq!(commented(&change), &expected);
    assert_eq!(change.actor, Some(ada()));

    let change = sample("cloud-comment-internal");
    let comment = commented(&change);
    assert_eq!(comment.audience, Audience::Internal);
    assert_eq!(comment.updated, at("2025-10-27T12:50:00Z"));
    assert_eq!(comment.author, Some(ada()));
    // Who changed it last has done it.
    assert_eq!(
        change.actor,
        Some(person(&[GRACE], "Grace Responder", None))
    );
}

#[test]
fn a_comment_on_data_center_is_of_the_issue_in_its_address() {
    let change = sample("data-center-comment-created");
    let comment = commented(&change);
    assert_eq!(comment.text, "#cti Blocked\n\n```java\nint a;\n```");
    assert_eq!(comment.audience, Audience::Unknown);
    assert_eq!(change.actor, Some(ada_on_data_center()));

    let change = sample("data-center-issue-commented");
    assert_eq!(commented(&change).audience, Audience::Internal);
}
