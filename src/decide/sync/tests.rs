//! Both sides change, in any order of arrival: all ends quiet, with both sides equal.

use proptest::prelude::*;

use super::*;
use crate::model::IssueStatus;

fn named(status: u8) -> Named {
    Named {
        id: status.to_string(),
        name: None,
    }
}

fn change(side: Side, at: u64, status: u8) -> StatusChange {
    StatusChange {
        at: Timestamp::from_secs(at),
        side,
        entity: named(status),
        issue: (side == Side::Issue).then(|| IssueStatus {
            id: status.to_string(),
            ..IssueStatus::default()
        }),
    }
}

fn written(at: u64, status: u8, exact: bool) -> EntityState {
    EntityState {
        at: Timestamp::from_secs(at),
        status: status.to_string(),
        known: match exact {
            true => KnownBy::Written,
            false => KnownBy::WrittenAbout,
        },
    }
}

#[test]
fn the_later_change_counts_and_a_conflict_is_one_of_the_same_minutes() {
    use Side::{Issue, Platform};
    use Verdict::{Known, Loses, Wins};
    let latest = change(Platform, 10_000, 1);
    for (side, at, status, expected) in [
        (Issue, 10_001, 2, Wins { conflict: true }),
        (Issue, 9_999, 2, Loses { conflict: true }),
        (Issue, 20_000, 2, Wins { conflict: false }),
        (Issue, 1_000, 2, Loses { conflict: false }),
        (Issue, 10_000, 2, Wins { conflict: true }),
        (Platform, 10_001, 2, Wins { conflict: false }),
        (Platform, 9_999, 2, Loses { conflict: false }),
        (Issue, 10_001, 1, Known),
    ] {
        let found = judge(Some(&latest), &change(side, at, status));
        assert_eq!(found, expected, "{side:?} {at} {status}");
    }
    let first = judge(None, &change(Issue, 1, 1));
    assert_eq!(first, Wins { conflict: false });
}

#[test]
fn what_we_wrote_ourselves_is_no_change() {
    let mut synced = Synced::default();
    let course = issue_moved(&mut synced, change(Side::Issue, 1_000, 2));
    assert!(course.follow && !course.settle);
    synced.has(written(1_005, 2, true), Some("1"));
    let before = synced.clone();
    let course = entity_has(
        &mut synced,
        &named(2),
        Timestamp::from_secs(1_005),
        Some("2"),
    );
    assert_eq!((course, &synced), (Course::default(), &before));
    // Somebody's change that our write has hidden.
    let course = entity_has(
        &mut synced,
        &named(3),
        Timestamp::from_secs(1_001),
        Some("2"),
    );
    assert!(course.follow && course.settle);
    assert_eq!(course.conflict, Some(true));
}

/// The platform was changed after both, and may have been again: nothing is looked at
/// or said because of a message that was dealt with, or that its own side has
/// overtaken.
#[test]
fn a_repeated_or_overtaken_move_has_no_effect() {
    let mut synced = Synced::default();
    let moves = [change(Side::Issue, 900, 3), change(Side::Issue, 1_000, 2)];
    assert!(issue_moved(&mut synced, moves[1].clone()).follow);
    for _ in 0..2 {
        let before = synced.clone();
        for old in &moves {
            let course = issue_moved(&mut synced, old.clone());
            assert_eq!((course, &synced), (Course::default(), &before));
        }
        let at = Timestamp::from_secs(1_300);
        entity_has(&mut synced, &named(4), at, Some("2"));
    }
    assert!(issue_moved(&mut synced, change(Side::Issue, 1_400, 2)).follow);
}

/// Jira, a platform, and what stands between them. A status is a number, and each side
/// has the same ones.
#[derive(Debug, Default)]
struct World {
    now: u64,
    issue: u8,
    entity: u8,
    /// Messages that did not arrive yet: people's changes of the issue, and states of
    /// the entity with their times.
    webhooks: Vec<StatusChange>,
    events: Vec<(u64, u8)>,
    synced: Synced,
    /// As the issue record remembers it: the entity's version and status.
    version: u64,
    applied: u8,
    writes: usize,
    /// What people chose last.
    last: u8,
    /// Whether the platform says when it took our status.
    says_when: bool,
}

impl World {
    fn person_moves_issue(&mut self, status: u8) {
        self.now += 1;
        if self.issue != status {
            self.issue = status;
            self.last = status;
            self.webhooks.push(change(Side::Issue, self.now, status));
        }
    }

    fn person_moves_entity(&mut self, status: u8) {
        self.now += 1;
        if self.entity != status {
            self.entity = status;
            self.last = status;
            self.events.push((self.now, status));
        }
    }

    fn webhook_arrives(&mut self, index: usize, again: bool) {
        let Some(change) = taken(&mut self.webhooks, index, again) else {
            return;
        };
        let to = change.entity.id.parse().unwrap();
        let course = issue_moved(&mut self.synced, change);
        if course.follow {
            self.write_entity(to);
        }
        if course.settle {
            self.settle();
        }
    }

    fn event_arrives(&mut self, index: usize, again: bool) {
        let Some((at, status)) = taken(&mut self.events, index, again) else {
            return;
        };
        // The issue shows a later state already.
        if at < self.version {
            return;
        }
        self.version = at;
        let time = Timestamp::from_secs(at);
        let before = self.applied.to_string();
        if !is_hidden(&self.synced, time) {
            self.applied = status;
        }
        let course = entity_has(&mut self.synced, &named(status), time, Some(&before));
        if course.follow {
            self.write_issue(status);
        }
        if course.settle {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let latest = self.synced.latest.clone().unwrap();
        let to = latest.entity.id.parse().unwrap();
        if self.entity != to {
            self.write_entity(to);
        }
        if self.issue != to {
            self.write_issue(to);
        }
    }

    fn write_entity(&mut self, status: u8) {
        self.now += 1;
        if self.entity == status {
            // Whoever gave it that status is still to be heard.
            return;
        }
        self.writes += 1;
        self.entity = status;
        // The platform tells of our own write, too.
        self.events.push((self.now, status));
        let before = self.applied.to_string();
        self.applied = status;
        self.synced
            .has(written(self.now, status, self.says_when), Some(&before));
    }

    /// Jira tells of it as well, but says that it was us.
    fn write_issue(&mut self, status: u8) {
        self.now += 1;
        self.writes += 1;
        self.issue = status;
        self.synced.moved = Timestamp::from_secs(self.now);
    }
}

/// One of those that wait; it may come again.
fn taken<T: Clone>(all: &mut Vec<T>, index: usize, again: bool) -> Option<T> {
    if all.is_empty() {
        return None;
    }
    let index = index % all.len();
    Some(match again {
        true => all[index].clone(),
        false => all.remove(index),
    })
}

#[derive(Debug, Clone)]
enum Act {
    Issue(u8),
    Entity(u8),
    Webhook(usize, bool),
    Event(usize, bool),
    Pause(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..4_u8).prop_map(Act::Issue),
        (1..4_u8).prop_map(Act::Entity),
        (any::<usize>(), any::<bool>()).prop_map(|(at, again)| Act::Webhook(at, again)),
        (any::<usize>(), any::<bool>()).prop_map(|(at, again)| Act::Event(at, again)),
        (1..2_000_u64).prop_map(Act::Pause),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_changes_on_both_sides_end_quiet_and_equal(acts in prop::collection::vec(act(), 0..30), says_when in any::<bool>(), in_order in any::<bool>()) {
        let mut world = World { now: 10_000, says_when, ..World::default() };
        let mut people = 0;
        for act in acts {
            match act {
                Act::Issue(status) => world.person_moves_issue(status),
                Act::Entity(status) => world.person_moves_entity(status),
                Act::Webhook(index, again) => world.webhook_arrives(index, again),
                Act::Event(index, again) => {
                    world.event_arrives(if in_order { 0 } else { index }, again);
                }
                // Messages are late by minutes, not by hours.
                Act::Pause(time) if world.webhooks.is_empty() && world.events.is_empty() => {
                    world.now += time;
                }
                Act::Pause(_) => {}
            }
            people += 1;
        }
        let mut left = 0;
        while !(world.webhooks.is_empty() && world.events.is_empty()) {
            left += 1;
            prop_assert!(left < 500, "it never ends: {world:?}");
            match left % 2 {
                0 => world.webhook_arrives(0, false),
                _ => world.event_arrives(0, false),
            }
        }
        // Of a status that came and went before it was told, nobody can know.
        if in_order {
            prop_assert_eq!(world.issue, world.entity, "{:?}", world);
        }
        if says_when && in_order {
            prop_assert_eq!(world.issue, world.last, "{:?}", world);
        }
        prop_assert!(world.writes <= 4 * people + 4, "{} writes", world.writes);
    }
}
