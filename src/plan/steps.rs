//! The changes that a plan is made of, in Jira's terms but not in its JSON.

use serde_json::{Map, Value};

/// One change to make in Jira.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// File a new issue.
    Create(IssueFields),
}

/// What an issue is filed with. Every member keeps within Jira's limits.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueFields {
    /// The project's key.
    pub project: String,
    /// The issue type's name.
    pub issue_type: String,
    /// One line, 1 to 255 characters.
    pub summary: String,
    /// At most 32,767 characters.
    pub description: Option<String>,
    /// Without white space, each at most 255 characters.
    pub labels: Vec<String>,
    /// Custom fields by id.
    pub custom: Map<String, Value>,
}
