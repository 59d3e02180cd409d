//! Jira, Cloud or Data Center: the only place that knows its JSON.
//!
//! `request.rs` turns a step into a request and is pure (the dry run shows what
//! it makes); `connection.rs` sends it; `answers.rs` says what an answer means
//! that is no success; `client.rs` is the tracker that the rest of the project
//! speaks to.

mod answers;
mod catalog;
mod client;
mod connection;
mod dropped;
mod fingerprint;
mod lookup;
mod refusals;
mod request;
mod said;
mod screen;
mod transitions;

pub use client::Jira;
