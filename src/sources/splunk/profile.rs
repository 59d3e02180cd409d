//! What is different about Splunk.

use crate::markup::Prose;
use crate::model::{Files, Page, Platform, SourceProfile};

/// Splunk and its SOAR: nobody wrote what they bring to be marked up, it may
/// come from an event. The page of an alert is that of one search's results.
pub static PROFILE: SourceProfile = SourceProfile {
    key: "splunk",
    name: "Splunk",
    prose: Prose::Plain,
    files: Files::Everything,
    page: Page::InEachEvent,
    // They stand in its raw fields.
    lists_observables: false,
    raw_event: Some("_raw"),
    has_several_senders: false,
    adopts: false,
    ended: "closed",
    platform: Some(Platform::Splunk),
};
