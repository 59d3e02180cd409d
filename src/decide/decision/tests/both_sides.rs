//! The entity's status, where people move the issue as well.

use super::*;
use crate::model::{EntityState, IssueStatus, KnownBy, Side, StatusChange};

const BOTH: [(&str, &str); 3] = [
    ("sync_back", "status"),
    ("status_transitions", "s1=Open,s2=Start,s3=Finish"),
    ("status_back", "done=Three"),
];

fn with_status(seconds: u64, status: &str) -> Event {
    updated(Entity {
        status: Some(Named {
            id: status.to_owned(),
            name: None,
        }),
        ..incident(seconds)
    })
}

/// An issue that a person has moved to done at this time, which stands for `s3`.
fn closed_at(seconds: u64, settings: &[(&str, &str)]) -> Setup {
    let mut setup = Setup::new(settings).after(&with_status(100, "s1"));
    let at = Timestamp::from_secs(seconds);
    let issue = setup.issue.as_mut().unwrap();
    issue.synced.latest = Some(StatusChange {
        at,
        side: Side::Issue,
        entity: Named {
            id: "s3".to_owned(),
            name: None,
        },
        issue: Some(IssueStatus {
            id: "10002".to_owned(),
            name: "Done".to_owned(),
            category: "done".to_owned(),
        }),
    });
    let state = EntityState {
        at: at.after(std::time::Duration::from_secs(2)),
        status: "s3".to_owned(),
        known: KnownBy::Written,
    };
    issue.synced.has(state, Some("s1"));
    issue.applied.status = Some("s3".to_owned());
    setup
}

#[test]
fn what_we_wrote_to_the_platform_comes_back_and_moves_nothing() {
    let setup = closed_at(500, &BOTH);
    let (_, decision) = setup.decide(&with_status(502, "s3"));
    assert!(decision.plan.is_empty(), "{decision:?}");
    assert!(!decision.settles);
}

#[test]
fn a_later_change_of_the_platform_moves_the_issue_and_an_earlier_one_does_not() {
    let setup = closed_at(500, &BOTH);
    for (at, conflict, plan, settles) in [
        (5_000, None, "move to Start", false),
        (
            505,
            Some("in OpenCTI is the later"),
            "move to Start, comment",
            true,
        ),
        (450, Some("in Jira is the later"), "comment", true),
    ] {
        let event = with_status(at, "s2");
        let line = setup.line(&event);
        assert!(line.starts_with("Names? updated"), "{line}");
        assert!(line.ends_with(&format!(": {plan}")), "{line}");
        let decision = setup.decide(&event).1;
        let told = decision.reason.as_deref();
        assert_eq!(told.is_some(), conflict.is_some(), "{at}");
        assert!(
            told.unwrap_or_default()
                .contains(conflict.unwrap_or_default())
        );
        assert_eq!(decision.settles, settles, "{at}");
    }
    let (_, decision) = setup.decide(&with_status(450, "s2"));
    let issue = decision.issue.unwrap();
    assert_eq!(issue.applied.status.as_deref(), Some("s3"), "it has ours");
    assert_eq!(issue.synced.latest.unwrap().at, Timestamp::from_secs(500));
}

#[test]
fn where_statuses_do_not_go_back_each_change_moves_the_issue() {
    let setup = closed_at(500, &BOTH[1..]);
    assert_eq!(
        setup.line(&with_status(450, "s2")),
        "Names? updated: move to Start"
    );
    let (_, decision) = setup.decide(&with_status(450, "s2"));
    assert_eq!(decision.issue.unwrap().synced, setup.issue.unwrap().synced);
}

#[test]
fn an_alert_that_its_issue_has_closed_is_told_of_no_end() {
    let closing = [("on_delete", "transition")];
    let settings = [&BOTH[..], &closing].concat();
    let setup = closed_at(500, &settings);
    let mut event = with_status(600, "s3");
    event.change = Change::Closed;
    let (_, decision) = setup.decide(&event);
    assert!(decision.plan.is_empty(), "{decision:?}");
    assert!(decision.issue.unwrap().ended);
}
