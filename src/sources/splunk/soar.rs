//! A container of Splunk SOAR with its artifacts: what a playbook sends.

use serde_json::{Map, Value};

use super::event::{entity, event};
use super::marks::Marks;
use super::row::{KEY_LIMIT, datum};
use super::severity::severity;
use super::value::{cut, description, fact, is_closed, link, shown, status, text, time};
use crate::model::{Change, Event, Fact, RawData, Timestamp, Version};
use crate::sources::json::{self, items};
use crate::text::digest;

/// Longer names say nothing more.
const NAME_LIMIT: usize = 500;
/// So that a label has space for the name of the value too.
const ARTIFACT_NAME_LIMIT: usize = 80;
/// What a container says of itself; what people call it.
const FACTS: [(&str, &str); 4] = [
    ("id", "Container"),
    ("label", "Label"),
    ("owner_name", "Owner"),
    ("tenant_id", "Tenant"),
];
const TIMES: [(&str, &str); 3] = [
    ("start_time", "Time"),
    ("due_time", "Due"),
    ("close_time", "Closed"),
];
/// More custom fields hide the others.
const CUSTOM_LIMIT: usize = 50;
/// More of a custom field nobody reads in a header.
const CUSTOM_VALUE_LIMIT: usize = 500;
/// More values are no help to a person.
const DATA_LIMIT: usize = 200;
/// More of a value is no help either.
const VALUE_LIMIT: usize = 4000;

/// Whether the body is a container.
pub(super) fn is_container(json: &Value) -> bool {
    let named = text(&json["name"]).is_some();
    let says = |member: &str| text(&json[member]).is_some();
    json["artifacts"].is_array()
        || (named && (says("source_data_identifier") || says("container_type")))
}

pub(super) fn read(json: &Value, priorities: &[(String, String)]) -> Event {
    let mut marks = Marks::default();
    marks.tags(&json["tags"], true);
    marks.marking(&json["sensitivity"]);
    let data = artifacts(&json["artifacts"], &mut marks);
    let name = text(&json["name"]).unwrap_or_else(|| "SOAR container".to_owned());
    let id = format!("soar-{}", identity(json));
    let mut entity = entity("soar-container", id, marks);
    // What SOAR's REST calls it: a number.
    let number = text(&json["id"]).and_then(|id| id.trim().parse::<u64>().ok());
    entity.handles.extend(number.map(|id| id.to_string()));
    entity.link = link(&json["url"]).or_else(|| link(&json["container_url"]));
    entity.name = cut(name.trim(), NAME_LIMIT);
    entity.description = description(&json["description"]);
    entity.severity = severity(&json["severity"], priorities);
    entity.facts = facts(json);
    entity.data = data;
    // A playbook may send a container without what it holds, or with an empty list.
    let is_empty = json::number(&json["artifact_count"]) == Some(0);
    entity.raw_data = match is_empty || !items(&json["artifacts"]).is_empty() {
        true => RawData::Remembered,
        false => RawData::LeftOut,
    };
    entity.status = status(&json["status"]);
    entity.version = version(json);
    match is_closed(&json["status"]) {
        true => event(Change::Closed, entity),
        false => event(Change::UPDATED, entity),
    }
}

/// A digest of the container's id where it came from, with what brought it; else of
/// its id in SOAR, else of what it holds.
fn identity(json: &Value) -> String {
    let member = |members: &[&str]| members.iter().find_map(|member| text(&json[*member]));
    let origin = || member(&["asset", "asset_id", "label"]).unwrap_or_default();
    let own = member(&["source_data_identifier", "external_id"]);
    let id = own.map(|id| format!("{}\n{id}", origin()));
    let id = id.or_else(|| member(&["id"])).unwrap_or_else(|| {
        let mut held = vec![json["name"].clone()];
        for artifact in items(&json["artifacts"]) {
            held.extend([artifact["name"].clone(), artifact["cef"].clone()]);
        }
        Value::Array(held).to_string()
    });
    digest(id.as_bytes())
}

/// What a container says of itself, and its custom fields.
fn facts(json: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (key, label) in FACTS {
        fact(&mut facts, key, label, text(&json[key]));
    }
    for (key, label) in TIMES {
        fact(&mut facts, key, label, time(&json[key]));
    }
    let custom = json["custom_fields"].as_object().into_iter().flatten();
    for (name, value) in custom.take(CUSTOM_LIMIT) {
        let name = cut(name, KEY_LIMIT);
        fact(&mut facts, &name, &name, shown(value, CUSTOM_VALUE_LIMIT));
    }
    facts
}

/// When the container or what it holds was touched last.
fn version(json: &Value) -> Version {
    let members = [
        "container_update_time",
        "artifact_update_time",
        "close_time",
    ];
    let touched = members
        .iter()
        .filter_map(|name| json::time(&json[*name]))
        .max();
    Version {
        modified: touched.unwrap_or_default(),
        updated: Timestamp::UNKNOWN,
    }
}

/// The values of all artifacts (CEF: Common Event Format), and what they were
/// seen on.
fn artifacts(artifacts: &Value, marks: &mut Marks) -> Vec<Fact> {
    let mut data = Vec::new();
    let none = Map::new();
    for (place, artifact) in items(artifacts).iter().enumerate() {
        let name = text(&artifact["name"]).unwrap_or_else(|| "Artifact".to_owned());
        let name = cut(name.trim(), ARTIFACT_NAME_LIMIT);
        let cef = artifact["cef"].as_object().unwrap_or(&none);
        marks.observe_fields(cef, |_| true);
        for (key, value) in cef {
            if data.len() < DATA_LIMIT {
                data.extend(labelled(&data, &name, place + 1, key, value));
            }
        }
    }
    data
}

/// A value of an artifact. Artifacts of one name are told apart by their number;
/// what was said already is not said again.
fn labelled(known: &[Fact], name: &str, number: usize, key: &str, value: &Value) -> Option<Fact> {
    let mut fact = datum(key, &format!("{name}: {key}"), value, VALUE_LIMIT)?;
    let mut is_taken = false;
    for known in known.iter().filter(|known| known.label == fact.label) {
        if known.value == fact.value {
            return None;
        }
        is_taken = true;
    }
    if is_taken {
        fact.label = cut(&format!("{name} {number}: {key}"), KEY_LIMIT);
    }
    Some(fact)
}
