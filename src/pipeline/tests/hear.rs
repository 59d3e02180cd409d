//! What people do to an issue: kept if it is ours and news, and nothing else.

use super::*;
use crate::model::{
    Audience, IssueAction, IssueChange, IssueComment, IssueName, IssueStatus, OutboxTask, TaskKind,
};
use crate::outbox;
use crate::store::issues;
use crate::store::lease::{LEASE, SKEW, tidy};

const OPENCTI: [(&str, &str); 4] = [
    ("sync_back", "status"),
    ("status_back", "done=Closed"),
    ("opencti_url", "https://opencti.example.com"),
    ("opencti_token", "t0ken"),
];

const COMMENTS: [(&str, &str); 2] = [("sync_back", "comments"), ("comments_back", "all")];

fn moved(id: &str) -> IssueChange {
    IssueChange {
        issue: IssueName {
            key: "SOC-1".to_owned(),
            id: id.to_owned(),
        },
        at: Timestamp::from_secs(900_000),
        actions: vec![IssueAction::Status(IssueStatus {
            id: "3".to_owned(),
            name: "Done".to_owned(),
            category: "done".to_owned(),
        })],
        ..IssueChange::default()
    }
}

/// What a message comes to, without what is done after the answer.
fn told(world: &World, change: IssueChange) -> Result<OutcomeKind, Failure> {
    let outcome = world.run(async |context| hear(context, change).await);
    outcome.map(|outcome| outcome.kind)
}

/// Somebody is between the answer to the create and the record: links and messages
/// are sent meanwhile.
#[test]
fn a_change_of_an_issue_that_is_just_being_filed_is_kept() {
    let world = World::new(&OPENCTI);
    let event = created(&incident(1, "Odd login"));
    let key = event.entity.key();
    let Acquired::Mine(lease) = world.acquire(&event) else {
        panic!("somebody else has it");
    };
    // The id does not lead to it yet, but the issue says whose it is.
    *world.tracker.owner.borrow_mut() = Some(key.clone());
    let labelled = IssueChange {
        labels: Some(vec!["intake-0123456789ab".to_owned()]),
        ..moved("10")
    };
    assert_eq!(told(&world, labelled), Ok(OutcomeKind::Queued));
    assert_eq!(issues::entity_of(&world.fake, "10").unwrap(), None);
    issues::remember(&world.fake, "10", &key).unwrap();
    assert_eq!(told(&world, moved("10")), Ok(OutcomeKind::Queued));
    let issue = IssueRecord {
        id: "10".to_owned(),
        ..IssueRecord::default()
    };
    lease.finish(Some(issue)).unwrap();
    let asking = Asking::Inbox {
        missing_is_lost: false,
    };
    let acquired = block_on(store::acquire(world.fake.ports(), &key, asking)).unwrap();
    let Acquired::Mine(lease) = acquired else {
        panic!("{acquired:?}");
    };
    assert_eq!(lease.outbox().unwrap().tasks.len(), 1);
}

/// The same, and whoever filed it dies before the record names the issue. The next one
/// takes the change in, and finds the issue after that.
#[test]
fn a_change_outlives_whoever_files_the_issue() {
    let world = World::new(&OPENCTI);
    let event = created(&incident(1, "Odd login"));
    let key = event.entity.key();
    let Acquired::Mine(died) = world.acquire(&event) else {
        panic!("somebody else has it");
    };
    drop(died);
    issues::remember(&world.fake, "10", &key).unwrap();
    assert_eq!(told(&world, moved("10")), Ok(OutcomeKind::Queued));
    // What is told of another issue does not count.
    issues::remember(&world.fake, "9", &key).unwrap();
    assert_eq!(told(&world, moved("9")), Ok(OutcomeKind::Queued));
    let now = world.fake.now_ms.get();
    world
        .fake
        .now_ms
        .set(now + 2 * LEASE.as_millis() as u64 + 2 * SKEW.as_millis() as u64);
    let asking = Asking::Inbox {
        missing_is_lost: false,
    };
    let again = || match block_on(store::acquire(world.fake.ports(), &key, asking)).unwrap() {
        Acquired::Mine(lease) => *lease,
        other => panic!("{other:?}"),
    };
    let lease = again();
    assert!(lease.outbox().is_none());
    let pending = lease.pending().unwrap().clone();
    // Jira is away: it is put off, and the change with it.
    lease.put_off(pending).unwrap();
    let lease = again();
    let issue = IssueRecord {
        id: "10".to_owned(),
        ..IssueRecord::default()
    };
    let released = lease.finish(Some(issue)).unwrap();
    assert!(tidy(world.fake.ports(), &released).unwrap());
    let lease = again();
    assert_eq!(lease.outbox().unwrap().tasks.len(), 1);
    drop(lease.finish(None).unwrap());
}

/// A create whose answer was lost became a dead letter, and Jira has its issue.
#[test]
fn a_change_outlives_a_dead_letter() {
    let world = World::new(&[&OPENCTI[..], &[("jira_index_lag", "0")]].concat());
    let entity = incident(1, "Odd login");
    let key = entity.key();
    world.tracker.fail("create", away());
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Queued);
    world.tracker.fail("find", refused());
    world.later(MINUTE);
    let known = || store::look(&world.fake, &key).unwrap().unwrap();
    assert!(known().dead.is_some() && known().issue.is_none());
    issues::remember(&world.fake, "7", &key).unwrap();
    for _ in 0..2 {
        let outcome = world.run(async |context| {
            let outcome = hear(context, moved("7")).await;
            after_response(context).await;
            outcome
        });
        assert_eq!(outcome.unwrap().kind, OutcomeKind::Queued);
    }
    assert!(known().dead.is_some());
    world.finds_seven();
    for _ in 0..9 {
        world.fake.reply(503, &[], "");
    }
    assert_eq!(world.kind(created(&entity)), OutcomeKind::Duplicate);
    let whole = store::whole::whole(world.fake.ports(), &key)
        .unwrap()
        .unwrap();
    let is_back = |task: &&OutboxTask| matches!(task.kind, TaskKind::Back(_));
    assert_eq!(whole.tasks.iter().filter(is_back).count(), 1);
}

#[test]
fn what_no_platform_can_be_told_is_not_kept() {
    let world = World::new(&[("sync_back", "status"), ("status_back", "done=Closed")]);
    let entity = incident(1, "Odd login").key();
    let issue = IssueRecord {
        id: "10".to_owned(),
        ..IssueRecord::default()
    };
    world.remember(&entity, issue);
    issues::remember(&world.fake, "10", &entity).unwrap();
    let writes = world.fake.writes.get();
    assert_eq!(told(&world, moved("10")), Ok(OutcomeKind::Ignored));
    assert_eq!(world.fake.writes.get(), writes);
    let mut settings = world.fake.settings.borrow_mut();
    settings.extend(OPENCTI.map(|(name, value)| (name.to_owned(), value.to_owned())));
    drop(settings);
    assert_eq!(told(&world, moved("10")), Ok(OutcomeKind::Queued));
}

fn commented(text: &str, at: u64) -> IssueChange {
    comment("7", text, at)
}

fn comment(id: &str, text: &str, at: u64) -> IssueChange {
    IssueChange {
        at: Timestamp::from_secs(at),
        actions: vec![IssueAction::Commented(Box::new(IssueComment {
            id: id.to_owned(),
            text: text.to_owned(),
            updated: Timestamp::from_secs(at),
            audience: Audience::Public,
            ..IssueComment::default()
        }))],
        ..moved("10")
    }
}

/// A container of SOAR with an issue, of which comments go back.
fn with_container() -> (World, EntityKey) {
    let soar = [
        ("soar_url", "https://soar.example.com"),
        ("soar_token", "t0ken"),
    ];
    let world = World::new(&[&COMMENTS[..], &soar].concat());
    let key = EntityKey {
        id: "soar-5".to_owned(),
        source: SourceKey::of(&splunk::PROFILE),
    };
    let issue = IssueRecord {
        id: "10".to_owned(),
        kind: EntityType::new("soar-container"),
        handles: vec!["5".to_owned()],
        ..IssueRecord::default()
    };
    world.remember(&key, issue);
    issues::remember(&world.fake, "10", &key).unwrap();
    (world, key)
}

/// The platform may have the first note: the answer was lost. It is told again before
/// the note is changed, or there would be two.
#[test]
fn an_edit_waits_for_its_comment() {
    let world = World::new(&[&OPENCTI[..], &COMMENTS].concat());
    let entity = incident(1, "Odd login").key();
    let issue = IssueRecord {
        id: "10".to_owned(),
        ..IssueRecord::default()
    };
    world.remember(&entity, issue);
    issues::remember(&world.fake, "10", &entity).unwrap();
    let mut asked = Vec::new();
    for _ in 0..9 {
        world.fake.reply(503, &[], "");
    }
    for change in [commented("one", 900_000), commented("two", 900_001)] {
        let outcome = world.run(async |context| {
            let outcome = hear(context, change).await;
            after_response(context).await;
            outcome
        });
        assert_eq!(outcome.unwrap().kind, OutcomeKind::Queued);
        asked.push(world.fake.requests.borrow().len());
    }
    assert!(asked[0] > 0);
    assert_eq!(asked[0], asked[1]);
}

/// Whoever dies among several comments leaves none that is told twice: SOAR keeps both.
#[test]
fn what_was_told_is_written_down_before_more_is_told() {
    let (world, key) = with_container();
    for id in ["7", "8"] {
        told(&world, comment(id, "seen", 900_000)).unwrap();
        world.fake.reply(200, &[], r#"{"success": true}"#);
    }
    world.run(async |context| {
        let asking = Asking::Inbox {
            missing_is_lost: false,
        };
        let acquired = store::acquire(context.ports, &key, asking).await.unwrap();
        let Acquired::Mine(mut lease) = acquired else {
            panic!("{acquired:?}");
        };
        let still = outbox::run_due(context, &mut lease).await.unwrap();
        assert_eq!(still, "");
        drop(lease);
    });
    assert_eq!(world.fake.requests.borrow().len(), 2);
    let known = store::look(&world.fake, &key).unwrap().unwrap();
    assert_eq!(known.issue.unwrap().synced.notes.len(), 1);
}

/// One note that is refused for now keeps no other; two in a row, and the platform is
/// taken to be away.
#[test]
fn one_that_fails_keeps_only_what_is_about_the_same() {
    for (answers, asked, told) in [(&[503, 200, 200][..], 3, 2), (&[503, 503], 2, 0)] {
        let (world, key) = with_container();
        for status in answers {
            world.fake.reply(*status, &[], r#"{"success": true}"#);
        }
        world.run(async |context| {
            for id in ["7", "8", "9"] {
                let change = comment(id, "seen", 900_000);
                hear(context, change).await.unwrap();
            }
            after_response(context).await;
        });
        let sent = world.fake.requests.borrow().len();
        assert_eq!(sent, asked, "{answers:?}");
        let known = store::look(&world.fake, &key).unwrap().unwrap();
        let notes = known.issue.unwrap().synced.notes;
        assert_eq!(notes.len(), told, "{answers:?}");
    }
}

#[test]
fn both_sides_are_to_be_looked_at_once_however_often_the_entity_changes() {
    let world = World::new(&OPENCTI);
    let event = created(&incident(1, "Odd login"));
    let Acquired::Mine(mut lease) = world.acquire(&event) else {
        panic!("somebody else has it");
    };
    world.run(async |context| {
        for _ in 0..3 {
            let (issue, tasks) = (IssueRecord::default(), vec![TaskKind::SyncStatus]);
            outbox::after_filing(context, &mut lease, &event, &issue, tasks).await;
        }
    });
    assert_eq!(lease.outbox().unwrap().tasks.len(), 1);
    lease.finish(None).unwrap();
}

#[test]
fn an_issue_of_before_leads_nowhere_once_its_alert_has_another() {
    let world = World::new(&[("on_repeat_after_done", "new")]);
    world.post(alert("a")).unwrap();
    let entity = alert("a").entity;
    let before = "9".to_owned();
    let issue = IssueRecord {
        id: before.clone(),
        ..world.issue(&entity)
    };
    world.remember(&entity.key(), issue);
    // A webhook or the upkeep found it since.
    let on = ("sync_back".to_owned(), "status".to_owned());
    world.fake.settings.borrow_mut().extend([on]);
    issues::remember(&world.fake, &before, &entity.key()).unwrap();
    *world.tracker.is_done.borrow_mut() = true;
    world.post(alert("b")).unwrap();
    let now = world.issue(&entity).id;
    let leads = |id: &str| issues::entity_of(&world.fake, id).unwrap().is_some();
    assert!(now != before && leads(&now) && !leads(&before));
}

/// A notable cannot be read back: that Jira did not answer afterwards is no reason to
/// say it again.
#[test]
fn a_notable_gets_its_status_once_though_jira_fails_afterwards() {
    let splunk = [
        ("sync_back", "status"),
        ("splunk_api", "notable_update"),
        ("splunk_api_url", "https://splunk.example.com:8089"),
        ("splunk_api_token", "t0ken"),
        ("splunk_status_back", "done=5"),
    ];
    let world = World::new(&splunk);
    let key = alert("a").entity.key();
    let mut issue = IssueRecord {
        id: "10".to_owned(),
        kind: EntityType::new("splunk-notable"),
        handles: vec!["A@@notable@@6b6f5a3c7b9e4d7f8a1b2c3d4e5f6071".to_owned()],
        ..IssueRecord::default()
    };
    // We moved the issue, maybe after its people did.
    issue.synced.moved = Timestamp::from_secs(1_000_000);
    world.remember(&key, issue);
    issues::remember(&world.fake, "10", &key).unwrap();
    let done = r#"{"success": true, "success_count": 1, "failure_count": 0, "message": "1"}"#;
    world.fake.reply(200, &[], done);
    world.fake.reply(200, &[], done);
    world.tracker.fail("where", away());
    let change = IssueChange {
        at: Timestamp::from_secs(1_000_000),
        ..moved("10")
    };
    world.run(async |context| {
        hear(context, change).await.unwrap();
        after_response(context).await;
    });
    assert_eq!(world.fake.requests.borrow().len(), 1);
    world.later(MINUTE);
    let asked = world.tracker.taken();
    assert_eq!(asked.iter().filter(|it| it.starts_with("where")).count(), 2);
    assert_eq!(world.fake.requests.borrow().len(), 1);
}
