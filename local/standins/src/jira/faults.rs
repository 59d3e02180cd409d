//! Failures on demand: one at a time, aimed at a kind of request, or a seeded
//! mixture for a chaos test.

mod chaos;
mod fault;

pub use chaos::ChaosRates;
pub use fault::{Fault, FaultKind, Match};
