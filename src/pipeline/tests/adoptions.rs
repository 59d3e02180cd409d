//! Issues that another program filed become an entity's.

use super::*;
use crate::model::{IssueName, OpenIssue, Scope};
use crate::platform::Store;

const ADOPT: [(&str, &str); 1] = [("adopt", "summary")];

/// An issue with the incident's summary, without a description of ours.
fn open(number: u32) -> OpenIssue {
    OpenIssue {
        name: IssueName {
            key: format!("SOC-{number}"),
            id: number.to_string(),
        },
        summary: "Odd login".to_owned(),
        labels: Vec::new(),
    }
}

/// A world with issues of another program.
fn world(issues: &[u32]) -> World {
    let world = World::new(&ADOPT);
    *world.tracker.open.borrow_mut() = issues.iter().map(|&number| open(number)).collect();
    *world.tracker.shown.borrow_mut() = crate::model::Shown {
        summary: "Odd login".to_owned(),
        description: "what people wrote".to_owned(),
    };
    world
}

fn other(id: &str) -> Entity {
    Entity {
        id: id.to_owned(),
        ..incident(1, "Odd login")
    }
}

fn keys_of_adoptions(world: &World) -> usize {
    let keys = world.fake.keys().unwrap();
    keys.iter().filter(|key| key.contains("/adopt")).count()
}

#[test]
fn an_issue_is_taken_over_once_and_named_in_the_log_with_the_others() {
    let world = world(&[9, 7]);
    let entity = incident(1, "Odd login");
    let outcome = world.post(created(&entity)).unwrap();
    let reason = "took over SOC-7, which had the same summary";
    assert_eq!(outcome.kind, OutcomeKind::Updated);
    assert_eq!(outcome.reason.as_deref(), Some(reason));
    let asked = world.tracker.taken();
    let began = ["search SOC [\"Odd login\"]", "owner SOC-7", "shown SOC-7"];
    assert_eq!(asked[..3], began);
    assert!(asked[3].starts_with("edit SOC-7 +[\"intake-"), "{asked:?}");
    let lines = world.fake.lines.borrow();
    let told: Vec<_> = lines.iter().filter(|it| it.contains("adopted")).collect();
    assert_eq!(told.len(), 1);
    for word in ["incident-1", "SOC-7", "Odd login", "SOC-9"] {
        assert!(told[0].contains(word), "{told:?}");
    }
    drop(lines);
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Duplicate);
    assert_eq!(world.tracker.taken(), [""; 0]);
}

#[test]
fn each_issue_is_one_entitys_and_then_new_ones_are_filed() {
    let world = world(&[7, 9]);
    for (id, expected) in [
        ("a", "SOC-7"),
        ("b", "SOC-9"),
        // The tracker in memory calls new issues so.
        ("c", "SOC-1"),
    ] {
        let outcome = world.post(created(&other(id))).unwrap();
        assert_eq!(outcome.issue.unwrap().key, expected, "{id}");
    }
}

#[test]
fn an_issue_that_says_that_it_is_anothers_is_not_taken() {
    let world = world(&[7]);
    *world.tracker.owner.borrow_mut() = Some(other("b").key());
    assert_eq!(world.kind(created(&other("a"))), OutcomeKind::Created);
    let own = other("b");
    assert_eq!(world.kind(created(&own)), OutcomeKind::Updated);
}

#[test]
fn an_issue_that_is_gone_by_now_is_let_go_and_looked_for_again() {
    for step in ["shown", "edit"] {
        let world = world(&[7]);
        world.tracker.fail(step, gone());
        assert_eq!(world.kind(created(&other("a"))), OutcomeKind::Queued);
        world.tracker.open.borrow_mut().clear();
        world.later(MINUTE);
        assert_eq!(world.issue(&other("a")).key, "SOC-1", "{step}");
    }
}

#[test]
fn nothing_is_filed_before_it_is_known_that_nothing_was_found() {
    let misconfigured = TrackerError::Misconfigured {
        scope: Scope::Event,
        is_login: false,
        why: "Jira answered 400".to_owned(),
    };
    let busy = TrackerError::Retry {
        after: None,
        scope: Scope::Event,
        why: "Jira answered 502".to_owned(),
    };
    for (step, issues, error) in [
        ("search", &[7][..], busy.clone()),
        ("search", &[7], misconfigured),
        ("owner", &[7], busy.clone()),
        ("shown", &[7], busy),
    ] {
        let world = world(issues);
        world.tracker.fail(step, error);
        let entity = other("a");
        assert_eq!(world.kind(created(&entity)), OutcomeKind::Queued, "{step}");
        let asked = world.tracker.taken();
        assert!(
            !asked.iter().any(|it| it.starts_with("create")),
            "{asked:?}"
        );
        world.later(MINUTE * 3);
        assert_eq!(world.issue(&entity).key, "SOC-7", "{step}");
    }
}

#[test]
fn an_edit_that_fails_is_made_later_with_the_links_and_nothing_is_filed() {
    let world = world(&[7]);
    let link = ("opencti_url", "https://opencti.example.com");
    let mut settings = world.fake.settings.borrow_mut();
    settings.insert(link.0.to_owned(), link.1.to_owned());
    drop(settings);
    world.tracker.fail("edit", away());
    let entity = other("a");
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Queued);
    assert!(world.issue(&entity).adopting);
    world.tracker.taken();
    world.later(MINUTE);
    let asked = world.tracker.taken();
    assert!(asked[1].starts_with("edit SOC-7 +[\"intake-"), "{asked:?}");
    assert!(
        asked[2].starts_with("link SOC-7 https://opencti"),
        "{asked:?}"
    );
    assert!(!world.issue(&entity).adopting);
    // The other one still does not get it.
    world.kind(created(&other("b")));
    assert_eq!(world.issue(&other("b")).key, "SOC-1");
}

#[test]
fn who_took_what_over_is_forgotten_with_the_entity() {
    let world = world(&[7]);
    world.kind(created(&other("a")));
    world.pass(true);
    assert_eq!(keys_of_adoptions(&world), 2);
    let record = "jira-intake/record/opencti/a";
    assert!(world.fake.get(record).unwrap().is_some());
    world.later(MINUTE * 60 * 24 * 500);
    world.pass(true);
    assert!(world.fake.get(record).unwrap().is_none());
    assert_eq!(keys_of_adoptions(&world), 0);
}
