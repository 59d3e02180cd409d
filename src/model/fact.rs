//! Single facts.

use serde::{Deserialize, Serialize};

/// One thing to know about an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fact {
    /// The sender's member, such as `first_seen`: what templates call it.
    pub key: String,
    /// What people call it, such as `First seen`.
    pub label: String,
    /// Its value, as text.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(key: &str, label: &str, value: impl ToString) -> Self {
        Self {
            key: key.to_owned(),
            label: label.to_owned(),
            value: value.to_string(),
        }
    }
}
