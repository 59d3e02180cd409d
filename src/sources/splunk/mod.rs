//! Splunk: the only place that knows its JSON. Every member may be missing or
//! of another type, and every text in it may be written by whoever attacks: it
//! is bounded here and trusted nowhere.
//!
//! - the webhook alert action, of which a notable of Enterprise Security is a
//!   special case (`alert.rs`); its row's fields (`row.rs`)
//! - a container of Splunk SOAR (`soar.rs`)
//! - what both have: values as text (`value.rs`), labels, marking and
//!   observables (`marks.rs`)

mod alert;
mod event;
mod marks;
mod profile;
mod row;
mod soar;
mod value;

use super::json;
use super::received::{Received, Source, SourceError};
use crate::settings::Settings;

pub use profile::PROFILE;

/// Splunk as a source.
pub static SOURCE: Source = Source {
    profile: &PROFILE,
    read,
};

/// Reads a request's body.
fn read(body: &[u8], settings: &Settings<'_>) -> Result<Vec<Received>, SourceError> {
    let json = json::object(body)?;
    let event = if alert::is_alert(&json) {
        alert::read(&json, body, settings.repeats()?)
    } else if soar::is_container(&json) {
        soar::read(&json)
    } else {
        return Err(SourceError::NoEvent(
            "this is neither Splunk's webhook alert action (`sid`, `search_name`, \
             `results_link`, `result`) nor a SOAR container (`name`, `artifacts`)"
                .to_owned(),
        ));
    };
    Ok(vec![Received::Event(Box::new(event))])
}

#[cfg(test)]
mod tests;
