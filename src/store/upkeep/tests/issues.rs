//! From issues to their entities.

use super::*;
use crate::model::Synced;
use crate::store::issues;

const INDEXED: Limits = Limits {
    index_issues: true,
    counts_events: false,
    ..LIMITS
};

fn filed(fake: &Fake, id: &str, deleted: u64) {
    let record = Record {
        touched: Timestamp::from_millis(fake.now_ms.get()),
        issue: Some(IssueRecord {
            id: format!("issue-{id}"),
            synced: Synced {
                deleted: Timestamp::from_millis(deleted),
                ..Synced::default()
            },
            ..IssueRecord::default()
        }),
        ..Record::default()
    };
    record.write(fake, &key(id)).unwrap();
}

fn leads(fake: &Fake, id: &str) -> bool {
    issues::entity_of(fake, &format!("issue-{id}"))
        .unwrap()
        .is_some()
}

#[test]
fn issues_of_before_lead_to_their_entities_until_these_are_forgotten() {
    let fake = Fake::default();
    fake.now_ms.set(10_000_000);
    filed(&fake, "a", 0);
    filed(&fake, "b", 9_000_000);
    look(&fake);
    assert!(!leads(&fake, "a"));
    look_within(&fake, INDEXED);
    assert!(leads(&fake, "a"));
    assert!(!leads(&fake, "b"), "it was deleted");
    // Also where nothing goes back any more.
    fake.now_ms.set(20_000_000);
    look(&fake);
    assert!(remembered(&fake).is_empty());
    assert!(!leads(&fake, "a"));
}
