//! What cannot be read is kept for a person to look at.

use super::count;
use super::failure::Failure;
use crate::context::Context;
use crate::model::{Outcome, SourceKey};
use crate::platform::log::Level;
use crate::store::unread::{self, Unread};

/// A body that a person must look at.
pub struct UnreadBytes {
    /// Where it came from.
    pub source: SourceKey,
    /// Its bytes, or those at its beginning.
    pub bytes: Vec<u8>,
    /// How many it had.
    pub length: usize,
    /// Why it could not be read.
    pub reason: String,
}

/// Keeps a body for a person to look at.
///
/// # Errors
/// When the store fails.
pub fn keep_unread(context: Context<'_>, body: &UnreadBytes) -> Result<Outcome, Failure> {
    let ports = context.ports;
    let unread = Unread {
        source: &body.source,
        bytes: &body.bytes,
        length: body.length as u64,
        reason: &body.reason,
    };
    let (number, is_new) = unread::keep(ports.store, unread, ports.clock.now())?;
    let fields = [
        ("source", body.source.as_str().into()),
        ("letter", number.into()),
        ("reason", body.reason.as_str().into()),
        ("bytes", body.length.into()),
    ];
    match is_new {
        true => context.log.line(Level::Error, "dead_letter", &fields),
        false => context.log.line(Level::Warn, "dead_letter_again", &fields),
    }
    count::unread(context, body.source.as_str());
    Ok(Outcome::queued(format!(
        "{}; kept as dead letter {number}",
        body.reason
    )))
}
