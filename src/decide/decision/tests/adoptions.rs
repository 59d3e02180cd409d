//! Issues that another program filed: which are looked for, and what is written on
//! one that was found.

use super::*;
use crate::decide::adoption::record;
use crate::model::{IssueName, OpenIssue, SameSummary};
use crate::sources::generic;

const ADOPT: (&str, &str) = ("adopt", "summary");

/// The label of the incident.
const LABEL: &str = "intake-";

fn setup(settings: &[(&str, &str)]) -> Setup {
    Setup::new(&[&[ADOPT], settings].concat())
}

/// The same with an issue that was found, as it shows itself; `empty` is the
/// fingerprint of no description.
fn found(settings: &[(&str, &str)], summary: &str, description: &str) -> Setup {
    let issue = OpenIssue {
        name: IssueName {
            key: "SOC-7".to_owned(),
            id: "10007".to_owned(),
        },
        summary: summary.to_owned(),
        labels: Vec::new(),
    };
    let same = asked(&setup(settings), &created(incident(5))).unwrap();
    let now = Timestamp::from_secs(1_000);
    Setup {
        adopted: Some(record(&issue, &same, "empty".to_owned(), now)),
        shown: Some(Shown {
            summary: summary.to_owned(),
            description: description.to_owned(),
        }),
        ..setup(settings)
    }
}

/// What is looked for before an issue is filed.
fn asked(setup: &Setup, event: &Event) -> Option<SameSummary> {
    let (asked, _) = setup.decide(event);
    asked.into_iter().find_map(|need| match need {
        Need::SameSummary(same) => Some(same),
        _ => None,
    })
}

fn summaries(settings: &[(&str, &str)], name: &str) -> Vec<String> {
    let asked = asked(&setup(settings), &created(named(5, name)));
    asked.map(|same| same.summaries).unwrap_or_default()
}

/// The line without the digits of the label.
fn line(setup: &Setup, event: &Event) -> String {
    let line = setup.line(event);
    match line.split_once(LABEL) {
        Some((before, after)) => format!("{before}{LABEL}{}", after.get(12..).unwrap()),
        None => line,
    }
}

#[test]
fn the_summary_and_the_bare_name_are_looked_for() {
    assert_eq!(summaries(&[], "Odd login"), ["Odd login"]);
    let template = [("summary_template", "[{{ entity.type }}] {{ entity.name }}")];
    let both = ["[incident] Odd login", "Odd login"];
    assert_eq!(summaries(&template, " Odd login "), both);
    assert_eq!(summaries(&[], "two  blanks"), ["two blanks", "two  blanks"]);
    let long = "x".repeat(300);
    let both = [format!("{}…", "x".repeat(254)), "x".repeat(255)];
    assert_eq!(summaries(&[], &long), both);
}

#[test]
fn where_there_is_no_word_nothing_is_looked_for() {
    for name in ["", " ", "?!", "\"--\"", "\\"] {
        assert_eq!(summaries(&[], name), [""; 0], "{name:?}");
        let line = setup(&[]).line(&created(named(5, name)));
        assert_eq!(line, "Enrichment? created: create", "{name:?}");
    }
    let template = [("summary_template", "--")];
    assert_eq!(summaries(&template, "Odd login"), [""; 0]);
}

#[test]
fn only_entities_that_would_get_an_issue_are_looked_for_and_only_if_that_is_set() {
    let event = created(incident(5));
    assert_eq!(asked(&Setup::new(&[]), &event), None);
    assert!(asked(&setup(&[]), &event).is_some());
    assert!(asked(&setup(&[]), &updated(incident(5))).is_some());
    let deleted = Event::live(Change::Ended(End::Deleted), incident(5));
    assert_eq!(asked(&setup(&[]), &deleted), None);
    let known = known(&[ADOPT]);
    assert_eq!(asked(&known, &updated(named(6, "Odder"))), None);
    for profile in [&splunk::PROFILE, &generic::PROFILE] {
        let event = created(Entity {
            source: SourceKey::of(profile),
            ..incident(5)
        });
        assert_eq!(asked(&setup(&[]), &event), None, "{}", profile.key);
    }
    // A search would tell the name.
    let withheld = [("max_tlp", "GREEN")];
    let event = created(Entity {
        tlp: Some(Tlp::Red),
        ..incident(5)
    });
    assert_eq!(asked(&setup(&withheld), &event), None);
}

#[test]
fn it_is_looked_in_the_project_of_the_route() {
    let routes = [(
        "routes",
        "[[route]]\nwhen = { type = [\"incident\"] }\nproject = \"IR\"\n",
    )];
    let same = asked(&setup(&routes), &created(incident(5))).unwrap();
    assert_eq!(same.project, "IR");
}

#[test]
fn what_people_own_stays_and_the_rest_is_written() {
    let created = created(incident(5));
    let took = "updated (took over SOC-7, which had the same summary)";
    let template = [("summary_template", "[{{ entity.type }}] {{ entity.name }}")];
    let custom = [("jira_custom_fields", r#"{"Team": "SOC"}"#)];
    let comment = [("on_update", "comment")];
    let overwrite = [("overwrite_edits", "true"), template[0]];
    let edit = |what: &str| format!("{took}: edit {what}");
    for (settings, text, expected) in [
        (&[][..], "old", edit("+intake- Medium")),
        (&template, "old", edit("+intake- Medium")),
        (&custom, "old", edit("+intake- Medium Team")),
        (&[], "empty", edit("description +intake- Medium")),
        (&comment, "empty", edit("+intake-")),
        (&[("on_update", "ignore")], "old", edit("+intake-")),
        (
            &overwrite,
            "old",
            edit("summary description +intake- Medium"),
        ),
    ] {
        let setup = found(settings, "Odd login", text);
        let line = line(&setup, &created);
        let (questions, done) = line.split_once("updated").unwrap();
        let is_described = expected.contains("description");
        assert_eq!(questions.contains("Enrichment?"), is_described, "{line}");
        assert_eq!(format!("updated{done}"), expected, "{settings:?} {text}");
        assert!(!setup.remembered(&created).adopting);
    }
}

#[test]
fn an_edit_that_was_put_off_is_made_with_the_next_attempt() {
    let setup = found(&[], "Odd login", "old");
    let again = Setup {
        issue: setup.adopted.clone(),
        ..found(&[], "Odd login", "old")
    };
    for event in [
        created(incident(5)),
        updated(incident(6)),
        updated(incident(4)),
    ] {
        let line = line(&again, &event);
        assert!(line.ends_with(": edit +intake- Medium"), "{line}");
    }
}

#[test]
fn later_changes_are_those_of_any_other_issue() {
    let first = found(&[], "Odd login", "old").remembered(&created(incident(5)));
    let after = |event: &Event| {
        let setup = Setup {
            issue: Some(first.clone()),
            shown: Some(Shown {
                summary: "Odd login".to_owned(),
                description: "old".to_owned(),
            }),
            ..setup(&[])
        };
        line(&setup, event)
    };
    assert_eq!(after(&created(incident(5))), "duplicate");
    assert_eq!(
        after(&updated(named(6, "Odder login"))),
        "Text? updated: edit summary"
    );
    let told = Entity {
        description: Some("It was very odd.".to_owned()),
        ..incident(6)
    };
    let expected = "people edited the issue, so the change is in a comment";
    assert!(after(&updated(told)).contains(expected));
    let ended = after(&Event::live(Change::Ended(End::Deleted), incident(6)));
    assert_eq!(ended, "updated: comment");
}

#[test]
fn an_entity_that_ends_before_its_issue_was_written_on_is_over() {
    let adopted = found(&[], "Odd login", "old").adopted;
    let setup = Setup {
        issue: adopted,
        ..setup(&[])
    };
    let deleted = Event::live(Change::Ended(End::Deleted), incident(6));
    assert_eq!(setup.line(&deleted), "updated: comment");
    let issue = setup.remembered(&deleted);
    assert!(issue.ended && !issue.adopting);
}
