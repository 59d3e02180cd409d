//! The one list of all variables. The variables in `spin.toml` and most of
//! `docs/configuration.md` are generated from it:
//! `UPDATE_VARIABLES=1 cargo test -p jira-intake --test variables`.
//!
//! The component uses nothing of it, so that it does not grow by these texts. That a
//! group's reader has the same defaults is tested (`settings/tests/defaults.rs`).

mod changes;
mod chats;
mod enrichment;
mod issues;
mod jira;
mod logs;
pub mod manifest;
mod opencti;
mod operation;
mod senders;
mod splunk;
mod variable;
mod way_back;

pub use variable::{About, Group, Kind, Variable};

/// All groups, in the order in which they are listed everywhere.
pub static GROUPS: [&Group; 11] = [
    &jira::GROUP,
    &senders::GROUP,
    &operation::GROUP,
    &issues::GROUP,
    &changes::GROUP,
    &opencti::GROUP,
    &splunk::GROUP,
    &enrichment::GROUP,
    &way_back::GROUP,
    &chats::GROUP,
    &logs::GROUP,
];

/// All variables, in this order.
pub fn variables() -> impl Iterator<Item = &'static Variable> {
    GROUPS.iter().flat_map(|group| group.variables)
}
