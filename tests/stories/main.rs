//! The stories: each drives the built component over HTTP, on a host that is a process
//! of its own, between stand-ins for the services around it. They are one program,
//! because each program of tests links all of wasmtime: `cargo test --test stories doctor`
//! runs a part. Stories that want the machine for themselves are programs of their own
//! (`tests/crash.rs` and others).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../harness/mod.rs"]
mod harness;

mod adopt;
mod answers;
mod backfill;
mod batch;
mod believed;
mod bodies;
mod browser;
mod component;
mod counts;
mod doctor;
mod endless;
mod enrichment;
mod feedback;
mod fields;
mod generic;
mod golden;
mod history;
mod leaks;
mod life;
mod mapping;
mod markings;
mod metrics;
mod models;
mod newest;
mod opencti;
mod operators;
mod page;
mod platform;
mod properties;
mod reasons;
mod refusals;
mod rows;
mod shapes;
mod signatures;
mod splunk;
mod stream;
mod texts;
mod trace;
mod trouble;
mod two_way;
mod two_way_splunk;
mod workflow;
