//! Does the steps: the only place that knows Jira's JSON.
//!
//! `request.rs` turns a step into a request and is pure (the dry run shows
//! what it makes); `client.rs` sends it; `error.rs` says what an error means.

mod catalog;
pub mod client;
mod dropped;
pub mod error;
mod fingerprint;
pub mod lookup;
pub mod request;
mod screen;
mod transitions;

pub use client::{Client, Created};
pub use error::{Dropped, JiraError};
