//! Counters of leases: of those who are at work, who died, and whose time is over.

use super::*;

#[test]
fn the_work_of_one_who_died_gets_a_slot_once_its_lease_is_over() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    let record = Record {
        leased_until: Timestamp::from_millis(10_030_000),
        ..waiting("a", 0)
    };
    record.write(&fake, &key("a")).unwrap();
    fake.increment(&keys::lease(&key("a"), 0), 1).unwrap();
    assert_eq!((look(&fake).at_work, left(&fake)), (1, 0));
    fake.now_ms.set(10_030_001);
    assert_eq!((look(&fake).at_work, left(&fake)), (0, 1));
}

#[test]
fn one_who_died_before_writing_its_lease_is_passed_over() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    remember(&fake, "a", 9_999_999, false);
    fake.increment(&keys::lease(&key("a"), 1), 1).unwrap();
    fake.increment(&keys::lease(&key("new"), 0), 1).unwrap();
    look(&fake);
    assert!(fake.counters.borrow().is_empty());
    let generation = |id| Record::read(&fake, &key(id)).unwrap().unwrap().generation;
    assert_eq!((generation("a"), generation("new")), (3, 2));
}

#[test]
fn counters_of_generations_that_are_over_go_and_are_no_reason_to_forget_a_record() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    for id in ["a", "b", "c"] {
        remember(&fake, id, 1_000_000, false);
        fake.increment(&keys::lease(&key(id), 0), 1).unwrap();
    }
    let limits = Limits {
        max_keys: 5,
        retention: Duration::from_secs(9_999),
        ..LIMITS
    };
    assert_eq!(look_within(&fake, limits).swept, 3);
    assert!(fake.counters.borrow().is_empty());
    assert_eq!(crate::store::upkeep::keys(fake.ports()).unwrap(), 3);
    assert_eq!(remembered(&fake), ["a", "b", "c"]);
}
