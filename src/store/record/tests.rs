//! What is kept is read as it was written, also where it was written by another
//! version or is broken.

use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::model::Named;
use crate::model::strategy::{self, text, time};
use crate::model::{
    AppliedState, Attempt, Change, Enrichment, Entity, EntityType, Event, Firings, IssueAction,
    OutboxTask, Shown, TaskKind,
};
use crate::platform::fake::Fake;
use crate::store::slot::Line;
use crate::store::{DeadLetter, Sent, dead_letter};

fn key() -> EntityKey {
    EntityKey {
        id: "a".to_owned(),
        ..EntityKey::default()
    }
}

fn applied() -> BoxedStrategy<AppliedState> {
    let custom = proptest::collection::hash_map(text(), text(), 0..3);
    let labels = proptest::collection::vec(text(), 0..3);
    (text(), labels, custom, of(text()))
        .prop_map(|(summary, labels, custom, status)| AppliedState {
            fields: Map::from_iter([
                ("summary".to_owned(), Value::from(summary)),
                ("labels".to_owned(), Value::from(labels)),
            ]),
            custom: custom
                .into_iter()
                .map(|(name, value)| (name, Value::from(value)))
                .collect::<Map<_, _>>(),
            status,
        })
        .boxed()
}

fn issue() -> BoxedStrategy<IssueRecord> {
    let texts = (text(), text(), text(), text());
    let states = (applied(), applied());
    (texts, strategy::version(), states, any::<bool>())
        .prop_map(
            |((key, id, summary, description), version, (applied, lost), ended)| IssueRecord {
                synced: crate::model::Synced::default(),
                attempted: vec![Attempt {
                    applied: lost,
                    shown: Shown {
                        summary: key.clone(),
                        description: id.clone(),
                    },
                }],
                handles: vec![key.clone()],
                kind: EntityType::new("incident"),
                key,
                id,
                version,
                applied,
                summary,
                description,
                ended,
                adopting: ended,
                lacks_names: ended,
                not_visible: ended.then_some(version),
                markings: vec![Named::by_name("PAP:RED".to_owned())],
                filed: version.modified,
                firings: Firings::one("a"),
                counting: Some("10".to_owned()),
                enrichment: Enrichment::default(),
                data: Vec::new(),
                observables: Vec::new(),
            },
        )
        .boxed()
}

fn pending() -> BoxedStrategy<Pending> {
    let sent = (strategy::event(), time()).prop_map(|(event, at)| Sent {
        event,
        missed: at,
        at,
    });
    let numbers = (
        any::<u32>(),
        time(),
        time(),
        of(any::<u64>()),
        any::<bool>(),
    );
    let done = proptest::collection::vec(text(), 0..3);
    (strategy::event(), of(sent), numbers, (text(), done))
        .prop_map(
            |(event, sent, (attempts, since, not_before, revived, held), (why, done))| Pending {
                enrichment: sent.as_ref().map(|_| Enrichment::default()),
                event,
                sent,
                attempts,
                failures: attempts / 2,
                since,
                not_before,
                held: held.then(|| why.clone()),
                why,
                unsure: done.clone(),
                done,
                revived,
            },
        )
        .boxed()
}

fn state() -> BoxedStrategy<State> {
    let dead = (any::<u64>(), text()).prop_map(|(letter, reason)| State::Dead { letter, reason });
    prop_oneof![
        Just(State::Idle),
        pending().prop_map(|pending| State::Pending(Box::new(pending))),
        dead,
    ]
    .boxed()
}

fn trace() -> BoxedStrategy<Vec<Turn>> {
    let one = (time(), text()).prop_map(|(at, what)| Turn::said(at, what));
    proptest::collection::vec(one, 0..3).boxed()
}

fn outbox() -> BoxedStrategy<Outbox> {
    let at = Timestamp::from_millis;
    let task = OutboxTask {
        attempts: 2,
        why: "Slack answered 503".to_owned(),
        ..OutboxTask::new(TaskKind::Created("slack".to_owned()), at(5))
    };
    strategy::event()
        .prop_map(move |event| Outbox {
            event,
            tasks: vec![task.clone(), OutboxTask::new(TaskKind::Link, at(7))],
            enrichment: Some(Enrichment::default()),
        })
        .boxed()
}

/// What people did to an issue that nobody has noted yet.
fn early(at: Timestamp) -> IssueChange {
    IssueChange {
        at,
        actions: vec![IssueAction::Resolution(Some("Done".to_owned()))],
        ..IssueChange::default()
    }
}

fn record() -> BoxedStrategy<Record> {
    let numbers = (any::<u64>(), any::<u64>(), any::<u32>(), time(), time());
    (numbers, of(issue()), state(), of(outbox()), trace())
        .prop_map(
            |(
                (generation, drained, sequence, leased_until, touched),
                issue,
                state,
                outbox,
                trace,
            )| Record {
                version: Shape::default(),
                past: vec![sequence.to_string()],
                generation,
                leased_until,
                touched,
                early: issue
                    .is_none()
                    .then(|| early(touched))
                    .into_iter()
                    .collect(),
                issue,
                state,
                outbox,
                sequence,
                queued: Some(Slot {
                    line: Line::Again(drained),
                    number: generation,
                }),
                drained,
                trace,
            },
        )
        .boxed()
}

fn read(bytes: &[u8]) -> Result<Option<Record>, RecordError> {
    let fake = Fake::default();
    fake.set(&keys::record(&key()), bytes)?;
    Record::read(&fake, &key())
}

proptest! {
    #[test]
    fn a_record_is_read_as_it_was_written(record in record()) {
        let fake = Fake::default();
        record.write(&fake, &key()).unwrap();
        prop_assert_eq!(Record::read(&fake, &key()), Ok(Some(record)));
    }

    #[test]
    fn a_dead_letter_is_read_as_it_was_written(
        pending in pending(), at in time(), trace in trace(),
    ) {
        let letter = DeadLetter {
            number: 0,
            pending: Some(pending),
            body: None,
            reason: "Jira said no".to_owned(),
            at,
            trace,
        };
        let fake = Fake::default();
        let number = dead_letter::write(&fake, letter.clone()).unwrap();
        let numbered = DeadLetter { number, ..letter };
        prop_assert_eq!(number, 1);
        prop_assert_eq!(dead_letter::read(&fake, number), Ok(Some(numbered)));
    }
}

#[test]
fn an_event_that_was_sent_is_kept_once() {
    let event = Event::live(Change::Created, Entity::default());
    let sent = Some(Sent {
        event: event.clone(),
        at: Timestamp::from_millis(7),
        missed: Timestamp::UNKNOWN,
    });
    let pending = Pending {
        sent,
        ..Pending::new(event, Timestamp::from_millis(1))
    };
    let kept = json!(pending);
    assert_eq!(kept["sent"], json!({ "at": 7, "missed": 0 }));
    assert_eq!(serde_json::from_value::<Pending>(kept).unwrap(), pending);
}

#[test]
fn what_a_record_can_do_without_may_be_broken() {
    let event = r#"{"change":"created","provenance":"live","entity":{}}"#;
    let outbox = format!(r#"{{"event":{event},"tasks":[{{"kind":"link"}},{{"kind":"sing"}}]}}"#);
    let trace = r#"[{"what":"created"},7]"#;
    let record = format!(
        r#"{{"version":2,"generation":1,"outbox":{outbox},"issue":{{"enrichment":1}},"trace":{trace}}}"#
    );
    let record = read(record.as_bytes()).unwrap().unwrap();
    assert_eq!(record.issue, Some(IssueRecord::default()));
    assert_eq!(
        record.outbox.unwrap().tasks,
        [OutboxTask::new(TaskKind::Link, Timestamp::UNKNOWN)]
    );
    let created = Turn::said(Timestamp::UNKNOWN, "created");
    assert_eq!(record.trace, [created]);
    assert_eq!(json!(record.version), 1);
    let broken = read(br#"{"generation":1,"outbox":{"event":1},"trace":"none"}"#);
    let broken = broken.unwrap().unwrap();
    assert_eq!((broken.outbox, broken.trace), (None, Vec::new()));
}

#[test]
fn what_is_no_record_is_unreadable() {
    for bytes in [
        "",
        "\u{ff}",
        "1",
        "null",
        "[]",
        "{}",
        r#"{"generation":"1"}"#,
        r#"{"generation":null}"#,
        r#"{"generation":1,"issue":"SOC-1"}"#,
        r#"{"generation":1,"state":"asleep"}"#,
        r#"{"generation":1,"state":null}"#,
        r#"{"generation":1,"state":{"pending":{"since":1}}}"#,
        r#"{"generation":1,"state":{"dead":{"reason":"no"}}}"#,
    ] {
        let found = read(bytes.as_bytes());
        assert!(
            matches!(found, Err(RecordError::Unreadable { .. })),
            "{bytes}"
        );
    }
}

#[test]
fn the_record_of_an_older_version_is_readable() {
    let old = br#"{"generation":3,"issue":{"key":"SOC-1","moon":1},"sun":[]}"#;
    let expected = Record {
        generation: 3,
        issue: Some(IssueRecord {
            key: "SOC-1".to_owned(),
            ..IssueRecord::default()
        }),
        ..Record::default()
    };
    assert_eq!(read(old), Ok(Some(expected)));
}

#[test]
fn a_look_tells_the_issue_and_why_an_event_is_dead() {
    let fake = Fake::default();
    assert_eq!(look(&fake, &key()), Ok(None));
    let record = Record {
        issue: Some(IssueRecord::default()),
        sequence: 2,
        ..Record::default()
    };
    record.write(&fake, &key()).unwrap();
    let known = Known {
        issue: Some(IssueRecord::default()),
        sequence: 2,
        has_pending: false,
        dead: None,
    };
    assert_eq!(look(&fake, &key()), Ok(Some(known.clone())));
    let state = State::Dead {
        letter: 1,
        reason: "Jira said no".to_owned(),
    };
    let record = Record { state, ..record };
    record.write(&fake, &key()).unwrap();
    let dead = Some(Dead {
        letter: 1,
        reason: "Jira said no".to_owned(),
    });
    assert_eq!(look(&fake, &key()), Ok(Some(Known { dead, ..known })));
}
