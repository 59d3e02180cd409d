//! The protocol, step by step: who wins, who waits, what is kept.

mod clocks;
mod dead_letters;
mod extended;
mod notes;

use std::time::Duration;

use super::times::SILENCE;
use super::*;
use crate::model::{Change, Entity, EntityKey, Event, IssueRecord, SourceKey, Timestamp, Version};
use crate::platform::Store;
use crate::platform::fake::{Fake, block_on};
use crate::store::record::{Record, State};
use crate::store::{Line, Pending, RecordError, Slot, inbox, keys, look};

fn key() -> EntityKey {
    EntityKey {
        source: SourceKey::from("opencti".to_owned()),
        id: "entity".to_owned(),
    }
}

fn event(modified: u64) -> Event {
    let version = Version {
        modified: Timestamp::from_millis(modified),
        updated: Timestamp::UNKNOWN,
    };
    let EntityKey { source, id } = key();
    let entity = Entity {
        id,
        source,
        version,
        ..Entity::default()
    };
    Event::live(Change::UPDATED, entity)
}

fn issue(modified: u64) -> IssueRecord {
    IssueRecord {
        key: "SOC-1".to_owned(),
        id: "10000".to_owned(),
        version: event(modified).entity.version,
        ..IssueRecord::default()
    }
}

fn ask(fake: &Fake, modified: u64) -> Acquired<'_> {
    let event = event(modified);
    let settled = |issue: &IssueRecord| issue.version >= event.entity.version;
    let asking = Asking::Event {
        event: &event,
        settled: &settled,
    };
    block_on(acquire(fake.ports(), &key(), asking)).unwrap()
}

fn win(fake: &Fake, modified: u64) -> Lease<'_> {
    match ask(fake, modified) {
        Acquired::Mine(lease) => *lease,
        other => panic!("{other:?}"),
    }
}

fn take_again(fake: &Fake) -> Acquired<'_> {
    let missing_is_lost = false;
    let asking = Asking::Inbox { missing_is_lost };
    block_on(acquire(fake.ports(), &key(), asking)).unwrap()
}

/// Where the entity waits.
fn slots(fake: &Fake) -> Vec<Slot> {
    let values = fake.values.borrow();
    let names = values.keys().filter_map(|key| key.strip_prefix(keys::SLOT));
    names.filter_map(Slot::named).collect()
}

/// Asks as one who looks at a slot.
fn visit<'a>(fake: &'a Fake, slot: &Slot) -> Acquired<'a> {
    block_on(acquire(fake.ports(), &key(), Asking::Slot(Some(slot)))).unwrap()
}

fn win_again(fake: &Fake) -> Lease<'_> {
    match take_again(fake) {
        Acquired::Mine(lease) => *lease,
        other => panic!("{other:?}"),
    }
}

fn record(fake: &Fake) -> Record {
    Record::read(fake, &key()).unwrap().unwrap()
}

fn later(fake: &Fake, by: Duration) {
    fake.now_ms.set(fake.now_ms.get() + by.as_millis() as u64);
}

fn put_off_until(lease: Lease<'_>, not_before: u64) {
    let pending = Pending {
        not_before: Timestamp::from_millis(not_before),
        why: "Jira is away".to_owned(),
        ..lease.pending().unwrap().clone()
    };
    lease.put_off(pending).unwrap();
}

#[test]
fn a_settled_entity_answers_with_its_issue_record_and_writes_nothing() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(issue(1))).unwrap();
    let writes = fake.writes.get();
    assert!(matches!(ask(&fake, 1), Acquired::Settled(found) if *found == issue(1)));
    assert_eq!(fake.writes.get(), writes);
}

#[test]
fn a_new_entity_costs_three_writes_and_the_next_lease_removes_its_counter() {
    let fake = Fake::default();
    for (generation, writes) in [(0, 3), (1, 6), (2, 9)] {
        let released = win(&fake, generation + 1).finish(Some(issue(generation + 1)));
        assert!(!tidy(fake.ports(), &released.unwrap()).unwrap());
        assert_eq!(fake.writes.get(), writes);
        let counters: Vec<_> = fake.counters.borrow().keys().cloned().collect();
        assert_eq!(counters, [keys::lease(&key(), generation)]);
    }
}

#[test]
fn what_is_about_to_be_done_is_kept_before_it_is_done() {
    let fake = Fake::default();
    let _died = win(&fake, 1);
    let record = record(&fake);
    let pending = record.pending().unwrap();
    assert_eq!(pending.event, event(1));
    assert_eq!(pending.sent.as_ref().unwrap().event, event(1));
}

#[test]
fn a_later_change_goes_into_the_inbox_and_the_holder_is_told() {
    let fake = Fake::default();
    let held = win(&fake, 1);
    assert!(matches!(ask(&fake, 2), Acquired::Kept(_)));
    let released = held.finish(Some(issue(1))).unwrap();
    assert!(tidy(fake.ports(), &released).unwrap());
    let again = win_again(&fake);
    assert_eq!(again.pending().unwrap().event, event(2));
    let released = again.finish(Some(issue(2))).unwrap();
    assert!(!tidy(fake.ports(), &released).unwrap());
    assert!(!fake.values.borrow().keys().any(|key| key.contains("inbox")));
}

#[test]
fn a_burst_in_the_inbox_is_taken_in_at_once_and_the_newest_wins() {
    let fake = Fake::default();
    let held = win(&fake, 1);
    for modified in [5, 9, 3] {
        assert!(matches!(ask(&fake, modified), Acquired::Kept(_)));
    }
    held.finish(Some(issue(1))).unwrap();
    let again = win_again(&fake);
    assert_eq!(again.pending().unwrap().event, event(9));
}

#[test]
fn the_same_event_waits_for_the_one_at_work_and_is_kept_in_the_end() {
    let fake = Fake::default();
    let _held = win(&fake, 1);
    let started = fake.now_ms.get();
    assert!(matches!(ask(&fake, 1), Acquired::Kept(_)));
    assert!(fake.now_ms.get() - started >= PATIENCE.as_millis() as u64);
    assert_eq!(inbox::arrived(&fake, &key()).unwrap(), 1);
}

#[test]
fn a_change_whose_bearer_died_holds_nothing_up_for_ever() {
    let fake = Fake::default();
    let held = win(&fake, 1);
    fake.increment(&keys::arrivals(&key()), 1).unwrap();
    let released = held.finish(Some(issue(1))).unwrap();
    assert!(tidy(fake.ports(), &released).unwrap());
    assert!(matches!(take_again(&fake), Acquired::Nothing));
    assert!(inbox::arrived(&fake, &key()).unwrap() > record(&fake).drained);
    let missing_is_lost = true;
    let asking = Asking::Inbox { missing_is_lost };
    let skipped = block_on(acquire(fake.ports(), &key(), asking)).unwrap();
    assert!(matches!(skipped, Acquired::Nothing));
    assert_eq!(record(&fake).drained, 1);
}

#[test]
fn who_looks_at_a_slot_waits_for_an_event_that_is_about_to_be_written() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(issue(1))).unwrap();
    fake.increment(&keys::arrivals(&key()), 1).unwrap();
    let slot = Slot {
        line: Line::New(0),
        number: 1,
    };
    let started = fake.now_ms.get();
    assert!(matches!(visit(&fake, &slot), Acquired::Nothing));
    assert!(fake.now_ms.get() - started >= inbox::PROMPT.as_millis() as u64);
    assert_eq!(record(&fake).drained, 1, "it is lost");
}

#[test]
fn each_event_that_is_about_to_be_written_is_waited_for() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(issue(1))).unwrap();
    fake.increment(&keys::arrivals(&key()), 2).unwrap();
    let slot = Slot {
        line: Line::New(0),
        number: 1,
    };
    let started = fake.now_ms.get();
    assert!(matches!(visit(&fake, &slot), Acquired::Nothing));
    assert!(fake.now_ms.get() - started >= 2 * inbox::PROMPT.as_millis() as u64);
    assert_eq!(record(&fake).drained, 2, "both are lost");
}

#[test]
fn of_many_events_in_an_inbox_some_are_taken_in_at_a_time() {
    let fake = Fake::default();
    for modified in 1..=150 {
        inbox::deposit(fake.ports(), &event(modified)).unwrap();
    }
    let first = win_again(&fake);
    assert_eq!(first.pending().unwrap().event, event(100));
    let released = first.finish(Some(issue(100))).unwrap();
    assert!(tidy(fake.ports(), &released).unwrap());
    assert_eq!(win_again(&fake).pending().unwrap().event, event(150));
}

#[test]
fn what_was_put_off_waits_for_its_time_and_is_found_again() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 5_000);
    assert!(matches!(ask(&fake, 1), Acquired::Kept(why) if why == "Jira is away"));
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    let slot = Slot {
        line: Line::Again(1),
        number: 1,
    };
    assert_eq!(slots(&fake), std::slice::from_ref(&slot));
    assert_eq!(record(&fake).queued, Some(slot.clone()));
    later(&fake, Duration::from_secs(11));
    let Acquired::Mine(again) = visit(&fake, &slot) else {
        panic!();
    };
    let released = again.finish(Some(issue(1))).unwrap();
    assert!(released.has_left(&slot));
    tidy(fake.ports(), &released).unwrap();
    assert!(slots(&fake).is_empty());
    assert_eq!(record(&fake).queued, None);
}

#[test]
fn what_comes_too_early_to_a_slot_moves_to_one_of_its_time() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 5_000);
    let early = record(&fake).queued.unwrap();
    // Newer content, put off for longer, still stands at the slot that it has.
    put_off_until(win(&fake, 2), 100_000);
    assert_eq!(slots(&fake), std::slice::from_ref(&early));
    later(&fake, Duration::from_secs(11));
    let Acquired::Mine(lease) = visit(&fake, &early) else {
        panic!();
    };
    let pending = lease.pending().unwrap().clone();
    let released = lease.put_off(pending).unwrap();
    tidy(fake.ports(), &released).unwrap();
    let moved = record(&fake).queued.unwrap();
    assert_eq!(moved.line, Line::Again(10));
    assert_eq!(slots(&fake), std::slice::from_ref(&moved));
    assert!(matches!(visit(&fake, &early), Acquired::Nothing));
}

#[test]
fn what_waits_for_a_hold_keeps_its_slot_as_long_as_it_does() {
    let fake = Fake::default();
    let held = |lease: Lease<'_>| {
        let pending = Pending {
            not_before: Timestamp::from_millis(60_000),
            held: Some("everything".to_owned()),
            ..lease.pending().unwrap().clone()
        };
        lease.put_off(pending).unwrap()
    };
    held(win(&fake, 1));
    let slot = record(&fake).queued.unwrap();
    assert_eq!(slot.line, Line::Hold("everything".to_owned()));
    // A probe finds that it is held still.
    let Acquired::Mine(lease) = visit(&fake, &slot) else {
        panic!();
    };
    assert!(!held(*lease).has_left(&slot));
    assert_eq!(slots(&fake), [slot]);
}

#[test]
fn newer_content_takes_the_place_of_what_was_put_off() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 5_000);
    let lease = win(&fake, 2);
    assert_eq!(lease.pending().unwrap().event, event(2));
    assert_eq!(
        lease.pending().unwrap().not_before,
        Timestamp::from_millis(5_000)
    );
}

#[test]
fn an_unsure_create_is_remembered_with_what_it_sent() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 0);
    let lease = win(&fake, 2);
    assert_eq!(lease.earlier().unwrap().event, event(1));
    assert_eq!(
        lease.pending().unwrap().sent.as_ref().unwrap().event,
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
    assert_eq!(late.finish(Some(issue(7))), Err(RecordError::Overtaken));
    taker.finish(Some(issue(1))).unwrap();
    assert_eq!(look(&fake, &key()).unwrap().unwrap().issue, Some(issue(1)));
}

#[test]
fn a_winner_that_died_before_its_lease_is_passed_over_after_a_silence() {
    let fake = Fake::default();
    for generation in 0..2 {
        fake.counters
            .borrow_mut()
            .insert(keys::lease(&key(), generation), 1);
    }
    let _held = win(&fake, 1);
    let waited = fake.now_ms.get();
    assert!(waited >= SILENCE.as_millis() as u64, "{waited}");
}

#[test]
fn one_who_comes_late_to_an_old_generation_wins_nothing() {
    let fake = Fake::default();
    let seen = Record::default();
    let released = win(&fake, 1).finish(Some(issue(1))).unwrap();
    tidy(fake.ports(), &released).unwrap();
    // The upkeep removed the spent counter: the late increment sees 1.
    fake.delete(&keys::lease(&key(), 0)).unwrap();
    let event = event(1);
    let asking = Asking::Event {
        event: &event,
        settled: &|_| false,
    };
    let late = Lease::win(fake.ports(), &key(), seen, 0, asking).unwrap();
    assert!(late.is_none());
}

fn fails(fake: &Fake) -> RecordError {
    let asking = Asking::Event {
        event: &event(1),
        settled: &|_| true,
    };
    block_on(acquire(fake.ports(), &key(), asking)).unwrap_err()
}

#[test]
fn a_broken_store_is_an_error_and_not_a_lease() {
    let fake = Fake::default();
    fake.store_down.set(true);
    let error = fails(&fake);
    assert!(matches!(error, RecordError::Store(_)));
}

#[test]
fn a_value_that_somebody_else_wrote_is_an_error_that_names_its_key() {
    let fake = Fake::default();
    fake.values
        .borrow_mut()
        .insert(keys::record(&key()), b"\xff".to_vec());
    assert!(
        fails(&fake)
            .to_string()
            .contains("jira-intake/record/opencti/entity")
    );
}

#[test]
fn entities_of_two_sources_do_not_wait_for_each_other() {
    let fake = Fake::default();
    let _held = win(&fake, 1);
    let mut other = event(1);
    other.entity.source = SourceKey::from("splunk".to_owned());
    let started = fake.now_ms.get();
    let asking = Asking::Event {
        event: &other,
        settled: &|_| false,
    };
    let asked = block_on(acquire(fake.ports(), &other.entity.key(), asking)).unwrap();
    assert!(matches!(asked, Acquired::Mine(lease) if *lease.entity() == other.entity.key()));
    assert_eq!(fake.now_ms.get(), started);
}
