//! What an entity maps to, and what is different from what the issue shows.

use serde_json::{Map, Value};

use super::fields;
use super::target::Target;
use crate::markup::{DESCRIPTION_LIMIT, Flavor, Rendered};
use crate::model::{AppliedState, Edit, Enrichment, Entity, IssueFields};
use crate::text::digest;

/// What the entity maps to. Names that some senders tell and others do not
/// are left out, so that it does not seem to change with the sender.
pub fn of(entity: &Entity, target: &Target<'_>) -> AppliedState {
    let mut bare = entity.clone();
    bare.observables.clear();
    bare.enrichment = Enrichment::default();
    for named in [&mut bare.author, &mut bare.status].into_iter().flatten() {
        named.name = None;
    }
    let fields = fields::map(&bare, &target.lasting()).fields;
    let mut custom = Map::new();
    for (name, value) in &fields.custom {
        custom.insert(name.clone(), Value::String(value_digest(value)));
    }
    AppliedState {
        description: description_digest(&fields),
        custom,
        summary: fields.summary,
        labels: fields.labels,
        priority: fields.priority,
        status: entity.status.as_ref().map(|status| status.id.clone()),
    }
}

/// Whether leading there changes text that people may have edited.
pub fn touches_text<'s>(
    mut old: impl Iterator<Item = &'s AppliedState>,
    new: &AppliedState,
) -> bool {
    old.any(|state| state.summary != new.summary || state.description != new.description)
}

/// The changes that lead to `new` from each state that the issue can be in, with
/// the values that `fields` has for them.
pub fn changes<'s>(
    old: impl Iterator<Item = &'s AppliedState> + Clone,
    new: &AppliedState,
    fields: &IssueFields,
) -> Edit {
    let differs = |differs: &dyn Fn(&AppliedState) -> bool| old.clone().any(differs);
    let mut labels_removed: Vec<String> = Vec::new();
    for label in old.clone().flat_map(|state| &state.labels) {
        if !new.labels.contains(label) && !labels_removed.contains(label) {
            labels_removed.push(label.clone());
        }
    }
    let is_missing = |label: &&String| differs(&|state| !state.labels.contains(*label));
    let mut custom = fields.custom.clone();
    custom.retain(|name, _| differs(&|state| state.custom.get(name) != new.custom.get(name)));
    let priority = differs(&|state| state.priority != new.priority);
    Edit {
        place: fields.place.clone(),
        summary: differs(&|state| state.summary != new.summary).then(|| fields.summary.clone()),
        description: differs(&|state| state.description != new.description)
            .then(|| fields.description.clone()),
        labels_added: new.labels.iter().filter(is_missing).cloned().collect(),
        labels_removed,
        priority: new.priority.clone().filter(|_| priority),
        custom,
        property: fields.property.clone(),
    }
}

fn description_digest(fields: &IssueFields) -> String {
    let description = &fields.description;
    let rendered =
        description
            .document
            .render(Flavor::Wiki, DESCRIPTION_LIMIT, &description.ending);
    match rendered {
        Rendered::Wiki(text) => digest(text.as_bytes()),
        Rendered::Adf(value) => value_digest(&value),
    }
}

fn value_digest(value: &Value) -> String {
    digest(value.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, Entity, Event, Named, Observable, SourceKey, Verdict};
    use crate::settings::tests::load;
    use crate::sources::{opencti, profile, splunk};

    fn entity(name: &str, labels: &[&str], priority: &str) -> Entity {
        Entity {
            id: "e1".to_owned(),
            source: SourceKey::of(&opencti::PROFILE),
            name: name.to_owned(),
            description: Some(format!("About {name}.")),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
            priority: Some(priority.to_owned()),
            ..Entity::default()
        }
    }

    /// What an entity maps to, and its issue's fields. Of the custom fields, one
    /// is the name and one is always the same.
    fn mapped(entity: &Entity) -> (AppliedState, IssueFields) {
        let custom = r#"{"name": "{{ entity.name }}", "same": 1}"#;
        let settings = load(&[("jira_custom_fields", custom)]).unwrap();
        let event = Event::live(Change::UPDATED, entity.clone());
        let target = Target::pick(&event, profile(&entity.source), settings).unwrap();
        (of(entity, &target), fields::map(entity, &target).fields)
    }

    fn states() -> [(AppliedState, IssueFields); 2] {
        let a = entity("a", &["both", "only-a"], "P1");
        let b = entity("b", &["both", "only-b"], "P2");
        [mapped(&a), mapped(&b)]
    }

    #[test]
    fn from_a_state_to_itself_nothing_changes() {
        for (state, fields) in states() {
            let edit = changes([&state, &state].into_iter(), &state, &fields);
            assert!(edit.is_empty(), "{edit:?}");
        }
    }

    #[test]
    fn from_one_state_to_another_all_that_differs_changes() {
        let [(a, fields), (b, _)] = states();
        let edit = changes([&b].into_iter(), &a, &fields);
        assert_eq!(edit.summary.as_deref(), Some("a"));
        assert_eq!(edit.description, Some(fields.description.clone()));
        assert_eq!(edit.labels_added, ["only-a"]);
        assert_eq!(edit.labels_removed, ["only-b"]);
        assert_eq!(edit.priority.as_deref(), Some("Highest"));
        assert_eq!(edit.custom.len(), 1);
        assert_eq!(edit.custom["name"], "a");
        assert_eq!((edit.place, edit.property), (fields.place, fields.property));
    }

    #[test]
    fn what_one_of_two_states_lacks_is_written_though_the_other_has_it() {
        let [(a, fields), (b, _)] = states();
        let from_b = changes([&b].into_iter(), &a, &fields);
        for both in [[&a, &b], [&b, &a]] {
            assert_eq!(changes(both.into_iter(), &a, &fields), from_b);
        }
    }

    #[test]
    fn labels_of_any_state_go_once_and_labels_that_any_state_lacks_come_once() {
        let labelled = |labels: &[&str]| mapped(&entity("a", labels, "P1"));
        let (wanted, fields) = labelled(&["kept", "new", "lost"]);
        let old = [
            labelled(&["kept", "lost", "x", "y"]).0,
            labelled(&["kept", "x", "z"]).0,
            labelled(&["kept", "lost", "new"]).0,
        ];
        let edit = changes(old.iter(), &wanted, &fields);
        assert_eq!(edit.labels_added, ["new", "lost"]);
        assert_eq!(edit.labels_removed, ["x", "y", "z"]);
        assert_eq!((edit.summary, edit.priority), (None, None));
    }

    #[test]
    fn each_field_changes_if_it_differs_in_any_state() {
        let (wanted, fields) = mapped(&entity("a", &[], "P1"));
        let mut old = vec![wanted.clone(); 4];
        old[0].summary.clear();
        old[1].description.clear();
        old[2].priority = None;
        old[3].custom.clear();
        let edit = changes(old.iter(), &wanted, &fields);
        assert!(edit.summary.is_some() && edit.description.is_some());
        assert!(edit.priority.is_some());
        assert_eq!(edit.custom, fields.custom);
        let edit = changes(old[..1].iter(), &wanted, &fields);
        assert!(edit.summary.is_some() && edit.description.is_none());
        assert!(edit.priority.is_none() && edit.custom.is_empty());
        for state in &old {
            let edit = changes([&wanted, state].into_iter(), &wanted, &fields);
            let touches = touches_text([&wanted, state].into_iter(), &wanted);
            assert_eq!(touches, edit.touches_text(), "{edit:?}");
        }
    }

    #[test]
    fn a_priority_that_is_no_more_is_left_as_it_is() {
        let (before, _) = mapped(&entity("a", &[], "P1"));
        let (wanted, fields) = mapped(&entity("a", &[], "unheard of"));
        let edit = changes([&before].into_iter(), &wanted, &fields);
        assert_eq!((wanted.priority, edit.priority), (None, None));
    }

    #[test]
    fn what_only_some_senders_tell_makes_no_difference() {
        let author = |name: Option<&str>| {
            Some(Named {
                id: "i1".to_owned(),
                name: name.map(str::to_owned),
            })
        };
        let bare = Entity {
            author: author(None),
            ..entity("a", &[], "P1")
        };
        let observable = Observable::of_value("evil.top").unwrap();
        let full = Entity {
            author: author(Some("ACME")),
            observables: vec![observable.clone()],
            enrichment: Enrichment {
                verdicts: vec![Verdict {
                    observable,
                    report: None,
                    url: String::new(),
                }],
                ..Enrichment::default()
            },
            ..bare.clone()
        };
        let ((bare, bare_fields), (full, full_fields)) = (mapped(&bare), mapped(&full));
        assert_eq!(bare, full);
        assert_ne!(bare_fields.description, full_fields.description);
    }

    #[test]
    fn a_page_that_is_another_one_each_time_makes_no_difference() {
        let alert = |link: &str| Entity {
            source: SourceKey::of(&splunk::PROFILE),
            link: Some(format!("https://splunk.example.com/{link}")),
            ..entity("a", &[], "P1")
        };
        assert_eq!(mapped(&alert("1")).0, mapped(&alert("2")).0);
    }
}
