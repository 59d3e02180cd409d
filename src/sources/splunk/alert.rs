//! The webhook alert action: the search, and the first row of what it found.
//! With "for each result" Splunk calls once a row, always with the same `sid`.
//!
//! A row that is a notable of Enterprise Security has an identity of its own: it
//! is told again as it changes, and does not fire.

use serde_json::{Map, Value};

use super::event::{entity, event};
use super::marks::Marks;
use super::row::{data, identity, subject};
use super::value::{cut, description, fact, first, link, severity, text, time};
use crate::model::{Change, Entity, Event, Fact, Firings};
use crate::settings::Repeats;
use crate::text::digest;

/// Longer names say nothing more.
const NAME_LIMIT: usize = 300;
/// A name and its subject stay below 500 characters.
const SUBJECT_LIMIT: usize = 190;
/// A longer `sid` is told by its digest.
const SID_LIMIT: usize = 200;

/// What only a notable tells in its header.
const NOTABLE_FACTS: [(&str, &str); 3] = [
    ("status_label", "Status"),
    ("security_domain", "Domain"),
    ("risk_score", "Risk score"),
];

/// Whether the body is one of the alert action. Any member may be empty: an ad
/// hoc search has no name, one without results has no row.
pub(super) fn is_alert(json: &Value) -> bool {
    text(&json["sid"]).is_some()
        || json["result"].is_object()
        || (json.get("search_name").is_some() && text(&json["results_link"]).is_some())
}

pub(super) fn read(json: &Value, body: &[u8], settings: &Repeats) -> Event {
    let none = Map::new();
    let row = json["result"].as_object().unwrap_or(&none);
    let alert = Alert {
        json,
        result: &json["result"],
        row,
        event_id: event_id(&json["result"]),
    };
    match (&alert.event_id, settings.dedup_fields.is_empty()) {
        (Some(event_id), true) => {
            let id = format!("splunk-notable-{}", digest(event_id.as_bytes()));
            event(Change::UPDATED, alert.entity(id))
        }
        _ => {
            let identity = identity(&json["search_name"], row, settings);
            let entity = alert.entity(format!("splunk-{identity}"));
            let firing = Firings::one(firing(json, body));
            event(Change::Fired(firing), entity)
        }
    }
}

/// The id of a notable.
fn event_id(result: &Value) -> Option<String> {
    let rules = ["rule_name", "rule_title", "security_domain"];
    let notable = rules.iter().any(|member| text(&result[*member]).is_some());
    first(&result["event_id"]).filter(|_| notable)
}

/// By what a second delivery of a firing is known.
fn firing(json: &Value, body: &[u8]) -> String {
    match text(&json["sid"]) {
        Some(sid) if sid.len() <= SID_LIMIT => sid,
        Some(sid) => digest(sid.as_bytes()),
        None => digest(body),
    }
}

struct Alert<'a> {
    json: &'a Value,
    result: &'a Value,
    row: &'a Map<String, Value>,
    event_id: Option<String>,
}

impl Alert<'_> {
    fn entity(&self, id: String) -> Entity {
        let (result, notable) = (self.result, self.event_id.is_some());
        let kind = match notable {
            true => "splunk-notable",
            false => "splunk-alert",
        };
        let descriptions = ["rule_description", "description", "savedsearch_description"];
        let mut entity = entity(kind, id, Marks::of_row(self.row));
        entity.link = link(&self.json["results_link"]);
        entity.name = self.name();
        entity.description = description(result, &descriptions);
        entity.severity = severity(&result["urgency"]).or_else(|| severity(&result["severity"]));
        entity.facts = self.facts();
        entity.data = data(self.row, notable);
        entity
    }

    /// What fired, and on whom.
    fn name(&self) -> String {
        let (result, notable) = (self.result, self.event_id.is_some());
        // The source of a notable is the search that made it.
        let source = match notable {
            true => &result["source"],
            false => &Value::Null,
        };
        let name = [
            &result["rule_title"],
            &result["rule_name"],
            &self.json["search_name"],
            &result["search_name"],
            source,
        ]
        .into_iter()
        .find_map(text)
        .unwrap_or_else(|| "Splunk alert".to_owned());
        let name = cut(name.trim(), NAME_LIMIT);
        let said = |subject: &String| {
            let subject = subject.to_ascii_lowercase();
            name.to_ascii_lowercase().contains(&subject)
        };
        match subject(self.row, notable).filter(|subject| !said(subject)) {
            Some(subject) => format!("{name}: {}", cut(&subject, SUBJECT_LIMIT)),
            None => name,
        }
    }

    /// The search's, and those that only a notable has.
    fn facts(&self) -> Vec<Fact> {
        let (json, result) = (self.json, self.result);
        let notable = self.event_id.is_some();
        let owner = text(&result["owner"]).filter(|_| notable);
        let owner = owner.or_else(|| text(&json["owner"]));
        let mut facts = Vec::new();
        fact(
            &mut facts,
            "search_name",
            "Search",
            text(&json["search_name"]),
        );
        fact(&mut facts, "app", "App", text(&json["app"]));
        fact(&mut facts, "owner", "Owner", owner);
        fact(&mut facts, "_time", "Time", time(&result["_time"]));
        if notable {
            for (key, label) in NOTABLE_FACTS {
                fact(&mut facts, key, label, text(&result[key]));
            }
        }
        facts
    }
}
