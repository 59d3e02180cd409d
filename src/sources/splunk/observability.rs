//! Webhooks of Splunk Observability Cloud (a detector fires, or is quiet again) and of
//! Splunk On-Call (an incident, its acknowledgement, its recovery).

use serde_json::Value;

use super::event::{entity, event, name};
use super::marks::Marks;
use super::row::{KEY_LIMIT, datum};
use super::severity::severity;
use super::value::{cut, description, fact, is_any, link, text, time};
use crate::model::{Change, End, Event, Fact, Version};
use crate::sources::json;
use crate::text::digest;

/// Longer names say nothing more.
const NAME_LIMIT: usize = 400;
/// More values are no help to a person.
const DATA_LIMIT: usize = 100;
/// More of a value is no help either.
const VALUE_LIMIT: usize = 2000;
/// What a detector is once it is quiet again.
const QUIET: &str = "ok stopped resolved auto_resolved manually_resolved";
/// What an incident is once it is over.
const OVER: &str = "recovery resolved ok";
/// What an incident is once somebody looks at it.
const ACKNOWLEDGED: &str = "acknowledgement ack acked";
/// How On-Call's fields may begin.
const ALERT: &str = "ALERT.";

/// What a detector's message tells in the header.
const FACTS: [(&str, &str); 6] = [
    ("detector", "Detector"),
    ("rule", "Rule"),
    ("statusExtended", "Status"),
    ("originatingMetric", "Metric"),
    ("tip", "Tip"),
    ("runbookUrl", "Runbook"),
];

/// Whether the body is a detector's.
pub(super) fn is_detector(json: &Value) -> bool {
    let says = |member: &str| text(&json[member]).is_some();
    says("detectorId") || (says("incidentId") && says("detector"))
}

/// A detector's message.
pub(super) fn detector(json: &Value, priorities: &[(String, String)]) -> Event {
    let id = ["orgId", "detectorId", "incidentId"].map(|member| text(&json[member]));
    // Without an incident, a rule fires once for each set of dimensions.
    let what = match &id[2] {
        Some(_) => String::new(),
        None => format!("{}{}", json["rule"], json["dimensions"]),
    };
    let id = digest(format!("{id:?}{what}").as_bytes());
    let title = ["messageTitle", "detector", "rule"];
    let title = title.iter().find_map(|member| text(&json[*member]));
    let mut marks = Marks::default();
    let mut data = Vec::new();
    for (place, values) in [("", &json["dimensions"]), ("inputs ", &json["inputs"])] {
        for (name, value) in values.as_object().into_iter().flatten() {
            marks.observe(name, value);
            let name = cut(&format!("{place}{name}"), KEY_LIMIT);
            data.extend(datum(&name, &name, value, VALUE_LIMIT));
        }
    }
    data.truncate(DATA_LIMIT);
    let mut entity = entity("splunk-alert", format!("splunk-o11y-{id}"), marks);
    entity.name = name(title, NAME_LIMIT);
    entity.description =
        description(&json["messageBody"]).or_else(|| description(&json["description"]));
    entity.severity = severity(&json["severity"], priorities);
    entity.link = link(&json["detectorUrl"]);
    entity.facts = facts(json, &FACTS);
    entity.data = data;
    entity.version = version(&json["timestamp"]);
    let status = ["status", "statusExtended"].map(|member| text(&json[member]).unwrap_or_default());
    let is_quiet = |status: &String| is_any(&status.trim().replace(' ', "_"), QUIET);
    event(change(status.iter().any(is_quiet)), entity)
}

/// Whether the body is On-Call's.
pub(super) fn is_on_call(json: &Value) -> bool {
    let says = |name: &str| text(on_call_member(json, name)).is_some();
    says("message_type") && (says("entity_id") || says("entity_display_name"))
}

/// A message of On-Call: what its fields are called is up to the webhook, with or
/// without `ALERT.` before them.
pub(super) fn on_call(json: &Value, priorities: &[(String, String)]) -> Event {
    let member = |name: &str| text(on_call_member(json, name));
    let title = member("entity_display_name").or_else(|| member("entity_id"));
    let id = member("entity_id")
        .or_else(|| title.clone())
        .unwrap_or_default();
    let id = format!("splunk-oncall-{}", digest(id.as_bytes()));
    let mut marks = Marks::default();
    let mut data = Vec::new();
    for (name, value) in json.as_object().into_iter().flatten().take(DATA_LIMIT) {
        marks.observe(name, value);
        data.extend(datum(name, name, value, VALUE_LIMIT));
    }
    let mut entity = entity("splunk-alert", id, marks);
    entity.name = name(title, NAME_LIMIT);
    entity.description = description(on_call_member(json, "state_message"));
    let kind = member("message_type").unwrap_or_default();
    // That somebody looks at it makes it no milder.
    if !is_any(kind.trim(), ACKNOWLEDGED) {
        entity.severity = severity(on_call_member(json, "message_type"), priorities);
    }
    entity.data = data;
    event(change(is_any(kind.trim(), OVER)), entity)
}

fn on_call_member<'a>(json: &'a Value, name: &str) -> &'a Value {
    match &json[name] {
        Value::Null => &json[format!("{ALERT}{name}")],
        value => value,
    }
}

fn change(is_over: bool) -> Change {
    match is_over {
        true => Change::Ended(End::Closed),
        false => Change::UPDATED,
    }
}

fn facts(json: &Value, members: &[(&str, &str)]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (key, label) in members {
        fact(&mut facts, key, label, text(&json[*key]));
    }
    fact(&mut facts, "timestamp", "Time", time(&json["timestamp"]));
    facts
}

/// When it was said.
fn version(timestamp: &Value) -> Version {
    Version {
        modified: json::time(timestamp).unwrap_or_default(),
        ..Version::default()
    }
}
