//! Notables of Enterprise Security. A row is one only if its search lists notables,
//! or if it comes from their index: whoever attacks can write the fields of a
//! notable into any log.

use serde_json::{Map, Value};

use super::search::Search;
use super::value::{cut, first, several, shown, text};
use crate::model::HANDLES_KEPT;
use crate::settings::Splunk;
use crate::text::digest;

/// The index that notables are kept in.
const INDEX: &str = "notable";
/// What events there are.
const SOURCETYPE: &str = "stash";
/// What the ids of notables hold.
const EVENT: &str = "@@";
/// Where a row says its id. In the second it can be that of the rule, too.
const IDS: [&str; 2] = ["event_id", "rule_id"];
/// Longer ids are none: Splunk's have some 100 characters.
const ID_LIMIT: usize = 300;
/// A raw event has fewer fields, and shorter ones.
const RAW_FIELDS: usize = 200;
const RAW_VALUE: usize = 4000;
/// After so many bytes, no more values are filled in.
const FILLED_LIMIT: usize = 30_000;
/// The value of a field in a title.
const TOKEN_LIMIT: usize = 100;

/// The id of a notable; `None` if the row is none.
pub(super) fn id(search: &Search, row: &Map<String, Value>, settings: &Splunk) -> Option<String> {
    let is_indexed = is_indexed(row);
    if !is_indexed && !search.lists_notables(settings) {
        return None;
    }
    let member = |name: &str| first(row.get(name).unwrap_or(&Value::Null));
    let all = |name: &str| text(row.get(name)?).filter(|_| member(name).is_some());
    // Elsewhere it is the id of the rule.
    let of_rule = || all("rule_id").filter(|id| id.contains(EVENT));
    let own = all("event_id").or_else(of_rule);
    // Where it stands in the index.
    let place = || Some(format!("{}/{}", member("_bkt")?, member("_cd")?));
    let raw = || member("_raw").filter(|_| is_indexed);
    own.or_else(place)
        .or_else(|| Some(digest(raw()?.as_bytes())))
}

/// What Splunk calls the notables of a row where somebody changes them: their event
/// ids. A place in the index, or a digest, is no such name.
pub(super) fn handles(row: &Map<String, Value>) -> Vec<String> {
    let of = |name: &str| {
        let mut ids = Vec::new();
        for value in several(row.get(name).unwrap_or(&Value::Null)) {
            // A search that groups notables can list several in one text.
            let text = text(value).unwrap_or_default();
            let words = text.split(|c: char| c.is_whitespace() || c.is_control());
            let is_id = |word: &&str| word.contains(EVENT) && word.len() <= ID_LIMIT;
            ids.extend(words.filter(is_id).map(str::to_owned));
        }
        ids.truncate(HANDLES_KEPT);
        ids
    };
    let mut found = IDS.into_iter().map(of);
    found.find(|ids| !ids.is_empty()).unwrap_or_default()
}

/// Whether a row comes from the index of notables. Splunk says so itself, in the
/// bucket, which no field of a log can make; a search may have left that out.
fn is_indexed(row: &Map<String, Value>) -> bool {
    let is_index = row.get("index").and_then(Value::as_str) == Some(INDEX);
    let bucket = row.get("_bkt").and_then(Value::as_str);
    let is_stash = row.get("sourcetype").and_then(Value::as_str) == Some(SOURCETYPE);
    is_index && bucket.map_or(is_stash, |bucket| bucket.starts_with("notable~"))
}

/// The row with what stands only in its raw event, which is a list of
/// `name="value"`.
pub(super) fn whole(row: &Map<String, Value>) -> Map<String, Value> {
    let mut whole = row.clone();
    let raw = row.get("_raw").and_then(Value::as_str).unwrap_or_default();
    for (name, value) in raw_fields(raw) {
        if !row.contains_key(&name) {
            let known = whole.entry(name).or_insert(Value::Null);
            *known = match known.take() {
                Value::Null => Value::String(value),
                Value::Array(mut values) => {
                    values.push(Value::String(value));
                    Value::Array(values)
                }
                one => Value::Array(vec![one, Value::String(value)]),
            };
        }
    }
    whole
}

/// The fields of a raw event in the form `time, name="value", name="value"`.
fn raw_fields(raw: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit([',', ' ']).next().unwrap_or_default();
        let (value, left) = quoted(after);
        let is_name = |c: char| c.is_alphanumeric() || "_.:".contains(c);
        if !name.is_empty() && name.chars().all(is_name) && fields.len() < RAW_FIELDS {
            fields.push((name.to_owned(), cut(&value, RAW_VALUE)));
        }
        rest = left;
    }
    fields
}

/// A text up to its quote, and what comes after; a backslash keeps a quote in it.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut is_kept = false;
    for (place, c) in text.char_indices() {
        match c {
            '"' if !is_kept => return (value, &text[place + 1..]),
            '\\' if !is_kept => {
                is_kept = true;
                continue;
            }
            '"' => value.push('"'),
            c if is_kept => value.extend(['\\', c]),
            c => value.push(c),
        }
        is_kept = false;
    }
    (value, "")
}

/// The rule that made it.
pub(super) fn rule(row: &Map<String, Value>) -> Option<String> {
    let names = ["rule_title", "rule_name", "search_name", "source"];
    let name = names.iter().find_map(|name| first(row.get(*name)?))?;
    Some(filled(&name, row))
}

/// A text with the row's values in place of `$names$`.
pub(super) fn filled(given: &str, row: &Map<String, Value>) -> String {
    let mut filled = String::new();
    let mut parts = given.split('$').peekable();
    let mut is_name = false;
    while let Some(part) = parts.next() {
        // A name stands between two signs.
        let is_short = filled.len() < FILLED_LIMIT;
        let value = match is_name && is_short && parts.peek().is_some() {
            true => row.get(part).and_then(|value| shown(value, TOKEN_LIMIT)),
            false => None,
        };
        match value {
            Some(value) => {
                filled.push_str(&cut(value.trim(), TOKEN_LIMIT));
                is_name = false;
            }
            None => {
                if is_name {
                    filled.push('$');
                }
                filled.push_str(part);
                is_name = true;
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_raw_event_is_read_as_its_fields() {
        let raw = r#"1739168412, search_name="A - B - Rule", note="say \"hi\", x=\"y\"", a="1", a="2", p="C:\new""#;
        let fields = raw_fields(raw);
        let told: Vec<_> = fields
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(
            told,
            [
                ("search_name", "A - B - Rule"),
                ("note", r#"say "hi", x="y""#),
                ("a", "1"),
                ("a", "2"),
                ("p", r"C:\new"),
            ]
        );
        let row = json!({"_raw": raw, "a": "own"});
        let whole = whole(row.as_object().unwrap());
        assert_eq!(whole["a"], "own");
        assert_eq!(whole["search_name"], "A - B - Rule");
    }

    #[test]
    fn tokens_are_filled_where_the_row_knows_them() {
        let row = json!({"risk_object": ["a", "b"], "type": "system"});
        let row = row.as_object().unwrap();
        for (text, expected) in [
            ("for $type$=$risk_object$!", "for system=a, b!"),
            (
                "costs 5$ and $none$ of $type$",
                "costs 5$ and $none$ of system",
            ),
            ("$type$$type$", "systemsystem"),
            ("$", "$"),
            ("", ""),
        ] {
            assert_eq!(filled(text, row), expected, "{text}");
        }
    }
}
