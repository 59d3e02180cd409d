//! Any tool that can post JSON: one flat object, or a list of them, with the
//! members `id`, `title`, `description`, `severity`, `labels`, `url`,
//! `observables`, `status`, `updated`, `tlp` and `markings`. Only a title or an id is
//! needed.
//!
//! ```json
//! {
//!   "id": "edr-4711",
//!   "title": "Ransom note on FILE-01",
//!   "severity": "high",
//!   "labels": ["edr", "ransomware"],
//!   "url": "https://edr.example.com/alerts/4711",
//!   "observables": ["198.51.100.7", "evil.example.com"],
//!   "status": "open"
//! }
//! ```

use serde_json::Value;

use super::json::{self, any_text, items, prose, text};
use super::received::{Received, Source, SourceError};
use crate::markup::Prose;
use crate::model::{
    Change, End, Entity, EntityType, Event, Files, Named, Observable, Page, SourceKey,
    SourceProfile, Tlp,
};
use crate::settings::Settings;
use crate::text::{cut, digest};

/// Longer titles say nothing more; in UTF-16 units, as all limits here.
const TITLE_LIMIT: usize = 500;
/// A longer description does not fit into an issue (32,767 characters).
const DESCRIPTION_LIMIT: usize = 30_000;
/// A longer id is told by its digest.
const ID_LIMIT: usize = 200;
/// Longer words are no labels, severities or states.
const WORD_LIMIT: usize = 100;
/// More labels hide the others.
const LABELS_LIMIT: usize = 50;
/// An issue is no database.
const OBSERVABLES_LIMIT: usize = 50;
/// Longer addresses do not work everywhere.
const URL_LIMIT: usize = 2_000;
/// More events in one request are refused.
const EVENTS_LIMIT: usize = 1_000;
/// The states in which nothing is left to be done, in lower case.
const CLOSED: [&str; 5] = ["closed", "done", "resolved", "fixed", "false positive"];

/// What is different about such a tool: nobody says that its text is markup, and
/// its page is where it says.
pub static PROFILE: SourceProfile = SourceProfile {
    key: "generic",
    name: "External tool",
    prose: Prose::Plain,
    files: Files::Everything,
    page: Page::InEvent,
    lists_observables: true,
    raw_event: None,
    has_several_senders: false,
    adopts: false,
    ended: "closed",
    platform: None,
};

/// Any tool as a source.
pub static SOURCE: Source = Source {
    profile: &PROFILE,
    read,
};

/// Reads a request's body.
fn read(body: &[u8], _: &Settings<'_>) -> Result<Vec<Received>, SourceError> {
    let json = json::read(body)?;
    let all = match &json {
        Value::Array(all) if all.len() > EVENTS_LIMIT => {
            let why = format!("there are more than {EVENTS_LIMIT} events in one request");
            return Err(SourceError::NoEvent(why));
        }
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let numbered = all.iter().enumerate();
    let all = numbered.map(|(number, one)| {
        received(one).map_err(|why| match json.is_array() {
            true => SourceError::NoEvent(format!("object {} of the list: {why}", number + 1)),
            false => SourceError::NoEvent(why.to_owned()),
        })
    });
    all.collect()
}

fn received(json: &Value) -> Result<Received, &'static str> {
    // Such numbers are rounded when they are read: two ids could become one.
    if json["id"].is_f64() {
        return Err(
            "its `id` is a number with a fraction or of too many digits: send it as a text",
        );
    }
    let Some(entity) = entity(json) else {
        return Err(match json.is_object() {
            true => "it has neither a `title`, which is a text, nor an `id`",
            false => "it is no JSON object with a `title` or an `id`",
        });
    };
    let is_closed = entity.status.as_ref().is_some_and(is_closed);
    let change = match is_closed {
        true => Change::Ended(End::Closed),
        false => Change::UPDATED,
    };
    Ok(Received::Event(Box::new(Event::live(change, entity))))
}

fn is_closed(status: &Named) -> bool {
    CLOSED.contains(&status.id.as_str())
}

fn entity(json: &Value) -> Option<Entity> {
    let title = json["title"].as_str().map(str::trim).unwrap_or_default();
    let id = any_text(&json["id"]);
    if title.is_empty() && id.is_none() {
        return None;
    }
    let title = match title {
        "" => id.clone().unwrap_or_default(),
        title => title.to_owned(),
    };
    let mut entity = Entity {
        id: identity(id, &title),
        source: SourceKey::of(&PROFILE),
        kind: EntityType::new("alert"),
        name: cut(&title, TITLE_LIMIT, "…"),
        description: prose(&json["description"]).map(|it| cut(&it, DESCRIPTION_LIMIT, "…")),
        severity: any_text(&json["severity"]).map(|it| word(&it.to_lowercase())),
        labels: words(&json["labels"], LABELS_LIMIT),
        link: text(&json["url"]).and_then(|url| link(&url)),
        observables: observables(&json["observables"]),
        status: any_text(&json["status"]).map(|status| Named {
            id: word(&status.to_lowercase()),
            name: Some(word(&status)),
        }),
        ..Entity::default()
    };
    entity.version.modified = json::moment(&json["updated"]).unwrap_or_default();
    for member in ["tlp", "marking", "markings"] {
        mark(&mut entity, &json[member]);
    }
    Some(entity)
}

/// Takes in the markings of a member: a list, or one text with commas or lines.
/// What cannot be read is a marking, too.
fn mark(entity: &mut Entity, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(all) => all.iter().for_each(|one| mark(entity, one)),
        one => {
            let all = any_text(one).unwrap_or_else(|| match one {
                Value::String(_) => String::new(),
                _ => "an unreadable marking".to_owned(),
            });
            for name in all.split([',', '\n']).map(word) {
                match Tlp::parse(&name) {
                    _ if name.is_empty() => {}
                    Some(tlp) => entity.tlp = entity.tlp.max(Some(tlp)),
                    None => entity.mark(Named::by_name(name)),
                }
            }
        }
    }
}

/// The tool's id; without one, what has the same title is the same.
fn identity(id: Option<String>, title: &str) -> String {
    match id {
        Some(id) if id.len() <= ID_LIMIT => id,
        Some(id) => format!("id-{}", digest(id.as_bytes())),
        None => format!("title-{}", digest(title.as_bytes())),
    }
}

fn word(text: &str) -> String {
    cut(text.trim(), WORD_LIMIT, "…")
}

/// The entries of a list, or of one text with commas or lines; each once.
fn words(value: &Value, most: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let text = word(text);
        if !text.is_empty() && found.len() < most && !found.contains(&text) {
            found.push(text);
        }
    };
    match value {
        Value::String(all) => all.split([',', '\n']).for_each(&mut add),
        list => items(list)
            .iter()
            .filter_map(any_text)
            .for_each(|it| add(&it)),
    }
    found
}

/// What is no address, name or hash is kept as it is: nobody asks others about
/// it.
fn observables(value: &Value) -> Vec<Observable> {
    let texts = match value {
        Value::String(all) => all.split([',', '\n']).map(str::to_owned).collect(),
        list => items(list).iter().filter_map(any_text).collect::<Vec<_>>(),
    };
    let mut found = Vec::new();
    for text in texts.iter().map(|text| text.trim()) {
        let other = || Observable {
            kind: "other".to_owned(),
            value: cut(text, WORD_LIMIT, "…"),
        };
        let observable = Observable::of_value(text).unwrap_or_else(other);
        if !text.is_empty() && found.len() < OBSERVABLES_LIMIT && !found.contains(&observable) {
            found.push(observable);
        }
    }
    found
}

/// An address of the web, without a user's name.
fn link(url: &str) -> Option<String> {
    let url = url.trim();
    let uri: http::Uri = url.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri.authority()?.as_str();
    (is_web && !authority.contains('@') && url.len() <= URL_LIMIT).then(|| url.to_owned())
}

#[cfg(test)]
mod tests;
