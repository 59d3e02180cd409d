//! What an event costs, beside what else could be used: `cargo bench-all`, or a part of
//! it: `cargo bench-all connector`.
//!
//! - `connector`: the stock connector's work in Python, with the same events;
//! - `platform`: components that do next to nothing, on the same host;
//! - `queue`: accepting with 10,000 waiting events, working off a backlog;
//! - `scale`: a store of 100,000 records, storms of deliveries about one entity;
//! - `replicas`: several processes on one Redis.
//!
//! Each writes its tables into `docs/benchmarks.md`, between its two marks. What is
//! compared is run in turn, round by round: what else the machine does falls on both.
//! `ROUNDS` (5) changes how often, `JIRA_INTAKE_HOST=spin` takes the `spin` of the PATH.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "all/connector.rs"]
mod connector;
#[path = "all/events.rs"]
mod events;
#[path = "../tests/harness/mod.rs"]
mod harness;
#[path = "all/load.rs"]
mod load;
#[path = "all/platform.rs"]
mod platform;
#[path = "all/queue.rs"]
mod queue;
#[path = "all/replicas.rs"]
mod replicas;
#[path = "all/report.rs"]
mod report;
#[path = "all/scale.rs"]
mod scale;
#[path = "all/server.rs"]
mod server;

/// How often each measurement is repeated.
fn rounds() -> usize {
    usize::try_from(harness::storm::number("ROUNDS", 5)).unwrap()
}

#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| named.is_empty() || named.iter().any(|it| *it == name);
    if wants("connector") {
        report::write("connector", &connector::measure().await);
    }
    if wants("platform") {
        report::write("platform", &platform::measure().await);
    }
    if wants("queue") {
        report::write("queue", &queue::measure().await);
    }
    if wants("scale") {
        report::write("scale", &scale::measure().await);
    }
    if wants("replicas") {
        report::write("replicas", &replicas::measure().await);
    }
}
