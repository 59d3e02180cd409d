//! A body that could not be read.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::source::SourceKey;

/// What is kept of a body that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
// By hand: derived, these few members would take three kilobytes of the component.
#[serde(from = "Value", into = "Value")]
pub struct UnreadBody {
    /// The source that it was posted to.
    pub source: SourceKey,
    /// How many bytes it had.
    pub length: u64,
    /// What the same body is known by: a digest of its bytes.
    pub digest: String,
    /// Its beginning; what is no UTF-8 in it is replaced.
    pub text: String,
    /// The text is not all of it.
    pub is_cut: bool,
}

impl From<Value> for UnreadBody {
    fn from(json: Value) -> Self {
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Self {
            source: text("source").into(),
            length: json["bytes"].as_u64().unwrap_or_default(),
            digest: text("digest"),
            text: text("text"),
            is_cut: json["is_cut"] == true,
        }
    }
}

impl From<UnreadBody> for Value {
    fn from(body: UnreadBody) -> Self {
        json!({
            "source": body.source.as_str(),
            "bytes": body.length,
            "digest": body.digest,
            "text": body.text,
            "is_cut": body.is_cut,
        })
    }
}
