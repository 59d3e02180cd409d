//! Splunk: the only place that knows its JSON. Every member may be missing or
//! of another type, and every text in it may be written by whoever attacks: it
//! is bounded here and trusted nowhere.
//!
//! - the webhook alert action: the search that fired (`search.rs`), its rows
//!   (`alert.rs`, `row.rs`, and which member is what: `members.rs`), and those that
//!   are notables of Enterprise Security (`notable.rs`)
//! - a container of Splunk SOAR (`soar.rs`)
//! - Observability Cloud and On-Call (`observability.rs`)
//! - what all have: values as text (`value.rs`), severities (`severity.rs`), labels,
//!   marking and observables (`marks.rs`), hashes of one file (`files.rs`)

mod alert;
mod event;
mod files;
mod marks;
mod members;
mod notable;
mod observability;
mod profile;
mod row;
mod search;
mod severity;
mod soar;
mod value;

use serde_json::Value;

use super::json;
use super::received::{Received, Source, SourceError};
use crate::model::Event;
use crate::settings::Settings;

pub use profile::PROFILE;

/// Splunk as a source.
pub static SOURCE: Source = Source {
    profile: &PROFILE,
    read,
};

/// Reads a request's body: one message, or a list of them.
fn read(body: &[u8], settings: &Settings<'_>) -> Result<Vec<Received>, SourceError> {
    let json = json::read(body)?;
    let messages = match &json {
        Value::Array(items) if !items.is_empty() => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut received = Vec::new();
    for message in messages {
        for event in events(message, settings)? {
            received.push(Received::Event(Box::new(event)));
        }
    }
    Ok(received)
}

fn events(json: &Value, settings: &Settings<'_>) -> Result<Vec<Event>, SourceError> {
    let priorities = || {
        settings
            .mapping()
            .map(|mapping| mapping.priorities.as_slice())
    };
    if alert::is_alert(json) {
        return alert::read(json, settings);
    }
    let event = if observability::is_detector(json) {
        observability::detector(json, priorities()?)
    } else if observability::is_on_call(json) {
        observability::on_call(json, priorities()?)
    } else if soar::is_container(json) {
        soar::read(json, priorities()?)
    } else {
        return Err(SourceError::NoEvent(
            "this is neither Splunk's webhook alert action (`sid`, `search_name`, \
             `results_link`, `result`), nor a SOAR container (`name`, `artifacts`), nor a \
             message of Observability (`detectorId`) or On-Call (`message_type`, `entity_id`)"
                .to_owned(),
        ));
    };
    Ok(vec![event])
}

#[cfg(test)]
mod tests;
