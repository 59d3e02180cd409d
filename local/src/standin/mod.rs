//! Stand-ins for the services jira-intake talks to: real HTTP on loopback, the
//! real service's rules, faults on demand, and a record of every request.
//!
//! The demo, the tests and the benchmark use them, so that what passes here
//! has a fair chance with the real thing.

pub mod faults;
pub mod jira;
pub mod opencti;
pub mod server;
pub mod service;

mod chance;
#[cfg(test)]
mod client;
mod clock;
