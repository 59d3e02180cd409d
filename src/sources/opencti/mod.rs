//! OpenCTI: the only place that knows its JSON. Reads what its three senders
//! post, leniently: a missing member is missing, an unknown one is nobody's
//! business, a string may stand for a number or a boolean.
//!
//! - `stream/webhook` connector: one stream event, unchanged (`stream.rs`)
//! - webhook notifier and playbook: `data[]` of instances (`notifier.rs`)
//! - a STIX bundle: `objects[]`, read as a playbook's

mod beginning;
mod entity;
pub mod live;
mod marking;
mod message;
mod notifier;
mod profile;
mod refused;
mod shapes;
mod stream;

use super::json;
use super::received::{Received, Source, SourceError};
use crate::settings::Settings;

pub use beginning::read as read_beginning;
pub use profile::PROFILE;

/// OpenCTI as a source.
pub static SOURCE: Source = Source {
    profile: &PROFILE,
    read,
};

/// Reads a request's body.
fn read(body: &[u8], _: &Settings<'_>) -> Result<Vec<Received>, SourceError> {
    shapes::read(&json::object(body)?)
}

#[cfg(test)]
mod tests;
