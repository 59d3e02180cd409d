//! Which of OpenCTI's senders posted a body.

use serde_json::Value;

use super::refused::is_notification;
use super::{notifier, stream};
use crate::sources::received::{Received, SourceError};

/// Reads a body of any of them.
pub(super) fn read(json: &Value) -> Result<Vec<Received>, SourceError> {
    if json["type"] == "bundle" && json["objects"].is_array() {
        return notifier::read_bundle(json);
    }
    match is_notification(json) {
        true => notifier::read(json),
        false => stream::read(json).map(|received| vec![received]),
    }
}
