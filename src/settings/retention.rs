//! How much is remembered, and for how long.

use std::time::Duration;

use super::reader::Reader;

/// The settings of what is swept away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long a record stays after it was last touched.
    pub records: Duration,
    /// How many keys the store may hold; 0 is any number.
    pub max_keys: usize,
}

impl Retention {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let days = read.number("ticket_retention_days", 1..=36_500, 400);
        Self {
            records: Duration::from_secs(86_400 * days),
            max_keys: read.number("max_keys", 0..=100_000_000, 0) as usize,
        }
    }
}
