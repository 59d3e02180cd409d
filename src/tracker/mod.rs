//! Where issues live. Everything else speaks to a [`Tracker`] in the model's
//! terms; `jira` implements it and is the only module that knows Jira's JSON.

mod error;
#[cfg(test)]
pub(crate) mod fake;
pub mod jira;
mod port;

pub use error::TrackerError;
pub use port::{Answered, Created, Dropped, Edited, Found, Moved, Tracker};
