//! Alerts that fire again.

use super::*;
use serde_json::json;

use crate::decide::idempotency_label;
use crate::model::{Fact, FiringRow};

/// The firing of this key, which came after so many seconds.
fn fired(key: &str, seconds: u64) -> Event {
    let mut firing = Firings::one(key);
    firing.came_at(Timestamp::from_secs(seconds));
    let alert = Entity {
        id: "a1".to_owned(),
        source: SourceKey::of(&splunk::PROFILE),
        kind: EntityType::new("splunk-alert"),
        name: "Brute force".to_owned(),
        link: Some(format!("https://splunk.example.com/{key}")),
        version: Version::default(),
        ..incident(0)
    };
    Event::live(Change::Fired(firing), alert)
}

/// An alert whose issue was filed after 1,000 seconds and whose window ends an
/// hour later.
fn alert(settings: &[(&str, &str)]) -> Setup {
    let window = ("splunk_dedup_window", "1");
    let setup = Setup::new(&[&[window], settings].concat());
    setup.after(&fired("first", 999))
}

fn late(settings: &[(&str, &str)]) -> Setup {
    Setup {
        now: Timestamp::from_secs(1_000 + 3_600),
        ..alert(settings)
    }
}

fn done(settings: &[(&str, &str)]) -> Setup {
    Setup {
        is_done: true,
        ..alert(settings)
    }
}

#[test]
fn an_alert_files_an_issue_and_its_firing_is_counted_once() {
    let setup = Setup::new(&[]);
    let event = fired("first", 999);
    assert_eq!(setup.line(&event), "Enrichment? created: create");
    assert_eq!(Some(&setup.remembered(&event).firings), event.firings());
    assert_eq!(alert(&[]).line(&event), "duplicate");
    assert_eq!(alert(&[]).line(&fired("first", 1_200)), "duplicate");
    assert_eq!(late(&[]).line(&event), "duplicate");
}

#[test]
fn an_alert_that_fires_again_is_counted_on_its_issue() {
    let event = fired("second", 1_200);
    let setup = alert(&[]);
    assert_eq!(
        setup.line(&event),
        "Status? updated (it has fired 2 times): comment"
    );
    let (_, decision) = setup.decide(&event);
    assert!(comments(&decision).starts_with("This alert fired again once since"));
    let issue = decision.issue.unwrap();
    assert_eq!(issue.firings.count, 2);
    assert_eq!(issue.firings.last, Timestamp::from_secs(1_200));
    assert_eq!(issue.filed, Timestamp::from_secs(1_000));
}

#[test]
fn the_first_repeat_is_a_comment_and_later_ones_edit_it() {
    let mut setup = alert(&[]).after(&fired("second", 1_200));
    setup.issue.as_mut().unwrap().counting = Some("77".to_owned());
    let event = fired("third", 1_300);
    assert_eq!(
        setup.line(&event),
        "Status? updated (it has fired 3 times): edit comment 77"
    );
    let (_, decision) = setup.decide(&event);
    assert!(comments(&decision).starts_with("This alert fired again 2 times since"));
}

#[test]
fn a_repeat_is_counted_on_an_issue_that_is_done_and_opens_it() {
    assert_eq!(
        done(&[("on_repeat_after_done", "reopen")]).line(&fired("second", 1_200)),
        "Status? updated (it has fired 2 times): comment, move to a status that is not done"
    );
}

#[test]
fn a_repeat_of_what_is_done_gets_the_next_issue_if_that_is_set() {
    let setup = done(&[("on_repeat_after_done", "new")]);
    let event = fired("second", 1_200);
    assert_eq!(
        setup.line(&event),
        "Status? Enrichment? created anew: create"
    );
    let open = alert(&[("on_repeat_after_done", "new")]);
    assert_eq!(
        open.line(&event),
        "Status? updated (it has fired 2 times): comment"
    );
}

#[test]
fn after_its_window_it_gets_the_next_issue_whatever_became_of_the_last() {
    for word in ["reopen", "new"] {
        let setup = late(&[("on_repeat_after_done", word)]);
        let line = setup.line(&fired("second", 4_600));
        assert_eq!(line, "Enrichment? created anew: create");
    }
    let mut just_before = late(&[]);
    just_before.now = Timestamp::from_millis(4_599_999);
    assert!(
        just_before
            .line(&fired("second", 4_599))
            .starts_with("Status? ")
    );
}

#[test]
fn without_a_window_each_firing_gets_an_issue() {
    let setup = alert(&[("splunk_dedup_window", "0")]);
    assert_eq!(
        setup.line(&fired("second", 1_000)),
        "Enrichment? created anew: create"
    );
    assert_eq!(setup.line(&fired("first", 1_000)), "duplicate");
}

#[test]
fn the_next_issue_is_another_one_and_counts_from_one() {
    let setup = Setup {
        sequence: 3,
        ..late(&[])
    };
    let event = fired("second", 4_600);
    let (_, decision) = setup.decide(&event);
    let key = event.entity.key();
    let label = |sequence| idempotency_label(&key, sequence);
    let fields = filed(&decision);
    assert!(fields.words("labels").contains(&label(4)), "{fields:?}");
    assert!(!fields.words("labels").contains(&label(3)));
    let issue = decision.issue.as_ref().unwrap();
    assert_eq!(
        issue.applied.fields["labels"],
        json!(fields.words("labels"))
    );
    assert_eq!((issue.key.as_str(), &issue.counting), ("", &None));
    assert_eq!(issue.filed, setup.now);
    assert_eq!(issue.firings.count, 1);
    let last = Timestamp::from_secs(4_600);
    assert_eq!((issue.firings.first, issue.firings.last), (last, last));
    assert_eq!(issue.firings.recent, ["first", "second"]);
}

#[test]
fn what_others_said_of_the_last_issue_is_asked_for_anew() {
    let mut setup = late(&[]);
    setup.issue.as_mut().unwrap().enrichment = Enrichment::default();
    let issue = setup.remembered(&fired("second", 4_600));
    assert_eq!(issue.enrichment, enrichment());
}

#[test]
fn what_others_said_of_the_last_issue_is_not_said_of_one_that_is_withheld() {
    let setup = late(&[("max_tlp", "GREEN")]);
    let mut event = fired("second", 4_600);
    event.entity.tlp = Some(Tlp::Red);
    assert_eq!(setup.line(&event), "created anew: create");
    let issue = setup.remembered(&event);
    assert_eq!(issue.enrichment, Enrichment::default());
}

#[test]
fn a_new_issue_knows_the_firings_of_those_before() {
    let event = fired("second", 1_200);
    let setup = Setup::new(&[]);
    let past = ["older".to_owned()];
    let facts = Facts {
        enrichment: Some(Enrichment::default()),
        ..Facts::default()
    };
    let case = Case {
        sequence: 2,
        past: &past,
        ..setup.case(&event)
    };
    let Decided::Do(decision) = decide(&case, &facts).unwrap() else {
        panic!("nothing is lacking");
    };
    assert!(!decision.begins_anew);
    let firings = decision.issue.unwrap().firings;
    assert_eq!((firings.count, firings.recent.len()), (1, 2));
    assert!(firings.hold(&Firings::one("older")));
}

#[test]
fn firings_before_there_is_an_issue_are_told_in_it() {
    let mut event = fired("first", 900);
    if let Change::Fired(firings) = &mut event.change {
        firings.take_in(fired("second", 950).firings().unwrap());
    }
    let setup = Setup::new(&[("description_template", "{{ entity.fired }}")]);
    let (_, decision) = setup.decide(&event);
    let text = plain_text(&filed(&decision).text("description").unwrap().document);
    let said = "2 times, first at 1970-01-01T00:15:00Z, last at 1970-01-01T00:15:50Z";
    assert!(text.starts_with(said), "{text}");
}

#[test]
fn a_repeat_is_counted_whatever_becomes_of_changes() {
    for word in ["comment", "ignore"] {
        let setup = alert(&[("on_update", word)]);
        let line = setup.line(&fired("second", 1_200));
        assert!(line.ends_with("(it has fired 2 times): comment"), "{line}");
    }
}

/// A firing that brings a text of its own.
fn brings(key: &str, text: &str) -> Event {
    let mut event = fired(key, 1_200);
    event.change = Change::Fired(Firings::of_row(FiringRow {
        key: key.to_owned(),
        digest: text.to_owned(),
        facts: vec![Fact::new("src", "src", text)],
        ..FiringRow::default()
    }));
    event
}

#[test]
fn a_comment_shows_what_firings_brought_if_that_may_be_shown() {
    for (tlp, expected) in [(None, true), (Some(Tlp::Red), false)] {
        let setup = alert(&[("max_tlp", "GREEN")]);
        let mut event = brings("second", "the newest");
        event.entity.tlp = tlp;
        let (_, decision) = setup.decide(&event);
        let words = comments(&decision);
        assert_eq!(words.contains("the newest"), expected, "{tlp:?}");
    }
}

#[test]
fn a_comment_that_is_full_stays_and_another_one_begins() {
    let mut setup = alert(&[]);
    let mut shown = 0;
    for number in 0..150 {
        let event = brings(&format!("k{number}"), &format!("row {number}"));
        let (_, decision) = setup.decide(&event);
        let words = comments(&decision);
        assert!(words.contains(&format!("row {number}")), "{number}");
        let starts = matches!(decision.plan[0], Step::Comment(_));
        shown += usize::from(starts);
        let mut issue = decision.issue.unwrap();
        issue.counting = Some("7".to_owned());
        setup.issue = Some(issue);
    }
    assert_eq!(shown, 3, "50 in each");
    let again = brings("again", "row 3");
    let (_, decision) = setup.decide(&again);
    let words = comments(&decision);
    assert!(
        !words.contains("row 3\n") && words.contains("The same as before at"),
        "{words}"
    );
}

#[test]
fn a_route_that_ignores_an_alert_counts_nothing() {
    let setup = alert(&[(
        "routes",
        "[[route]]\nwhen = { label = 'noise' }\nignore = true",
    )]);
    let mut event = fired("second", 1_200);
    event.entity.labels.push("noise".to_owned());
    assert_eq!(setup.line(&event), "ignored (route 1 ignores it)");
}

#[test]
fn what_was_brought_under_a_strict_marking_is_not_shown_with_a_later_row() {
    let red = |key: &str, text: &str| {
        let mut event = brings(key, text);
        event.entity.tlp = Some(Tlp::Red);
        event
    };
    let settings = [("max_tlp", "GREEN")];
    let mut setup = alert(&settings);
    let (_, decision) = setup.decide(&red("second", "secret"));
    setup.issue = decision.issue;
    let (_, decision) = setup.decide(&brings("third", "open"));
    let words = comments(&decision);
    assert!(
        words.contains("open") && !words.contains("secret"),
        "{words}"
    );
    let run = [("max_tlp", "GREEN"), ("splunk_group", "run")];
    let mut setup = Setup::new(&run).after(&red("first", "secret"));
    setup.is_done = false;
    let (_, decision) = setup.decide(&brings("second", "open"));
    assert!(!format!("{decision:?}").contains("secret"));
}

#[test]
fn rows_of_a_run_are_told_whatever_becomes_of_changes() {
    for settings in [
        [("splunk_group", "run"), ("on_update", "ignore")],
        [("splunk_group", "run"), ("on_update", "comment")],
    ] {
        let setup = Setup::new(&settings).after(&brings("first", "one"));
        let (_, decision) = setup.decide(&brings("second", "two"));
        assert!(comments(&decision).contains("two"), "{settings:?}");
        assert_eq!(decision.plan.len(), 1);
    }
}
