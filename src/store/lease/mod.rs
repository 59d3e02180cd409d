//! The right to work on an entity, won by an atomic increment.
//!
//! A record has a generation. Whoever brings the counter of the current
//! generation from 0 to 1 holds the lease: it writes until when, and what it is
//! about to do, into the record, and works. Giving the lease up moves the record
//! to the next generation. A lease that ran out, or a winner that never wrote
//! one, is passed over by winning the generation after it. Everyone reads the
//! record again after winning: one who comes late to an old generation wins
//! nothing, and its spent counter may be swept away.
//!
//! Clocks may differ by [`SKEW`]. A lease that is further ahead than anybody
//! would set it is passed over later, too; see `clocks`.
//!
//! A change that arrives while somebody works goes into the entity's inbox.
//! The holder looks there after giving the lease up; the one who left it looks
//! at the record after leaving it. One of the two sees the other.

mod acquire;
mod asking;
mod claim;
mod clocks;
mod fold;
mod held;
mod notes;
mod silence;
mod tidy;
mod times;
mod win;

pub use acquire::{Acquired, acquire};
pub use asking::Asking;
pub(super) use claim::Claim;
pub(super) use clocks::is_leased;
pub use held::Lease;
pub use tidy::{Released, tidy};
pub(super) use times::SILENCE;
pub use times::{LEASE, PATIENCE, SKEW};

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
