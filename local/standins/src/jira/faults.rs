//! Failures on demand: one at a time, aimed at a kind of request, or a seeded
//! mixture for a chaos test.

mod answers;
mod chaos;
mod fault;
mod place;
mod retry_after;

pub(crate) use answers::captcha;
pub use chaos::ChaosRates;
pub use fault::{Fault, FaultKind, Match};
pub(crate) use place::concerns;
pub use retry_after::RetryAfter;
