//! Values of Splunk as text. They are strings, and lists of strings where a
//! field has several values; anything else is understood too.

use http::Uri;
use serde_json::Value;

use crate::model::{Fact, Timestamp};
use crate::sources::json;

/// More of a fact's value nobody reads in a header.
const FACT_LIMIT: usize = 500;
/// More of a severity is no severity.
const WORD_LIMIT: usize = 40;
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

/// A description: the first of some members that says something.
pub(super) fn description(from: &Value, members: &[&str]) -> Option<String> {
    let found = members.iter().find_map(|member| text(&from[*member]))?;
    Some(cut(&found, DESCRIPTION_LIMIT))
}

/// A severity in words. Numbers mean little: 1 is the worst to a network
/// sensor and the mildest to Splunk.
pub(super) fn severity(value: &Value) -> Option<String> {
    let word = first(value)?.to_ascii_lowercase();
    let letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    word.bytes().any(letter).then(|| cut(&word, WORD_LIMIT))
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

/// A point in time as RFC 3339 in UTC: from seconds since 1970 or RFC 3339. Any
/// other text stays as it is.
pub(super) fn time(value: &Value) -> Option<String> {
    let text = text(value)?;
    let at = epoch_millis(text.trim()).map(Timestamp::from_millis);
    let time = at.or_else(|| json::time(value));
    let time = time
        .map(|time| time.to_string())
        .filter(|time| !time.is_empty());
    Some(time.unwrap_or(text))
}

/// Seconds with or without a fraction as milliseconds.
fn epoch_millis(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(seconds) || !is_number(fraction) {
        return None;
    }
    let mut digits = fraction.chars();
    let mut millis = 0;
    for _ in 0..3 {
        let digit = digits.next().and_then(|c| c.to_digit(10));
        millis = millis * 10 + u64::from(digit.unwrap_or_default());
    }
    let seconds: u64 = seconds.parse().ok()?;
    seconds.checked_mul(1000)?.checked_add(millis)
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
