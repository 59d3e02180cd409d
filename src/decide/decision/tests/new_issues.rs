//! Entities without an issue: which get one, and what is asked before.

use super::*;
use crate::settings::tests::unchecked;

/// Someone whose name the event does not say.
fn someone() -> Option<Named> {
    Some(Named {
        id: "id-1".to_owned(),
        name: None,
    })
}

#[test]
fn a_new_entity_gets_an_issue_with_what_others_know() {
    let (setup, event) = (Setup::new(&[]), created(incident(5)));
    assert_eq!(setup.line(&event), "Enrichment? created: create");
    let (_, decision) = setup.decide(&event);
    let text = plain_text(&filed(&decision).text("description").unwrap().document);
    assert!(text.contains("It was odd.") && text.contains("A model's words."));
}

#[test]
fn what_is_remembered_of_a_new_issue_is_all_but_what_the_tracker_says() {
    let issue = Setup::new(&[]).remembered(&created(incident(5)));
    assert_eq!(issue.version, incident(5).version);
    assert_eq!(issue.applied.fields["summary"], "Odd login");
    assert_eq!(issue.filed, Timestamp::from_secs(1_000));
    assert_eq!(issue.enrichment, enrichment());
    assert_eq!((issue.key.as_str(), issue.summary.as_str()), ("", ""));
    assert!(!issue.ended && issue.counting.is_none() && issue.attempted.is_empty());
}

#[test]
fn whatever_is_told_first_of_an_entity_files_its_issue_unless_it_ended() {
    for (change, expected) in [
        (Change::Created, "Enrichment? created: create"),
        (Change::UPDATED, "Enrichment? created: create"),
        (
            Change::Merged { absorbed: vec![] },
            "Enrichment? created: create",
        ),
        (
            Change::Ended(End::Deleted),
            "ignored (no issue was filed for it)",
        ),
        (
            Change::Ended(End::MergedInto(Box::new(incident(5)))),
            "ignored (no issue was filed for it)",
        ),
    ] {
        let event = Event::live(change, incident(5));
        assert_eq!(Setup::new(&[]).line(&event), expected, "{:?}", event.change);
    }
}

#[test]
fn names_are_asked_for_only_where_a_platform_has_names_that_the_event_lacks() {
    let with = |source: SourceKey, author: Option<Named>| {
        created(Entity {
            source,
            author,
            ..incident(5)
        })
    };
    let setup = Setup::new(&[]);
    let (opencti, splunk) = (
        SourceKey::of(&opencti::PROFILE),
        SourceKey::of(&splunk::PROFILE),
    );
    let named = someone().map(|named| Named {
        name: Some("ACME".to_owned()),
        ..named
    });
    for (source, author, asks) in [
        (&opencti, someone(), "Names? Enrichment? "),
        (&opencti, named, "Enrichment? "),
        (&opencti, None, "Enrichment? "),
        (&splunk, someone(), "Enrichment? "),
    ] {
        let line = setup.line(&with(source.clone(), author));
        assert_eq!(line, format!("{asks}created: create"));
    }
}

#[test]
fn a_name_that_was_asked_for_is_in_the_issue() {
    let setup = Setup::new(&[("summary_template", "{{ entity.author }}: {{ entity.name }}")]);
    let event = created(Entity {
        author: someone(),
        ..incident(5)
    });
    let (_, decision) = setup.decide(&event);
    assert_eq!(filed(&decision).line("summary"), "ID-1: Odd login");
}

#[test]
fn a_name_that_nobody_knows_holds_nothing_back() {
    let event = created(Entity {
        author: someone(),
        ..incident(5)
    });
    let setup = Setup::new(&[]);
    let facts = Facts {
        names: Some(Names::default()),
        ..Facts::default()
    };
    let decided = decide(&setup.case(&event), &facts).unwrap();
    assert_eq!(decided, Decided::Needs(Need::Enrichment));
}

#[test]
fn a_route_that_ignores_files_nothing_and_asks_nothing() {
    let routes = "[[route]]\nname = 'noise'\nwhen = { label = 'noise' }\nignore = true";
    let setup = Setup::new(&[("routes", routes)]);
    let mut noise = incident(5);
    noise.author = someone();
    noise.labels.push("noise".to_owned());
    assert_eq!(
        setup.line(&created(noise)),
        "ignored (route 1 `noise` ignores it)"
    );
    assert_eq!(
        setup.line(&created(incident(5))),
        "Enrichment? created: create"
    );
}

#[test]
fn above_max_tlp_nothing_is_filed_or_nothing_of_the_content_and_nobody_is_asked() {
    let marked = |tlp| {
        created(Entity {
            tlp: Some(tlp),
            ..incident(5)
        })
    };
    let limit = ("max_tlp", "GREEN");
    let ignoring = Setup::new(&[limit, ("above_max_tlp", "ignore")]);
    assert_eq!(
        ignoring.line(&marked(Tlp::Amber)),
        "ignored (TLP:AMBER is above max_tlp)"
    );
    let stub = Setup::new(&[limit]);
    assert_eq!(stub.line(&marked(Tlp::Amber)), "created: create");
    let (_, decision) = stub.decide(&marked(Tlp::Amber));
    let fields = filed(&decision);
    assert_eq!(fields.line("summary"), "TLP:AMBER Incident e1");
    assert!(!plain_text(&fields.text("description").unwrap().document).contains("odd"));
    for setup in [stub, ignoring] {
        assert_eq!(
            setup.line(&marked(Tlp::Green)),
            "Enrichment? created: create"
        );
    }
}

#[test]
fn a_template_that_fails_is_told_and_holds_nothing_back() {
    let setup = Setup::new(&[("summary_template", "{{ entity.name | date('%Q') }}")]);
    let (_, fine) = setup.decide(&created(incident(5)));
    assert!(fine.warnings.is_empty());
    let (_, decision) = setup.decide(&created(named(5, "2026-05-01")));
    assert_eq!(filed(&decision).line("summary"), "2026-05-01");
    assert_eq!(decision.warnings.len(), 1);
    assert!(decision.warnings[0].starts_with("template `summary_template`, line 1: "));
}

#[test]
fn a_mistake_in_settings_counts_only_where_they_are_needed() {
    let setup = Setup {
        settings: unchecked(&[("on_update", "sing")]),
        ..Setup::new(&[])
    };
    assert_eq!(
        setup.line(&created(incident(5))),
        "Enrichment? created: create"
    );
    let setup = setup.after(&created(incident(5)));
    let event = updated(named(6, "Odder"));
    let error = decide(&setup.case(&event), &Facts::default()).unwrap_err();
    assert!(error.mistakes[0].starts_with("on_update: "), "{error:?}");
}

#[test]
fn what_is_mapped_already_is_not_mapped_again() {
    let (setup, event) = (Setup::new(&[]), created(incident(5)));
    let mut wanted = AppliedState::default();
    wanted
        .fields
        .insert("summary".to_owned(), "mapped before".into());
    let facts = Facts {
        wanted: Some(wanted.clone()),
        enrichment: Some(Enrichment::default()),
        ..Facts::default()
    };
    let Decided::Do(decision) = decide(&setup.case(&event), &facts).unwrap() else {
        panic!("nothing is lacking");
    };
    assert_eq!(decision.issue.unwrap().applied, wanted);
}
