//! What is found, what goes, and what stays.

mod claims;
mod issues;

use super::*;
use crate::model::{
    Change, Entity, EntityKey, Event, IssueRecord, Outbox, OutboxTask, Scope, SourceKey, TaskKind,
    Version,
};
use crate::platform::Store;
use crate::platform::fake::{Fake, block_on};
use crate::store::record::{Record, State};
use crate::store::slot::{Line, Wait};
use crate::store::{DeadLetter, Hold, Pending, dead_letter, hold, inbox, memory, queue};

const LIMITS: Limits = Limits {
    retention: Duration::from_secs(100),
    max_keys: 0,
    records: 10,
    index_issues: false,
    counts_events: false,
};

fn look(fake: &Fake) -> Upkeep {
    look_within(fake, LIMITS)
}

fn look_within(fake: &Fake, limits: Limits) -> Upkeep {
    block_on(look_after(fake.ports(), limits, 0)).unwrap()
}

fn key(id: &str) -> EntityKey {
    EntityKey {
        id: id.to_owned(),
        source: SourceKey::from("opencti".to_owned()),
    }
}

fn event(id: &str) -> Event {
    let version = Version {
        modified: Timestamp::from_secs(1),
        ..Version::default()
    };
    let entity = Entity {
        id: id.to_owned(),
        source: key(id).source,
        version,
        ..Entity::default()
    };
    Event::live(Change::Created, entity)
}

fn pending() -> Pending {
    Pending::new(event("a"), Timestamp::UNKNOWN)
}

fn waiting(id: &str, not_before: u64) -> Record {
    let pending = Pending {
        not_before: Timestamp::from_millis(not_before),
        ..Pending::new(event(id), Timestamp::UNKNOWN)
    };
    Record {
        state: State::Pending(Box::new(pending)),
        ..Record::default()
    }
}

fn remember(fake: &Fake, id: &str, touched: u64, ended: bool) {
    let record = Record {
        generation: 1,
        touched: Timestamp::from_millis(touched),
        issue: Some(IssueRecord {
            ended,
            ..IssueRecord::default()
        }),
        ..Record::default()
    };
    record.write(fake, &key(id)).unwrap();
}

fn remembered(fake: &Fake) -> Vec<&'static str> {
    let known = |id: &&'static str| Record::read(fake, &key(id)).unwrap().is_some();
    ["a", "b", "c"].into_iter().filter(known).collect()
}

fn left(fake: &Fake) -> u64 {
    queue::left(fake.ports(), &[]).unwrap().count
}

#[test]
fn the_keys_are_listed_every_ten_minutes_and_hourly_if_there_are_very_many() {
    let fake = Fake::default();
    fake.now_ms.set(1_000_000_000);
    assert!(is_due(fake.ports()).unwrap());
    look(&fake);
    assert_eq!(fake.listings.get(), 1);
    let after = |seconds: u64, keys: usize| {
        let at = Timestamp::from_millis(fake.now_ms.get() - seconds * 1000);
        put(&fake, keys::UPKEEP, &Last { at, keys }).unwrap();
        is_due(fake.ports()).unwrap()
    };
    assert!(!after(599, 0) && after(600, MANY));
    assert!(!after(3599, MANY + 1) && after(3600, MANY + 1));
    // A wrong clock has been here.
    let ahead = Timestamp::from_millis(fake.now_ms.get() + 60_000);
    put(&fake, keys::UPKEEP, &Last { at: ahead, keys: 0 }).unwrap();
    assert!(is_due(fake.ports()).unwrap());
}

#[test]
fn a_record_goes_after_its_retention_and_spent_counters_at_once() {
    let fake = Fake::default();
    fake.now_ms.set(200_000);
    remember(&fake, "a", 50_000, false);
    remember(&fake, "b", 150_000, false);
    for id in ["a", "b"] {
        fake.increment(&keys::lease(&key(id), 0), 1).unwrap();
    }
    look(&fake);
    assert_eq!(remembered(&fake), ["b"]);
    assert!(fake.counters.borrow().is_empty());
}

#[test]
fn a_small_store_keeps_below_its_limit_and_lets_ended_entities_go_first() {
    let fake = Fake::default();
    fake.now_ms.set(200_000);
    remember(&fake, "a", 1, false);
    remember(&fake, "b", 2, true);
    remember(&fake, "c", 3, false);
    let (max_keys, retention) = (2, Duration::from_secs(1000));
    let limits = Limits {
        max_keys,
        retention,
        ..LIMITS
    };
    look_within(&fake, limits);
    assert_eq!(remembered(&fake), ["a", "c"]);
    // Whoever was at work on them may still tidy up.
    remember(&fake, "a", 199_000, false);
    remember(&fake, "c", 199_000, false);
    let max_keys = 1;
    look_within(&fake, Limits { max_keys, ..limits });
    assert_eq!(remembered(&fake), ["a", "c"]);
}

#[test]
fn what_virustotal_said_is_swept_away_after_a_day() {
    let fake = Fake::default();
    memory::remember(fake.ports(), "virustotal-a", 1.into());
    memory::remember(fake.ports(), "cloud-b", 1.into());
    let day = memory::PASSING_FOR.as_millis() as u64;
    fake.now_ms.set(day / 2);
    memory::remember(fake.ports(), "virustotal-c", 1.into());
    fake.now_ms.set(day + 1);
    assert_eq!(look(&fake).swept, 1);
    let left = |name| memory::recall(fake.ports(), name, Duration::MAX).is_some();
    assert!(!left("virustotal-a") && left("virustotal-c") && left("cloud-b"));
}

#[test]
fn where_there_are_too_many_keys_verdicts_go_before_issue_records() {
    let fake = Fake::default();
    fake.now_ms.set(10);
    remember(&fake, "a", 1, false);
    for number in 0..4 {
        memory::remember(fake.ports(), &format!("virustotal-{number}"), 1.into());
    }
    let max_keys = 4;
    look_within(&fake, Limits { max_keys, ..LIMITS });
    assert_eq!(remembered(&fake), ["a"]);
    assert!(fake.keys().unwrap().len() <= max_keys + 1);
}

#[test]
fn what_is_still_to_be_done_is_never_swept() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    waiting("a", 0).write(&fake, &key("a")).unwrap();
    let linking = Record {
        outbox: Some(Outbox {
            event: pending().event,
            tasks: vec![OutboxTask::new(TaskKind::Link, Timestamp::UNKNOWN)],
            enrichment: None,
        }),
        ..Record::default()
    };
    linking.write(&fake, &key("b")).unwrap();
    remember(&fake, "c", 0, false);
    inbox::deposit(fake.ports(), &event("c")).unwrap();
    look(&fake);
    assert_eq!(remembered(&fake), ["a", "b", "c"]);
}

#[test]
fn nothing_is_forgotten_of_an_entity_that_somebody_works_on() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    remember(&fake, "a", 0, false);
    // It has just won, and is about to write its lease.
    fake.increment(&keys::lease(&key("a"), 1), 1).unwrap();
    let (keys, mut upkeep) = (fake.keys().unwrap(), Upkeep::default());
    sweep::look_after(fake.ports(), &keys, LIMITS, 0, &mut upkeep).unwrap();
    assert_eq!(remembered(&fake), ["a"]);
}

#[test]
fn an_entity_whose_slot_is_lost_is_astray() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    let mut record = waiting("a", 10_020_000);
    record.write(&fake, &key("a")).unwrap();
    let astray = Astray {
        entity: key("a"),
        slot: None,
    };
    assert_eq!(look(&fake).astray, [astray]);
    let wait = Wait::Until(Timestamp::from_millis(10_020_000));
    record.queued =
        Some(queue::enqueue(fake.ports(), &key("a"), &wait, Timestamp::UNKNOWN).unwrap());
    record.write(&fake, &key("a")).unwrap();
    assert!(look(&fake).astray.is_empty());
    // Another one has drawn the same number.
    let slot = record.queued.as_ref().unwrap();
    put(&fake, &slot.key(), &key("b")).unwrap();
    assert_eq!(look(&fake).astray.len(), 1);
}

#[test]
fn what_was_left_in_an_inbox_gets_a_slot_and_what_was_taken_in_goes() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    inbox::deposit(fake.ports(), &event("a")).unwrap();
    inbox::deposit(fake.ports(), &event("b")).unwrap();
    let drained = Record {
        drained: 1,
        touched: Timestamp::from_millis(10_000_000),
        ..Record::default()
    };
    drained.write(&fake, &key("b")).unwrap();
    look(&fake);
    assert_eq!(left(&fake), 1);
    assert!(inbox::received(&fake, &key("a"), 1).unwrap().is_some());
    assert!(inbox::received(&fake, &key("b"), 1).unwrap().is_none());
}

#[test]
fn what_arrives_while_its_entity_is_forgotten_is_kept() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    for _ in 0..3 {
        inbox::deposit(fake.ports(), &event("a")).unwrap();
    }
    for number in 1..3 {
        fake.delete(&keys::inbox(&key("a"), number)).unwrap();
    }
    // The counter has just gone with the record.
    fake.delete(&keys::arrivals(&key("a"))).unwrap();
    look(&fake);
    assert_eq!(inbox::arrived(&fake, &key("a")).unwrap(), 1);
    assert!(inbox::received(&fake, &key("a"), 1).unwrap().is_some());
    assert!(inbox::received(&fake, &key("a"), 3).unwrap().is_none());
    assert_eq!(left(&fake), 1);
}

#[test]
fn slots_that_nobody_looks_at_are_astray_and_their_counters_go() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    let held = Wait::Hold("everything".to_owned());
    let held = queue::enqueue(fake.ports(), &key("a"), &held, Timestamp::UNKNOWN).unwrap();
    queue::take_turn(fake.ports(), &key("b")).unwrap();
    fake.now_ms.set(20_000_000);
    queue::move_to(&fake, 2000).unwrap();
    let upkeep = look(&fake);
    let found: Vec<&str> = upkeep.astray.iter().map(|one| &*one.entity.id).collect();
    assert_eq!(found, ["a", "b"]);
    assert_eq!(fake.counters.borrow().len(), 2, "somebody stands there");
    for one in &upkeep.astray {
        queue::leave(&fake, one.slot.as_ref().unwrap()).unwrap();
    }
    look(&fake);
    assert!(fake.counters.borrow().is_empty());
    // Where there is a hold, its line is looked at.
    let hold = Hold {
        scope: Scope::Everything,
        since: Timestamp::UNKNOWN,
        until: Timestamp::from_millis(20_060_000),
        why: String::new(),
        login: None,
    };
    hold::set(fake.ports(), hold).unwrap();
    assert_eq!(held.line, Line::of_hold(&Scope::Everything));
    let held = Wait::Hold("everything".to_owned());
    queue::enqueue(fake.ports(), &key("a"), &held, Timestamp::UNKNOWN).unwrap();
    assert!(look(&fake).astray.is_empty());
    assert_eq!(fake.counters.borrow().len(), 1);
}

#[test]
fn a_value_that_cannot_be_read_keeps_nothing_from_being_looked_after() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    let broken = key("a");
    fake.set(&keys::record(&broken), b"\xff").unwrap();
    fake.increment(&keys::lease(&broken, 0), 1).unwrap();
    inbox::deposit(fake.ports(), &event("a")).unwrap();
    waiting("b", 0).write(&fake, &key("b")).unwrap();
    assert_eq!(look(&fake).astray.len(), 1);
    assert!(fake.values.borrow().contains_key(&keys::record(&broken)));
}

#[test]
fn an_entity_stays_as_long_as_its_dead_letter() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    let letter = DeadLetter {
        number: 0,
        pending: Some(pending()),
        body: None,
        reason: "Jira said no".to_owned(),
        at: Timestamp::UNKNOWN,
        trace: Vec::new(),
    };
    let letter = dead_letter::write(&fake, letter).unwrap();
    let record = Record {
        state: State::Dead {
            letter,
            reason: "Jira said no".to_owned(),
        },
        ..Record::default()
    };
    record.write(&fake, &key("a")).unwrap();
    look(&fake);
    assert_eq!(remembered(&fake), ["a"]);
    dead_letter::discard(&fake, letter).unwrap();
    look(&fake);
    assert!(remembered(&fake).is_empty());
}

#[test]
fn what_is_named_by_a_hash_is_swept_like_all_others() {
    let fake = Fake::default();
    fake.now_ms.set(200_000);
    remember(&fake, "an id with blanks", 50_000, false);
    remember(&fake, "another id/1", 150_000, false);
    assert_eq!(look(&fake).swept, 1);
    let known = |id| Record::read(&fake, &key(id)).unwrap().is_some();
    assert!(!known("an id with blanks") && known("another id/1"));
}

/// Others may take one who is that slow for dead, and work on the entity.
#[test]
fn one_who_stands_still_between_winning_and_forgetting_forgets_nothing() {
    let fake = Fake::default();
    remember(&fake, "a", 0, true);
    fake.now_ms.set(1_000_000);
    fake.after_write(keys::LEASE, |fake| {
        fake.now_ms.set(fake.now_ms.get() + 60_000);
    });
    look(&fake);
    assert_eq!(remembered(&fake), ["a"]);
}
