//! What is decided, each in one line: what is asked first, what becomes of the
//! event, why, and what is done. `Text? updated: edit summary`.

mod adoptions;
mod alerts;
mod both_sides;
mod changes;
mod ends;
mod markings;
mod new_issues;

use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::markup::plain_text;
use crate::model::{
    Analysis, Attempt, End, Enrichment, EntityType, FieldChange, FieldValue, Firings, IssueFields,
    Named, Names, SourceKey, Tlp, Version, strategy,
};
use crate::settings::tests::load;
use crate::sources::{self, opencti, splunk};

/// What is set and remembered, and what others tell if they are asked.
struct Setup {
    settings: &'static Settings<'static>,
    issue: Option<IssueRecord>,
    /// The issue that another program filed for it.
    adopted: Option<IssueRecord>,
    sequence: u32,
    now: Timestamp,
    /// What the issue shows; unless it is said, what we wrote.
    shown: Option<Shown>,
    is_done: bool,
    survivor: Option<&'static str>,
    /// Whether the platform tells names.
    is_answered: bool,
}

impl Setup {
    /// Nothing is remembered. The description is nothing but the entity's.
    fn new(settings: &[(&str, &str)]) -> Self {
        let description = ("description_template", "{{ entity.description }}");
        Self {
            settings: load(&[&[description], settings].concat()).unwrap(),
            issue: None,
            adopted: None,
            sequence: 0,
            now: Timestamp::from_secs(1_000),
            shown: None,
            is_done: false,
            survivor: None,
            is_answered: true,
        }
    }

    /// The same after an event was dealt with.
    fn after(mut self, event: &Event) -> Self {
        let decision = self.decide(event).1;
        self.issue = decision.issue.map(|issue| match decision.plan.first() {
            Some(Step::Create(fields)) => IssueRecord {
                key: "SOC-1".to_owned(),
                summary: fields.line("summary").to_owned(),
                description: "a fingerprint".to_owned(),
                ..issue
            },
            _ => issue,
        });
        self
    }

    fn case<'a>(&'a self, event: &'a Event) -> Case<'a> {
        Case {
            event,
            profile: sources::profile(&event.entity.source),
            issue: self.issue.as_ref(),
            sequence: self.sequence,
            past: &[],
            settings: self.settings,
            issues: "https://jira.example.com/browse/",
            now: self.now,
        }
    }

    /// What is asked for, each at most once, and what is decided then.
    fn decide(&self, event: &Event) -> (Vec<Need>, Decision) {
        let mut event = event.clone();
        event.entity.sequence = self.sequence;
        let mut case = self.case(&event);
        let mut facts = Facts::default();
        let mut asked = Vec::new();
        loop {
            match decide(&case, &facts).unwrap() {
                Decided::Do(decision) => return (asked, *decision),
                Decided::Needs(need) => {
                    assert!(!asked.contains(&need), "{need:?} is asked for again");
                    asked.push(need.clone());
                    if matches!(need, Need::SameSummary(_)) {
                        case.issue = self.adopted.as_ref();
                    }
                    self.answer(need, &event, &mut facts);
                }
            }
        }
    }

    fn answer(&self, need: Need, event: &Event, facts: &mut Facts) {
        match need {
            Need::Names => {
                let upper = |named: &Option<Named>| Some(named.as_ref()?.id.to_uppercase());
                let mut markings = match self.is_answered {
                    true => event.entity.markings.clone(),
                    false => Vec::new(),
                };
                for marking in &mut markings {
                    marking.name = Some(format!("Name of {}", marking.id));
                }
                facts.names = Some(Names {
                    markings,
                    author: upper(&event.entity.author),
                    status: event.entity.status.clone().map(|status| Named {
                        name: upper(&event.entity.status),
                        ..status
                    }),
                });
            }
            Need::Enrichment => facts.enrichment = Some(enrichment()),
            Need::Survivor => facts.survivor = Some(self.survivor.map(str::to_owned)),
            Need::Text => {
                let ours = self.issue.as_ref().map(|issue| issue.ours().remove(0));
                facts.text = self.shown.clone().or(ours);
            }
            Need::Status => facts.is_done = Some(self.is_done),
            Need::SameSummary(_) => facts.looked_for_summary = true,
        }
    }

    /// All of it as one line.
    fn line(&self, event: &Event) -> String {
        let (asked, decision) = self.decide(event);
        let mut line = String::new();
        for need in asked {
            write!(line, "{need:?}? ").unwrap();
        }
        line.push_str(decision.outcome.word());
        if decision.begins_anew {
            line.push_str(" anew");
        }
        if let Some(reason) = decision.reason {
            write!(line, " ({reason})").unwrap();
        }
        let steps: Vec<String> = decision.plan.iter().map(step).collect();
        if !steps.is_empty() {
            write!(line, ": {}", steps.join(", ")).unwrap();
        }
        line
    }

    /// What is remembered then.
    fn remembered(&self, event: &Event) -> IssueRecord {
        self.decide(event).1.issue.unwrap()
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Create(_) => "create".to_owned(),
        Step::Edit(edit) => format!("edit {}", edited(edit)),
        Step::Comment(_) => "comment".to_owned(),
        Step::EditComment { id, .. } => format!("edit comment {id}"),
        Step::Transition(goal) => format!("move to {goal}"),
        Step::Duplicates { survivor } => format!("link to {survivor}"),
        other => panic!("{other:?}"),
    }
}

fn edited(edit: &Edit) -> String {
    let mut all = Vec::new();
    for (field, change) in &edit.changes {
        match change {
            FieldChange::Entries { added, removed } => {
                all.extend(added.iter().map(|label| format!("+{label}")));
                all.extend(removed.iter().map(|label| format!("-{label}")));
            }
            FieldChange::Set(FieldValue::Named(name)) => all.push(name.clone()),
            FieldChange::Set(_) => all.push(field.id.to_owned()),
        }
    }
    all.extend(edit.custom.keys().cloned());
    all.join(" ")
}

/// The words of all comments in a plan.
fn comments(decision: &Decision) -> String {
    let text = |step: &Step| match step {
        Step::Comment(text) | Step::EditComment { text, .. } => plain_text(text),
        _ => String::new(),
    };
    decision.plan.iter().map(text).collect()
}

/// What an issue is filed with.
fn filed(decision: &Decision) -> &IssueFields {
    match &decision.plan[..] {
        [Step::Create(fields)] => fields,
        other => panic!("{other:?}"),
    }
}

fn enrichment() -> Enrichment {
    Enrichment {
        analysis: Some(Analysis {
            explanation: "A model's words.".to_owned(),
            ..Analysis::default()
        }),
        ..Enrichment::default()
    }
}

/// An incident as it is after so many seconds.
fn incident(seconds: u64) -> Entity {
    Entity {
        id: "e1".to_owned(),
        source: SourceKey::of(&opencti::PROFILE),
        kind: EntityType::new("incident"),
        name: "Odd login".to_owned(),
        description: Some("It was odd.".to_owned()),
        priority: Some("P3".to_owned()),
        version: Version {
            modified: Timestamp::from_secs(seconds),
            updated: Timestamp::UNKNOWN,
        },
        ..Entity::default()
    }
}

fn named(seconds: u64, name: &str) -> Entity {
    Entity {
        name: name.to_owned(),
        ..incident(seconds)
    }
}

fn created(entity: Entity) -> Event {
    Event::live(Change::Created, entity)
}

fn updated(entity: Entity) -> Event {
    Event::live(Change::UPDATED, entity)
}

/// What is set, and an issue that shows the incident as it is after 5 seconds.
fn known(settings: &[(&str, &str)]) -> Setup {
    Setup::new(settings).after(&created(incident(5)))
}

/// Firings are counted within bounds, and each has a key.
fn any_event() -> BoxedStrategy<Event> {
    let as_sent = |mut event: Event| {
        if let Change::Fired(firings) = &mut event.change {
            firings.count %= 1_000;
            firings.recent.push("key".to_owned());
        }
        event.came_at(Timestamp::from_secs(1_000));
        event
    };
    strategy::event().prop_map(as_sent).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_event_is_decided_after_questions_of_each_kind_at_most_once(
        first in any_event(),
        second in any_event(),
        is_done: bool,
    ) {
        let setup = Setup { is_done, ..Setup::new(&[]) }.after(&first);
        let (_, decision) = setup.decide(&second);
        prop_assert_eq!(decision.files(), decision.outcome == OutcomeKind::Created);
        prop_assert!(decision.issue.is_some() || decision.plan.is_empty());
    }

    #[test]
    fn what_was_just_dealt_with_is_a_duplicate(event in any_event()) {
        let setup = Setup::new(&[]).after(&event);
        if setup.issue.is_some() {
            prop_assert_eq!(setup.line(&event), "duplicate");
        }
    }
}
