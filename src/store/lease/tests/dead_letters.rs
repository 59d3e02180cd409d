//! What only a person can help with, and how it comes back.

use super::*;
use crate::model::{Enrichment, Missing, Outbox, OutboxTask, TaskKind};
use crate::store::{DeadLetter, Sent, dead_letter};

/// What the entity's lease of one event is given up for.
fn give_up(lease: Lease<'_>) -> Released {
    let pending = Pending {
        attempts: 4,
        why: "Jira refuses it".to_owned(),
        ..lease.pending().unwrap().clone()
    };
    lease.to_dead_letter(pending, "Jira refuses it").unwrap()
}

/// The same, while a message about it is still to be sent.
fn give_up_with_a_message(mut lease: Lease<'_>) {
    let event = lease.pending().unwrap().event.clone();
    lease.set_outbox(Outbox {
        tasks: vec![OutboxTask::new(
            TaskKind::DeadLetter("slack".to_owned()),
            Timestamp::UNKNOWN,
        )],
        ..lease.outbox_about(&event)
    });
    give_up(lease);
}

fn tell(mut lease: Lease<'_>) {
    let outbox = lease.outbox().unwrap().clone();
    assert_eq!(outbox.tasks.len(), 1);
    lease.set_outbox(Outbox {
        tasks: Vec::new(),
        ..outbox
    });
    lease.finish(None).unwrap();
}

fn letters(fake: &Fake) -> Vec<DeadLetter> {
    dead_letter::page(fake, None, 10).unwrap().letters
}

fn numbers(fake: &Fake) -> Vec<u64> {
    letters(fake).iter().map(|letter| letter.number).collect()
}

fn why_dead(fake: &Fake) -> Option<String> {
    let dead = look(fake, &key()).unwrap().unwrap().dead;
    dead.map(|dead| dead.reason)
}

#[test]
fn a_dead_letter_keeps_everything_and_is_retried_with_what_comes_next() {
    let fake = Fake::default();
    later(&fake, Duration::from_secs(3));
    give_up(win(&fake, 5));
    let letters = letters(&fake);
    assert_eq!(letters[0].reason, "Jira refuses it");
    assert_eq!(letters[0].pending.as_ref().unwrap().event, event(5));
    assert_eq!(letters[0].pending.as_ref().unwrap().attempts, 4);
    assert_eq!(letters[0].at, Timestamp::from_millis(3_000));
    assert_eq!(why_dead(&fake).unwrap(), "Jira refuses it");
    // Something older comes: the dead letter's content is the newest still.
    later(&fake, Duration::from_secs(3));
    let lease = win(&fake, 3);
    let pending = lease.pending().unwrap();
    assert_eq!(pending.event, event(5));
    // From the beginning.
    assert_eq!((pending.attempts, pending.why.as_str()), (0, ""));
    assert_eq!(pending.since, Timestamp::from_millis(6_000));
    assert_eq!(numbers(&fake), [1]);
    lease.finish(Some(issue(5))).unwrap();
    assert!(numbers(&fake).is_empty());
    assert_eq!(record(&fake).state, State::Idle);
    assert_eq!(why_dead(&fake), None);
}

#[test]
fn what_is_newer_takes_the_place_of_a_dead_letters_content() {
    let fake = Fake::default();
    give_up(win(&fake, 5));
    let lease = win(&fake, 7);
    assert_eq!(lease.pending().unwrap().event, event(7));
    lease.finish(Some(issue(7))).unwrap();
    assert!(numbers(&fake).is_empty());
}

#[test]
fn a_letter_outlives_a_holder_that_died_with_it() {
    let fake = Fake::default();
    give_up(win(&fake, 5));
    let _died = win(&fake, 3);
    later(&fake, LEASE + Duration::from_millis(1));
    assert_eq!(numbers(&fake), [1]);
    let taker = win(&fake, 5);
    assert_eq!(taker.pending().unwrap().event, event(5));
    assert_eq!(numbers(&fake), [1]);
    taker.finish(Some(issue(5))).unwrap();
    assert!(numbers(&fake).is_empty());
}

#[test]
fn a_letter_that_is_put_off_is_none_any_more() {
    let fake = Fake::default();
    give_up(win(&fake, 5));
    put_off_until(win(&fake, 5), 5_000);
    assert!(numbers(&fake).is_empty());
    assert_eq!(why_dead(&fake), None);
    let record = record(&fake);
    let pending = record.pending().unwrap();
    assert_eq!((&pending.event, pending.revived), (&event(5), None));
    assert!(record.queued.is_some());
}

#[test]
fn a_letter_that_fails_again_stays_the_letter_that_it_was() {
    let fake = Fake::default();
    give_up(win(&fake, 5));
    give_up(win(&fake, 6));
    let letters = letters(&fake);
    assert_eq!(numbers(&fake), [1]);
    assert_eq!(letters[0].pending.as_ref().unwrap().event, event(6));
    assert_eq!(letters[0].pending.as_ref().unwrap().revived, None);
    let State::Dead { letter, .. } = record(&fake).state else {
        panic!()
    };
    assert_eq!(letter, 1);
}

#[test]
fn a_letter_that_was_let_go_does_not_come_back() {
    let fake = Fake::default();
    give_up(win(&fake, 5));
    dead_letter::discard(&fake, 1).unwrap();
    let lease = win(&fake, 3);
    assert_eq!(lease.pending().unwrap().event, event(3));
    assert_eq!(lease.pending().unwrap().revived, None);
    lease.finish(Some(issue(3))).unwrap();
    assert_eq!(record(&fake).state, State::Idle);
}

#[test]
fn a_dead_letter_remembers_an_unsure_create_and_the_steps_that_were_done() {
    let fake = Fake::default();
    // Nobody knows whether it filed an issue.
    put_off_until(win(&fake, 5), 0);
    let mut lease = win(&fake, 5);
    lease.step_done("comment/1".to_owned());
    give_up(lease);
    let lease = win(&fake, 6);
    let earlier = lease.earlier().unwrap();
    assert_eq!(earlier.event, event(5));
    let sent: Option<&Sent> = lease.pending().unwrap().sent.as_ref();
    assert_eq!(sent, Some(earlier));
    assert!(lease.is_step_done("comment/1"));
}

#[test]
fn others_are_asked_again_unless_an_issue_may_show_what_they_said() {
    let said = Enrichment {
        missing: vec![Missing::default()],
        ..Enrichment::default()
    };
    for unsure in [false, true] {
        let fake = Fake::default();
        let mut lease = win(&fake, 5);
        lease.enriched(&said).unwrap();
        let mut pending = lease.pending().unwrap().clone();
        pending.sent = pending.sent.filter(|_| unsure);
        lease.to_dead_letter(pending, "Jira refuses it").unwrap();
        let lease = win(&fake, 5);
        let kept = unsure.then(|| said.clone());
        assert_eq!(lease.pending().unwrap().enrichment, kept);
    }
}

#[test]
fn what_is_to_be_done_around_the_issue_leaves_a_dead_letter_alone() {
    let fake = Fake::default();
    give_up_with_a_message(win(&fake, 5));
    // Somebody comes by for the message.
    assert_eq!(record(&fake).queued.as_ref(), slots(&fake).first());
    assert_eq!(slots(&fake).len(), 1);
    let lease = win_again(&fake);
    assert!(lease.pending().is_none());
    assert_eq!(lease.outbox().unwrap().event, event(5));
    tell(lease);
    assert_eq!(numbers(&fake), [1]);
    assert_eq!(why_dead(&fake).unwrap(), "Jira refuses it");
    assert_eq!(record(&fake).queued, None);
    // Nothing is left but the letter.
    assert!(matches!(take_again(&fake), Acquired::Nothing));
    assert_eq!(win(&fake, 3).pending().unwrap().event, event(5));
}

#[test]
fn a_dead_letter_without_a_message_is_not_tried_again() {
    let fake = Fake::default();
    put_off_until(win(&fake, 5), 0);
    assert!(record(&fake).queued.is_some());
    give_up(win_again(&fake));
    assert_eq!(record(&fake).queued, None);
    assert!(matches!(take_again(&fake), Acquired::Nothing));
    assert_eq!(numbers(&fake), [1]);
}

#[test]
fn a_change_that_comes_while_somebody_tells_of_a_dead_letter_revives_it() {
    let fake = Fake::default();
    give_up_with_a_message(win(&fake, 5));
    let telling = win_again(&fake);
    assert!(matches!(ask(&fake, 3), Acquired::Kept(_)));
    tell(telling);
    let again = win_again(&fake);
    assert_eq!(again.pending().unwrap().event, event(5));
    let released = again.finish(Some(issue(5))).unwrap();
    assert!(!tidy(fake.ports(), &released).unwrap());
    assert!(numbers(&fake).is_empty());
}

#[test]
fn one_who_was_overtaken_leaves_no_dead_letter() {
    let fake = Fake::default();
    let late = win(&fake, 5);
    let pending = late.pending().unwrap().clone();
    later(&fake, LEASE + Duration::from_millis(1));
    let taker = win(&fake, 5);
    let result = late.to_dead_letter(pending, "Jira refuses it");
    assert_eq!(result, Err(RecordError::Overtaken));
    assert!(numbers(&fake).is_empty());
    taker.finish(Some(issue(5))).unwrap();
    assert_eq!(why_dead(&fake), None);
}
