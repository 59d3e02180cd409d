//! Whatever is done in whatever order, and wherever it ends: what was not done is
//! after the place that is remembered.

use proptest::prelude::*;

use super::*;
use crate::model::Timestamp;

fn at(millis: u64) -> Position {
    Position::at(Timestamp::from_millis(millis))
}

/// What is remembered after each of these frames, all dealt with at once.
fn after(frames: &[(Kind, u64)]) -> Vec<u64> {
    let mut progress = Progress::from(at(1));
    let after = frames.iter().map(|(kind, id)| {
        let ticket = progress.read(*kind, Some(at(*id)));
        progress.done(ticket);
        progress.durable().at.as_millis()
    });
    after.collect()
}

#[test]
fn each_kind_of_frame_leads_as_far_as_it_is_safe() {
    use Kind::{Dependency, Event, Heartbeat, Recovered};
    for (frames, expected) in [
        (
            &[(Event, 5), (Heartbeat, 5), (Heartbeat, 9)][..],
            &[5, 5, 9][..],
        ),
        // The event comes after what it pulls in.
        (&[(Dependency, 5), (Dependency, 5), (Event, 5)], &[1, 1, 5]),
        // A heartbeat in between carries the event's id.
        (&[(Dependency, 5), (Heartbeat, 5), (Event, 5)], &[1, 1, 5]),
        // The event never comes.
        (&[(Dependency, 5), (Event, 6)], &[1, 6]),
        (
            &[(Dependency, 5), (Heartbeat, 5), (Heartbeat, 8)],
            &[1, 1, 8],
        ),
        // Entities that are told again come in no order within a page.
        (
            &[
                (Recovered, 5),
                (Recovered, 6),
                (Heartbeat, 6),
                (Recovered, 3),
            ],
            &[1, 1, 1, 1],
        ),
        (
            &[(Recovered, 5), (Dependency, 6), (Recovered, 6), (Event, 9)],
            &[1, 1, 1, 9],
        ),
    ] {
        assert_eq!(after(frames), expected, "{frames:?}");
    }
}

#[test]
fn no_entity_of_a_page_that_is_not_told_as_a_whole_is_passed_by() {
    let mut progress = Progress::from(at(1));
    let mut ids = Vec::new();
    for page in 0..4 {
        let mut page: Vec<u64> = (0..PAGE as u64)
            .map(|row| 10 + page * PAGE as u64 + row)
            .collect();
        page.reverse();
        ids.extend(page);
    }
    for (number, id) in ids.iter().enumerate() {
        let ticket = progress.read(Kind::Recovered, Some(at(*id)));
        progress.done(ticket);
        let still_to_come = ids[number + 1..].iter().min();
        assert!(
            still_to_come.is_none_or(|id| progress.durable() <= at(*id)),
            "{number}"
        );
    }
    assert_eq!(progress.durable(), at(9 + 3 * PAGE as u64));
    assert_eq!(progress.page.len(), PAGE);
}

#[test]
fn a_count_goes_on_where_it_stopped() {
    let mut progress = Progress::of_count(at(1));
    for id in [5, 6, 6, 7] {
        let ticket = progress.read(Kind::Recovered, Some(at(id)));
        progress.done(ticket);
    }
    assert_eq!(progress.durable(), at(6));
}

#[test]
fn what_is_done_twice_or_has_no_id_harms_nothing() {
    let mut progress = Progress::from(at(1));
    let first = progress.read(Kind::Event, Some(at(2)));
    let nameless = progress.read(Kind::Event, None);
    progress.done(nameless);
    assert_eq!(progress.durable(), at(1));
    progress.done(first);
    progress.done(first);
    progress.done(nameless);
    assert_eq!(progress.durable(), at(2));
    let third = progress.read(Kind::Event, Some(at(3)));
    assert_eq!(progress.durable(), at(2));
    progress.done(third);
    assert_eq!((progress.durable(), progress.newest()), (at(3), at(3)));
}

proptest! {
    /// A stream of events with dependencies and heartbeats as the platform sends them,
    /// worked on in any order, broken off anywhere: whoever begins again after the
    /// remembered place is told of every event that was not done.
    #[test]
    fn nothing_that_is_not_done_is_passed_by(
        pulled in prop::collection::vec((0_usize..3, any::<bool>(), any::<bool>()), 1..20),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
        stop in any::<prop::sample::Index>(),
    ) {
        let mut frames = Vec::new();
        for (number, (dependencies, beats, is_sent)) in pulled.iter().enumerate() {
            let id = at(10 * (number as u64 + 1));
            for _ in 0..*dependencies {
                frames.push((Kind::Dependency, id));
                frames.extend(beats.then_some((Kind::Heartbeat, id)));
            }
            if *is_sent || *dependencies == 0 {
                frames.push((Kind::Event, id));
            }
        }
        frames.truncate(stop.index(frames.len() + 1));
        let mut progress = Progress::from(Position::BEGINNING);
        let mut open = Vec::new();
        let mut order = order.iter();
        for (kind, id) in &frames {
            open.push((progress.read(*kind, Some(*id)), *kind, *id));
            if let Some(index) = order.next() {
                let (ticket, ..) = open.remove(index.index(open.len()));
                progress.done(ticket);
            }
        }
        let read: Vec<Position> = frames.iter().filter(|(kind, _)| *kind == Kind::Event)
            .map(|(_, id)| *id).collect();
        for (number, (dependencies, _, is_sent)) in pulled.iter().enumerate() {
            let id = at(10 * (number as u64 + 1));
            let is_done = read.contains(&id)
                && !open.iter().any(|(_, kind, of)| (*kind, *of) == (Kind::Event, id));
            let is_told = *is_sent || *dependencies == 0;
            prop_assert!(!is_told || is_done || id > progress.durable(), "{id} was passed by");
        }
    }
}
