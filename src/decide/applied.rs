//! What an entity maps to, and what is different from what the issue shows.

use serde_json::Value;

use super::render::Warnings;
use super::target::Target;
use super::{fields, table};
use crate::model::{
    AppliedState, Edit, Enrichment, Entity, Field, FieldChange, FieldValue, IssueFields, OnChange,
};
use crate::text::{digest, to_json};

/// What the entity maps to. What some senders of its platform tell and others do
/// not is left out, so that it does not seem to change with the sender.
pub fn of(entity: &Entity, target: &Target<'_>) -> AppliedState {
    let mut bare = entity.clone();
    bare.enrichment = Enrichment::default();
    if target.profile.has_several_senders {
        bare.observables.clear();
        let named = [&mut bare.author, &mut bare.status].into_iter().flatten();
        for named in named.chain(&mut bare.markings) {
            named.name = None;
        }
    }
    let mapped = fields::contents(&bare, &target.lasting(), &mut Warnings::new());
    let mut state = AppliedState {
        status: entity.status.as_ref().map(|status| status.id.clone()),
        ..AppliedState::default()
    };
    for (field, value) in compared(&mapped.values) {
        state.fields.insert(field.id.to_owned(), digested(value));
    }
    for (name, value) in &mapped.custom {
        let digest = Value::String(value_digest(value));
        state.custom.insert(name.clone(), digest);
    }
    state
}

/// The fields that change with the entity.
fn compared(values: &[(Field, FieldValue)]) -> impl Iterator<Item = &(Field, FieldValue)> {
    let values = values.iter();
    values.filter(|(field, _)| field.on_change != OnChange::Leave)
}

/// A value as it is remembered, to be compared.
fn digested(value: &FieldValue) -> Value {
    match value {
        FieldValue::Line(text) | FieldValue::Named(text) | FieldValue::User(text) => {
            text.as_str().into()
        }
        FieldValue::Words(words) | FieldValue::AllNamed(words) => words.as_slice().into(),
        FieldValue::Text(text) => digest(text.document.outline().as_bytes()).into(),
    }
}

/// Whether leading there changes text that people may have edited.
pub fn touches_text<'s>(
    old: impl Iterator<Item = &'s AppliedState> + Clone,
    new: &AppliedState,
) -> bool {
    let respected = table::TABLE.iter().map(|row| row.field);
    let respected: Vec<&str> = respected
        .filter(|field| field.on_change == OnChange::RespectPeople)
        .map(|field| field.id)
        .collect();
    let mut ids = respected.into_iter();
    ids.any(|id| differ(old.clone(), new, id))
}

/// Whether a field is another one in any of the states.
pub fn differ<'s>(
    mut old: impl Iterator<Item = &'s AppliedState>,
    new: &AppliedState,
    id: &str,
) -> bool {
    old.any(|state| state.fields.get(id) != new.fields.get(id))
}

/// The changes that lead to `new` from each state that the issue can be in, with
/// the values that `fields` has for them.
pub fn changes<'s>(
    old: impl Iterator<Item = &'s AppliedState> + Clone,
    new: &AppliedState,
    fields: &IssueFields,
) -> Edit {
    let mut changes = Vec::new();
    for (field, value) in compared(&fields.values) {
        if !differ(old.clone(), new, field.id) {
            continue;
        }
        let change = match field.on_change {
            OnChange::AddAndRemove => {
                let states = old.clone().map(|state| entries(state.fields.get(field.id)));
                entry_changes(states, &entries(new.fields.get(field.id)))
            }
            _ => FieldChange::Set(value.clone()),
        };
        changes.push((*field, change));
    }
    let mut custom = fields.custom.clone();
    custom.retain(|name, _| {
        let wanted = new.custom.get(name);
        old.clone().any(|state| state.custom.get(name) != wanted)
    });
    Edit {
        place: fields.place.clone(),
        changes,
        custom,
        property: fields.property.clone(),
    }
}

/// The entries of a remembered list.
fn entries(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Each entry that any state lacks comes, each that any state has too much goes.
fn entry_changes(old: impl Iterator<Item = Vec<String>> + Clone, new: &[String]) -> FieldChange {
    let is_missing = |entry: &&String| old.clone().any(|state| !state.contains(entry));
    let mut removed: Vec<String> = Vec::new();
    for entry in old.clone().flatten() {
        if !new.contains(&entry) && !removed.contains(&entry) {
            removed.push(entry);
        }
    }
    FieldChange::Entries {
        added: new.iter().filter(is_missing).cloned().collect(),
        removed,
    }
}

fn value_digest(value: &Value) -> String {
    digest(&to_json(value))
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
        let target = Target::pick(&event, profile(&entity.source), settings, "/browse/").unwrap();
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
        assert_eq!(edit.line("summary"), Some("a"));
        assert_eq!(edit.text("description"), fields.text("description"));
        let (added, removed) = edit.entries("labels");
        assert_eq!(
            (added, removed),
            (&["only-a".to_owned()][..], &["only-b".to_owned()][..])
        );
        assert_eq!(edit.line("priority"), Some("Highest"));
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
        let (added, removed) = edit.entries("labels");
        assert_eq!(added, ["new", "lost"]);
        assert_eq!(removed, ["x", "y", "z"]);
        assert_eq!(edit.changes.len(), 1);
    }

    #[test]
    fn each_field_changes_if_it_differs_in_any_state() {
        let (wanted, fields) = mapped(&entity("a", &[], "P1"));
        let mut old = vec![wanted.clone(); 4];
        for (state, id) in old.iter_mut().zip(["summary", "description", "priority"]) {
            state.fields.remove(id).unwrap();
        }
        old[3].custom.clear();
        let edit = changes(old.iter(), &wanted, &fields);
        assert!(edit.get("summary").is_some() && edit.get("description").is_some());
        assert!(edit.get("priority").is_some());
        assert_eq!(edit.custom, fields.custom);
        let edit = changes(old[..1].iter(), &wanted, &fields);
        assert!(edit.get("summary").is_some() && edit.get("description").is_none());
        assert!(edit.get("priority").is_none() && edit.custom.is_empty());
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
        assert_eq!(
            (wanted.fields.get("priority"), edit.get("priority")),
            (None, None)
        );
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
        assert_ne!(
            bare_fields.text("description"),
            full_fields.text("description")
        );
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
