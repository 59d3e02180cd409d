//! What a template sees of an entity: the names that [`super`] lists.

use std::collections::BTreeMap;

use minijinja::Value;

use super::bounds::{OUTPUT_LIMIT, head};
use super::extras::Extras;
use crate::model::{Entity, Fact, Named, Observable, Reference};

/// The names of an entity's own members.
const OWN: [&str; 20] = [
    "id",
    "type",
    "kind",
    "type_name",
    "name",
    "labels",
    "facts",
    "data",
    "references",
    "observables",
    "standard_id",
    "description",
    "content",
    "severity",
    "priority",
    "tlp",
    "author",
    "status",
    "url",
    "confidence",
];

/// The context of a rendering. What the entity does not have is left out.
pub(super) fn build(entity: &Entity, extras: &Extras) -> Value {
    let mut members = Members::default();
    members.set("entity", entity_value(entity, extras));
    members.set("event", Value::from(extras.event));
    members.optional("platform_url", extras.platform_url.as_deref());
    members.into_value()
}

fn entity_value(entity: &Entity, extras: &Extras) -> Value {
    let mut members = Members::default();
    // No fact takes the place of a member, not even of one that the entity lacks:
    // whoever attacks may have written it.
    let facts = entity.data.iter().chain(&entity.facts);
    for fact in facts.filter(|fact| !OWN.contains(&fact.key.as_str())) {
        members.text(&fact.key, &fact.value);
    }
    members.text("id", &entity.id);
    members.text("type", entity.kind.as_str());
    members.text("kind", entity.kind.as_str());
    members.text("type_name", &entity.kind.title());
    members.text("name", &entity.name);
    members.list("labels", entity.labels.iter().map(|label| text(label)));
    members.list("facts", entity.facts.iter().map(fact));
    members.list("data", entity.data.iter().map(fact));
    members.list("references", entity.references.iter().map(reference));
    members.list("observables", entity.observables.iter().map(observable));
    members.optional("standard_id", entity.standard_id.as_deref());
    members.optional("description", entity.description.as_deref());
    members.optional("content", entity.content.as_deref());
    members.optional("severity", entity.severity.as_deref());
    members.optional("priority", entity.priority.as_deref());
    members.optional("tlp", entity.tlp.map(|tlp| tlp.as_str()));
    let markings = entity.markings.iter();
    members.list(
        "markings",
        markings.map(|it| text(it.name.as_ref().unwrap_or(&it.id))),
    );
    members.optional("author", name(&entity.author));
    members.optional("status", name(&entity.status));
    members.optional("url", extras.entity_url.as_deref());
    if let Some(confidence) = entity.confidence {
        members.set("confidence", Value::from(confidence));
    }
    members.into_value()
}

fn fact(fact: &Fact) -> Value {
    let mut members = Members::default();
    members.text("key", &fact.key);
    members.text("label", &fact.label);
    members.text("value", &fact.value);
    members.into_value()
}

fn reference(reference: &Reference) -> Value {
    let mut members = Members::default();
    members.text("source", &reference.source);
    members.optional("description", reference.description.as_deref());
    members.optional("url", reference.url.as_deref());
    members.optional("external_id", reference.external_id.as_deref());
    members.into_value()
}

fn observable(observable: &Observable) -> Value {
    let mut members = Members::default();
    members.text("kind", &observable.kind);
    members.text("value", &observable.value);
    members.into_value()
}

fn name(named: &Option<Named>) -> Option<&str> {
    named.as_ref()?.name.as_deref()
}

/// Long texts are cut here already: the output would be cut there anyway.
fn text(text: &str) -> Value {
    Value::from(head(text, OUTPUT_LIMIT))
}

/// The members of a value; of two with one key, the later counts.
#[derive(Default)]
struct Members(BTreeMap<Value, Value>);

impl Members {
    fn set(&mut self, key: &str, value: Value) {
        self.0.insert(Value::from(key), value);
    }

    fn text(&mut self, key: &str, value: &str) {
        self.set(key, text(value));
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn list(&mut self, key: &str, items: impl Iterator<Item = Value>) {
        self.set(key, Value::from(items.collect::<Vec<_>>()));
    }

    fn into_value(self) -> Value {
        Value::from_object(self.0)
    }
}
