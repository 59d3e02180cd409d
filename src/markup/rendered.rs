//! A text as Jira takes it.

use std::borrow::Cow;

use serde_json::Value;

use super::seen::Seen;

/// A text as Jira takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// An ADF document.
    Adf(Adf),
    /// Wiki markup.
    Wiki(String),
}

/// An ADF document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adf {
    pub(super) json: String,
    pub(super) seen: Seen,
}

impl Adf {
    /// The document as JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The same, for whoever keeps it.
    #[must_use]
    pub fn into_text(self) -> String {
        self.json
    }
}

impl Rendered {
    /// The text as the JSON value of a field.
    #[must_use]
    pub fn into_json(self) -> Value {
        match self {
            Self::Adf(document) => serde_json::from_str(&document.json).unwrap_or_default(),
            Self::Wiki(text) => Value::String(text),
        }
    }

    /// What a person sees of it, once Jira keeps it.
    #[must_use]
    pub fn seen(&self) -> Cow<'_, Seen> {
        match self {
            Self::Adf(document) => Cow::Borrowed(&document.seen),
            Self::Wiki(text) => Cow::Owned(Seen::of_wiki(text)),
        }
    }
}
