//! Which members of a row are which: what tells an alert from others, what is
//! different in each firing, what is bookkeeping. Every member that stands on no
//! list is part of the alert's identity. `docs/mapping.md` tells people the same.
//!
//! All names are compared without regard to case.

use super::value::is_any;

/// Different each time though the same thing happened: the content of a firing.
/// Words in texts: a table of texts takes 8 bytes more for each.
const VOLATILE: [&str; 4] = [
    // The event itself, and what knowledge objects add to it.
    "_raw eventtype tag",
    // Enterprise Security adds them to notables and risk events.
    "event_id orig_event_id notable_xref_id notable_xref_name risk_score risk_event_count",
    // Commands such as `stats`, `top`, `transaction` and `cluster` make them.
    "count percent eventcount event_count cluster_count cluster_label closed_txn \
        field_match_sum duration",
    // Ids of searches and of digests, or an event's own fields of these names.
    "sid rid search_id event_hash orig_event_hash orig_sid orig_rid",
];

/// What people call times of events: content as well.
const TIMES: &str = "_time time date timestamp trigger_time orig_time earliest latest \
    earliest_time latest_time firsttime lasttime first_time last_time first_seen last_seen \
    start_time end_time starttime endtime event_time";

/// What Splunk writes down for itself: neither identity nor content, not shown.
const BOOKKEEPING: [&str; 4] = [
    "linecount punct splunk_server_group timestartpos timeendpos indextime index_time",
    // `addinfo` and summary indexing add them, alerts have them as tokens.
    "info_min_time info_max_time info_search_time info_sid search_now",
    // Enterprise Security adds them.
    "drilldown_earliest drilldown_latest drilldown_earliest_offset drilldown_latest_offset",
    // Parts of the time.
    "date_hour date_mday date_minute date_month date_second date_wday date_year date_zone",
];

/// Names that begin so are bookkeeping too: reserved fields of summary indexing, tags
/// by field.
const BOOKKEEPING_BEGINNINGS: [&str; 2] = ["psrsvd_", "tag::"];
/// Unnamed counts of `stats`.
const COUNT: &str = "count(";
/// Unnamed times of `stats`, such as `max(_time)`.
const TIME_ENDING: &str = "(_time)";

/// Whether a member is neither identity nor content. Of those that begin with `_`,
/// only the event and its time are not.
pub(super) fn is_bookkeeping(name: &str) -> bool {
    let is_internal = name.starts_with('_') && !is_any(name, "_raw _time");
    is_internal
        || BOOKKEEPING.iter().any(|words| is_any(name, words))
        || BOOKKEEPING_BEGINNINGS
            .iter()
            .any(|begin| name.starts_with(begin))
}

/// Whether a member is a time.
pub(super) fn is_time(name: &str) -> bool {
    is_any(name, TIMES) || name.ends_with(TIME_ENDING)
}

/// Whether a member is different each time though the same thing happened.
pub(super) fn is_volatile(name: &str) -> bool {
    is_time(name) || name.starts_with(COUNT) || VOLATILE.iter().any(|words| is_any(name, words))
}
