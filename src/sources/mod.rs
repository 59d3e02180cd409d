//! Where events come from: bytes become events here, and no other module knows a
//! sender's JSON.
//!
//! A new source is a folder (or a file) with a [`Source`] in it and a line in
//! [`SOURCES`]; see "A source" in `docs/design.md`.

pub mod generic;
pub mod jira;
mod json;
pub mod opencti;
mod reading;
mod received;
mod repair;
pub mod splunk;

pub use reading::{BEGINNING, Reading};
pub use received::{Received, Source, SourceError};

use crate::model::{SourceKey, SourceProfile};

/// The sources, each with a route of its own: `POST /webhooks/<key>`.
pub static SOURCES: [&Source; 3] = [&opencti::SOURCE, &splunk::SOURCE, &generic::SOURCE];

/// The source of this key.
pub fn source(key: &str) -> Option<&'static Source> {
    SOURCES.into_iter().find(|source| source.profile.key == key)
}

/// What is different about a source. One that is not known any more is taken
/// for OpenCTI.
pub fn profile(key: &SourceKey) -> &'static SourceProfile {
    source(key.as_str()).map_or(&opencti::PROFILE, |source| source.profile)
}
