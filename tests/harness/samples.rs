//! The payloads in `tests/samples`, and variations of them.

use serde_json::Value;

/// The files that hold one created entity of each type that files an issue.
pub const SIX_TYPES: [&str; 6] = [
    "incident-create",
    "report-create",
    "case-incident-create",
    "case-rfi-create",
    "case-rft-create",
    "grouping-create",
];

/// A file of `tests/samples`.
pub fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/samples");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

/// A file of `tests/cases`: what went wrong once.
pub fn case(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases");
    let bytes = std::fs::read(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// A stream event of `tests/samples`.
pub fn stream(name: &str) -> Value {
    serde_json::from_slice(&file(&format!("opencti-stream-data.{name}.json"))).unwrap()
}

/// A created incident with an id of its own.
pub fn incident(id: &str, name: &str) -> Value {
    let mut event = stream("incident-create");
    *internal_id(&mut event) = id.into();
    event["data"]["id"] = format!("incident--{id}").into();
    event["data"]["name"] = name.into();
    event
}

/// The member that identifies the entity.
pub fn internal_id(event: &mut Value) -> &mut Value {
    let extension = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
    &mut event["data"]["extensions"][extension]["id"]
}
