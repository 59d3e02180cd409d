//! Values of Splunk as text. They are strings, and lists of strings where a
//! field has several values; anything else is understood too.

use http::Uri;
use serde_json::Value;

use crate::model::{Fact, Named};
use crate::sources::json;

/// More of a fact's value nobody reads in a header.
const FACT_LIMIT: usize = 500;
/// More of a list does not fit into a cell of a table.
const LIST_LIMIT: usize = 900;
/// Space for how many are missing.
const MORE_LENGTH: usize = 30;
/// Values are read as deep as this.
const SAID_DEPTH: usize = 8;
/// A longer text is not read as JSON.
const JSON_LIMIT: usize = 64 * 1024;
/// A longer description does not fit into an issue (32,767 characters).
const DESCRIPTION_LIMIT: usize = 30_000;
/// Longer addresses do not work everywhere.
const LINK_LIMIT: usize = 2000;

/// What data models and senders write where they know nothing.
const PLACEHOLDERS: &str = "unknown - n/a none null unassigned";

/// A value as text: several values joined, an object as JSON. `None` if there
/// is nothing in it.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.trim().is_empty()).then(|| text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) => {
            let mut texts = Vec::new();
            for item in items {
                texts.extend(text(item));
            }
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Value::Object(members) => (!members.is_empty()).then(|| value.to_string()),
    }
}

/// The values of a field, one or several.
pub(super) fn several(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// The first value that says something.
pub(super) fn first(value: &Value) -> Option<String> {
    for text in several(value).iter().filter_map(text) {
        let text = text.trim();
        if !is_placeholder(text) {
            return Some(text.to_owned());
        }
    }
    None
}

/// Whether a text stands for nothing.
pub(super) fn is_placeholder(text: &str) -> bool {
    is_any(text, PLACEHOLDERS)
}

/// Whether a word stands in a text of words, in any case.
pub(super) fn is_any(word: &str, words: &str) -> bool {
    words
        .split(' ')
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// At most `limit` UTF-16 units.
pub(super) fn cut(text: &str, limit: usize) -> String {
    crate::text::cut(text, limit, "…")
}

/// A description, if there is one.
pub(super) fn description(value: &Value) -> Option<String> {
    Some(cut(&text(value)?, DESCRIPTION_LIMIT))
}

/// Where something stands, as people call it: the word is all that there is.
pub(super) fn status(value: &Value) -> Option<Named> {
    let word = cut(first(value)?.trim(), FACT_LIMIT);
    Some(Named {
        id: word.clone(),
        name: Some(word),
    })
}

/// Whether a status says that people have closed something.
pub(super) fn is_closed(status: &Value) -> bool {
    first(status).is_some_and(|status| is_any(&status, "closed resolved"))
}

/// A value as people read it, in at most `limit` UTF-16 units: of a long list, how
/// many are missing; JSON in a text as what it says.
pub(super) fn shown(value: &Value, limit: usize) -> Option<String> {
    let said: Vec<String> = match value {
        Value::String(text) if text.len() > limit.min(LIST_LIMIT) => list_in(text),
        value => several(value)
            .iter()
            .filter_map(|one| said(one, 0))
            .collect(),
    };
    // A cell shows less than a text, and says how many are missing.
    let limit = if said.len() > 1 {
        limit.min(LIST_LIMIT)
    } else {
        limit
    };
    let said: Vec<&str> = said.iter().map(|one| one.trim()).collect();
    let said: Vec<&str> = said.into_iter().filter(|one| !one.is_empty()).collect();
    if said.len() < 2 {
        return said.first().map(|one| cut(one, limit));
    }
    let mut joined = String::new();
    for (number, one) in said.iter().enumerate() {
        if number > 0 && joined.len() + one.len() + MORE_LENGTH > limit {
            joined.push_str(&format!(", … and {} more", said.len() - number));
            break;
        }
        if number > 0 {
            joined.push_str(", ");
        }
        joined.push_str(&cut(one, limit.saturating_sub(MORE_LENGTH)));
    }
    Some(joined)
}

/// The entries of a long text that is a list: its lines, or words between commas.
fn list_in(text: &str) -> Vec<String> {
    let is_word = |word: &str| !word.trim().contains(char::is_whitespace);
    let separator = match text.trim().contains('\n') {
        true => '\n',
        false if text.split(',').all(is_word) => ',',
        false => return said(&text.into(), 0).into_iter().collect(),
    };
    text.split(separator).map(str::to_owned).collect()
}

/// What a value says. JSON in a text is read; what is nested too deep stays JSON.
fn said(value: &Value, depth: usize) -> Option<String> {
    if depth > SAID_DEPTH {
        return text(value);
    }
    match value {
        Value::String(text) => {
            let is_json = text.trim_start().starts_with(['{', '[']) && text.len() <= JSON_LIMIT;
            let json = is_json.then(|| serde_json::from_slice::<Value>(text.as_bytes()));
            match json {
                Some(Ok(json)) => said(&json, depth + 1),
                _ => (!text.trim().is_empty()).then(|| text.clone()),
            }
        }
        Value::Array(items) => {
            let items = items.iter().filter_map(|item| said(item, depth + 1));
            let items: Vec<String> = items.collect();
            (!items.is_empty()).then(|| items.join(", "))
        }
        Value::Object(members) => {
            // A search that somebody may run.
            if let (Some(name), Some(search)) = (text(&value["name"]), text(&value["search"])) {
                return Some(format!("{}: {search}", name.trim()));
            }
            let members = members
                .iter()
                .filter_map(|(name, value)| Some(format!("{name}: {}", said(value, depth + 1)?)));
            let members: Vec<String> = members.collect();
            (!members.is_empty()).then(|| members.join("; "))
        }
        other => text(other),
    }
}

/// Adds a fact, if it has a value.
pub(super) fn fact(facts: &mut Vec<Fact>, key: &str, label: &str, value: Option<String>) {
    if let Some(value) = value {
        facts.push(Fact {
            key: key.to_owned(),
            label: label.to_owned(),
            value: cut(value.trim(), FACT_LIMIT),
        });
    }
}

/// A point in time as RFC 3339 in UTC: from a number or RFC 3339. Any other text stays
/// as it is.
pub(super) fn time(value: &Value) -> Option<String> {
    let text = text(value)?;
    let time = json::moment(value)
        .map(|time| time.to_string())
        .filter(|time| !time.is_empty());
    Some(time.unwrap_or(text))
}

/// An address of the web.
pub(super) fn link(value: &Value) -> Option<String> {
    let link = value.as_str()?.trim();
    (link.len() <= LINK_LIMIT && origin(link).is_some()).then(|| link.to_owned())
}

/// Scheme, host and port of an address of the web. One that holds a user's name
/// is none: it may hold a password, or pretend to be another host.
pub(super) fn origin(link: &str) -> Option<String> {
    let uri: Uri = link.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let web = matches!(scheme, "http" | "https") && !authority.contains('@');
    web.then(|| format!("{scheme}://{authority}"))
}
