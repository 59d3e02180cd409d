//! What one step's answer makes of the others.

use std::future::poll_fn;
use std::task::Poll;

use super::*;
use crate::model::Scope;
use crate::store::issues;
use crate::store::lease::{LEASE, SKEW};

fn denied() -> TrackerError {
    TrackerError::Denied {
        why: "Jira answered 403".to_owned(),
    }
}

/// A world in which the incident has its issue.
fn filed(settings: &[(&str, &str)]) -> World {
    let world = World::new(settings);
    world.post(created(&incident(1, "Odd login"))).unwrap();
    world.tracker.taken();
    world
}

/// The key of the step that the store calls unsure.
fn unsure(world: &World) -> String {
    let values = world.fake.values.borrow();
    let records = values.iter().filter(|(key, _)| key.contains("/record/"));
    let mut keys = records.filter_map(|(_, value)| {
        let record: serde_json::Value = serde_json::from_slice(value).ok()?;
        let key = record["state"]["pending"]["unsure"][0].as_str()?;
        Some(key.to_owned())
    });
    keys.next().unwrap()
}

#[test]
fn a_comment_whose_answer_was_lost_is_looked_for_before_it_is_made_again() {
    for was_made in [true, false] {
        let world = filed(&[("on_update", "comment")]);
        world.tracker.fail("comment", away());
        let changed = updated(&incident(2, "Odder login"));
        assert_eq!(world.kind(changed), OutcomeKind::Queued);
        if was_made {
            let key = unsure(&world);
            world.tracker.comments.borrow_mut().push(key);
        }
        world.tracker.taken();
        world.later(MINUTE);
        let asked = world.tracker.taken();
        assert_eq!(asked[0], "find comment SOC-1");
        let made = asked.iter().filter(|asked| asked.starts_with("comment"));
        assert_eq!(made.count(), usize::from(!was_made), "{asked:?}");
    }
}

#[test]
fn what_cannot_be_edited_is_told_and_then_known() {
    let world = filed(&[]);
    *world.tracker.is_locked.borrow_mut() = true;
    let changed = incident(2, "Odder login");
    let outcome = world.post(updated(&changed)).unwrap();
    assert!(outcome.reason.unwrap().contains("in a comment"));
    let asked = world.tracker.taken();
    assert!(asked[2].starts_with("comment SOC-1"), "{asked:?}");
    assert!(asked[2].contains("Odder login"), "{asked:?}");
    assert_eq!(world.kind(updated(&changed)), OutcomeKind::Duplicate);
    assert_eq!(world.issue(&changed).summary, "Odd login");
}

#[test]
fn what_cannot_be_edited_is_not_dealt_with_before_it_is_told() {
    let world = filed(&[]);
    *world.tracker.is_locked.borrow_mut() = true;
    world.tracker.fail("comment", away());
    let changed = incident(2, "Odder login");
    assert_eq!(world.kind(updated(&changed)), OutcomeKind::Queued);
    world.tracker.taken();
    world.later(MINUTE);
    let asked = world.tracker.taken();
    let told = asked.iter().any(|asked| asked.starts_with("comment SOC-1"));
    assert!(told, "{asked:?}");
    assert_eq!(world.kind(updated(&changed)), OutcomeKind::Duplicate);
}

#[test]
fn a_description_that_is_not_taken_is_a_comment_that_no_outage_loses() {
    let world = World::new(&[]);
    *world.tracker.lacks_text.borrow_mut() = true;
    world.tracker.fail("comment", away());
    let entity = Entity {
        description: Some("THE CONTENT".to_owned()),
        ..incident(1, "Odd login")
    };
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Created);
    world.later(MINUTE);
    let asked = world.tracker.taken();
    let told = asked.last().unwrap();
    assert!(
        told.starts_with("comment SOC-1") && told.contains("THE CONTENT"),
        "{asked:?}"
    );
    world.later(MINUTE);
    assert!(world.tracker.taken().is_empty());
}

#[test]
fn a_count_is_kept_though_the_issue_cannot_be_opened() {
    for error in [refused(), denied()] {
        let world = World::new(&[]);
        world.post(alert("a")).unwrap();
        *world.tracker.is_done.borrow_mut() = true;
        world.tracker.fail("transition", error);
        let outcome = world.post(alert("b")).unwrap();
        assert_eq!(outcome.kind, OutcomeKind::Updated);
        assert!(outcome.reason.unwrap().contains("could not be moved"));
        assert_eq!(world.issue(&alert("a").entity).firings.count, 2);
    }
}

#[test]
fn a_closed_issue_that_takes_no_comment_is_opened_first() {
    let world = World::new(&[]);
    world.post(alert("a")).unwrap();
    *world.tracker.is_done.borrow_mut() = true;
    world.tracker.fail("comment", denied());
    world.tracker.taken();
    assert_eq!(world.kind(alert("b")), OutcomeKind::Updated);
    let asked = world.tracker.taken();
    let begins = ["is done", "comment", "transition", "comment"];
    assert_eq!(asked.len(), begins.len(), "{asked:?}");
    for (asked, begin) in asked.iter().zip(begins) {
        assert!(asked.starts_with(begin), "{asked}");
    }
}

/// The issue of a lost create is found, and a later step of the same attempt fails.
#[test]
fn what_an_issue_calls_for_that_was_found_is_done_though_a_later_step_failed() {
    let settings = [
        ("jira_index_lag", "0"),
        ("sync_back", "comments"),
        ("comments_back", "all"),
        ("slack_webhook_url", "https://hooks.slack.com/services/x"),
        ("opencti_url", "https://opencti.example.com"),
    ];
    let world = World::new(&settings);
    world.tracker.fail("create", away());
    assert_eq!(
        world.kind(created(&incident(1, "Odd login"))),
        OutcomeKind::Queued
    );
    let changed = incident(2, "Odder login");
    assert_eq!(world.kind(updated(&changed)), OutcomeKind::Queued);
    world.finds_seven();
    world.tracker.shown.borrow_mut().summary = "Odd login".to_owned();
    world.tracker.fail("edit", away());
    world.later(MINUTE);
    assert_eq!(world.issue(&changed).key, "SOC-7");
    let leads = issues::entity_of(&world.fake, "7").unwrap();
    assert_eq!(leads, Some(changed.key()));
    for _ in 0..4 {
        world.fake.reply(200, &[], "ok");
        world.later(MINUTE);
    }
    assert_eq!(world.fake.requests.borrow().len(), 1, "Slack, once");
    assert_eq!(world.issue(&changed).summary, "Odder login");
}

/// The machine stood still for longer than a lease, and somebody else is at work.
#[test]
fn one_who_was_held_up_between_two_steps_does_not_take_the_second() {
    let world = World::new(&[]);
    world.post(alert("a")).unwrap();
    *world.tracker.is_done.borrow_mut() = true;
    world.tracker.taken();
    world.tracker.is_slow.set(true);
    let asks = |words: &str| {
        let asked = world.tracker.asked.borrow();
        asked.iter().any(|asked| asked.starts_with(words))
    };
    let outcome = world.run(async |context| {
        let received = Received::Event(Box::new(alert("b")));
        let mut held_up = Box::pin(process(context, received));
        while !asks("comment") {
            let look = poll_fn(|cx| Poll::Ready(held_up.as_mut().poll(cx)));
            assert!(look.await.is_pending());
        }
        let time = (LEASE + 2 * SKEW).as_millis() as u64;
        world.fake.now_ms.set(world.fake.now_ms.get() + time);
        let Acquired::Mine(mut other) = world.acquire(&alert("c")) else {
            panic!("the lease ran out");
        };
        other.declare().unwrap();
        held_up.await
    });
    assert_eq!(outcome.unwrap().kind, OutcomeKind::Queued);
    assert!(!asks("transition"), "{:?}", world.tracker.asked);
}

#[test]
fn a_counting_comment_is_known_though_a_later_step_failed() {
    let world = World::new(&[]);
    world.post(alert("a")).unwrap();
    *world.tracker.is_done.borrow_mut() = true;
    world.tracker.fail("transition", away());
    assert_eq!(world.kind(alert("b")), OutcomeKind::Queued);
    world.later(MINUTE);
    world.tracker.taken();
    world.post(alert("c")).unwrap();
    let asked = world.tracker.taken();
    let counts = asked
        .iter()
        .any(|asked| asked.starts_with("edit comment SOC-1 100"));
    assert!(counts, "{asked:?}");
}

#[test]
fn an_issue_that_cannot_be_linked_is_closed_all_the_same() {
    let world = filed(&[("on_delete", "transition")]);
    let survivor = Entity {
        id: "incident-2".to_owned(),
        ..incident(1, "Survivor")
    };
    world.post(created(&survivor)).unwrap();
    world.tracker.fail("duplicates", denied());
    world.tracker.taken();
    let end = End::MergedInto(Box::new(survivor));
    let merged = Event::live(Change::Ended(end), incident(2, "Odd login"));
    let outcome = world.post(merged).unwrap();
    assert!(outcome.reason.unwrap().contains("could not be linked"));
    let asked = world.tracker.taken();
    let closes = asked.iter().any(|asked| asked.starts_with("transition"));
    assert!(closes, "{asked:?}");
}

/// A, then B whose answer is lost, then A again.
#[test]
fn a_lost_answer_to_an_edit_does_not_leave_the_issue_wrong() {
    let world = World::new(&[]);
    let labelled = |modified, label: &str, severity: &str| Entity {
        labels: vec![label.to_owned()],
        severity: Some(severity.to_owned()),
        ..incident(modified, "Odd login")
    };
    world.post(created(&labelled(1, "a", "low"))).unwrap();
    world.tracker.fail("edit", away());
    let lost = world.kind(updated(&labelled(2, "b", "high")));
    assert_eq!(lost, OutcomeKind::Queued);
    world.tracker.taken();
    world
        .fake
        .now_ms
        .set(world.fake.now_ms.get() + MINUTE.as_millis() as u64);
    let back = labelled(3, "a", "low");
    world.post(updated(&back)).unwrap();
    world.later(MINUTE);
    let asked = world.tracker.taken();
    let edit = asked.iter().find(|asked| asked.starts_with("edit SOC-1"));
    let edit = edit.unwrap_or_else(|| panic!("{asked:?}"));
    assert!(
        edit.contains(r#"+["a"]"#) && edit.contains(r#"-["b"]"#),
        "{edit}"
    );
    assert!(edit.contains("Low"), "{edit}");
    assert!(world.issue(&back).attempted.is_empty());
}

#[test]
fn no_comment_is_repeated_because_a_later_step_failed() {
    let world = World::new(&[("on_delete", "transition")]);
    let entity = incident(1, "Odd login");
    world.post(created(&entity)).unwrap();
    world.tracker.taken();
    for _ in 0..4 {
        world.tracker.fail("transition", away());
    }
    let ended = Event::live(Change::Ended(End::Deleted), incident(2, "Odd login"));
    assert_eq!(world.kind(ended), OutcomeKind::Queued);
    for _ in 0..4 {
        world.later(10 * MINUTE);
    }
    let asked = world.tracker.taken();
    let count = |words: &str| {
        asked
            .iter()
            .filter(|asked| asked.starts_with(words))
            .count()
    };
    assert_eq!((count("comment"), count("transition")), (1, 5), "{asked:?}");
    assert!(world.issue(&entity).ended);
}

#[test]
fn waiting_as_long_as_jira_says_is_no_failure() {
    let world = World::new(&[]);
    let later = |after| TrackerError::Retry {
        after,
        scope: Scope::Everything,
        why: "Jira answered 429".to_owned(),
    };
    for _ in 0..6 {
        let told = Some(Duration::from_secs(5));
        world.tracker.fail("create", later(told));
    }
    world.tracker.fail("create", later(None));
    let entity = incident(1, "Odd login");
    world.post(created(&entity)).unwrap();
    for _ in 0..6 {
        world.later(Duration::from_secs(11));
    }
    // The first failure with a pause of our own: it is two seconds long.
    world.later(Duration::from_secs(11));
    assert_eq!(world.issue(&entity).key, "SOC-1");
}

#[test]
fn what_a_mistake_in_the_settings_stops_keeps_nothing_else_waiting() {
    let world = World::new(&[]);
    let away = || TrackerError::Retry {
        after: None,
        scope: Scope::Event,
        why: "Jira answered 500".to_owned(),
    };
    let entity = incident(1, "Odd login");
    world.tracker.fail("create", away());
    world.post(created(&entity)).unwrap();
    let mistake = ("slack_webhook_url".to_owned(), "no address".to_owned());
    world.fake.settings.borrow_mut().extend([mistake]);
    world.later(Duration::from_secs(11));
    let left = || store::queue::left(world.fake.ports(), &[]).unwrap();
    let in_a_while = Timestamp::from_millis(world.fake.now_ms.get()).after(4 * MINUTE);
    assert!(left().count == 1 && left().next > Some(in_a_while));
    world.fake.settings.borrow_mut().remove("slack_webhook_url");
    let unset = ("slack_webhook_url".to_owned(), String::new());
    world.fake.settings.borrow_mut().extend([unset]);
    world.later(6 * MINUTE);
    assert_eq!(world.issue(&entity).key, "SOC-1");
}

#[test]
fn the_work_of_a_holder_that_died_is_found_once_its_lease_is_over() {
    let world = World::new(&[]);
    let event = created(&incident(1, "Odd login"));
    // It dies before it has sent anything.
    drop(world.acquire(&event));
    assert_eq!(world.pass(true), 1, "somebody seems to be at work");
    assert!(world.tracker.taken().is_empty());
    // The create may have been sent: it is looked for, and trusted after a while.
    world.later(MINUTE);
    world.later(9 * MINUTE);
    for _ in 0..4 {
        world.later(MINUTE);
    }
    assert_eq!(world.pass(true), 0);
    assert_eq!(world.issue(&event.entity).key, "SOC-1");
}
