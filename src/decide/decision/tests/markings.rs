//! Markings that are none of the Traffic Light Protocol.

use super::*;
use crate::decide::not_understood;

/// An incident with a marking of which only the id is known; its name is `Name of m1`.
fn marked(seconds: u64) -> Entity {
    let mut entity = incident(seconds);
    entity.tlp = Some(Tlp::Green);
    entity.markings.push(Named {
        id: "m1".to_owned(),
        name: None,
    });
    entity
}

#[test]
fn a_marking_that_is_not_understood_is_shown_by_its_name_and_told() {
    let (asked, decision) = Setup::new(&[("description_template", "")]).decide(&created(marked(5)));
    assert_eq!(asked, [Need::Names, Need::Enrichment]);
    let text = &filed(&decision).text("description").unwrap().document;
    assert!(plain_text(text).contains("TLP:GREEN, Name of m1"));
    let names: Vec<Option<String>> = decision
        .issue
        .unwrap()
        .markings
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(names, [Some("Name of m1".to_owned())]);
}

#[test]
fn it_is_said_which_marking_is_not_understood_and_how_to_mend_that() {
    let said = |levels: &str| {
        let settings = load(&[("marking_levels", levels)]).unwrap();
        not_understood(&marked(5), settings).unwrap()
    };
    let why = said("").unwrap();
    assert!(why.contains("TLP:GREEN, m1") && why.contains("marking_levels"));
    assert_eq!(said("m1=GREEN"), None);
}

#[test]
fn without_a_name_its_id_is_shown() {
    let setup = Setup {
        is_answered: false,
        ..Setup::new(&[("description_template", "")])
    };
    let (_, decision) = setup.decide(&created(marked(5)));
    let text = &filed(&decision).text("description").unwrap().document;
    assert!(plain_text(text).contains("TLP:GREEN, m1"));
}

#[test]
fn a_limit_keeps_it_in_a_stub_which_no_setting_makes_nothing() {
    for above in ["stub", "ignore"] {
        let setup = Setup::new(&[("max_tlp", "AMBER+STRICT"), ("above_max_tlp", above)]);
        let (asked, decision) = setup.decide(&created(marked(5)));
        assert_eq!(asked, [Need::Names]);
        let fields = filed(&decision);
        assert_eq!(fields.line("summary"), "TLP:GREEN, Name of m1 Incident e1");
    }
    // What is above the limit without it is ignored as ever.
    let ignores = Setup::new(&[("max_tlp", "AMBER"), ("above_max_tlp", "ignore")]);
    let mut red = marked(5);
    red.tlp = Some(Tlp::Red);
    let line = ignores.line(&created(red));
    assert!(line.contains("ignored (TLP:RED, "), "{line}");
    // The limit allows the strictest marking.
    let red = Setup::new(&[("max_tlp", "RED")]);
    let (_, decision) = red.decide(&created(marked(5)));
    assert_eq!(filed(&decision).line("summary"), "Odd login");
}

#[test]
fn a_level_holds_once_the_name_is_known_and_until_then_it_is_withheld() {
    let settings = [
        ("max_tlp", "GREEN"),
        ("marking_levels", "Other=RED, NAME OF M1=GREEN"),
    ];
    let open = Setup::new(&settings);
    let (asked, decision) = open.decide(&created(marked(5)));
    assert_eq!(asked, [Need::Names, Need::Enrichment]);
    assert_eq!(filed(&decision).line("summary"), "Odd login");
    let closed = Setup {
        is_answered: false,
        ..Setup::new(&settings)
    };
    let closed = closed.after(&created(marked(5)));
    assert_eq!(
        closed.issue.as_ref().unwrap().summary,
        "TLP:GREEN, m1 Incident e1"
    );
    // A later event finds the name, and shows it.
    let open = Setup {
        is_answered: true,
        ..closed
    };
    let (_, decision) = open.decide(&updated(marked(6)));
    assert_eq!(decision.outcome, OutcomeKind::Updated);
    let edit = decision.plan.iter().find_map(|step| match step {
        Step::Edit(edit) => Some(edit),
        _ => None,
    });
    assert_eq!(edit.unwrap().line("summary"), Some("Odd login"));
}

#[test]
fn the_same_event_opens_what_was_closed_for_want_of_a_name() {
    let url = ("opencti_url", "https://opencti.example.com");
    let settings = [
        ("max_tlp", "GREEN"),
        ("marking_levels", "Name of m1=GREEN"),
        url,
        ("opencti_token", "t"),
    ];
    let silent = Setup {
        is_answered: false,
        ..Setup::new(&settings)
    };
    let mut closed = silent.after(&created(marked(5)));
    let nothing = "Names? Enrichment? duplicate (nothing that the issue shows has changed)";
    let same = created(marked(5));
    assert_eq!(
        closed.line(&same).replace("Enrichment? ", ""),
        nothing.replace("Enrichment? ", "")
    );
    closed.is_answered = true;
    let line = closed.line(&same);
    assert!(
        line.starts_with("Names? Text? Enrichment? updated: edit summary"),
        "{line}"
    );
    assert_eq!(closed.after(&same).line(&same), "duplicate");
}

#[test]
fn a_name_that_was_looked_up_is_remembered() {
    let settings = [("max_tlp", "GREEN"), ("marking_levels", "Name of m1=GREEN")];
    let known = Setup::new(&settings).after(&created(marked(5)));
    let silent = Setup {
        is_answered: false,
        ..known
    };
    assert_eq!(silent.line(&updated(marked(5))), "duplicate");
    let mut renamed = marked(6);
    renamed.name = "Renamed".to_owned();
    assert_eq!(
        silent.line(&updated(renamed)),
        "Text? updated: edit summary"
    );
}

#[test]
fn what_was_mapped_without_names_is_mapped_again() {
    let setup = Setup::new(&[("max_tlp", "GREEN"), ("marking_levels", "Name of m1=GREEN")]);
    let known = setup.after(&created(marked(5)));
    let event = updated(marked(5));
    let case = known.case(&event);
    let target = Target::pick(&event, case.profile, case.settings, case.issues).unwrap();
    let facts = Facts {
        wanted: Some(applied::of(&event.entity, &target)),
        ..Facts::default()
    };
    let Decided::Do(decision) = decide(&case, &facts).unwrap() else {
        panic!("nothing is lacking")
    };
    assert_eq!(decision.outcome, OutcomeKind::Duplicate);
}

#[test]
fn what_is_not_marked_can_be_withheld() {
    let settings = [("max_tlp", "AMBER"), ("unmarked", "withhold")];
    let (_, decision) = Setup::new(&settings).decide(&created(incident(5)));
    assert_eq!(filed(&decision).line("summary"), "Unmarked Incident e1");
    let text = &filed(&decision).text("description").unwrap().document;
    assert!(plain_text(text).contains("no marking that would allow"));
}
