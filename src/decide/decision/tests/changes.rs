//! Entities with an issue: what a change does to it.

use super::*;

const TOLD: &str = "people edited the issue, so the change is in a comment";
const OUTDATED: &str = "ignored (the issue shows a later state already)";
const SAME: &str = "duplicate (nothing that the issue shows has changed)";

fn described(seconds: u64, text: &str) -> Entity {
    Entity {
        description: Some(text.to_owned()),
        ..incident(seconds)
    }
}

/// The incident with a summary and a description that are new.
fn rewritten() -> Event {
    updated(Entity {
        name: "Odder".to_owned(),
        ..described(6, "It was odder.")
    })
}

fn shown(summary: &str, description: &str) -> Option<Shown> {
    Some(Shown {
        summary: summary.to_owned(),
        description: description.to_owned(),
    })
}

#[test]
fn what_the_issue_shows_is_a_duplicate_and_what_is_older_is_ignored() {
    let known = known(&[]);
    for (event, expected) in [
        (created(incident(5)), "duplicate"),
        (updated(incident(5)), "duplicate"),
        (created(named(5, "in another shape")), "duplicate"),
        (created(incident(4)), OUTDATED),
        (updated(named(4, "Older")), OUTDATED),
        (updated(incident(6)), SAME),
        (created(incident(6)), SAME),
    ] {
        assert_eq!(known.line(&event), expected, "{event:?}");
    }
}

#[test]
fn names_are_asked_for_once_it_is_news_and_after_what_the_issue_shows() {
    let someone = |entity: Entity| {
        updated(Entity {
            author: Some(Named {
                id: "id-1".to_owned(),
                name: None,
            }),
            ..entity
        })
    };
    let known = Setup::new(&[]).after(&someone(incident(5)));
    assert_eq!(known.line(&someone(incident(5))), "duplicate");
    assert_eq!(known.line(&someone(incident(4))), OUTDATED);
    assert_eq!(known.line(&someone(incident(6))), format!("Names? {SAME}"));
    assert_eq!(
        known.line(&someone(named(6, "Odder"))),
        "Text? Names? updated: edit summary"
    );
}

#[test]
fn a_later_state_that_looks_the_same_is_remembered() {
    let known = known(&[]);
    let issue = known.remembered(&updated(incident(9)));
    assert_eq!(issue.version, incident(9).version);
    assert_eq!(
        IssueRecord {
            version: incident(5).version,
            ..issue
        },
        known.issue.unwrap()
    );
}

#[test]
fn a_new_summary_is_written_unless_people_may_have_edited_it() {
    let event = updated(named(6, "Odder"));
    assert_eq!(known(&[]).line(&event), "Text? updated: edit summary");
    let overwriting = known(&[("overwrite_edits", "true")]);
    assert_eq!(overwriting.line(&event), "updated: edit summary");
}

#[test]
fn a_new_description_is_written_with_what_others_know() {
    let line = known(&[]).line(&rewritten());
    assert_eq!(line, "Text? Enrichment? updated: edit summary description");
}

#[test]
fn what_people_edited_stays_and_the_change_is_told() {
    for (summary, description, edit) in [
        ("People's", "a fingerprint", "edit description, "),
        ("Odd login", "people's", "edit summary, "),
        ("People's", "people's", ""),
    ] {
        let setup = Setup {
            shown: shown(summary, description),
            ..known(&[])
        };
        assert_eq!(
            setup.line(&rewritten()),
            format!("Text? Enrichment? updated ({TOLD}): {edit}comment")
        );
    }
    let setup = Setup {
        shown: shown("People's", "people's"),
        ..known(&[])
    };
    let (_, decision) = setup.decide(&rewritten());
    let words = comments(&decision);
    assert!(
        words.contains("Odder") && words.contains("It was odder."),
        "{words}"
    );
    assert_eq!(decision.issue.unwrap().applied.fields["summary"], "Odder");
}

#[test]
fn what_people_edited_and_nothing_changes_is_no_matter() {
    let setup = Setup {
        shown: shown("People's", "a fingerprint"),
        ..known(&[])
    };
    let event = updated(described(6, "It was odder."));
    let line = setup.line(&event);
    assert_eq!(line, "Text? Enrichment? updated: edit description");
}

#[test]
fn a_change_that_overwrites_nobodys_words_asks_nothing() {
    let known = known(&[
        (
            "jira_custom_fields",
            r#"{"field": "{{ entity.severity }}"}"#,
        ),
        ("status_transitions", "s2=Start"),
    ]);
    let base = incident(6);
    for (entity, expected) in [
        (
            Entity {
                priority: Some("P1".to_owned()),
                ..base.clone()
            },
            "updated: edit Highest",
        ),
        (
            Entity {
                labels: vec!["vip".to_owned()],
                ..base.clone()
            },
            "updated: edit +vip",
        ),
        (
            Entity {
                severity: Some("worse".to_owned()),
                ..base.clone()
            },
            "updated: edit field",
        ),
        (
            Entity {
                status: Some(Named {
                    id: "s2".to_owned(),
                    name: Some("Started".to_owned()),
                }),
                ..base
            },
            "updated: move to Start",
        ),
    ] {
        assert_eq!(known.line(&updated(entity)), expected);
    }
}

#[test]
fn a_label_that_is_gone_is_taken_away() {
    let mut entity = incident(5);
    entity.labels.push("vip".to_owned());
    let known = Setup::new(&[]).after(&created(entity));
    assert_eq!(known.line(&updated(incident(6))), "updated: edit -vip");
}

#[test]
fn on_update_says_what_a_change_does() {
    for (word, expected) in [
        (
            "fields",
            "Text? Enrichment? updated: edit summary description",
        ),
        ("comment", "Enrichment? updated: comment"),
        ("ignore", "ignored (on_update = ignore)"),
    ] {
        let known = known(&[("on_update", word)]);
        assert_eq!(known.line(&rewritten()), expected);
        assert_eq!(known.line(&updated(incident(5))), "duplicate");
    }
    let (_, decision) = known(&[("on_update", "comment")]).decide(&rewritten());
    let words = comments(&decision);
    assert!(
        words.contains("Odder") && words.contains("It was odder."),
        "{words}"
    );
}

#[test]
fn others_are_asked_only_for_a_description_that_is_to_be_written() {
    let known = known(&[]);
    let renamed = updated(named(6, "Odder"));
    assert_eq!(known.line(&renamed), "Text? updated: edit summary");
    let remembered = known.remembered(&renamed).enrichment;
    assert_eq!(remembered, enrichment(), "what is known is not forgotten");
    let described = updated(described(6, "It was odder."));
    assert_eq!(
        known.line(&described),
        "Text? Enrichment? updated: edit description"
    );
    let mut unknown = known;
    unknown.issue.as_mut().unwrap().enrichment = Enrichment::default();
    let remembered = unknown.remembered(&described).enrichment;
    assert_eq!(remembered, enrichment(), "what others say now is kept");
}

#[test]
fn of_what_is_withheld_nobody_is_asked() {
    let setup = Setup::new(&[("max_tlp", "GREEN")]).after(&created(incident(5)));
    let mut marked = incident(6);
    marked.tlp = Some(Tlp::Red);
    assert_eq!(
        setup.line(&updated(marked)),
        "Text? updated: edit summary description"
    );
}

#[test]
fn a_route_that_ignores_now_leaves_the_issue_alone() {
    let routes = "[[route]]\nwhen = { label = 'noise' }\nignore = true";
    let known = known(&[("routes", routes)]);
    let mut entity = named(6, "Odder");
    entity.labels.push("noise".to_owned());
    assert_eq!(known.line(&updated(entity)), "ignored (route 1 ignores it)");
}

#[test]
fn entities_that_were_merged_in_are_a_change() {
    let absorbed = vec!["e2".to_owned()];
    let merged = Event::live(Change::Merged { absorbed }, named(6, "Odder"));
    assert_eq!(known(&[]).line(&merged), "Text? updated: edit summary");
}

/// An issue of which nobody knows whether it shows the incident or a later state
/// of it.
fn after_a_lost(edit: &Event, settings: &[(&str, &str)]) -> Setup {
    let mut setup = known(settings);
    let applied = setup.remembered(edit).applied;
    let shown = shown(&edit.entity.name, "a fingerprint").unwrap();
    let issue = setup.issue.as_mut().unwrap();
    issue.attempt(Attempt { applied, shown });
    setup
}

fn after_a_lost_edit() -> Setup {
    after_a_lost(&updated(named(6, "Odder")), &[])
}

#[test]
fn after_a_lost_edit_the_state_from_before_is_written_again() {
    let setup = after_a_lost_edit();
    let edit = "Text? updated: edit summary";
    for (seconds, name) in [
        (5, "Odd login"),
        (7, "Odd login"),
        (7, "Odder"),
        (7, "Oddest"),
    ] {
        assert_eq!(setup.line(&updated(named(seconds, name))), edit, "{name}");
    }
    let mut confirmed = setup;
    confirmed.issue.as_mut().unwrap().attempted.clear();
    assert_eq!(confirmed.line(&updated(incident(5))), "duplicate");
    assert_eq!(confirmed.line(&updated(incident(7))), SAME);
}

#[test]
fn what_a_lost_edit_may_have_left_is_ours_and_no_persons() {
    let mut setup = after_a_lost_edit();
    let event = updated(named(7, "Oddest"));
    for summary in ["Odd login", "Odder"] {
        setup.shown = shown(summary, "a fingerprint");
        assert_eq!(setup.line(&event), "Text? updated: edit summary");
    }
    setup.shown = shown("People's", "a fingerprint");
    let told = format!("Text? updated ({TOLD}): comment");
    assert_eq!(setup.line(&event), told);
}

#[test]
fn after_a_lost_edit_whatever_it_may_have_changed_is_changed_back() {
    let described = after_a_lost(&updated(described(6, "It was odder.")), &[]);
    assert_eq!(
        described.line(&updated(incident(7))),
        "Text? Enrichment? updated: edit description"
    );
    let mut labelled = incident(6);
    labelled.labels.push("vip".to_owned());
    let labelled = after_a_lost(&updated(labelled), &[]);
    assert_eq!(labelled.line(&updated(incident(7))), "updated: edit -vip");
    let started = |seconds, id: &str| Entity {
        status: Some(Named {
            id: id.to_owned(),
            name: Some(String::new()),
        }),
        ..incident(seconds)
    };
    let settings = [("status_transitions", "s2=Start")];
    let moved = after_a_lost(&updated(started(6, "s2")), &settings);
    let line = moved.line(&updated(started(7, "s2")));
    assert_eq!(line, "updated: move to Start");
}
