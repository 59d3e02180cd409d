//! jira-intake: a Spin component that turns security events into Jira issues.
//!
//! The walk of one event, a room each, one direction: [`intake`] reads who is
//! asking and what it says, [`ledger`] knows what is remembered and whose work
//! it is, [`plan`] decides what Jira should look like, [`jira`] does it. What
//! touches the world goes through the ports in [`platform`].

pub mod answer;
pub mod app;
pub mod config;
pub mod delivery;
pub mod enrich;
pub mod event;
pub mod graphql;
pub mod http;
pub mod intake;
pub mod jira;
pub mod ledger;
pub mod log;
pub mod markup;
pub mod plan;
pub mod platform;
pub mod report;
pub mod text;

/// The door: Spin calls it once for each request, in a fresh instance.
#[cfg(target_family = "wasm")]
#[allow(unsafe_code, missing_docs, reason = "the macro exports a C symbol")]
mod door {
    use crate::platform::spin::{IncomingRequest, ResponseOutparam, http_component, serve};

    #[http_component]
    async fn handle(request: IncomingRequest, out: ResponseOutparam) {
        serve(request, out).await;
    }
}
