//! What should Jira look like now? Pure functions from data to data: no I/O,
//! no async, no clock. The dry run and most tests are these and nothing else.
//!
//! [`accept`] says whether an event is to be dealt with, [`Target::pick`] where
//! its entity goes, [`standing`] whether it is news, and [`fields::map`],
//! [`applied::changes`] and [`lifecycle`] what to do.

mod accept;
pub mod adoption;
pub mod applied;
pub mod back;
mod both_sides;
mod case;
mod decision;
mod description;
mod ended;
pub mod enrichment;
pub mod fields;
mod idempotency;
mod labels;
pub mod lifecycle;
mod names;
mod render;
pub mod repeats;
mod standing;
pub mod sync;
mod table;
mod target;
mod wanted;

pub use accept::{NotFiled, accept, accept_unknown};
pub use case::{Case, Decided, Facts};
pub use decision::{decide, settled};
pub use idempotency::{idempotency_label, is_idempotency_label};
pub use labels::{LABEL_LIMIT, SUMMARY_LIMIT};
pub use names::not_understood;
pub use standing::{Standing, standing};
pub use target::Target;
pub use wanted::Wanted;
