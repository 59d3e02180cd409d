//! What an issue shows by our own writes: enough to tell what is different now,
//! and small enough to keep for every issue.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an entity was mapped to. Two of them are equal if and only if an issue
/// would look the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppliedState {
    /// The summary.
    pub summary: String,
    /// A digest of the description.
    pub description: String,
    /// The labels that we set.
    pub labels: Vec<String>,
    /// The priority that we set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// A digest of each custom field's value.
    pub custom: Map<String, Value>,
    /// The id of the workflow status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// What Jira shows now, as far as people can have edited it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The summary.
    pub summary: String,
    /// A fingerprint of the description, however Jira formats it.
    pub description: String,
}

/// An edit that was sent and may not have been answered: what the issue may show
/// because of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// What it would have applied.
    pub applied: AppliedState,
    /// What people would see.
    pub shown: Shown,
}
