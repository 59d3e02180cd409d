//! Entities that are deleted or merged away.

use super::*;

fn deleted(seconds: u64) -> Event {
    Event::live(Change::Ended(End::Deleted), incident(seconds))
}

fn survivor() -> Entity {
    Entity {
        id: "e2".to_owned(),
        ..named(6, "The one that stays")
    }
}

/// The incident was merged into this one.
fn absorbed(into: Entity) -> Event {
    let absorbed = vec!["e1".to_owned()];
    let merge = Event::live(Change::Merged { absorbed }, into);
    merge.of_absorbed().remove(0)
}

#[test]
fn a_deletion_is_told_or_closes_the_issue_or_does_nothing() {
    for (settings, expected) in [
        (&[("on_delete", "comment")][..], "updated: comment"),
        (
            &[("on_delete", "transition")],
            "updated: comment, move to a status of category done",
        ),
        (
            &[("on_delete", "transition"), ("done_transition", "Reject")],
            "updated: comment, move to Reject",
        ),
        (&[("on_delete", "ignore")], "updated (on_delete = ignore)"),
    ] {
        let known = known(settings);
        assert_eq!(known.line(&deleted(6)), expected);
        let issue = known.remembered(&deleted(6));
        assert!(issue.ended);
        assert_eq!(issue.version, incident(6).version);
    }
}

#[test]
fn a_deletion_says_so_in_the_sources_words() {
    let (_, decision) = known(&[]).decide(&deleted(6));
    assert_eq!(comments(&decision), "The entity was deleted in OpenCTI.");
}

#[test]
fn an_end_is_an_end_whenever_it_comes_and_only_once() {
    assert_eq!(known(&[]).line(&deleted(4)), "updated: comment");
    let issue = known(&[]).remembered(&deleted(4));
    assert_eq!(issue.version, incident(5).version);
    let ended = known(&[]).after(&deleted(6));
    assert_eq!(ended.line(&deleted(6)), "duplicate");
    assert_eq!(ended.line(&absorbed(survivor())), "duplicate");
}

#[test]
fn on_update_does_not_hold_an_end_back() {
    let known = known(&[("on_update", "ignore")]);
    assert_eq!(known.line(&deleted(6)), "updated: comment");
}

#[test]
fn what_is_told_from_before_the_end_is_ignored_and_what_comes_back_is_not() {
    let ended = known(&[]).after(&deleted(6));
    let gone = "ignored (the entity was deleted or merged)";
    assert_eq!(ended.line(&updated(named(5, "Late"))), gone);
    assert_eq!(ended.line(&updated(named(6, "Late"))), gone);
    assert_eq!(ended.line(&created(incident(6))), gone);
    let back = updated(named(7, "Back"));
    assert_eq!(ended.line(&back), "Text? updated: edit summary");
    assert!(!ended.remembered(&back).ended);
}

#[test]
fn a_merge_links_the_issue_to_that_of_the_entity_that_stays() {
    let mut known = known(&[("on_delete", "transition")]);
    let close = "comment, move to a status of category done";
    assert_eq!(
        known.line(&absorbed(survivor())),
        format!("Survivor? updated: {close}")
    );
    known.survivor = Some("SOC-2");
    assert_eq!(
        known.line(&absorbed(survivor())),
        format!("Survivor? updated: {close}, link to SOC-2")
    );
    let (_, decision) = known.decide(&absorbed(survivor()));
    assert_eq!(
        comments(&decision),
        "The entity was merged in OpenCTI into “The one that stays”, which is SOC-2 here."
    );
    let issue = decision.issue.unwrap();
    assert!(issue.ended);
    assert_eq!(issue.version, survivor().version);
}

#[test]
fn a_merge_links_whatever_else_an_end_does() {
    let setup = Setup {
        survivor: Some("SOC-2"),
        ..known(&[("on_delete", "ignore")])
    };
    let line = setup.line(&absorbed(survivor()));
    assert_eq!(line, "Survivor? updated: link to SOC-2");
}

#[test]
fn an_entity_that_must_not_be_shown_is_not_named_by_a_merge() {
    let setup = Setup {
        survivor: Some("SOC-2"),
        ..known(&[("max_tlp", "GREEN")])
    };
    let mut into = survivor();
    into.tlp = Some(Tlp::Red);
    let (_, decision) = setup.decide(&absorbed(into));
    assert_eq!(
        comments(&decision),
        "The entity was merged in OpenCTI into another one, which is SOC-2 here."
    );
}

#[test]
fn a_merge_into_what_files_no_issue_is_a_deletion() {
    let routes = "[[route]]\nwhen = { label = 'noise' }\nignore = true";
    let setup = Setup {
        survivor: Some("SOC-2"),
        ..known(&[("routes", routes)])
    };
    let mut into = survivor();
    into.labels.push("noise".to_owned());
    let event = absorbed(into);
    assert_eq!(setup.line(&event), "Survivor? updated: comment");
    let (_, decision) = setup.decide(&event);
    assert_eq!(comments(&decision), "The entity was deleted in OpenCTI.");
}

/// The trigger does not see the incident any more.
fn left(seconds: u64) -> Event {
    let trigger = "High incidents".to_owned();
    Event::live(
        Change::Ended(End::NotVisible(trigger)),
        named(seconds, "Scanner"),
    )
}

#[test]
fn what_a_trigger_does_not_see_any_more_is_told_and_not_closed() {
    for (on_delete, expected) in [
        ("comment", "updated: comment"),
        ("transition", "updated: comment"),
        ("ignore", "updated (on_delete = ignore)"),
    ] {
        assert_eq!(known(&[("on_delete", on_delete)]).line(&left(6)), expected);
    }
    let (_, decision) = known(&[]).decide(&left(6));
    assert_eq!(
        comments(&decision),
        "The entity was deleted in OpenCTI, or is no longer visible to the trigger “High incidents”."
    );
    let none = Change::Ended(End::NotVisible(String::new()));
    let (_, decision) = known(&[]).decide(&Event::live(none, incident(6)));
    assert!(comments(&decision).ends_with("to the trigger that told of it."));
    let unfiled = Setup::new(&[]).line(&left(6));
    assert_eq!(unfiled, "ignored (no issue was filed for it)");
}

#[test]
fn it_is_told_once_and_what_is_told_of_the_entity_afterwards_is_no_less_news() {
    let after = known(&[]).after(&left(6));
    assert_eq!(after.line(&left(6)), "duplicate");
    assert_eq!(after.line(&left(7)), "updated: comment");
    for seconds in [5, 6, 7] {
        let update = updated(named(seconds, "Scanner"));
        assert_eq!(after.line(&update), "Text? updated: edit summary");
    }
    // A deletion is one all the same.
    assert_eq!(after.line(&deleted(6)), "updated: comment");
    let later = known(&[]).after(&updated(named(8, "Later")));
    let outdated = "ignored (the issue shows a later state already)";
    assert_eq!(later.line(&left(6)), outdated);
}
