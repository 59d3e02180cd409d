//! JSON as it is written everywhere here.

use serde::Serialize;

/// A value as JSON, on one line. (`Value::to_string` goes through a formatter, which
/// takes several times as long.)
///
/// Nothing that is written here can fail: all keys are text.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
