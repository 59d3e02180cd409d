//! OpenCTI: the only place that knows its JSON. Reads what its three senders
//! post, leniently: a missing member is missing, an unknown one is nobody's
//! business, a string may stand for a number or a boolean.
//!
//! - `stream/webhook` connector: one stream event, unchanged (this file)
//! - webhook notifier and playbook: `data[]` of instances (`notifier.rs`)

mod entity;
mod notifier;

use serde_json::Value;

use super::{IntakeError, Received};
use crate::answer::EntityRef;
use crate::event::{Change, Event, Firings, Provenance};
use crate::intake::json::{self, text};

/// The oldest stream version that is understood.
const OLDEST_VERSION: u64 = 4;

/// Reads a request's body.
pub fn read(body: &[u8]) -> Result<Vec<Received>, IntakeError> {
    let json = json::object(body)?;
    match notifier::is_notification(&json) {
        true => notifier::read(&json),
        false => stream_event(&json).map(|received| vec![received]),
    }
}

fn stream_event(json: &Value) -> Result<Received, IntakeError> {
    let no_event = |text: &str| Err(IntakeError::NoEvent(text.to_owned()));
    match json::number(&json["version"]) {
        None => return no_event("`version` is missing or not a number"),
        Some(old) if old < OLDEST_VERSION => {
            return no_event("`version` is below 4, the oldest stream version that is understood");
        }
        Some(_) => {}
    }
    let Some(entity) = entity::read(&json["data"]) else {
        return no_event("`data` has no `type` or no `id`");
    };
    let provenance = provenance(json);
    let change = match json["type"].as_str() {
        // Dependency and recovery events have no type: the entity is there.
        None if provenance != Provenance::Live => Change::Create,
        None => return no_event("`type` is missing"),
        Some(word) => match change(word) {
            Some(change) => change,
            None => return Ok(unknown_change(Some((&entity).into()), word)),
        },
    };
    Ok(Received::Event(Box::new(Event {
        change,
        provenance,
        entity,
        absorbed: absorbed(json),
        survivor: None,
        only_added_references: only_added_references(json),
        platform_url: None,
        firings: Firings::default(),
    })))
}

fn change(word: &str) -> Option<Change> {
    match word {
        "create" => Some(Change::Create),
        "update" => Some(Change::Update),
        "delete" => Some(Change::Delete),
        "merge" => Some(Change::Merge),
        _ => None,
    }
}

fn unknown_change(entity: Option<EntityRef>, word: &str) -> Received {
    Received::Nothing {
        entity,
        reason: format!("events of type `{word}` file nothing"),
    }
}

fn provenance(json: &Value) -> Provenance {
    match json["origin"]["referer"].as_str() {
        Some("init-dependencies") => Provenance::Dependency,
        Some("init-create") => Provenance::Recovery,
        _ => Provenance::Live,
    }
}

/// On a merge, the entities that were merged in stand in `context.sources`.
fn absorbed(json: &Value) -> Vec<String> {
    json::items(&json["context"]["sources"])
        .iter()
        .filter_map(entity::id)
        .collect()
}

/// The addresses of added external references, if the patch (RFC 6902) does
/// nothing else but keep the books.
fn only_added_references(json: &Value) -> Option<Vec<String>> {
    let patch = json::items(&json["context"]["patch"]);
    let mut urls = Vec::new();
    for operation in patch {
        let path = operation["path"].as_str()?;
        if path == "/modified" || path.ends_with("/updated_at") {
            continue;
        }
        if operation["op"] != "add" || !path.starts_with("/external_references") {
            return None;
        }
        // The member itself is added with its first entries.
        let value = &operation["value"];
        let added = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for reference in added {
            urls.push(text(&reference["url"])?);
        }
    }
    (!urls.is_empty()).then_some(urls)
}

#[cfg(test)]
mod tests;
