//! Replicas whose clocks are wrong: nobody is kept away for ever, and nobody is
//! passed over at once.

use super::super::times::MARGIN;
use super::*;
use crate::store::pause;
use crate::store::upkeep::{Limits, look_after};

const HOUR: Duration = Duration::from_secs(3600);
const MS: Duration = Duration::from_millis(1);
/// A lease that is too far ahead may be passed over this long after it was seen.
const SEEN_FOR: Duration = LEASE.saturating_add(MARGIN);

/// A holder whose clock is ahead; those that come afterwards have a good one.
fn win_ahead(fake: &Fake, ahead: Duration) -> Lease<'_> {
    let now = fake.now_ms.get();
    later(fake, ahead);
    let lease = win(fake, 1);
    fake.now_ms.set(now);
    lease
}

fn notes(fake: &Fake) -> usize {
    let values = fake.values.borrow();
    values.keys().filter(|key| key.contains("/seen/")).count()
}

fn sweep_all(fake: &Fake) {
    let limits = Limits {
        retention: Duration::MAX,
        max_keys: 0,
        records: 10,
        index_issues: false,
        counts_events: false,
    };
    block_on(look_after(fake.ports(), limits, 0)).unwrap();
}

#[test]
fn a_lease_an_hour_ahead_is_passed_over_after_it_was_seen_for_as_long_as_one_lasts() {
    let fake = Fake::default();
    later(&fake, HOUR);
    let _died = win_ahead(&fake, HOUR);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    assert_eq!(notes(&fake), 1);
    later(&fake, SEEN_FOR);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    later(&fake, MS);
    let taker = win_again(&fake);
    // Jira is not asked for its issue only in an hour.
    let now = Timestamp::from_millis(fake.now_ms.get());
    assert!(taker.earlier().unwrap().at <= now);
    assert!(taker.is_ours().unwrap());
    taker.finish(Some(issue(1))).unwrap();
    assert!(matches!(ask(&fake, 1), Acquired::Settled(_)));
}

#[test]
fn a_delivery_is_kept_meanwhile_and_brought_about_later() {
    let fake = Fake::default();
    let _died = win_ahead(&fake, HOUR);
    assert!(matches!(ask(&fake, 1), Acquired::Kept(_)));
    assert!(matches!(ask(&fake, 2), Acquired::Kept(_)));
    later(&fake, SEEN_FOR + MS);
    let taker = win_again(&fake);
    assert_eq!(taker.pending().unwrap().event, event(2));
}

#[test]
fn what_nobody_else_knows_of_is_found_by_the_sweep() {
    let fake = Fake::default();
    let _died = win_ahead(&fake, HOUR);
    sweep_all(&fake);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    later(&fake, SEEN_FOR + MS);
    assert!(slots(&fake).is_empty());
    sweep_all(&fake);
    assert_eq!(slots(&fake).len(), 1);
    assert!(matches!(visit(&fake, &slots(&fake)[0]), Acquired::Mine(_)));
}

#[test]
fn one_whose_clock_is_ahead_does_its_work_and_its_note_goes_in_a_sweep() {
    let fake = Fake::default();
    let ahead = win_ahead(&fake, HOUR);
    assert!(matches!(ask(&fake, 2), Acquired::Kept(_)));
    sweep_all(&fake);
    assert_eq!(notes(&fake), 1, "it is at work");
    later(&fake, HOUR);
    ahead.finish(Some(issue(1))).unwrap();
    sweep_all(&fake);
    assert_eq!(notes(&fake), 0);
}

#[test]
fn a_note_goes_with_its_record() {
    let fake = Fake::default();
    let _died = win_ahead(&fake, HOUR);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    fake.delete(&keys::record(&key())).unwrap();
    sweep_all(&fake);
    assert_eq!(notes(&fake), 0);
}

#[test]
fn a_note_of_an_earlier_lease_or_from_the_future_says_nothing() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 0);
    let now = Timestamp::UNKNOWN;
    crate::store::json::put(&fake, &keys::seen(&key(), 0), &now).unwrap();
    let _died = win_ahead(&fake, HOUR);
    let future = now.after(HOUR);
    crate::store::json::put(&fake, &keys::seen(&key(), 1), &future).unwrap();
    later(&fake, SEEN_FOR + MS);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    later(&fake, SEEN_FOR + MS);
    drop(win_again(&fake));
}

#[test]
fn where_clocks_are_good_nothing_is_noted() {
    let fake = Fake::default();
    let _held = win_ahead(&fake, SKEW);
    let writes = fake.writes.get();
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    assert_eq!(fake.writes.get(), writes);
    // It is over when its own clock says so.
    later(&fake, LEASE + SKEW - MS);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    later(&fake, MS);
    drop(win_again(&fake));
}

#[test]
fn one_whose_clock_is_behind_stops_before_others_take_over() {
    let fake = Fake::default();
    later(&fake, HOUR);
    let behind = win(&fake, 1);
    // By its own clock, it has this much time left when others may come.
    later(&fake, LEASE - SKEW);
    assert!(!behind.is_ours().unwrap());
    later(&fake, SKEW);
    drop(win(&fake, 1));
}

#[test]
fn nobody_waits_for_a_pause_that_is_longer_than_any() {
    let fake = Fake::default();
    let longest = (pause::LONGEST + SKEW).as_millis() as u64;
    put_off_until(win(&fake, 1), longest);
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    assert!(matches!(ask(&fake, 1), Acquired::Kept(_)));
    fake.now_ms.set(1);
    put_off_until(win(&fake, 2), longest + 2);
    put_off_until(win_again(&fake), longest + 2);
    drop(win(&fake, 2));
}
