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
mod outbound_redis;
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

/// What only the build with its store on an outbound Redis has.
pub static OUTBOUND_REDIS: &Group = &outbound_redis::GROUP;

/// A build of the component that has a manifest of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// With the platform's store.
    PlatformStore,
    /// With its store on a Redis that it calls itself.
    OutboundRedis,
}

/// The variables of the usual build, in the order of [`GROUPS`].
pub fn variables() -> impl Iterator<Item = &'static Variable> {
    variables_of(Build::PlatformStore)
}

/// The variables of a build.
pub fn variables_of(build: Build) -> impl Iterator<Item = &'static Variable> {
    let own = (build == Build::OutboundRedis).then_some(OUTBOUND_REDIS);
    let groups = GROUPS.into_iter().chain(own);
    groups.flat_map(|group| group.variables)
}
