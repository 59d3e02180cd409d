//! What is known about an entity, and who works on it: the only module that
//! knows keys in the key-value store.
//!
//! The store has no transactions, no expiry and no usable compare-and-swap; an
//! atomic `increment` is all there is. `lease` builds the right to work on an
//! entity out of it, `record` is what is remembered of an entity.

pub mod adoption;
mod counter;
pub mod dead_letter;
mod error;
pub mod figures;
pub mod hold;
pub mod inbox;
pub mod issues;
mod json;
mod keys;
pub mod lease;
pub mod memory;
pub mod pause;
mod pending;
mod probe;
pub mod queue;
mod record;
mod slot;
pub mod stream;
pub mod tally;
pub mod trouble;
#[cfg(any(test, not(feature = "atomics")))]
pub mod twins;
pub mod unread;
pub mod upkeep;
pub mod whole;

pub use dead_letter::DeadLetter;
pub use error::RecordError;
pub use hold::Hold;
pub use lease::{Acquired, Asking, Lease, Released, acquire};
pub use pending::{Pending, Sent};
pub use probe::{count_twice, probe};
pub use record::{Dead, Known, is_unknown, look};
pub use slot::{Line, Slot};
