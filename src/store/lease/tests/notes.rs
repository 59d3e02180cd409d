//! What a holder notes, and what becomes of the notes.

use super::*;
use crate::model::trace::Turn;
use crate::model::{Attempt, Enrichment, Firings, Missing, Shown};
use crate::store::dead_letter;

fn attempt(summary: &str) -> Attempt {
    Attempt {
        shown: Shown {
            summary: summary.to_owned(),
            ..Shown::default()
        },
        ..Attempt::default()
    }
}

fn enrichment() -> Enrichment {
    Enrichment {
        missing: vec![Missing {
            part: "VirusTotal".to_owned(),
            ..Missing::default()
        }],
        ..Enrichment::default()
    }
}

#[test]
fn a_step_that_is_done_is_known_to_the_next_attempt_and_forgotten_in_the_end() {
    let fake = Fake::default();
    let mut lease = win(&fake, 1);
    assert!(!lease.is_step_done("comment/1"));
    lease.step_done("comment/1".to_owned());
    assert!(lease.is_step_done("comment/1"));
    put_off_until(lease, 0);
    assert_eq!(record(&fake).pending().unwrap().done, ["comment/1"]);
    let mut lease = win(&fake, 1);
    assert!(lease.is_step_done("comment/1") && !lease.is_step_done("comment/2"));
    lease.step_done("comment/2".to_owned());
    put_off_until(lease, 0);
    let lease = win_again(&fake);
    assert!(lease.is_step_done("comment/1") && lease.is_step_done("comment/2"));
    lease.finish(Some(issue(1))).unwrap();
    assert_eq!(record(&fake).state, State::Idle);
    assert!(!win(&fake, 2).is_step_done("comment/1"));
}

fn turn(outcome: &str) -> Turn {
    Turn::said(Timestamp::UNKNOWN, outcome)
}

#[test]
fn what_became_of_the_last_ten_events_is_kept() {
    let fake = Fake::default();
    for number in 1..=12 {
        later(&fake, Duration::from_secs(1));
        let mut lease = win(&fake, number);
        lease.trace(turn(&number.to_string()));
        lease.finish(Some(issue(number))).unwrap();
    }
    let trace = record(&fake).trace;
    let what: Vec<&str> = trace.iter().map(|trace| trace.outcome.as_str()).collect();
    assert_eq!(what, ["3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
    // A dead letter has them, too.
    let mut lease = win(&fake, 13);
    lease.trace(turn("Jira refuses it"));
    let pending = lease.pending().unwrap().clone();
    lease.to_dead_letter(pending, "Jira refuses it").unwrap();
    let letter = dead_letter::read(&fake, 1).unwrap().unwrap();
    assert_eq!(letter.trace.len(), 10);
    assert_eq!(letter.trace[..9], trace[1..]);
    assert_eq!(letter.trace[9].outcome, "Jira refuses it");
}

#[test]
fn an_edit_is_noted_before_it_is_sent() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(issue(1))).unwrap();
    let mut lease = win(&fake, 2);
    lease.attempt(attempt("new")).unwrap();
    lease.attempt(attempt("new")).unwrap();
    lease.attempt(attempt("newer")).unwrap();
    let noted = record(&fake).issue.unwrap().attempted;
    assert_eq!(noted, [attempt("new"), attempt("newer")]);
}

#[test]
fn a_create_that_was_not_carried_out_makes_way_for_the_next_one() {
    let fake = Fake::default();
    put_off_until(win(&fake, 1), 0);
    let mut lease = win(&fake, 2);
    assert_eq!(lease.earlier().unwrap().event, event(1));
    lease.disproved().unwrap();
    assert!(lease.earlier().is_none());
    let noted = record(&fake);
    let sent = noted.pending().unwrap().sent.as_ref();
    assert_eq!(sent.unwrap().event, event(2));
}

#[test]
fn enrichment_is_noted_for_whoever_takes_over() {
    let fake = Fake::default();
    let mut lease = win(&fake, 1);
    let writes = fake.writes.get();
    // There is nothing that an issue would show.
    lease.enriched(&Enrichment::default()).unwrap();
    assert_eq!(fake.writes.get(), writes);
    lease.enriched(&enrichment()).unwrap();
    assert_eq!(fake.writes.get(), writes + 1);
    later(&fake, LEASE + Duration::from_millis(1));
    let taker = win(&fake, 1);
    assert_eq!(taker.pending().unwrap().enrichment, Some(enrichment()));
}

#[test]
fn whoever_takes_over_from_the_dead_looks_for_any_comment_first() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(issue(1))).unwrap();
    let mut died = win(&fake, 2);
    died.declare().unwrap();
    assert!(!died.is_step_unsure("comment/2"));
    later(&fake, LEASE + Duration::from_millis(1));
    put_off_until(win(&fake, 3), 0);
    assert!(win(&fake, 3).is_step_unsure("comment/2"));
}

#[test]
fn the_next_issue_of_an_entity_is_noted_before_it_is_filed() {
    let fake = Fake::default();
    let before = IssueRecord {
        firings: Firings::one("a"),
        ..issue(1)
    };
    win(&fake, 1).finish(Some(before)).unwrap();
    let mut lease = win(&fake, 2);
    // An edit is no create.
    assert!(lease.pending().unwrap().sent.is_none());
    lease.renew().unwrap();
    assert_eq!((lease.sequence(), lease.past()), (1, &["a".to_owned()][..]));
    let noted = record(&fake);
    assert_eq!((noted.issue.as_ref(), noted.sequence), (None, 1));
    let pending = noted.pending().unwrap();
    assert_eq!(pending.event.entity.sequence, 1);
    assert_eq!(pending.sent.as_ref().unwrap().event, pending.event);
}

#[test]
fn one_who_was_overtaken_notes_nothing() {
    let fake = Fake::default();
    win(&fake, 1).finish(Some(issue(1))).unwrap();
    let mut late = win(&fake, 2);
    later(&fake, LEASE + Duration::from_millis(1));
    let mut taker = win(&fake, 2);
    taker.declare().unwrap();
    let before = record(&fake);
    let overtaken = Err(RecordError::Overtaken);
    assert_eq!(late.must_be_ours(), overtaken);
    assert_eq!(late.attempt(attempt("new")), overtaken);
    assert_eq!(late.disproved(), overtaken);
    assert_eq!(late.enriched(&enrichment()), overtaken);
    assert_eq!(late.renew(), overtaken);
    let pending = before.pending().unwrap().clone();
    let put_off = late.put_off(pending).map(drop);
    assert_eq!(put_off, overtaken);
    assert_eq!(record(&fake), before);
}
