//! The webhook notifier and the playbook's "Send to notifier": the recommended
//! template posts `data[]`, each `{instance, type, message}`, the instance in
//! the same STIX form as in the stream.
//!
//! A playbook sends every object of its bundle: the ones that file an issue,
//! and others that tell more about them (an author, observables).

use std::collections::BTreeMap;

use serde_json::Value;

use super::entity;
use super::stream::{change, unknown_change};
use crate::model::{Entity, Event, Observable, Version};
use crate::sources::json;
use crate::sources::received::{Received, SourceError};
use crate::text::without_logins;

/// An issue is no database.
const OBSERVABLES_LIMIT: usize = 100;
/// What the notifier's "test" button posts as an instance.
const TEST_INSTANCE: &str = "instanceId";

/// The shapes are told apart by their members: a notification has an array of
/// instances, or says what it notifies of.
pub(super) fn is_notification(json: &Value) -> bool {
    json["data"].is_array() || json.get("content").is_some() || json.get("notification").is_some()
}

pub(super) fn read(json: &Value) -> Result<Vec<Received>, SourceError> {
    let Some(entries) = json["data"].as_array() else {
        return Err(SourceError::NoEvent(
            "`data` is not a list; use the notifier template of the README".to_owned(),
        ));
    };
    let bundle = Bundle::of(entries);
    // The address may hold a login, which is nobody's business.
    let platform_url = json::text(&json["platform_uri"]);
    let platform_url = platform_url.map(|url| without_logins(&url).into_owned());
    let mut all: BTreeMap<_, Vec<Received>> = BTreeMap::new();
    for entry in entries {
        let received = bundle.received(entry, platform_url.clone());
        all.entry(order(&received)).or_default().push(received);
    }
    Ok(all.into_values().flatten().collect())
}

/// Several events of one entity can come in one call: the oldest goes first.
fn order(received: &Received) -> Option<(String, Version)> {
    match received {
        Received::Event(event) => Some((event.entity.id.clone(), event.entity.version)),
        Received::Nothing { .. } => None,
    }
}

/// All that came in one call.
struct Bundle<'a> {
    by_id: BTreeMap<&'a str, &'a Value>,
    /// All observables in it, as far as one issue can show them.
    observables: Vec<Observable>,
}

impl<'a> Bundle<'a> {
    fn of(entries: &'a [Value]) -> Self {
        let instances = entries.iter().map(|entry| &entry["instance"]);
        let mut by_id = BTreeMap::new();
        for instance in instances.clone() {
            if let Some(id) = instance["id"].as_str() {
                by_id.entry(id).or_insert(instance);
            }
        }
        let observables = instances.flat_map(entity::observables);
        Self {
            by_id,
            observables: observables.take(OBSERVABLES_LIMIT).collect(),
        }
    }

    fn received(&self, entry: &Value, platform_url: Option<String>) -> Received {
        let instance = &entry["instance"];
        if instance["id"] == TEST_INSTANCE {
            return nothing("this is the notifier's test event");
        }
        let Some(mut entity) = entity::read(instance) else {
            return nothing("the entry's `instance` has no `type` or no `id`");
        };
        let word = entry["type"].as_str().unwrap_or("create");
        let Some(change) = change(word, &Value::Null) else {
            return unknown_change(Some((&entity).into()), word);
        };
        self.complete(&mut entity, instance);
        Received::Event(Box::new(Event {
            platform_url: platform_url.filter(|_| !change.ends()),
            // A notification tells of one entity; nothing comes along.
            ..Event::live(change, entity)
        }))
    }

    /// Adds what the other objects of the call tell.
    fn complete(&self, entity: &mut Entity, instance: &Value) {
        if let Some(author) = &mut entity.author {
            let other = self.named(&instance["created_by_ref"]);
            author.name = other.and_then(|other| json::text(&other["name"]));
        }
        entity.observables = self.observables_of(instance);
    }

    /// The observables that the object refers to; all of them if it has no
    /// list of what it holds (an incident has none).
    fn observables_of(&self, instance: &Value) -> Vec<Observable> {
        let Some(references) = instance["object_refs"].as_array() else {
            return self.observables.clone();
        };
        let others = references.iter().filter_map(|id| self.named(id));
        let observables = others.flat_map(entity::observables);
        observables.take(OBSERVABLES_LIMIT).collect()
    }

    fn named(&self, id: &Value) -> Option<&'a Value> {
        self.by_id.get(id.as_str()?).copied()
    }
}

fn nothing(reason: &str) -> Received {
    Received::Nothing {
        entity: None,
        reason: reason.to_owned(),
    }
}
