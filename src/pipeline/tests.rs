//! Stories about deciding and executing, with a tracker in memory: each in
//! milliseconds.

mod adoptions;
mod hear;
mod late;
mod steps;

use std::time::Duration;

use super::*;
use crate::context::{Afterwards, Context};
use crate::model::trace::How;
use crate::model::{
    Change, End, Entity, EntityKey, EntityType, Event, Firings, IssueRecord, Named, Outcome,
    OutcomeKind, SourceKey, Timestamp, Version,
};
use crate::platform::fake::{Fake, block_on};
use crate::platform::log::{Level, Log};
use crate::settings::Settings;
use crate::settings::tests::defaults;
use crate::sources::{Received, opencti, splunk};
use crate::store::{self, Acquired, Asking};
use crate::tracker::fake::FakeTracker;
use crate::tracker::{Found, TrackerError};

/// A store, a tracker and settings.
pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) tracker: FakeTracker,
}

impl World {
    /// A world with these settings.
    pub(crate) fn new(given: &[(&str, &str)]) -> Self {
        let fake = Fake::default();
        fake.now_ms.set(1_000_000_000);
        let smallest = [
            ("jira_url", "https://jira.example.com"),
            ("jira_api_token", "s3cret"),
            ("jira_project_key", "SOC"),
            ("webhook_auth", "none"),
        ];
        {
            let mut settings = fake.settings.borrow_mut();
            settings.extend(defaults());
            for (name, value) in smallest.iter().chain(given) {
                settings.insert((*name).to_owned(), (*value).to_owned());
            }
        }
        Self {
            fake,
            tracker: FakeTracker::default(),
        }
    }

    /// Does something in it.
    pub(crate) fn run<T>(&self, work: impl AsyncFnOnce(Context<'_>) -> T) -> T {
        let settings = Settings::new(&self.fake);
        let afterwards = Afterwards::default();
        let context = Context {
            ports: self.fake.ports(),
            settings: &settings,
            tracker: &self.tracker,
            log: Log::new(&self.fake, &self.fake, Level::Info),
            afterwards: &afterwards,
            how: How::Webhook,
            source: "",
            ends: None,
        };
        block_on(work(context))
    }

    /// An entity has this issue.
    pub(crate) fn remember(&self, entity: &EntityKey, issue: IssueRecord) {
        let event = Event::live(
            Change::Created,
            Entity {
                id: entity.id.clone(),
                source: entity.source.clone(),
                ..Entity::default()
            },
        );
        let acquired = self.acquire(&event);
        let Acquired::Mine(lease) = acquired else {
            panic!("{acquired:?}");
        };
        lease.finish(Some(issue)).unwrap();
    }

    /// A search finds the issue SOC-7, which says whose it is.
    fn finds_seven(&self) {
        self.tracker.found.borrow_mut().push(Found {
            key: "SOC-7".to_owned(),
            id: "7".to_owned(),
            says_so: true,
        });
    }

    /// The lease that an event asks for.
    fn acquire(&self, event: &Event) -> Acquired<'_> {
        let asking = Asking::Event {
            event,
            settled: &|_| false,
        };
        block_on(store::acquire(
            self.fake.ports(),
            &event.entity.key(),
            asking,
        ))
        .unwrap()
    }

    fn post(&self, event: Event) -> Result<Outcome, Failure> {
        self.run(async |context| {
            let outcome = process(context, Received::Event(Box::new(event))).await;
            after_response(context).await;
            outcome
        })
    }

    fn kind(&self, event: Event) -> OutcomeKind {
        self.post(event).unwrap().kind
    }

    /// Time passes, and what is due is done.
    fn later(&self, time: Duration) {
        self.fake
            .now_ms
            .set(self.fake.now_ms.get() + time.as_millis() as u64);
        self.pass(false);
    }

    /// A retry pass; what is left after it.
    fn pass(&self, upkeep: bool) -> u64 {
        let time = MINUTE;
        self.run(async |context| {
            let options = PassOptions { time, upkeep };
            let pass = retry_pass(context, options).await.unwrap();
            pass["left"].as_u64().unwrap()
        })
    }

    fn issue(&self, entity: &Entity) -> IssueRecord {
        let known = store::look(&self.fake, &entity.key()).unwrap();
        known.unwrap().issue.unwrap()
    }
}

/// An incident in one of its states.
fn incident(modified: u64, name: &str) -> Entity {
    Entity {
        id: "incident-1".to_owned(),
        source: SourceKey::of(&opencti::PROFILE),
        kind: EntityType::new("incident"),
        name: name.to_owned(),
        severity: Some("low".to_owned()),
        version: Version {
            modified: Timestamp::from_secs(modified),
            updated: Timestamp::UNKNOWN,
        },
        ..Entity::default()
    }
}

fn created(entity: &Entity) -> Event {
    Event::live(Change::Created, entity.clone())
}

fn updated(entity: &Entity) -> Event {
    Event::live(Change::UPDATED, entity.clone())
}

fn alert(firing: &str) -> Event {
    let entity = Entity {
        id: "splunk-1".to_owned(),
        source: SourceKey::of(&splunk::PROFILE),
        kind: EntityType::new("splunk-alert"),
        name: "Brute force".to_owned(),
        ..Entity::default()
    };
    Event::live(Change::Fired(Firings::one(firing)), entity)
}

fn away() -> TrackerError {
    TrackerError::Ambiguous {
        why: "Jira answered 502".to_owned(),
    }
}

fn refused() -> TrackerError {
    TrackerError::Refused {
        fields: Vec::new(),
        why: "Jira answered 400".to_owned(),
    }
}

fn gone() -> TrackerError {
    TrackerError::Gone {
        why: "Jira answered 404".to_owned(),
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_new_incident_is_one_create_and_its_repeat_nothing() {
    let world = World::new(&[]);
    let entity = incident(1, "Odd login");
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Created);
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Duplicate);
    assert_eq!(world.tracker.taken(), ["create Odd login"]);
    assert_eq!(world.issue(&entity).key, "SOC-1");
}

#[test]
fn a_change_is_one_look_and_one_edit() {
    let world = World::new(&[]);
    world.post(created(&incident(1, "Odd login"))).unwrap();
    world.tracker.taken();
    let changed = incident(2, "Odder login");
    assert_eq!(world.kind(updated(&changed)), OutcomeKind::Updated);
    assert_eq!(
        world.tracker.taken(),
        ["shown SOC-1", "edit SOC-1 Odder login"]
    );
    assert_eq!(world.issue(&changed).summary, "Odder login");
    assert!(world.issue(&changed).attempted.is_empty());
}

#[test]
fn what_people_edited_is_left_and_the_change_told() {
    let world = World::new(&[]);
    world.post(created(&incident(1, "Odd login"))).unwrap();
    world.tracker.shown.borrow_mut().summary = "Mine now".to_owned();
    world.tracker.taken();
    let outcome = world.post(updated(&incident(2, "Odder login"))).unwrap();
    assert!(outcome.reason.unwrap().contains("people edited the issue"));
    let asked = world.tracker.taken();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[1].starts_with("comment SOC-1"), "{asked:?}");
}

#[test]
fn a_refused_transition_is_a_note() {
    let world = World::new(&[("on_delete", "transition")]);
    let entity = incident(1, "Odd login");
    world.post(created(&entity)).unwrap();
    world.tracker.fail("transition", refused());
    let ended = Event::live(Change::Ended(End::Deleted), incident(2, "Odd login"));
    let outcome = world.post(ended).unwrap();
    assert_eq!(outcome.kind, OutcomeKind::Updated);
    assert!(outcome.reason.unwrap().contains("it could not be moved"));
}

#[test]
fn an_issue_that_is_gone_is_left_alone_and_looked_at_again_by_the_next_event() {
    let world = World::new(&[]);
    world.post(created(&incident(1, "Odd login"))).unwrap();
    world.tracker.fail("shown", gone());
    let changed = incident(2, "Odder login");
    let outcome = world.post(updated(&changed)).unwrap();
    assert_eq!(outcome.kind, OutcomeKind::Ignored);
    assert!(outcome.reason.unwrap().contains("gone or hidden"));
    assert_eq!(world.issue(&changed).summary, "Odd login");
    assert_eq!(world.kind(updated(&changed)), OutcomeKind::Updated);
}

#[test]
fn a_lost_create_is_looked_for_before_another_is_sent() {
    let world = World::new(&[("jira_index_lag", "0")]);
    world.tracker.fail("create", away());
    let entity = incident(1, "Odd login");
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Queued);
    world.finds_seven();
    world.later(MINUTE);
    let asked = world.tracker.taken();
    assert_eq!(
        asked.iter().filter(|it| it.starts_with("create")).count(),
        1
    );
    assert_eq!(world.issue(&entity).key, "SOC-7");
}

#[test]
fn what_jira_refuses_is_a_dead_letter_that_a_later_event_revives() {
    let world = World::new(&[]);
    world.tracker.fail("create", refused());
    let entity = incident(1, "Odd login");
    let outcome = world.post(created(&entity)).unwrap();
    assert!(outcome.reason.unwrap().contains("kept as a dead letter"));
    let letters = store::dead_letter::page(&world.fake, None, 10).unwrap();
    assert_eq!(letters.letters[0].reason, "Jira answered 400");
    assert_eq!(
        world.kind(updated(&incident(2, "Odder login"))),
        OutcomeKind::Created
    );
    let letters = store::dead_letter::page(&world.fake, None, 10).unwrap();
    assert!(letters.letters.is_empty());
}

#[test]
fn an_alert_that_fires_again_is_counted_in_one_comment() {
    let world = World::new(&[]);
    assert_eq!(world.kind(alert("a")), OutcomeKind::Created);
    assert_eq!(world.kind(alert("a")), OutcomeKind::Duplicate);
    world.tracker.taken();
    world.post(alert("b")).unwrap();
    world.post(alert("c")).unwrap();
    let asked = world.tracker.taken();
    assert!(asked[1].starts_with("comment SOC-1"), "{asked:?}");
    assert!(asked[3].starts_with("edit comment SOC-1 100"), "{asked:?}");
    assert_eq!(world.issue(&alert("a").entity).firings.count, 3);
}

#[test]
fn a_count_whose_comment_is_gone_is_told_in_a_new_one() {
    let world = World::new(&[]);
    world.post(alert("a")).unwrap();
    world.post(alert("b")).unwrap();
    world.tracker.fail("edit comment", gone());
    world.tracker.taken();
    assert_eq!(world.kind(alert("c")), OutcomeKind::Updated);
    let asked = world.tracker.taken();
    assert!(asked[2].starts_with("comment SOC-1"), "{asked:?}");
}

#[test]
fn an_alert_whose_issue_is_done_opens_it_or_files_the_next_one() {
    for (setting, begins) in [("reopen", "comment SOC-1"), ("new", "create")] {
        let world = World::new(&[("on_repeat_after_done", setting)]);
        world.post(alert("a")).unwrap();
        *world.tracker.is_done.borrow_mut() = true;
        world.tracker.taken();
        world.post(alert("b")).unwrap();
        let asked = world.tracker.taken();
        assert!(asked[1].starts_with(begins), "{setting}: {asked:?}");
        let opens = asked.last().unwrap().starts_with("transition SOC-1");
        assert_eq!(opens, setting == "reopen", "{asked:?}");
    }
}

#[test]
fn a_dry_run_decides_as_a_delivery_and_does_nothing() {
    let world = World::new(&[]);
    let mut merge = created(&incident(2, "Survivor"));
    let absorbed = Entity {
        id: "incident-2".to_owned(),
        ..incident(1, "Absorbed")
    };
    world.post(created(&absorbed)).unwrap();
    world.tracker.taken();
    let writes = world.fake.writes.get();
    merge.change = Change::Merged {
        absorbed: vec![absorbed.id.clone()],
    };
    let received = Received::Event(Box::new(merge));
    let outcomes = world.run(async |context| dry_run(context, &received).unwrap());
    let kinds: Vec<OutcomeKind> = outcomes.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [OutcomeKind::Created, OutcomeKind::Updated]);
    assert_eq!(world.fake.writes.get(), writes);
    assert!(world.tracker.taken().is_empty());
}

#[test]
fn a_mistake_in_the_settings_of_chats_is_found_before_anything_is_sent() {
    let world = World::new(&[
        ("slack_webhook_url", "https://hooks.slack.com/services/x"),
        ("slack_host", "https://elsewhere.example.com"),
    ]);
    let failure = world.post(created(&incident(1, "Odd login"))).unwrap_err();
    assert!(matches!(failure, Failure::Settings(_)), "{failure}");
    assert!(world.tracker.taken().is_empty());
}

#[test]
fn a_name_that_cannot_be_asked_for_does_not_hold_an_event_back() {
    let world = World::new(&[
        ("opencti_url", "https://opencti.example.com"),
        ("opencti_token", "t"),
    ]);
    world.fake.reply(502, &[], "<html>");
    world.fake.reply(
        200,
        &[],
        r#"{"data": {"externalReferenceAdd": {"id": "1"}}}"#,
    );
    world.fake.reply(200, &[], r#"{"data": {}}"#);
    let mut entity = incident(1, "Odd login");
    entity.author = Some(Named {
        id: "author".to_owned(),
        name: None,
    });
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Created);
    let troubles = store::trouble::page(&world.fake, None, 10).unwrap();
    assert_eq!(troubles[0].what, "names_missing");
}
