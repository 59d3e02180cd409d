use std::collections::BTreeMap;

use super::*;
use crate::model::{Class, Requests};
use crate::platform::fake::Fake;
use crate::store::upkeep::{self, Limits};

const SOURCES: [&str; 2] = ["opencti", "jira"];
const MINUTE: u64 = 60_000;

fn requests(statuses: &[u16]) -> Requests {
    let mut requests = Requests::default();
    statuses.iter().for_each(|status| requests.take(*status));
    requests
}

fn tell(fake: &Fake, outcome: &'static str, statuses: &[u16]) {
    let counted = Counted {
        source: "opencti",
        outcome,
        is_event: true,
        requests: requests(statuses),
    };
    count(fake, Timestamp::from_millis(fake.now_ms.get()), counted).unwrap();
}

fn look_after(fake: &Fake) {
    let limits = Limits {
        retention: std::time::Duration::from_secs(3600 * 24 * 400),
        max_keys: 0,
        records: 500,
        index_issues: false,
        counts_events: true,
    };
    let upkeep = upkeep::look_after(fake.ports(), limits, 0);
    crate::platform::fake::block_on(upkeep).unwrap();
}

fn tallies(fake: &Fake) -> usize {
    let counters = fake.counters.borrow();
    counters
        .keys()
        .filter(|key| key.starts_with(keys::TALLY))
        .count()
}

/// All events, by outcome; and requests by class.
fn shown(fake: &Fake) -> (BTreeMap<String, u64>, BTreeMap<&'static str, u64>) {
    let totals = totals(fake.ports(), &SOURCES).unwrap();
    let events = totals.events.into_iter().filter(|total| total.events > 0);
    let requests = totals
        .requests
        .into_iter()
        .filter(|(_, number)| *number > 0);
    (
        events.map(|total| (total.outcome, total.events)).collect(),
        requests
            .map(|(class, number)| (class.word(), number))
            .collect(),
    )
}

fn day(fake: &Fake) -> Vec<u64> {
    let hours = last_day(fake.ports(), &SOURCES).unwrap();
    let hours = hours.into_iter();
    hours.map(|hour| hour.outcomes.values().sum()).collect()
}

#[test]
fn one_event_is_one_write_and_nothing_to_count_is_none() {
    let fake = Fake::default();
    tell(&fake, "created", &[201, 429, 200]);
    assert_eq!(fake.writes.get(), 1);
    let nothing = Counted {
        source: "opencti",
        outcome: "queued",
        is_event: false,
        requests: Requests::default(),
    };
    count(&fake, Timestamp::UNKNOWN, nothing).unwrap();
    assert_eq!(fake.writes.get(), 1);
    assert_eq!(
        fake.counters.borrow().keys().next().unwrap(),
        "jira-intake/tally/0/opencti/created/limited"
    );
}

#[test]
fn what_was_counted_is_the_same_before_and_after_it_was_added_up() {
    let fake = Fake::default();
    fake.now_ms.set(490_000 * HOUR);
    tell(&fake, "created", &[201]);
    tell(&fake, "created", &[201, 503]);
    tell(&fake, "queued", &[0]);
    let expected = shown(&fake);
    let events = [("created".to_owned(), 2), ("queued".to_owned(), 1)];
    assert_eq!(expected.0, BTreeMap::from(events));
    let requests = [("answered", 2), ("failing", 1), ("silent", 1)];
    assert_eq!(expected.1, BTreeMap::from(requests));
    // The hour is over, but somebody may be late.
    fake.now_ms.set(490_001 * HOUR + 14 * MINUTE);
    look_after(&fake);
    assert_eq!((tallies(&fake), shown(&fake)), (3, expected.clone()));
    fake.now_ms.set(490_001 * HOUR + 16 * MINUTE);
    look_after(&fake);
    assert_eq!((tallies(&fake), shown(&fake)), (3, expected.clone()));
    let day = day(&fake);
    assert_eq!((day.len(), day[22], day[23]), (24, 3, 0));
    look_after(&fake);
    assert_eq!((tallies(&fake), shown(&fake)), (0, expected));
}

/// Whoever died before deleting all counters.
#[test]
fn an_hour_that_was_added_up_is_never_counted_again() {
    for later in [490_003, 490_100] {
        let fake = Fake::default();
        fake.now_ms.set(490_000 * HOUR);
        tell(&fake, "updated", &[204]);
        let counters = fake.counters.borrow().clone();
        fake.now_ms.set(490_002 * HOUR);
        look_after(&fake);
        look_after(&fake);
        fake.counters.borrow_mut().extend(counters);
        let expected = shown(&fake);
        assert_eq!(expected.0["updated"], 1);
        fake.now_ms.set(later * HOUR);
        look_after(&fake);
        assert_eq!((tallies(&fake), shown(&fake)), (0, expected), "{later}");
    }
}

#[test]
fn nothing_is_missing_while_nobody_adds_up() {
    let fake = Fake::default();
    for hour in 0..24 {
        fake.now_ms.set((490_000 + hour) * HOUR);
        tell(&fake, "created", &[201]);
        assert_eq!(shown(&fake).0["created"], hour + 1);
    }
    assert_eq!(day(&fake), [1; 24]);
    look_after(&fake);
    look_after(&fake);
    // Two hours are not over for a quarter of an hour.
    assert_eq!((tallies(&fake), day(&fake)), (2, vec![1; 24]));
}

#[test]
fn of_hours_that_were_added_up_no_counter_is_read_also_of_quiet_ones() {
    let fake = Fake::default();
    fake.now_ms.set(490_000 * HOUR);
    look_after(&fake);
    let before = fake.reads.get();
    shown(&fake);
    let of_an_hour = SOURCES.len() * OUTCOMES.len() * Class::ALL.len();
    // The last hour is not over until a quarter past.
    let reads = fake.reads.get() - before;
    assert!(reads <= 2 * of_an_hour + 2, "{reads}");
}

#[test]
fn old_hours_leave_the_document_and_stay_in_the_total() {
    let fake = Fake::default();
    for hour in 0..60 {
        fake.now_ms.set((490_000 + hour) * HOUR);
        tell(&fake, "ignored", &[]);
        look_after(&fake);
    }
    let document = document::read(&fake).unwrap();
    assert!(document.hours.len() <= 49, "{}", document.hours.len());
    assert_eq!(shown(&fake).0["ignored"], 60);
    let day = day(&fake);
    assert_eq!((day.len(), day.iter().sum::<u64>()), (24, 24));
}

#[test]
fn what_never_occurred_is_told_as_nothing() {
    let fake = Fake::default();
    let totals = totals(fake.ports(), &SOURCES).unwrap();
    assert_eq!(totals.events.len(), SOURCES.len() * OUTCOMES.len());
    assert_eq!(totals.requests.len(), Class::ALL.len());
    assert_eq!(fake.listings.get(), 0);
}

#[test]
fn two_who_add_up_at_the_same_moment_count_nothing_twice() {
    let fake = Fake::default();
    fake.now_ms.set(490_000 * HOUR);
    tell(&fake, "created", &[201]);
    fake.now_ms.set(490_002 * HOUR);
    // The other one does all of it right after this one has begun.
    fake.after_write(keys::UPKEEP, look_after);
    look_after(&fake);
    assert_eq!(shown(&fake).0["created"], 1);
}

#[test]
fn a_document_of_one_who_was_slow_loses_no_hour() {
    let fake = Fake::default();
    fake.now_ms.set(490_000 * HOUR);
    tell(&fake, "created", &[201]);
    fake.now_ms.set(490_001 * HOUR + 20 * MINUTE);
    look_after(&fake);
    let slow = document::read(&fake).unwrap();
    tell(&fake, "created", &[201]);
    fake.now_ms.set(490_002 * HOUR + 20 * MINUTE);
    look_after(&fake);
    document::write(&fake, &slow).unwrap();
    look_after(&fake);
    look_after(&fake);
    assert_eq!(shown(&fake).0["created"], 2);
    assert_eq!(tallies(&fake), 0);
}
