//! Which issue for which entity: routes, tried in order, the first one that
//! matches wins. A route says only what differs from the general settings.
//!
//! ```toml
//! [[route]]
//! name = "critical incidents"
//! when = { type = ["incident", "case-incident"], severity = ["high", "critical"] }
//! project = "IR"
//! priority = "Highest"
//!
//! [[route]]
//! when = { label = "no-issue" }
//! ignore = true
//! ```

mod conditions;
mod members;
mod read;
mod route;

pub use conditions::Conditions;
pub use route::{Route, Routes};

#[cfg(test)]
mod tests;
