//! What a template sees of an entity: the names that [`super`] lists.

use std::collections::BTreeMap;

use minijinja::Value;

use super::Extras;
use super::engine::{OUTPUT_LIMIT, head};
use crate::event::{Change, Entity, Fact, Named, Observable, Reference};

type Pair = (String, Value);

/// The context of a rendering. What the entity does not have is left out.
pub(super) fn build(entity: &Entity, extras: &Extras) -> Value {
    let mut pairs = vec![
        pair("entity", entity_value(entity, extras)),
        pair("event", Value::from(event(extras.event))),
    ];
    pairs.extend(optional("platform_url", extras.platform_url.as_deref()));
    map(pairs)
}

fn event(change: Change) -> &'static str {
    match change {
        Change::Create => "create",
        Change::Update => "update",
        Change::Delete => "delete",
        Change::Merge => "merge",
        Change::Absorbed => "absorbed",
        Change::Firing => "firing",
    }
}

fn entity_value(entity: &Entity, extras: &Extras) -> Value {
    // Facts come first, so that no fact takes the place of a member.
    let mut pairs: Vec<Pair> = entity
        .data
        .iter()
        .chain(&entity.facts)
        .map(|fact| pair(&fact.key, text(&fact.value)))
        .collect();
    pairs.extend([
        pair("id", text(&entity.id)),
        pair("type", text(entity.kind.as_str())),
        pair("kind", text(entity.kind.as_str())),
        pair("type_name", text(&entity.kind.title())),
        pair("name", text(&entity.name)),
        pair("labels", list(&entity.labels, |label| text(label))),
        pair("facts", list(&entity.facts, fact)),
        pair("data", list(&entity.data, fact)),
        pair("references", list(&entity.references, reference)),
        pair("observables", list(&entity.observables, observable)),
    ]);
    pairs.extend(
        [
            optional("standard_id", entity.standard_id.as_deref()),
            optional("description", entity.description.as_deref()),
            optional("content", entity.content.as_deref()),
            optional("severity", entity.severity.as_deref()),
            optional("priority", entity.priority.as_deref()),
            optional("tlp", entity.tlp.map(|tlp| tlp.as_str())),
            optional("author", name(&entity.author)),
            optional("status", name(&entity.status)),
            optional("url", extras.entity_url.as_deref()),
            entity
                .confidence
                .map(|number| pair("confidence", Value::from(number))),
        ]
        .into_iter()
        .flatten(),
    );
    map(pairs)
}

fn fact(fact: &Fact) -> Value {
    map([
        pair("key", text(&fact.key)),
        pair("label", text(&fact.label)),
        pair("value", text(&fact.value)),
    ])
}

fn reference(reference: &Reference) -> Value {
    let members = [
        optional("source", Some(&reference.source)),
        optional("description", reference.description.as_deref()),
        optional("url", reference.url.as_deref()),
        optional("external_id", reference.external_id.as_deref()),
    ];
    map(members.into_iter().flatten())
}

fn observable(observable: &Observable) -> Value {
    map([
        pair("kind", text(&observable.kind)),
        pair("value", text(&observable.value)),
    ])
}

fn name(named: &Option<Named>) -> Option<&str> {
    named.as_ref()?.name.as_deref()
}

/// Long texts are cut here already: the output would be cut there anyway.
fn text(text: &str) -> Value {
    Value::from(head(text, OUTPUT_LIMIT))
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> Value {
    Value::from(items.iter().map(value).collect::<Vec<_>>())
}

fn optional(key: &str, value: Option<&str>) -> Option<Pair> {
    value.map(|value| pair(key, text(value)))
}

/// Of two pairs with one key, the later counts.
fn map(pairs: impl IntoIterator<Item = Pair>) -> Value {
    let mut members = BTreeMap::new();
    for (key, value) in pairs {
        members.insert(Value::from(key), value);
    }
    Value::from_object(members)
}

fn pair(key: &str, value: Value) -> Pair {
    (key.to_owned(), value)
}
