//! Stand-ins for the services jira-intake talks to: real HTTP on loopback, the
//! real service's rules, faults on demand, and a record of every request.
//!
//! The demo, the tests and the benchmark use them, so that what passes here
//! has a fair chance with the real thing.

pub mod client;
pub mod faults;
pub mod jira;
pub mod llm;
pub mod opencti;
pub mod server;
pub mod service;
pub mod slack;
pub mod soar;
pub mod splunk;
pub mod teams;
pub mod virustotal;

#[cfg(test)]
mod caller;
mod chance;
mod clock;
