//! OpenCTI: the only place that knows its JSON. Reads what the
//! `stream/webhook` connector posts, leniently: a missing member is missing,
//! an unknown one is nobody's business.

use serde_json::Value;

use super::{IntakeError, Received};
use crate::answer::EntityRef;
use crate::event::{Change, Entity, EntityType, Event, Provenance};

/// Where OpenCTI keeps what STIX has no place for.
const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// The oldest stream version that is understood.
const OLDEST_VERSION: u64 = 4;
/// What the notifier's "test" button posts as an instance.
const TEST_INSTANCE: &str = "instanceId";

/// Reads a request's body.
pub fn read(body: &[u8]) -> Result<Vec<Received>, IntakeError> {
    let json: Value =
        serde_json::from_slice(body).map_err(|e| IntakeError::NotJson(e.to_string()))?;
    if is_notification(&json) {
        return notification(&json);
    }
    stream_event(&json).map(|received| vec![received])
}

/// The shapes are told apart by their members: a notification has an array of
/// instances, or says what it notifies of.
fn is_notification(json: &Value) -> bool {
    json["data"].is_array() || json.get("content").is_some() || json.get("notification").is_some()
}

/// The notifier's "test" button must be accepted and file nothing.
fn notification(json: &Value) -> Result<Vec<Received>, IntakeError> {
    let entries = json["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    Ok(entries
        .iter()
        .map(|entry| match entry["instance"]["id"].as_str() {
            Some(TEST_INSTANCE) => nothing(None, "this is the notifier's test event"),
            _ => nothing(
                entity(&entry["instance"]).as_ref().map(EntityRef::from),
                "notifications are not taken; use the stream connector",
            ),
        })
        .collect())
}

fn stream_event(json: &Value) -> Result<Received, IntakeError> {
    let no_event = |text: &str| Err(IntakeError::NoEvent(text.to_owned()));
    if !json.is_object() {
        return no_event("an event is a JSON object");
    }
    match version(&json["version"]) {
        None => return no_event("`version` is missing or not a number"),
        Some(old) if old < OLDEST_VERSION => {
            return no_event("`version` is below 4, the oldest stream version that is understood");
        }
        Some(_) => {}
    }
    let Some(entity) = entity(&json["data"]) else {
        return no_event("`data` has no `type` or no `id`");
    };
    let provenance = provenance(json);
    let change = match json["type"].as_str() {
        // Dependency and recovery events have no type: the entity is there.
        None if provenance != Provenance::Live => Change::Create,
        None => return no_event("`type` is missing"),
        Some("create") => Change::Create,
        Some("update") => Change::Update,
        Some("delete") => Change::Delete,
        Some("merge") => Change::Merge,
        Some(other) => {
            let reason = format!("events of type `{other}` file nothing");
            return Ok(nothing(Some((&entity).into()), reason));
        }
    };
    Ok(Received::Event(Box::new(Event {
        change,
        provenance,
        entity,
    })))
}

fn nothing(entity: Option<EntityRef>, reason: impl Into<String>) -> Received {
    Received::Nothing {
        entity,
        reason: reason.into(),
    }
}

/// A string today; a number would mean the same.
fn version(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn provenance(json: &Value) -> Provenance {
    match json["origin"]["referer"].as_str() {
        Some("init-dependencies") => Provenance::Dependency,
        Some("init-create") => Provenance::Recovery,
        _ => Provenance::Live,
    }
}

/// A STIX object as an entity; `None` without a type or any id.
fn entity(data: &Value) -> Option<Entity> {
    let extension = &data["extensions"][EXTENSION];
    // The internal id never changes; the STIX id does, on a rename.
    let id = text(&extension["id"]).or_else(|| text(&data["id"]))?;
    let kind = text(&data["type"]).or_else(|| text(&extension["type"]))?;
    Some(Entity {
        id,
        kind: EntityType::new(&kind),
        name: text(&data["name"]).unwrap_or_default(),
        description: text(&data["description"]),
        labels: texts(&data["labels"]),
    })
}

/// A string with something in it.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(text).collect()
}

#[cfg(test)]
#[path = "opencti_tests.rs"]
mod tests;
