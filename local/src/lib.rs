//! Runs the jira-intake component without Spin.

pub mod demo;
pub mod host;
