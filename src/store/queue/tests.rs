//! Who is found, who is passed by, and who is not.

use std::time::Duration;

use super::*;
use crate::model::{EntityKey, Timestamp};
use crate::platform::Store;
use crate::platform::fake::Fake;
use crate::store::slot::{Line, Slot, Wait, bucket};
use crate::store::{counter, keys};

const NOW: u64 = 1_000_000_000;

fn world() -> Fake {
    let fake = Fake::default();
    fake.now_ms.set(NOW);
    fake
}

fn later(fake: &Fake, seconds: u64) {
    fake.now_ms.set(fake.now_ms.get() + seconds * 1000);
}

fn key(number: u64) -> EntityKey {
    EntityKey {
        id: number.to_string(),
        ..EntityKey::default()
    }
}

fn wait_until(fake: &Fake, number: u64, seconds: u64) -> Slot {
    let at = Timestamp::from_millis(fake.now_ms.get()).after(Duration::from_secs(seconds));
    enqueue(
        fake.ports(),
        &key(number),
        &Wait::Until(at),
        Timestamp::UNKNOWN,
    )
    .unwrap()
}

fn hold(fake: &Fake, number: u64) -> Slot {
    let wait = Wait::Hold("everything".to_owned());
    enqueue(fake.ports(), &key(number), &wait, Timestamp::UNKNOWN).unwrap()
}

fn everything() -> Line {
    Line::Hold("everything".to_owned())
}

/// One pass that takes all it finds.
fn take_all(fake: &Fake, open: &[Line]) -> Vec<u64> {
    let due = look(fake.ports(), open, 1000).unwrap();
    let mut taken = Vec::new();
    for found in due.slots(false, 0).chain(due.slots(true, 0)) {
        if let Some(entity) = find(fake.ports(), &due, &found).unwrap() {
            taken.push(entity.id.parse().unwrap());
            leave(fake, &found.slot).unwrap();
            passed(&due, &found);
        }
    }
    advance(fake.ports(), &due).unwrap();
    clear(fake.ports()).unwrap();
    taken
}

fn now(fake: &Fake) -> u64 {
    bucket(Timestamp::from_millis(fake.now_ms.get()))
}

fn counters(fake: &Fake) -> usize {
    fake.counters.borrow().len()
}

#[test]
fn each_is_found_when_it_is_due_and_nothing_stays_behind() {
    let fake = world();
    wait_until(&fake, 1, 0);
    wait_until(&fake, 2, 25);
    take_turn(fake.ports(), &key(3)).unwrap();
    assert_eq!(take_all(&fake, &[]), [3, 1]);
    assert!(is_set(&fake), "somebody waits still");
    later(&fake, 30);
    assert_eq!(take_all(&fake, &[]), [2]);
    for _ in 0..10 {
        later(&fake, 10);
        assert!(take_all(&fake, &[]).is_empty());
    }
    assert!(!is_set(&fake));
    assert!(fake.values.borrow().is_empty() && counters(&fake) == 0);
}

#[test]
fn whoever_waits_for_an_hour_is_found_then() {
    let fake = world();
    wait_until(&fake, 1, 3600);
    assert!(take_all(&fake, &[]).is_empty());
    later(&fake, 3590);
    assert!(take_all(&fake, &[]).is_empty());
    later(&fake, 20);
    assert_eq!(take_all(&fake, &[]), [1]);
}

#[test]
fn nobody_is_passed_by_whose_bucket_is_not_done() {
    let fake = world();
    wait_until(&fake, 1, 0);
    later(&fake, 60);
    wait_until(&fake, 2, 0);
    let due = look(fake.ports(), &[], 1000).unwrap();
    let second = due.slots(true, 1).next().unwrap();
    assert_eq!(find(fake.ports(), &due, &second).unwrap(), Some(key(2)));
    leave(&fake, &second.slot).unwrap();
    passed(&due, &second);
    advance(fake.ports(), &due).unwrap();
    assert_eq!(take_all(&fake, &[]), [1]);
}

#[test]
fn what_cannot_be_read_keeps_nobody_from_being_found() {
    let fake = world();
    let broken = wait_until(&fake, 1, 0);
    fake.set(&broken.key(), b"\xff").unwrap();
    later(&fake, 60);
    wait_until(&fake, 2, 0);
    assert_eq!(take_all(&fake, &[]), [2]);
    assert!(pointer::read(fake.ports()).unwrap() > broken.line.bucket());
}

#[test]
fn one_who_draws_a_number_while_it_is_passed_by_is_found() {
    let fake = world();
    wait_until(&fake, 1, 0);
    let old = now(&fake);
    later(&fake, 60);
    let due = look(fake.ports(), &[], 1000).unwrap();
    let found = due.slots(true, 0).next().unwrap();
    leave(&fake, &found.slot).unwrap();
    passed(&due, &found);
    // Another one, whose clock is behind, has just drawn a number there.
    fake.increment(&keys::slots(&Line::Again(old).name()), 1)
        .unwrap();
    advance(fake.ports(), &due).unwrap();
    assert_eq!(pointer::read(fake.ports()).unwrap(), Some(old));
}

#[test]
fn one_who_wrote_its_slot_after_it_was_looked_at_is_found() {
    let fake = world();
    let late = wait_until(&fake, 1, 0);
    let value = fake.values.borrow_mut().remove(&late.key()).unwrap();
    later(&fake, 60);
    let due = look(fake.ports(), &[], 1000).unwrap();
    let found = due.slots(true, 0).next().unwrap();
    assert_eq!(find(fake.ports(), &due, &found).unwrap(), None);
    // It saw the pointer before that moved on.
    fake.set(&late.key(), &value).unwrap();
    advance(fake.ports(), &due).unwrap();
    assert_eq!(take_all(&fake, &[]), [1]);
}

#[test]
fn one_whose_clock_is_behind_is_found_all_the_same() {
    let fake = world();
    wait_until(&fake, 1, 100);
    later(&fake, 60);
    take_all(&fake, &[]);
    fake.now_ms.set(NOW);
    wait_until(&fake, 2, 0);
    fake.now_ms.set(NOW + 60_000);
    assert_eq!(take_all(&fake, &[]), [2]);
}

#[test]
fn one_whose_bucket_was_passed_by_since_it_drew_its_number_takes_the_next() {
    let fake = world();
    // By another clock, the next bucket has begun.
    move_to(&fake, now(&fake) + 1).unwrap();
    take_turn(fake.ports(), &key(1)).unwrap();
    let left = |bucket| Slot {
        line: Line::New(bucket),
        number: 1,
    };
    let stands = |slot: Slot| fake.values.borrow().contains_key(&slot.key());
    assert!(!stands(left(now(&fake))) && stands(left(now(&fake) + 1)));
}

#[test]
fn a_pointer_far_ahead_goes_back() {
    let fake = world();
    move_to(&fake, now(&fake) + 1000).unwrap();
    wait_until(&fake, 1, 0);
    assert_eq!(take_all(&fake, &[]), [1]);
    assert!(pointer::read(fake.ports()).unwrap() <= Some(now(&fake)));
}

#[test]
fn what_is_held_is_not_looked_at_until_its_hold_is_over() {
    let fake = world();
    for number in 1..=3 {
        hold(&fake, number);
    }
    assert!(!is_set(&fake), "a hold has no time");
    assert!(take_all(&fake, &[]).is_empty());
    let mut taken = take_all(&fake, &[everything()]);
    taken.sort_unstable();
    assert_eq!(taken, [1, 2, 3]);
    let due = look(fake.ports(), &[everything()], 10).unwrap();
    assert_eq!(
        due.slots(false, 0).count(),
        0,
        "the line begins behind them"
    );
    assert_eq!(advance(fake.ports(), &due).unwrap().empty, [everything()]);
    hold(&fake, 4);
    assert_eq!(take_all(&fake, &[everything()]), [4]);
}

#[test]
fn one_who_draws_a_number_in_a_line_that_was_drained_takes_another_one() {
    let fake = world();
    hold(&fake, 1);
    let line = everything().name();
    // It has drawn number 2 and not written its slot when the line is drained.
    fake.increment(&keys::slots(&line), 1).unwrap();
    assert_eq!(take_all(&fake, &[everything()]), [1]);
    assert_eq!(counter::read(&fake, &keys::first(&line)).unwrap(), 3);
    fake.counters.borrow_mut().insert(keys::slots(&line), 1);
    let slot = hold(&fake, 2);
    assert_eq!(slot.number, 3);
    assert_eq!(take_all(&fake, &[everything()]), [2]);
}

#[test]
fn whoever_was_never_tried_stands_in_a_line_of_its_own() {
    let fake = world();
    wait_until(&fake, 1, 0);
    take_turn(fake.ports(), &key(2)).unwrap();
    hold(&fake, 3);
    let due = look(fake.ports(), &[everything()], 10).unwrap();
    assert_eq!(due.slots(false, 0).count(), 2);
    let tried: Vec<Found> = due.slots(true, 0).collect();
    assert!(tried.len() == 1 && tried[0].is_tried());
    assert!(due.slots(false, 0).next().unwrap().is_held());
}

#[test]
fn many_buckets_are_looked_at_in_several_steps() {
    let fake = world();
    wait_until(&fake, 1, 0);
    later(&fake, 3600);
    wait_until(&fake, 2, 0);
    let due = look(fake.ports(), &[], 100).unwrap();
    assert!(due.has_more);
    assert_eq!(due.slots(true, 0).count(), 1);
    assert_eq!(take_all(&fake, &[]), [1, 2]);
}

#[test]
fn what_is_left_is_told_with_the_time_of_the_next() {
    let fake = world();
    assert_eq!(left(fake.ports(), &[]).unwrap(), Left::default());
    wait_until(&fake, 1, 100);
    wait_until(&fake, 2, 200);
    hold(&fake, 3);
    let until = Timestamp::from_millis(NOW + 50_000);
    let left = left(fake.ports(), &[(everything(), until)]).unwrap();
    assert_eq!((left.count, left.next), (3, Some(until)));
}

#[test]
fn those_who_wait_first_are_named_and_the_others_are_counted() {
    let fake = world();
    wait_until(&fake, 1, 100);
    wait_until(&fake, 2, 200);
    wait_until(&fake, 3, 200);
    hold(&fake, 4);
    let until = Timestamp::from_millis(NOW + 50_000);
    let found = |most| first(fake.ports(), &[(everything(), until)], most).unwrap();
    assert_eq!(found(3).entities, [key(4), key(1), key(2)]);
    assert_eq!(found(9).entities.len(), 4);
    assert_eq!(found(0).entities, []);
    for most in [0, 3, 9] {
        assert_eq!(
            (found(most).left.count, found(most).left.next),
            (4, Some(until))
        );
    }
}

#[test]
fn of_very_many_only_the_first_slots_are_looked_at() {
    let fake = world();
    for number in 1..=3_000 {
        hold(&fake, number);
    }
    let holds = [(everything(), Timestamp::from_millis(NOW))];
    let before = fake.reads.get();
    let found = first(fake.ports(), &holds, 20).unwrap();
    assert_eq!((found.left.count, found.entities.len()), (3_000, 20));
    assert!(fake.reads.get() - before < 1_000, "{}", fake.reads.get());
}

#[test]
fn finding_work_costs_the_same_however_many_wait_later() {
    let fake = world();
    wait_until(&fake, 1, 0);
    let reads = |fake: &Fake| {
        let before = fake.reads.get();
        look(fake.ports(), &[everything()], 6).unwrap();
        fake.reads.get() - before
    };
    let before = reads(&fake);
    for number in 2..1000 {
        wait_until(&fake, number, 600);
        hold(&fake, number);
    }
    assert_eq!(reads(&fake), before);
    assert_eq!(fake.listings.get(), 0);
}

#[test]
fn the_pointer_stays_for_one_who_takes_a_slot_while_it_is_taken_away() {
    let fake = world();
    take_turn(fake.ports(), &key(1)).unwrap();
    assert_eq!(take_all(&fake, &[]), [1]);
    fake.values
        .borrow_mut()
        .retain(|name, _| name == keys::POINTER);
    fake.counters.borrow_mut().clear();
    let pointer = counter_of(&fake);
    fake.after_write(keys::POINTER, |fake| {
        let line = Line::New(bucket(Timestamp::from_millis(NOW)));
        fake.increment(&keys::slots(&line.name()), 1).unwrap();
    });
    clear(fake.ports()).unwrap();
    assert!(is_set(&fake));
    assert_eq!(counter_of(&fake), pointer);
}

fn counter_of(fake: &Fake) -> Option<Vec<u8>> {
    fake.values.borrow().get(keys::POINTER).cloned()
}
