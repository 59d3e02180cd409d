//! What do others know about an event's entity? Never holds an issue back: what
//! cannot be had is missing.

mod names;

use std::time::Duration;

pub use names::complete;

use crate::config::Enrichment;
use crate::event::Entity;
use crate::platform::Ports;

/// One attempt to have others say what they know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// How long it may take in all.
    pub time: Duration,
    /// Whether the model waits for VirusTotal: it is not asked while a verdict
    /// is missing that may still come.
    pub patient: bool,
}

/// Asks VirusTotal and a model what they make of the entity, as far as they are
/// configured and as its findings lack it; all within the round's time. What could not
/// be had is noted as missing.
pub async fn ask_others(
    _ports: Ports<'_>,
    _settings: &Enrichment,
    _entity: &mut Entity,
    _round: Round,
) {
}
