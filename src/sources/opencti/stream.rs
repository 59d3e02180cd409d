//! A stream event, as the connector `stream/webhook` posts it unchanged.

use serde_json::Value;

use super::entity;
use super::refused::refused;
use crate::model::{Change, End, EntityRef, Event, Provenance};
use crate::sources::json::{self, text};
use crate::sources::received::{Received, SourceError};
use crate::text::short;

/// The oldest stream version that is understood.
const OLDEST_VERSION: u64 = 4;
/// Longer words are no types of events.
const WORD_LIMIT: usize = 60;

pub(super) fn read(json: &Value) -> Result<Received, SourceError> {
    let no_event = |text: &str| Err(SourceError::NoEvent(text.to_owned()));
    match json::number(&json["version"]) {
        None => return Err(refused(json)),
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
        None if provenance != Provenance::Live => Change::Created,
        None => return no_event("`type` is missing"),
        Some(word) => match change(word, &json["context"]) {
            Some(change) => change,
            None => return Ok(unknown_change(Some((&entity).into()), word)),
        },
    };
    Ok(Received::Event(Box::new(Event {
        change,
        provenance,
        entity,
        platform_url: None,
    })))
}

/// What a word of OpenCTI's means, with what its context tells of it.
pub(super) fn change(word: &str, context: &Value) -> Option<Change> {
    match word {
        "create" => Some(Change::Created),
        "update" => Some(Change::Updated {
            only_added_references: only_added_references(context),
        }),
        "delete" => Some(Change::Ended(End::Deleted)),
        "merge" => Some(Change::Merged {
            absorbed: absorbed(context),
        }),
        _ => None,
    }
}

pub(super) fn unknown_change(entity: Option<EntityRef>, word: &str) -> Received {
    Received::Nothing {
        entity,
        reason: format!("events of type `{}` file nothing", short(word, WORD_LIMIT)),
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
fn absorbed(context: &Value) -> Vec<String> {
    json::items(&context["sources"])
        .iter()
        .filter_map(entity::id)
        .collect()
}

/// The addresses of added external references, if the patch (RFC 6902) does
/// nothing else but keep the books.
fn only_added_references(context: &Value) -> Option<Vec<String>> {
    let patch = json::items(&context["patch"]);
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
