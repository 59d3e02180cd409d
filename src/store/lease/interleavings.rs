//! The protocol under every order of steps that proptest thinks of: workers
//! over one model store, of which only one moves at a time, and each step of
//! the store is a point where another may go on, time may pass (also a whole
//! lease: a paused machine), or the worker may die. Their clocks differ by up to
//! [`SKEW`].
//!
//! One thing is taken for granted, because no store of Spin has a usable
//! compare-and-swap: a record is written within [`WRITES_WITHIN`] of the check
//! before it, and a create is sent at once after `is_ours`.

#[path = "interleavings/model.rs"]
mod model;
#[path = "interleavings/world.rs"]
mod world;

use std::ops::RangeInclusive;
use std::time::Duration;

use proptest::prelude::*;

use super::times::SKEW;
use model::Worker;
use world::{Pause, REFUSES, Step, WELL, World};

/// A check holds this long.
const WRITES_WITHIN: Duration = Duration::from_millis(1500);

fn pauses() -> impl Strategy<Value = Pause> {
    let ms = |from: u64, to: u64| (from..to).prop_map(Duration::from_millis);
    prop_oneof![
        40 => Just(Pause::For(Duration::ZERO)),
        25 => ms(1, 100).prop_map(Pause::For),
        6 => ms(500, 1200).prop_map(Pause::For),
        8 => ms(2600, 6000).prop_map(Pause::For),
        15 => ms(60_000, 61_000).prop_map(Pause::For),
        3 => ms(120_000, 125_000).prop_map(Pause::For),
        // By a clock that is ahead, a lease is over.
        10 => ms(54_500, 55_500).prop_map(Pause::For),
        4 => Just(Pause::Death),
    ]
}

fn calm_pauses() -> impl Strategy<Value = Pause> {
    (0_u64..20).prop_map(|ms| Pause::For(Duration::from_millis(ms)))
}

fn schedule(
    pauses: impl Strategy<Value = Pause>,
    luck: RangeInclusive<u8>,
) -> impl Strategy<Value = Vec<Step>> {
    let step = (0_usize..3, pauses, luck);
    // A worker goes on for a while before another one gets a chance.
    let run = (step, prop_oneof![3 => 1_usize..9, 2 => 9_usize..30]).prop_map(
        |((who, pause, luck), length)| {
            let first = Step { who, pause, luck };
            let more = Step {
                pause: Pause::For(Duration::ZERO),
                ..first
            };
            std::iter::once(first).chain(std::iter::repeat_n(more, length - 1))
        },
    );
    prop::collection::vec(run, 0..40).prop_map(|runs| runs.into_iter().flatten().collect())
}

/// One who delivers, and works off what is due.
#[derive(Clone, Debug)]
struct Told {
    /// What it is told, one state of the entity after the other; 0 is a retry
    /// pass.
    states: Vec<u64>,
    /// How far its clock is ahead of the slowest one.
    ahead: Duration,
}

fn workers() -> impl Strategy<Value = Vec<Told>> {
    let skew = 0..=SKEW.as_millis() as u64;
    let ahead = prop_oneof![1 => Just(0), 1 => skew.clone(), 1 => Just(*skew.end())];
    let told = (prop::collection::vec(0_u64..5, 1..4), ahead).prop_map(|(states, ahead)| Told {
        states,
        ahead: Duration::from_millis(ahead),
    });
    prop::collection::vec(told, 2..4)
}

fn run(workers: &[Told], schedule: Vec<Step>) -> World {
    run_in(workers, schedule, false)
}

fn run_in(workers: &[Told], schedule: Vec<Step>, forgets: bool) -> World {
    let ahead = workers.iter().map(|it| it.ahead).collect();
    let world = World::new(ahead, schedule, forgets);
    std::thread::scope(|scope| {
        for (number, told) in workers.iter().enumerate() {
            let world = &world;
            scope.spawn(move || Worker::new(world, number).run(&told.states));
        }
    });
    world
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("INTERLEAVINGS").ok().and_then(|n| n.parse().ok()).unwrap_or(2500),
        failure_persistence: None,
        max_shrink_time: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_filed_or_told_twice_and_what_was_acknowledged_is_reflected(
        workers in workers(), schedule in schedule(pauses(), 0..=WELL),
    ) {
        let world = run(&workers, schedule);
        prop_assert!(!world.is_stuck(), "somebody goes round in circles");
        let left = Worker::last(&world).settle_everything();
        let end = world.end();
        prop_assert!(end.doubles == 0, "{}\n{end:?}", world.told());
        prop_assert!(end.unrecognised.is_empty(), "{}\n{end:?}", world.told());
        let newest = end.acknowledged.iter().max();
        prop_assert!(newest <= end.issues.last(), "{}\n{end:?}", world.told());
        if let Some(remembered) = Worker::last(&world).remembered() {
            prop_assert_eq!(Some(&remembered), end.issues.last(), "{}", world.told());
        }
        prop_assert!(left.is_empty(), "{}\n{left:?}", world.told());
    }

    #[test]
    fn what_is_forgotten_rests_and_nothing_that_arrives_is_forgotten_with_it(
        workers in workers(), schedule in schedule(pauses(), 0..=WELL),
    ) {
        let world = run_in(&workers, schedule, true);
        prop_assert!(!world.is_stuck(), "somebody goes round in circles");
        let left = Worker::last(&world).settle_everything();
        let end = world.end();
        prop_assert!(end.doubles == 0, "{}\n{end:?}", world.told());
        let newest = end.acknowledged.iter().max();
        prop_assert!(newest <= end.issues.iter().max(), "{}\n{end:?}", world.told());
        prop_assert!(left.is_empty(), "{}\n{left:?}", world.told());
    }

    #[test]
    fn what_jira_refuses_is_in_the_issue_or_in_a_dead_letter(
        workers in workers(), schedule in schedule(pauses(), 0..=REFUSES),
    ) {
        let world = run(&workers, schedule);
        prop_assert!(!world.is_stuck(), "somebody goes round in circles");
        let last = Worker::last(&world);
        let left = last.settle_everything();
        let end = world.end();
        prop_assert!(end.doubles == 0, "{}\n{end:?}", world.told());
        let newest = end.acknowledged.iter().max().copied();
        let kept = end.issues.last().copied().max(last.dead());
        prop_assert!(newest <= kept, "{}\n{end:?}", world.told());
        prop_assert!(left.is_empty(), "{}\n{left:?}", world.told());
        // A person has it done again.
        last.replay();
        let end = world.end();
        prop_assert!(end.doubles == 0, "{}\n{end:?}", world.told());
        prop_assert!(newest <= end.issues.last().copied(), "{}\n{end:?}", world.told());
        prop_assert_eq!(last.dead(), None, "{}", world.told());
    }

    #[test]
    fn where_nothing_goes_wrong_every_change_is_taken_in_without_a_retry_pass(
        workers in workers(), schedule in schedule(calm_pauses(), WELL..=WELL),
    ) {
        let world = run(&workers, schedule);
        prop_assert!(!world.is_stuck(), "somebody goes round in circles");
        let end = world.end();
        prop_assert!(end.doubles == 0, "{}\n{end:?}", world.told());
        let newest = end.acknowledged.iter().max();
        prop_assert!(newest <= end.issues.last(), "{}\n{end:?}", world.told());
    }
}
