//! A STIX object with OpenCTI's extension becomes an entity.

use serde_json::Value;

use super::marking;
use super::profile::PROFILE;
use crate::markup::SOURCE_LIMIT;
use crate::model::{
    Entity, EntityType, Fact, Named, Observable, Reference, SourceKey, Timestamp, Version,
};
use crate::sources::json::{any_text, items, number, prose, text, texts, time};
use crate::text::cut;

/// Longer names say nothing more; in UTF-16 units, as the limit of values.
const NAME_LIMIT: usize = 1_000;
/// A longer value is no value.
const VALUE_LIMIT: usize = 4_000;
/// More labels hide the others.
const LABELS_LIMIT: usize = 200;
/// An issue lists fewer.
const REFERENCES_LIMIT: usize = 200;
/// Where OpenCTI keeps what STIX has no place for.
pub(super) const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";

/// What only some types have: member, and what people call it, in the order in
/// which they read it. A member stands in the object or in its extension.
const FACTS: [(&str, &str); 23] = [
    ("incident_type", "Incident type"),
    ("report_types", "Report type"),
    ("response_types", "Response type"),
    ("information_types", "Information type"),
    ("takedown_types", "Takedown type"),
    ("note_types", "Note type"),
    ("context", "Context"),
    ("source", "Source"),
    ("objective", "Objective"),
    ("first_seen", "First seen"),
    ("last_seen", "Last seen"),
    ("published", "Published"),
    ("due_date", "Due"),
    ("reliability", "Reliability"),
    ("likelihood", "Likelihood"),
    ("rating", "Rating"),
    ("cvss_base_score", "CVSS score"),
    ("cvss_base_severity", "CVSS severity"),
    ("cvss_vector", "CVSS vector"),
    ("epss_score", "EPSS score"),
    ("epss_percentile", "EPSS percentile"),
    ("cisa_kev", "Known exploited (CISA KEV)"),
    ("revoked", "Revoked"),
];

/// A STIX object as an entity; `None` without a type or any id.
pub(super) fn read(data: &Value) -> Option<Entity> {
    let kind = text(&data["type"]).or_else(|| text(&extension(data)["type"]))?;
    let kind = EntityType::new(&kind);
    let (name, description) = wording(data, &kind);
    let mut entity = Entity {
        id: id(data)?,
        source: SourceKey::of(&PROFILE),
        standard_id: text(&data["id"]),
        name,
        description,
        content: content(data, &kind),
        labels: texts(&data["labels"])
            .into_iter()
            .take(LABELS_LIMIT)
            .collect(),
        severity: text(member(data, "severity")),
        priority: text(member(data, "priority")),
        confidence: number(&data["confidence"]).map(|n| n.min(100) as u8),
        created: created(data),
        author: author(data),
        status: named(&extension(data)["workflow_id"]),
        facts: facts(data).chain(more_labels(data)).collect(),
        references: items(&data["external_references"])
            .iter()
            .take(REFERENCES_LIMIT)
            .map(reference)
            .collect(),
        version: version(data),
        kind,
        ..Entity::default()
    };
    marking::mark(&mut entity, &data["object_marking_refs"]);
    Some(entity)
}

/// Whether it has what only OpenCTI gives it: an internal id.
pub(super) fn has_extension(data: &Value) -> bool {
    text(&extension(data)["id"]).is_some()
}

/// The internal id never changes; the STIX id does, on a rename.
pub(super) fn id(data: &Value) -> Option<String> {
    text(&extension(data)["id"]).or_else(|| text(&data["id"]))
}

/// A STIX cyber observable (`value`, or a file's name and hashes).
pub(super) fn observables(data: &Value) -> Vec<Observable> {
    let kind = data["type"].as_str().unwrap_or_default();
    let observable = |kind: &str, value: String| Observable {
        kind: kind.to_owned(),
        value,
    };
    match kind {
        "ipv4-addr" | "ipv6-addr" | "domain-name" | "url" | "email-addr" | "mac-addr"
        | "hostname" | "x-opencti-hostname" => text(&data["value"])
            .map(|value| observable(kind, value))
            .into_iter()
            .collect(),
        "file" | "artifact" => {
            let hashes = data["hashes"].as_object().into_iter().flatten();
            let hashes = hashes.filter_map(|(name, value)| {
                Some(observable(&name.to_ascii_lowercase(), text(value)?))
            });
            text(&data["name"])
                .map(|name| observable("file", name))
                .into_iter()
                .chain(hashes)
                .collect()
        }
        _ => Vec::new(),
    }
}

fn extension(data: &Value) -> &Value {
    &data["extensions"][EXTENSION]
}

fn member<'a>(data: &'a Value, name: &str) -> &'a Value {
    match &data[name] {
        Value::Null => &extension(data)[name],
        value => value,
    }
}

/// Name and description. A note has neither: its abstract and its content are
/// written in their place.
fn wording(data: &Value, kind: &EntityType) -> (String, Option<String>) {
    let name = ["name", "abstract", "attribute_abstract"]
        .iter()
        .find_map(|member| text(&data[*member]));
    let description = match kind.as_str() {
        "note" => prose(&data["content"]),
        _ => prose(&data["description"]),
    };
    let name = cut(&name.unwrap_or_default(), NAME_LIMIT, "…");
    (name, description.map(readable))
}

/// HTML: in the object for cases, in the extension for reports and groupings.
fn content(data: &Value, kind: &EntityType) -> Option<String> {
    match kind.as_str() {
        "note" => None,
        _ => prose(member(data, "content")).map(readable),
    }
}

/// As much of a text as is ever read, and a little more, so that it is said that
/// something is missing.
fn readable(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(SOURCE_LIMIT + 4));
    text
}

fn author(data: &Value) -> Option<Named> {
    named(&extension(data)["created_by_ref_id"]).or_else(|| named(&data["created_by_ref"]))
}

fn named(id: &Value) -> Option<Named> {
    text(id).map(|id| Named { id, name: None })
}

/// What is said of labels that an issue does not get.
fn more_labels(data: &Value) -> Option<Fact> {
    let more = items(&data["labels"]).len().checked_sub(LABELS_LIMIT)?;
    (more > 0).then(|| Fact {
        key: "more_labels".to_owned(),
        label: "More labels".to_owned(),
        value: format!("{more} in {}", PROFILE.name),
    })
}

fn facts(data: &Value) -> impl Iterator<Item = Fact> {
    FACTS.iter().filter_map(|(key, label)| {
        let value = any_text(member(data, key))?;
        // Every object says whether it is revoked; only a yes is news.
        (*key != "revoked" || value == "yes" || value == "true").then(|| Fact {
            key: (*key).to_owned(),
            label: (*label).to_owned(),
            value: cut(&value, VALUE_LIMIT, "…"),
        })
    })
}

fn reference(value: &Value) -> Reference {
    Reference {
        source: text(&value["source_name"]).unwrap_or_default(),
        description: text(&value["description"]),
        url: text(&value["url"]),
        external_id: any_text(&value["external_id"]),
    }
}

fn version(data: &Value) -> Version {
    // One that is there and cannot be read must not seem to be the oldest.
    let read = |value: &Value| match value {
        Value::Null => Timestamp::UNKNOWN,
        value => time(value).unwrap_or(Timestamp::UNREADABLE),
    };
    let updated = read(&extension(data)["updated_at"]);
    let modified = read(&data["modified"]);
    let modified = match modified.is_known() {
        true => modified,
        false => updated,
    };
    Version { modified, updated }
}

/// When it came into being. Its author can say an earlier time than that at which
/// it came to the platform.
fn created(data: &Value) -> Timestamp {
    let both = [&data["created"], &extension(data)["created_at"]];
    both.into_iter().filter_map(time).max().unwrap_or_default()
}
