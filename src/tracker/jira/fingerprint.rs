//! Is this description still what we wrote? What is compared is what a person sees.

use serde_json::Value;

use crate::markup::{Rendered, Seen};
use crate::text::digest;

/// A digest of a description as Jira stores it: wiki markup or ADF; null is none.
pub(super) fn of(description: &Value) -> String {
    of_seen(&Seen::of(description))
}

/// The same of a description as it is sent.
pub(super) fn of_rendered(description: &Rendered) -> String {
    of_seen(&description.seen())
}

/// The same where there is none.
pub(super) fn of_none() -> String {
    of_seen(&Seen::default())
}

fn of_seen(seen: &Seen) -> String {
    digest(seen.as_str().as_bytes())
}
