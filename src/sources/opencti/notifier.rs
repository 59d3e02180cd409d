//! The webhook notifier and the playbook's "Send to notifier": the recommended
//! template posts `data[]`, each `{instance, type, message}`, the instance in
//! the same STIX form as in the stream.
//!
//! A playbook sends every object of its bundle: the ones that file an issue,
//! and others that tell more about them (an author, observables).

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::refused::refused;
use super::stream::{change, unknown_change};
use super::{entity, marking, message};
use crate::model::{Change, End, Entity, Event, Observable, Version};
use crate::sources::json;
use crate::sources::received::{Received, SourceError};
use crate::text::{cut, without_logins};

/// An issue is no database.
const OBSERVABLES_LIMIT: usize = 100;
/// A trigger's name is shown as far; in UTF-16 units.
const TRIGGER_LIMIT: usize = 200;
/// What the notifier's "test" button posts as an instance.
const TEST_INSTANCE: &str = "instanceId";
/// Who was touched that soon after it came into being has just come into being.
const FRESH: Duration = Duration::from_secs(24 * 3600);

pub(super) fn read(json: &Value) -> Result<Vec<Received>, SourceError> {
    match json["data"].as_array() {
        Some(entries) => Ok(read_all(json, entries, false)),
        None => Err(refused(json)),
    }
}

/// A STIX bundle that OpenCTI made: its objects, as a playbook sends them.
pub(super) fn read_bundle(json: &Value) -> Result<Vec<Received>, SourceError> {
    let objects = json::items(&json["objects"]);
    match objects.iter().any(entity::has_extension) {
        true => Ok(read_all(json, objects, true)),
        false => Err(refused(json)),
    }
}

fn read_all(json: &Value, entries: &[Value], is_bundle: bool) -> Vec<Received> {
    let trigger = json::text(&json["notification"]["name"]).unwrap_or_default();
    let call = Call {
        bundle: Bundle::of(entries, is_bundle),
        // The address may hold a login, which is nobody's business.
        platform_url: json::text(&json["platform_uri"])
            .map(|url| without_logins(&url).into_owned()),
        trigger: cut(&trigger, TRIGGER_LIMIT, "…"),
        is_bundle,
    };
    let mut all: BTreeMap<_, Vec<Received>> = BTreeMap::new();
    for entry in entries {
        let received = call.received(entry);
        all.entry(order(&received)).or_default().push(received);
    }
    all.into_values().flatten().collect()
}

/// A bundle has the objects themselves.
fn instance(entry: &Value, is_bundle: bool) -> &Value {
    match is_bundle {
        true => entry,
        false => &entry["instance"],
    }
}

/// Several events of one entity can come in one call: the oldest goes first.
fn order(received: &Received) -> Option<(String, Version)> {
    match received {
        Received::Event(event) => Some((event.entity.id.clone(), event.entity.version)),
        Received::Nothing { .. } => None,
    }
}

/// One call, with what it says of all its entries.
struct Call<'a> {
    bundle: Bundle<'a>,
    platform_url: Option<String>,
    trigger: String,
    is_bundle: bool,
}

impl Call<'_> {
    fn received(&self, entry: &Value) -> Received {
        let instance = instance(entry, self.is_bundle);
        if instance["id"] == TEST_INSTANCE {
            return nothing("this is the notifier's test event");
        }
        if self.is_bundle && !entity::has_extension(instance) {
            return nothing("the object has no internal id of OpenCTI");
        }
        let word = match self.is_bundle {
            true => "create",
            false => entry["type"].as_str().unwrap_or("create"),
        };
        let message = entry["message"].as_str().unwrap_or_default();
        let Some(mut entity) = entity::read(instance) else {
            return nothing("the entry's `instance` has no `type` or no `id`");
        };
        let Some(change) = change(word, &Value::Null) else {
            return unknown_change(Some((&entity).into()), word);
        };
        let change = self.meant(change, &entity, message);
        self.bundle.complete(&mut entity, instance);
        let platform_url = self.platform_url.clone();
        Received::Event(Box::new(Event {
            platform_url: platform_url.filter(|_| !change.ends()),
            // A notification tells of one entity; nothing comes along.
            ..Event::live(change, entity)
        }))
    }

    /// A trigger says `create` of what enters its filter, and `delete` of what
    /// leaves it.
    fn meant(&self, change: Change, entity: &Entity, message: &str) -> Change {
        match change {
            Change::Created if !is_fresh(entity) => Change::Entered,
            Change::Ended(End::Deleted) if !message::says_deleted(message, &entity.name) => {
                Change::Ended(End::NotVisible(self.trigger.clone()))
            }
            change => change,
        }
    }
}

/// Whether an entity came into being just before it was told of. Where nobody says
/// when, it did.
fn is_fresh(entity: &Entity) -> bool {
    let Version { modified, updated } = entity.version;
    let touched = [modified, updated].into_iter().filter(|it| it.is_known());
    let touched = touched.min().unwrap_or_default();
    !entity.created.is_known() || touched.since(entity.created) <= FRESH
}

/// All that came in one call.
struct Bundle<'a> {
    by_id: BTreeMap<&'a str, &'a Value>,
    /// All observables in it, as far as one issue can show them.
    observables: Vec<Observable>,
}

impl<'a> Bundle<'a> {
    fn of(entries: &'a [Value], is_bundle: bool) -> Self {
        let instances = entries.iter().map(|entry| instance(entry, is_bundle));
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

    /// Adds what the other objects of the call tell.
    fn complete(&self, entity: &mut Entity, instance: &Value) {
        if let Some(author) = &mut entity.author {
            let other = self.named(&instance["created_by_ref"]);
            author.name = other.and_then(|other| json::text(&other["name"]));
        }
        marking::name(entity, |id| self.by_id.get(id).copied());
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
