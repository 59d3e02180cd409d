//! The row of an alert: what tells it from others, and what people see of it.

use serde_json::{Map, Value};

use super::value::{cut, first, is_any, text};
use crate::model::Fact;
use crate::settings::Repeats;
use crate::text::digest;

/// What is different each time, or in each place, though the same thing
/// happened. Compared without regard to case. Words in texts: a table of texts
/// takes 8 bytes more for each.
const VOLATILE: [&str; 5] = [
    // Splunk adds them to each event.
    "index linecount punct splunk_server splunk_server_group timestamp timeendpos \
        timestartpos eventtype tag",
    // `addinfo` and summary indexing add them, alerts have them as tokens.
    "info_min_time info_max_time info_search_time info_sid search_now search_id sid \
        rid trigger_time",
    // Enterprise Security adds them to notables and risk events.
    "event_id event_hash orig_event_id orig_event_hash orig_sid orig_rid orig_time \
        notable_xref_id notable_xref_name drilldown_earliest drilldown_latest \
        drilldown_earliest_offset drilldown_latest_offset review_time risk_score \
        risk_event_count",
    // Commands such as `stats`, `top`, `transaction` and `cluster` make them.
    "count percent eventcount event_count cluster_count cluster_label closed_txn \
        field_match_sum duration",
    // What people call times of events.
    "time date earliest latest earliest_time latest_time firsttime lasttime \
        first_time last_time first_seen last_seen start_time end_time starttime endtime \
        event_time indextime index_time",
];

/// Names that begin so are volatile too: parts of the time, reserved fields of
/// summary indexing, tags by field, and unnamed counts of `stats`.
const VOLATILE_BEGINNINGS: [&str; 5] = ["_", "date_", "psrsvd_", "tag::", "count("];
/// Unnamed times of `stats`, such as `max(_time)`.
const VOLATILE_ENDING: &str = "(_time)";
/// What Splunk writes down for itself and tells nobody anything; with it the
/// parts of the time, `date_…`.
const BOOKKEEPING: &str = "linecount punct splunk_server splunk_server_group timestartpos \
    timeendpos info_min_time info_max_time info_search_time info_sid search_now";
/// Volatile, but worth knowing of a notable: they change with its content.
const NOTABLE_DATA: &str = "count event_id risk_score";

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
/// The raw event, as it was logged.
pub(super) const RAW: &str = "_raw";
/// More of a raw event neither.
pub(super) const RAW_LIMIT: usize = 8000;
/// A longer name is no field's.
pub(super) const KEY_LIMIT: usize = 200;

/// Whether a field is different each time though the same thing happened.
pub(super) fn is_volatile(name: &str) -> bool {
    VOLATILE.iter().any(|words| is_any(name, words))
        || VOLATILE_BEGINNINGS
            .iter()
            .any(|known| name.starts_with(known))
        || name.ends_with(VOLATILE_ENDING)
}

fn is_bookkeeping(name: &str) -> bool {
    name.starts_with("date_") || is_any(name, BOOKKEEPING)
}

/// A digest of what tells an alert from others: its search and the fields that
/// the settings name, else those that are not volatile.
pub(super) fn identity(search: &Value, row: &Map<String, Value>, settings: &Repeats) -> String {
    let named = &settings.dedup_fields;
    // Such a map keeps its members sorted by name.
    let mut own = Map::new();
    for (name, value) in row {
        let counts = match named.is_empty() {
            true => !is_volatile(name),
            false => named.contains(name),
        };
        // Some searches leave an empty field out, others do not.
        if counts && text(value).is_some() {
            own.insert(name.clone(), value.clone());
        }
    }
    let search = Value::String(text(search).unwrap_or_default());
    let all = Value::Array(vec![search, Value::Object(own)]);
    digest(all.to_string().as_bytes())
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

/// The fields as people see them, and the raw event: without internal fields and
/// bookkeeping. A notable shows no volatile ones at all, or each look at it would
/// seem to be a change.
pub(super) fn data(row: &Map<String, Value>, notable: bool) -> Vec<Fact> {
    let mut data = Vec::new();
    for (name, value) in row {
        let shown = match notable {
            true => !is_volatile(name) || is_any(name, NOTABLE_DATA),
            false => !name.starts_with('_') && !is_bookkeeping(name),
        };
        if shown && data.len() < DATA_LIMIT - 1 {
            data.extend(datum(name, name, value, VALUE_LIMIT));
        }
    }
    let raw = row.get(RAW).unwrap_or(&Value::Null);
    data.extend(datum(RAW, "Raw event", raw, RAW_LIMIT));
    data
}

/// One raw field, if it has a value.
pub(super) fn datum(key: &str, label: &str, value: &Value, limit: usize) -> Option<Fact> {
    Some(Fact {
        key: cut(key, KEY_LIMIT),
        label: cut(label, KEY_LIMIT),
        value: cut(&text(value)?, limit),
    })
}
