//! Jira, Cloud or Data Center: the only place that knows its JSON.
//!
//! `request.rs` turns a step into a request and is pure (the dry run shows what
//! it makes), `fields_out.rs` writes the fields that it sends; `connection.rs` sends it; `answers.rs` says what an answer means
//! that is no success. `create.rs`, `edit.rs`, `comments.rs` and `moving.rs` do one
//! step each, and `client.rs` is the tracker that the rest of the project speaks
//! to. `inspect/` asks what the doctor wants to know, and changes nothing
//! in Jira.

mod answers;
mod back;
mod client;
mod comments;
mod connection;
mod create;
mod edit;
mod fields;
mod fields_out;
mod fingerprint;
mod inspect;
mod jql;
mod lookup;
mod moving;
mod place;
mod refusals;
mod request;
mod said;
mod text_size;
mod transitions;

pub use client::Jira;
pub use inspect::{
    Account, Catalog, Fit, Inspection, Offered, Project, Sample, ScreenField, Site, Status, Unknown,
};
