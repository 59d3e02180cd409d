//! Runs the jira-intake component without Spin, and stands in for the services
//! it talks to.

pub mod client;
pub mod demo;
pub mod host;
pub mod standin;
