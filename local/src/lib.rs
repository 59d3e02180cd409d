//! Runs the jira-intake component without Spin, and stands in for the services
//! it talks to.
