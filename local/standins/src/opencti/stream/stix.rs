//! What the stream reads in a STIX object.

use serde_json::Value;

use crate::clock;

/// Where OpenCTI keeps what STIX has no place for.
pub(super) const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";

/// The STIX id.
pub(super) fn id(object: &Value) -> Option<&str> {
    object["id"].as_str()
}

/// The internal id, which never changes.
pub(super) fn internal_id(object: &Value) -> Option<&str> {
    object["extensions"][EXTENSION]["id"].as_str()
}

/// OpenCTI's word for its type, such as `Case-Incident`; STIX's word for it if
/// it has none.
pub(super) fn entity_type(object: &Value) -> &str {
    let own = object["extensions"][EXTENSION]["type"].as_str();
    own.or_else(|| object["type"].as_str()).unwrap_or_default()
}

/// When the platform last changed it, in milliseconds since 1970.
pub(super) fn updated_at(object: &Value) -> Option<u64> {
    let text = object["extensions"][EXTENSION]["updated_at"].as_str();
    text.and_then(clock::utc_millis)
}

/// Whether it is what `no-dependencies` leaves out.
pub(super) fn is_relationship(object: &Value) -> bool {
    matches!(object["type"].as_str(), Some("relationship" | "sighting"))
}

/// What it is called: its name, or the nearest thing to one.
pub(super) fn name(object: &Value) -> &str {
    let mut names = ["name", "value", "id"].into_iter();
    let name = names.find_map(|member| object[member].as_str());
    name.unwrap_or_default()
}

/// Whether both are the same object: by the internal id, or by the STIX id if
/// one of them has no other.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    match (internal_id(one), internal_id(other)) {
        (Some(one), Some(other)) => one == other,
        _ => id(one).is_some() && id(one) == id(other),
    }
}

/// An object for tests, updated at this millisecond.
#[cfg(test)]
pub(super) fn object(kind: &str, number: u32, updated_at: u64) -> Value {
    let extension = serde_json::json!({
        "id": format!("internal-{number}"),
        "type": "Case-Incident",
        "updated_at": clock::utc_time(updated_at),
    });
    let mut object = serde_json::json!({
        "id": format!("{kind}--{number}"),
        "type": kind,
        "name": format!("{kind} {number}"),
        "extensions": {},
    });
    object["extensions"][EXTENSION] = extension;
    object
}
