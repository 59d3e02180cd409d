//! The protocol, step by step: who wins, who waits, what is kept.

use super::*;
use crate::event::{Change, Entity, Version};
use crate::platform::fake::{Fake, block_on};

const ID: &str = "entity";

fn event(modified: u64) -> Event {
    Event::bare(
        Change::Update,
        Entity {
            id: ID.to_owned(),
            version: Version {
                modified,
                updated: 0,
            },
            ..Entity::default()
        },
    )
}

fn ticket(modified: u64) -> Ticket {
    Ticket {
        key: "SOC-1".to_owned(),
        id: "10000".to_owned(),
        version: event(modified).entity.version,
        ..Ticket::default()
    }
}

fn ask(fake: &Fake, modified: u64) -> Claimed<'_> {
    let event = event(modified);
    let settled = |ticket: &Ticket| ticket.version >= event.entity.version;
    block_on(claim(fake.ports(), &event, settled)).unwrap()
}

fn win(fake: &Fake, modified: u64) -> Claim<'_> {
    match ask(fake, modified) {
        Claimed::Mine(claim) => *claim,
        other => panic!("{other:?}"),
    }
}

fn take_again(fake: &Fake) -> Claimed<'_> {
    block_on(reclaim(fake.ports(), ID, false)).unwrap()
}

fn later(fake: &Fake, by: Duration) {
    fake.now_ms.set(fake.now_ms.get() + by.as_millis() as u64);
}

fn put_off_until(claim: Claim<'_>, not_before: u64) {
    let pending = Pending {
        not_before,
        why: "Jira is away".to_owned(),
        ..claim.pending().unwrap().clone()
    };
    claim.put_off(pending).unwrap();
}

#[test]
fn a_settled_entity_answers_with_its_ticket_and_writes_nothing() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(ticket(1))).unwrap();
    let writes = fake.writes.get();
    assert!(matches!(ask(&fake, 1), Claimed::Settled(found) if *found == ticket(1)));
    assert_eq!(fake.writes.get(), writes);
}

#[test]
fn a_new_entity_costs_four_writes_with_the_tidying() {
    let fake = Fake::default();
    let released = win(&fake, 1).finish(Some(ticket(1))).unwrap();
    assert_eq!(fake.writes.get(), 3);
    assert!(!tidy(&fake, &released).unwrap());
    assert_eq!(fake.writes.get(), 4);
    assert!(fake.counters.borrow().is_empty());
}

#[test]
fn what_is_about_to_be_done_is_kept_before_it_is_done() {
    let fake = Fake::default();
    let _died = win(&fake, 1);
    let record = Record::read(&fake, ID).unwrap().unwrap();
    let pending = record.pending.unwrap();
    assert_eq!(pending.event, event(1));
    assert_eq!(pending.sent.unwrap().event, event(1));
}

#[test]
fn a_later_change_goes_into_the_inbox_and_the_holder_is_told() {
    let fake = Fake::default();
    let held = win(&fake, 1);
    assert!(matches!(ask(&fake, 2), Claimed::Kept(_)));
    assert!(journal::hinted(&fake));
    let released = held.finish(Some(ticket(1))).unwrap();
    assert!(tidy(&fake, &released).unwrap());
    let Claimed::Mine(again) = take_again(&fake) else {
        panic!()
    };
    assert_eq!(again.pending().unwrap().event, event(2));
    let released = again.finish(Some(ticket(2))).unwrap();
    assert!(!tidy(&fake, &released).unwrap());
    assert!(!fake.values.borrow().keys().any(|key| key.contains("inbox")));
}

#[test]
fn a_burst_in_the_inbox_is_taken_in_at_once_and_the_newest_wins() {
    let fake = Fake::default();
    let held = win(&fake, 1);
    for modified in [5, 9, 3] {
        assert!(matches!(ask(&fake, modified), Claimed::Kept(_)));
    }
    held.finish(Some(ticket(1))).unwrap();
    let Claimed::Mine(again) = take_again(&fake) else {
        panic!()
    };
    assert_eq!(again.pending().unwrap().event, event(9));
}

#[test]
fn the_same_event_waits_for_the_one_at_work_and_is_kept_in_the_end() {
    let fake = Fake::default();
    let _held = win(&fake, 1);
    let started = fake.now_ms.get();
    assert!(matches!(ask(&fake, 1), Claimed::Kept(_)));
    assert!(fake.now_ms.get() - started >= PATIENCE.as_millis() as u64);
    assert_eq!(journal::due(&fake).unwrap()[0].id, ID);
}

#[test]
fn a_change_whose_bearer_died_holds_nothing_up_for_ever() {
    let fake = Fake::default();
    let held = win(&fake, 1);
    fake.increment(&keys::arrivals(ID), 1).unwrap();
    let released = held.finish(Some(ticket(1))).unwrap();
    assert!(tidy(&fake, &released).unwrap());
    assert!(matches!(take_again(&fake), Claimed::Nothing));
    assert!(
        journal::arrived(&fake, ID).unwrap() > Record::read(&fake, ID).unwrap().unwrap().drained
    );
    let skipped = block_on(reclaim(fake.ports(), ID, true)).unwrap();
    assert!(matches!(skipped, Claimed::Nothing));
    assert_eq!(Record::read(&fake, ID).unwrap().unwrap().drained, 1);
}

#[test]
fn what_was_put_off_waits_for_its_time_and_is_found_again() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 5_000);
    assert!(matches!(ask(&fake, 1), Claimed::Kept(why) if why == "Jira is away"));
    assert!(matches!(take_again(&fake), Claimed::Kept(_)));
    assert_eq!(
        journal::due(&fake).unwrap(),
        [journal::Due {
            id: ID.to_owned(),
            not_before: 5_000
        }]
    );
    later(&fake, Duration::from_secs(6));
    let Claimed::Mine(again) = take_again(&fake) else {
        panic!()
    };
    again.finish(Some(ticket(1))).unwrap();
    assert!(journal::due(&fake).unwrap().is_empty());
    assert!(!journal::hinted(&fake));
}

#[test]
fn newer_content_takes_the_place_of_what_was_put_off() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 5_000);
    let claim = win(&fake, 2);
    assert_eq!(claim.pending().unwrap().event, event(2));
    assert_eq!(claim.pending().unwrap().not_before, 5_000);
}

#[test]
fn an_unsure_create_is_remembered_with_what_it_sent() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 0);
    let claim = win(&fake, 2);
    assert_eq!(claim.earlier().unwrap().event, event(1));
    assert_eq!(
        claim.pending().unwrap().sent.as_ref().unwrap().event,
        event(1)
    );
}

#[test]
fn a_lease_that_ran_out_is_passed_over_and_its_holder_may_not_come_back() {
    let fake = Fake::default();
    let late = win(&fake, 1);
    assert!(late.is_ours().unwrap());
    later(&fake, LEASE + Duration::from_millis(1));
    let taker = win(&fake, 1);
    assert_eq!(taker.earlier().unwrap().event, event(1));
    assert!(!late.is_ours().unwrap());
    assert_eq!(late.finish(Some(ticket(7))), Err(LedgerError::Overtaken));
    taker.finish(Some(ticket(1))).unwrap();
    assert_eq!(look(&fake, ID).unwrap(), Some(ticket(1)));
}

#[test]
fn a_winner_that_died_before_its_lease_is_passed_over_after_a_silence() {
    let fake = Fake::default();
    for generation in 0..2 {
        fake.counters
            .borrow_mut()
            .insert(keys::claim(ID, generation), 1);
    }
    let _held = win(&fake, 1);
    let waited = fake.now_ms.get();
    assert!(waited >= SILENCE.as_millis() as u64, "{waited}");
}

#[test]
fn one_who_comes_late_to_an_old_generation_wins_nothing() {
    let fake = Fake::default();
    let seen = Record::default();
    let released = win(&fake, 1).finish(Some(ticket(1))).unwrap();
    // The spent counter is gone: the late increment sees 1.
    tidy(&fake, &released).unwrap();
    let event = event(1);
    let late = try_generation(fake.ports(), ID, &seen, 0, Some(&event), false).unwrap();
    assert!(late.is_none());
}

#[test]
fn a_dead_letter_keeps_everything_and_is_retried_with_what_comes_next() {
    let fake = Fake::default();
    let claim = win(&fake, 5);
    let pending = claim.pending().unwrap().clone();
    claim.bury(pending, "Jira refuses it").unwrap();
    let letters = dead::list(&fake).unwrap();
    assert_eq!(letters[0].reason, "Jira refuses it");
    assert_eq!(letters[0].pending.event, event(5));
    // Something older comes: the dead letter's content is the newest still.
    let claim = win(&fake, 3);
    assert_eq!(claim.pending().unwrap().event, event(5));
    claim.finish(Some(ticket(5))).unwrap();
    assert!(dead::list(&fake).unwrap().is_empty());
}

#[test]
fn a_broken_store_is_an_error_and_not_a_claim() {
    let fake = Fake::default();
    fake.store_down.set(true);
    let error = block_on(claim(fake.ports(), &event(1), |_| true)).unwrap_err();
    assert!(matches!(error, LedgerError::Store(_)));
}

#[test]
fn a_value_that_somebody_else_wrote_is_an_error_that_names_its_key() {
    let fake = Fake::default();
    fake.values
        .borrow_mut()
        .insert(keys::record(ID), b"\xff".to_vec());
    let error = block_on(claim(fake.ports(), &event(1), |_| true)).unwrap_err();
    assert!(error.to_string().contains("jira-intake/ticket/entity"));
}
