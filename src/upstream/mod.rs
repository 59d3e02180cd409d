//! The platforms that entities come from, as far as we write to them: what people do
//! in Jira is told there.
//!
//! - [`Upstream`]: what can be done to one entity, whatever its platform (`port.rs`)
//! - Splunk Enterprise Security (`splunk/`) and Splunk SOAR (`soar.rs`)
//! - what both have: one request and what its answer means (`rest.rs`), the words that
//!   are written and the people that are meant (`words.rs`)

mod of;
mod opencti;
mod port;
mod probe;
mod rest;
mod soar;
mod splunk;
mod words;

pub use of::{Known, of};
pub use port::{Answered, Assigned, IssueLink, Note, Upstream, UpstreamError};
pub use probe::{soar_statuses, splunk_capabilities, splunk_statuses};
