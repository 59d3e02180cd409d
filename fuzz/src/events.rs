//! Bodies of requests, and streams: nothing may panic, and nothing may grow beyond what
//! was sent.

use jira_intake::http::sse::{Frame, Frames};
use jira_intake::platform::{VariableError, Variables};
use jira_intake::settings::Settings;
use jira_intake::sources::{self, Received, Source};

/// Everything has its default.
struct Unset;

impl Variables for Unset {
    fn get(&self, _: &str) -> Result<String, VariableError> {
        Ok(String::new())
    }
}

/// OpenCTI's connector, notifier and stream, whole and without their ends.
pub(super) fn opencti(data: &[u8]) {
    read(&sources::opencti::SOURCE, data);
    let settings = Settings::new(&Unset);
    for name in ["create", "update", "connected", "heartbeat"] {
        for is_whole in [true, false] {
            let _ = sources::opencti::live::read(name, data, is_whole, &settings);
        }
    }
}

/// Splunk's alerts and notables, SOAR, Observability.
pub(super) fn splunk(data: &[u8]) {
    read(&sources::splunk::SOURCE, data);
}

/// Any other tool.
pub(super) fn generic(data: &[u8]) {
    read(&sources::generic::SOURCE, data);
}

/// Jira's webhooks and Automation.
pub(super) fn jira(data: &[u8]) {
    let _ = sources::jira::read(data);
}

fn read(source: &Source, data: &[u8]) {
    let settings = Settings::new(&Unset);
    if let Ok(reading) = source.read_whole(data, &settings) {
        check(&reading.received);
    }
    if source.reads_beginnings()
        && let Ok(reading) = source.read_beginning(data)
    {
        check(&reading.received);
    }
}

/// Whoever is told of has a name by which it is found again, and it can be kept.
fn check(received: &[Received]) {
    for one in received {
        if let Received::Event(event) = one {
            assert!(!event.entity.id.is_empty(), "an entity without an id");
            let kept = serde_json::to_vec(event).expect("an event can be written");
            let back: jira_intake::model::Event =
                serde_json::from_slice(&kept).expect("what was written can be read");
            assert_eq!(back.entity.id, event.entity.id);
        }
    }
}

/// The frames of a stream are the same wherever it is cut, and hold no more than they
/// may.
pub(super) fn frames(data: &[u8]) {
    const LIMIT: usize = 64;
    let whole = taken(data.chunks(data.len().max(1)), LIMIT);
    for size in [1, 7] {
        assert_eq!(taken(data.chunks(size), LIMIT), whole, "pieces of {size}");
    }
    for frame in &whole {
        assert!(frame.data.len() <= LIMIT && frame.data.len() <= frame.length);
    }
}

fn taken<'a>(pieces: impl Iterator<Item = &'a [u8]>, limit: usize) -> Vec<Frame> {
    let mut frames = Frames::new(limit);
    let mut found = Vec::new();
    for piece in pieces {
        frames.take(piece);
        found.extend(std::iter::from_fn(|| frames.ready()));
    }
    found
}
