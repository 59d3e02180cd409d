//! How long things take between those who work on one entity.

use std::time::Duration;

/// How long a holder may work. Longer than dealing with an event takes; one
/// that takes longer finds out before it sends a create, and when it gives the
/// lease up.
pub const LEASE: Duration = Duration::from_secs(60);
/// How long a delivery waits for another one that works on the same entity
/// and will make it needless.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How often it looks.
pub(super) const PAUSE: Duration = Duration::from_millis(50);
/// The clocks of those who share a store may differ by this much.
pub const SKEW: Duration = Duration::from_secs(5);
/// What a holder checked holds for this long: nobody takes over what is still
/// leased by any clock, and within 2 s its write has reached the store.
pub(super) const MARGIN: Duration = Duration::from_secs(2).saturating_add(SKEW);
/// A winner writes its lease at once. One that has not done so after this
/// long has died.
pub(in crate::store) const SILENCE: Duration = Duration::from_secs(5);
