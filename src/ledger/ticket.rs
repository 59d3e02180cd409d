//! What is remembered about an entity's issue, as it stands in the store.

use super::journal::Pending;
use super::owed::Owed;
use super::{LedgerError, keys};
use crate::event::stored::{from_bytes, stored, to_bytes};
use crate::event::{Findings, Firings, Version};
use crate::plan::Written;
use crate::plan::life::Shown;
use crate::platform::Store;

/// What we remember about an entity's Jira issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticket {
    /// The issue's key when it was filed, such as `SOC-105`.
    pub key: String,
    /// The issue's id, which survives a move.
    pub id: String,
    /// The latest state of the entity that was dealt with.
    pub version: Version,
    /// What the entity was mapped to last.
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
    pub counting: Option<String>,
    /// What others know about the entity.
    pub findings: Findings,
}

stored!(Ticket {
    may key, id, version, written, summary, description, attempted, ended, filed, firings, counting,
        findings;
});

stored!(Shown {
    may summary, description;
});

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
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Record {
    /// How often the right to work on it has passed on.
    pub(super) generation: u64,
    /// Somebody works on it until then (milliseconds since 1970); 0: nobody.
    pub(super) leased_until: u64,
    /// When it was last written (milliseconds since 1970).
    pub(super) touched: u64,
    /// The issue, once there is one.
    pub(super) ticket: Option<Ticket>,
    /// What is being done, or was put off.
    pub(super) pending: Option<Pending>,
    /// What is still to be done around the issue.
    pub(super) owed: Option<Owed>,
    /// How many issues came before this one.
    pub(super) round: u32,
    /// The keys of firings that issues before this one have counted.
    pub(super) past: Vec<String>,
    /// Changes of the inbox up to this number are taken in.
    pub(super) drained: u64,
    /// There is a dead letter.
    pub(super) dead: bool,
}

// An issue or an event that cannot be read must not seem to be none: the next
// write would lose it.
stored!(Record {
    must generation, ticket, pending;
    may leased_until, touched, drained, dead, owed, round, past;
});

impl Record {
    pub(super) fn read(store: &dyn Store, id: &str) -> Result<Option<Self>, LedgerError> {
        let key = keys::record(id);
        let Some(bytes) = store.get(&key)? else {
            return Ok(None);
        };
        let record = from_bytes(&bytes).ok_or(LedgerError::Unreadable { key })?;
        Ok(Some(record))
    }

    pub(super) fn write(&self, store: &dyn Store, id: &str) -> Result<(), LedgerError> {
        Ok(store.set(&keys::record(id), &to_bytes(self))?)
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
