//! The row of an alert: what tells it from others, what one firing brings, and
//! what people see of it. Which member is which stands in `members.rs`.

use serde_json::{Map, Value};

use super::members::{is_bookkeeping, is_time, is_volatile};
use super::value::{cut, first, is_any, shown, text, time};
use crate::model::{Fact, FiringRow};
use crate::text::{digest, to_json};

/// Whom or what an alert is about, the best first. They are names of Splunk's
/// Common Information Model.
const SUBJECTS: &str = "risk_object dest dest_nt_host dest_host host dvc src src_ip dest_ip user \
    src_user file_name url";
/// Of a notable, the search head that wrote it.
const HOST: &str = "host";

/// More fields are no help to a person.
const DATA_LIMIT: usize = 200;
/// More of a value is no help either.
const VALUE_LIMIT: usize = 4000;
/// After so many bytes, one firing of many has no more fields.
const FIRING_BYTES: usize = 8_000;
/// And less of each.
const FIRING_VALUE_LIMIT: usize = 500;
/// And less of the raw event.
const FIRING_RAW_LIMIT: usize = 4000;
/// So many letters tell the firings of an alert apart.
const SHORT: usize = 16;
/// The raw event, as it was logged.
pub(super) const RAW: &str = "_raw";
const RAW_LABEL: &str = "Raw event";
/// More of a raw event neither.
pub(super) const RAW_LIMIT: usize = 8000;
/// Of a notable: where it is kept, and by which search it was made.
const KEPT_AT: &str = "index splunk_server event_hash orig_event_hash sid orig_sid rid orig_rid";
/// A longer name is no field's.
pub(super) const KEY_LIMIT: usize = 200;

/// A digest of what tells an alert from others: its search, and the members of its
/// row that `named` lists, else those that are not different each time.
pub(super) fn identity(search: &[&str], row: &Map<String, Value>, named: &[String]) -> String {
    let own = members(row, |name| is_identity(name, named));
    digest_of(search, own)
}

/// Whether a member tells an alert from others.
fn is_identity(name: &str, named: &[String]) -> bool {
    match named.is_empty() {
        true => !is_volatile(name) && !is_bookkeeping(name),
        false => named.iter().any(|one| one == name),
    }
}

/// What a firing brings. `run` tells the firings of one run from those of others.
pub(super) fn firing(
    run: &str,
    row: &Map<String, Value>,
    is_told: impl Fn(&str) -> bool,
) -> FiringRow {
    let content = members(row, |name| !is_bookkeeping(name));
    let lasting = members(row, |name| !is_bookkeeping(name) && !is_time(name));
    let mut facts: Vec<Fact> = Vec::new();
    let mut bytes = 0;
    for (name, value) in row {
        if is_told(name) && !is_hidden(name) && bytes < FIRING_BYTES {
            let fact = datum(name, name, value, FIRING_VALUE_LIMIT);
            bytes += fact
                .as_ref()
                .map_or(0, |fact| fact.label.len() + fact.value.len());
            facts.extend(fact);
        }
    }
    let raw = row.get(RAW).filter(|_| is_told(RAW));
    facts.extend(raw.and_then(|raw| fact_of(RAW, RAW_LABEL, text(raw), FIRING_RAW_LIMIT)));
    FiringRow {
        key: digest_of(&[run], content).chars().take(SHORT).collect(),
        digest: digest_of(&[], lasting).chars().take(SHORT).collect(),
        time: row.get("_time").and_then(time).unwrap_or_default(),
        facts,
    }
}

/// Whether a member is new in each firing of one alert.
pub(super) fn is_news(name: &str, named: &[String]) -> bool {
    !is_identity(name, named) && !is_time(name)
}

/// Some members of a row, without those that are empty: some searches leave an
/// empty field out, others do not. Such a map keeps its members sorted by name.
fn members(row: &Map<String, Value>, is_wanted: impl Fn(&str) -> bool) -> Value {
    let mut own = Map::new();
    for (name, value) in row {
        if is_wanted(name) && text(value).is_some() {
            own.insert(name.clone(), value.clone());
        }
    }
    Value::Object(own)
}

fn digest_of(words: &[&str], members: Value) -> String {
    let all = Value::Array(vec![words.into(), members]);
    digest(&to_json(&all))
}

/// Whom or what the row is about.
pub(super) fn subject(row: &Map<String, Value>, notable: bool) -> Option<String> {
    for name in SUBJECTS.split(' ') {
        let subject = row.get(name).and_then(first);
        if subject.is_some() && !(notable && name == HOST) {
            return subject;
        }
    }
    None
}

/// The fields as people see them, and the raw event: without bookkeeping, and
/// without `told`, the member that is the description. Where a notable is kept is
/// bookkeeping too: it would seem to change when Splunk moves it.
pub(super) fn data(row: &Map<String, Value>, told: Option<&str>, notable: bool) -> Vec<Fact> {
    let mut data = Vec::new();
    for (name, value) in row {
        let kept_at = notable && is_any(name, KEPT_AT);
        let is_shown = !is_hidden(name) && !kept_at && told != Some(name);
        if is_shown && data.len() < DATA_LIMIT - 1 {
            data.extend(datum(name, name, value, VALUE_LIMIT));
        }
    }
    let raw = row.get(RAW).unwrap_or(&Value::Null);
    data.extend(fact_of(RAW, RAW_LABEL, text(raw), RAW_LIMIT));
    data
}

/// Whether a member is not shown as a field: it tells nobody anything, or has a
/// place of its own.
fn is_hidden(name: &str) -> bool {
    name.starts_with('_') || is_bookkeeping(name)
}

/// One raw field, if it has a value.
pub(super) fn datum(key: &str, label: &str, value: &Value, limit: usize) -> Option<Fact> {
    fact_of(key, label, shown(value, limit), limit)
}

fn fact_of(key: &str, label: &str, value: Option<String>, limit: usize) -> Option<Fact> {
    Some(Fact {
        key: cut(key, KEY_LIMIT),
        label: cut(label, KEY_LIMIT),
        value: cut(&value?, limit),
    })
}
