//! The platforms that entities come from, as far as we write to them: what people do
//! in Jira is told there.

mod of;
mod opencti;
mod port;

pub use of::{Known, of};
pub use port::{Answered, Assigned, IssueLink, Note, Upstream, UpstreamError};
