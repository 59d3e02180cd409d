//! A request's body: read, with what had to be repaired, or kept for a person to
//! look at. What a sender posts, it posts once.

use http::StatusCode;
use serde_json::Value;

use super::access::{wrong_settings, wrong_settings_told};
use super::answer::Problem;
use super::proof::Proof;
use super::session::Session;
use crate::model::{Outcome, SourceKey};
use crate::pipeline::UnreadBytes;
use crate::platform::log::{Level, Log};
use crate::platform::{Body, BodyError};
use crate::sources::{BEGINNING, Reading, Received, Source, SourceError};

/// What came with a request.
pub(super) struct Arrived {
    /// The events that it tells.
    pub(super) received: Vec<Received>,
    /// A body that could not be read, or not all of it.
    pub(super) unread: Option<UnreadBytes>,
}

/// A body whose sender may post.
pub(super) struct Taken {
    bytes: Vec<u8>,
    /// How many bytes it had.
    length: usize,
    /// How many of them are taken at most.
    limit: usize,
    is_whole: bool,
}

/// Takes a request's body, if its sender may post it. Nothing of it is parsed.
pub(super) async fn take(
    session: &Session<'_>,
    proof: &Proof,
    source: &Source,
    body: &mut dyn Body,
) -> Result<Taken, Problem> {
    let requests = session.settings.requests();
    let requests = requests.map_err(|error| wrong_settings_told(session, &error, proof.told()))?;
    let limit = requests.max_body_bytes;
    match body.read(limit).await {
        Ok(bytes) => {
            proof.check(&bytes)?;
            Ok(Taken {
                length: bytes.len(),
                bytes,
                limit,
                is_whole: true,
            })
        }
        Err(BodyError::TooLarge { .. }) if !proof.takes_parts() => Err(uncheckable(limit)),
        Err(BodyError::TooLarge {
            mut beginning,
            length,
        }) if source.reads_beginnings() => {
            beginning.truncate(BEGINNING);
            Ok(Taken {
                bytes: beginning,
                length,
                limit,
                is_whole: false,
            })
        }
        Err(error) => Err(unread_problem(error, limit)),
    }
}

/// Reads a body with its source.
pub(super) fn receive(
    session: &Session<'_>,
    log: &Log<'_>,
    source: &Source,
    taken: Taken,
) -> Result<Arrived, Problem> {
    let Taken {
        bytes,
        length,
        limit,
        is_whole,
    } = taken;
    let reading = match is_whole {
        true => source.read_whole(&bytes, session.settings),
        false => source.read_beginning(&bytes),
    };
    let unread = |reason: String| UnreadBytes {
        source: SourceKey::of(source.profile),
        bytes,
        length,
        reason,
    };
    match reading {
        Ok(reading) => {
            note(log, source, &reading, length, is_whole);
            let missing = || {
                let why = "the body was longer than max_body_bytes; there may have been more \
                           events behind the part that was read";
                unread(why.to_owned())
            };
            Ok(Arrived {
                unread: reading.may_miss_events.then(missing),
                received: reading.received,
            })
        }
        Err(SourceError::Unreadable(why)) => Ok(Arrived {
            received: Vec::new(),
            unread: Some(unread(format!(
                "the body of {length} bytes cannot be read: {why}"
            ))),
        }),
        Err(SourceError::NotJson(_)) if !is_whole => Err(too_large(limit)),
        Err(error) => Err(not_understood(session, error)),
    }
}

/// Says in the log what had to be done to read it.
fn note(log: &Log<'_>, source: &Source, reading: &Reading, length: usize, is_whole: bool) {
    let entity = reading.received.iter().find_map(Received::entity);
    let entity = entity.map(|entity| entity.id);
    let line = |event: &str, what: Value| {
        let fields = [
            ("source", source.profile.key.into()),
            ("entity", entity.clone().into()),
            ("what", what),
            ("bytes", length.into()),
        ];
        log.line(Level::Warn, event, &fields);
    };
    if !reading.repairs.is_empty() {
        line("repaired", reading.repairs.join(", ").into());
    }
    if !is_whole {
        let what = "the event was too large; only its beginning was read";
        line("body_cut", what.into());
    }
}

/// What would become of it.
pub(super) fn rehearse(body: &UnreadBytes) -> Outcome {
    Outcome::queued(format!(
        "{}; it would be kept as a dead letter",
        body.reason
    ))
}

/// A signature is one of the whole body.
fn uncheckable(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!(
            "the body is longer than max_body_bytes, {limit} bytes; its signature cannot be checked"
        ),
    )
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body is longer than max_body_bytes, {limit} bytes"),
    )
}

fn unread_problem(error: BodyError, limit: usize) -> Problem {
    match error {
        BodyError::TooLarge { .. } => too_large(limit),
        BodyError::Broken(why) => Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the body did not arrive whole: {why}"),
        ),
    }
}

fn not_understood(session: &Session<'_>, error: SourceError) -> Problem {
    match error {
        SourceError::NotJson(why) | SourceError::Unreadable(why) => Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the body is not JSON: {why}"),
        ),
        SourceError::NoEvent(why) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the body is JSON, but no event: {why}"),
        ),
        SourceError::Misconfigured(error) => wrong_settings(session, &error),
    }
}
