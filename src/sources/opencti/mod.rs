//! OpenCTI: the only place that knows its JSON. Reads what its three senders
//! post, leniently: a missing member is missing, an unknown one is nobody's
//! business, a string may stand for a number or a boolean.
//!
//! - `stream/webhook` connector: one stream event, unchanged (`stream.rs`)
//! - webhook notifier and playbook: `data[]` of instances (`notifier.rs`)
//! - a STIX bundle: `objects[]`, read as a playbook's

mod entity;
mod marking;
mod message;
mod notifier;
mod profile;
mod refused;
mod stream;

use super::json;
use super::received::{Received, Source, SourceError};
use crate::settings::Settings;
use refused::is_notification;

pub use profile::PROFILE;

/// OpenCTI as a source.
pub static SOURCE: Source = Source {
    profile: &PROFILE,
    read,
};

/// Reads a request's body.
fn read(body: &[u8], _: &Settings<'_>) -> Result<Vec<Received>, SourceError> {
    let json = json::object(body)?;
    if json["type"] == "bundle" && json["objects"].is_array() {
        return notifier::read_bundle(&json);
    }
    match is_notification(&json) {
        true => notifier::read(&json),
        false => stream::read(&json).map(|received| vec![received]),
    }
}

#[cfg(test)]
mod tests;
