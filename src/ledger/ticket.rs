//! What is remembered about an entity's issue, as it stands in the store.

use serde::{Deserialize, Serialize};

use super::journal::Pending;
use super::owed::Owed;
use super::{LedgerError, get, keys, put};
use crate::event::{Findings, Firings, Version, lenient};
use crate::plan::Written;
use crate::plan::life::Shown;
use crate::platform::Store;

/// What we remember about an entity's Jira issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    /// The issue's key when it was filed, such as `SOC-105`.
    pub key: String,
    /// The issue's id, which survives a move.
    pub id: String,
    /// The latest state of the entity that was dealt with.
    pub version: Version,
    /// What the entity was mapped to last.
    #[serde(deserialize_with = "lenient::or_default")]
    pub written: Written,
    /// The summary that Jira was given last.
    pub summary: String,
    /// A fingerprint of the description that Jira was given last.
    pub description: String,
    /// What edits whose answer was lost may have left in Jira: ours as well.
    pub attempted: Vec<Shown>,
    /// The entity was deleted or merged away.
    pub ended: bool,
    /// When it was filed (milliseconds since 1970).
    pub filed: u64,
    /// Of an alert: the firings that were dealt with.
    pub firings: Firings,
    /// The id of the comment that counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counting: Option<String>,
    /// What others know about the entity.
    #[serde(deserialize_with = "lenient::or_default")]
    pub findings: Findings,
}

/// More lost edits in a row than this are not told from people's.
const ATTEMPTS_KEPT: usize = 10;

impl Ticket {
    /// All that Jira can show without a person having edited it.
    pub fn ours(&self) -> Vec<Shown> {
        let last = Shown {
            summary: self.summary.clone(),
            description: self.description.clone(),
        };
        [&[last], self.attempted.as_slice()].concat()
    }

    /// Notes what an edit is about to make Jira show.
    pub fn attempt(&mut self, shown: Shown) {
        if !self.attempted.contains(&shown) {
            self.attempted.push(shown);
        }
        let surplus = self.attempted.len().saturating_sub(ATTEMPTS_KEPT);
        self.attempted.drain(..surplus);
    }
}

/// All that the store holds about an entity, under one key.
///
/// An issue or an event that cannot be read must not seem to be none: the next
/// write would lose it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The shape of the record.
    #[serde(default)]
    pub(super) version: Shape,
    /// How often the right to work on it has passed on.
    pub(super) generation: u64,
    /// Somebody works on it until then (milliseconds since 1970); 0: nobody.
    #[serde(default)]
    pub(super) leased_until: u64,
    /// When it was last written (milliseconds since 1970).
    #[serde(default)]
    pub(super) touched: u64,
    /// The issue, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ticket: Option<Ticket>,
    /// What is being done, or was put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<Pending>,
    /// What is still to be done around the issue.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) owed: Option<Owed>,
    /// How many issues came before this one.
    #[serde(default)]
    pub(super) round: u32,
    /// The keys of firings that issues before this one have counted.
    #[serde(default)]
    pub(super) past: Vec<String>,
    /// Changes of the inbox up to this number are taken in.
    #[serde(default)]
    pub(super) drained: u64,
    /// There is a dead letter.
    #[serde(default)]
    pub(super) dead: bool,
}

/// Which shape a record has: 1 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shape(u32);

impl Default for Shape {
    fn default() -> Self {
        Self(1)
    }
}

impl Record {
    pub(super) fn read(store: &dyn Store, id: &str) -> Result<Option<Self>, LedgerError> {
        let record: Option<Self> = get(store, &keys::record(id))?;
        // Whatever wrote it: it is written back in the shape that is known here.
        let version = Shape::default();
        Ok(record.map(|record| Self { version, ..record }))
    }

    pub(super) fn write(&self, store: &dyn Store, id: &str) -> Result<(), LedgerError> {
        put(store, &keys::record(id), self)
    }

    /// When there is something to be done (milliseconds since 1970).
    pub(super) fn due(&self) -> Option<u64> {
        let pending = self.pending.as_ref().map(|pending| pending.not_before);
        let owed = self.owed.as_ref().and_then(Owed::due);
        [pending, owed].into_iter().flatten().min()
    }

    /// Whether somebody works on the entity.
    pub(super) fn is_leased(&self, now: u64) -> bool {
        self.leased_until > now
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;
    use crate::event::strategy::{self, text};
    use crate::event::{Change, Entity, Event};
    use crate::ledger::{DeadLetter, Errand, Sent, What, dead};
    use crate::platform::fake::Fake;

    fn written() -> BoxedStrategy<Written> {
        let custom = proptest::collection::hash_map(text(), text(), 0..3);
        let labels = proptest::collection::vec(text(), 0..3);
        (text(), text(), labels, of(text()), custom, of(text()))
            .prop_map(
                |(summary, description, labels, priority, custom, status)| Written {
                    summary,
                    description,
                    labels,
                    priority,
                    custom: custom
                        .into_iter()
                        .map(|(name, value)| (name, Value::from(value)))
                        .collect::<Map<_, _>>(),
                    status,
                },
            )
            .boxed()
    }

    fn ticket() -> BoxedStrategy<Ticket> {
        let texts = (text(), text(), text(), text());
        (texts, strategy::version(), written(), any::<bool>())
            .prop_map(
                |((key, id, summary, description), version, written, ended)| Ticket {
                    attempted: vec![Shown {
                        summary: key.clone(),
                        description: id.clone(),
                    }],
                    key,
                    id,
                    version,
                    written,
                    summary,
                    description,
                    ended,
                    filed: version.modified,
                    firings: Firings::one("a"),
                    counting: Some("10".to_owned()),
                    findings: Findings::default(),
                },
            )
            .boxed()
    }

    fn pending() -> BoxedStrategy<Pending> {
        let sent = (strategy::event(), any::<u64>()).prop_map(|(event, at)| Sent { event, at });
        let numbers = (any::<u32>(), any::<u64>(), any::<u64>());
        (strategy::event(), of(sent), numbers, text())
            .prop_map(
                |(event, sent, (attempts, since, not_before), why)| Pending {
                    findings: sent.as_ref().map(|_| Findings::default()),
                    event,
                    sent,
                    attempts,
                    since,
                    not_before,
                    why,
                },
            )
            .boxed()
    }

    fn owed() -> BoxedStrategy<Owed> {
        let errand = Errand {
            attempts: 2,
            why: "Slack answered 503".to_owned(),
            ..Errand::new(What::SlackCreated, 5)
        };
        strategy::event()
            .prop_map(move |event| Owed {
                event,
                errands: vec![errand.clone(), Errand::new(What::Link, 7)],
                findings: Some(Findings::default()),
            })
            .boxed()
    }

    fn record() -> BoxedStrategy<Record> {
        let numbers = any::<([u64; 4], u32)>();
        let work = (of(pending()), of(owed()));
        (numbers, of(ticket()), work, any::<bool>())
            .prop_map(
                |(
                    ([generation, leased_until, touched, drained], round),
                    ticket,
                    (pending, owed),
                    dead,
                )| Record {
                    version: Shape::default(),
                    past: vec![round.to_string()],
                    owed,
                    round,
                    generation,
                    leased_until,
                    touched,
                    ticket,
                    pending,
                    drained,
                    dead,
                },
            )
            .boxed()
    }

    fn read(bytes: &[u8]) -> Result<Option<Record>, LedgerError> {
        let fake = Fake::default();
        fake.set(&keys::record("a"), bytes)?;
        Record::read(&fake, "a")
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written(record in record()) {
            let fake = Fake::default();
            record.write(&fake, "a").unwrap();
            prop_assert_eq!(Record::read(&fake, "a"), Ok(Some(record)));
        }

        #[test]
        fn a_dead_letter_is_read_as_it_was_written(pending in pending(), at: u64) {
            let letter = DeadLetter {
                id: "a".to_owned(),
                pending,
                reason: "Jira said no".to_owned(),
                at,
            };
            let fake = Fake::default();
            dead::write(&fake, &letter).unwrap();
            prop_assert_eq!(dead::read(&fake, "a"), Ok(Some(letter)));
        }
    }

    #[test]
    fn an_event_that_was_sent_is_kept_once() {
        let event = Event::bare(Change::Create, Entity::default());
        let sent = Some(Sent {
            event: event.clone(),
            at: 7,
        });
        let pending = Pending {
            sent,
            ..Pending::new(event, 1)
        };
        let kept = serde_json::json!(pending);
        assert_eq!(kept["sent"], serde_json::json!({ "at": 7 }));
        assert_eq!(serde_json::from_value::<Pending>(kept).unwrap(), pending);
    }

    #[test]
    fn what_a_record_can_do_without_may_be_broken() {
        let event = r#"{"change":"create","provenance":"live","entity":{}}"#;
        let owed =
            format!(r#"{{"event":{event},"errands":[{{"what":"link"}},{{"what":"sing"}}]}}"#);
        let record =
            format!(r#"{{"version":2,"generation":1,"owed":{owed},"ticket":{{"findings":1}}}}"#);
        let record = read(record.as_bytes()).unwrap().unwrap();
        assert_eq!(record.ticket, Some(Ticket::default()));
        assert_eq!(record.owed.unwrap().errands, [Errand::new(What::Link, 0)]);
        assert_eq!(serde_json::json!(record.version), 1);
        let broken = read(br#"{"generation":1,"owed":{"event":1}}"#);
        assert_eq!(broken.unwrap().unwrap().owed, None);
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
            r#"{"generation":1,"ticket":"SOC-1"}"#,
            r#"{"generation":1,"pending":{"since":1}}"#,
        ] {
            let found = read(bytes.as_bytes());
            assert!(
                matches!(found, Err(LedgerError::Unreadable { .. })),
                "{bytes}"
            );
        }
    }

    #[test]
    fn the_record_of_an_older_version_is_readable() {
        let old = br#"{"generation":3,"ticket":{"key":"SOC-1","moon":1},"sun":[]}"#;
        let expected = Record {
            generation: 3,
            ticket: Some(Ticket {
                key: "SOC-1".to_owned(),
                ..Ticket::default()
            }),
            ..Record::default()
        };
        assert_eq!(read(old), Ok(Some(expected)));
    }
}
