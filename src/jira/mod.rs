//! Does the steps: the only place that knows Jira's JSON.

pub mod client;
pub mod error;

pub use client::{Client, CreatedIssue};
pub use error::JiraError;
