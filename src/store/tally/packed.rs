//! Three numbers in one counter, so that one `increment` counts all of them.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// The bits of events, of requests that were answered and of those that were not; together
/// they leave the sign alone. In an hour, eight million events fit, and one million
/// requests: Jira answers no more.
const BITS: [u32; 3] = [23, 20, 20];
/// One event calls for no more requests than this; more would be a mistake of ours.
const MOST_AT_ONCE: u64 = 1_000;

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[u64; 3]", into = "[u64; 3]")]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Requests to Jira that were answered well.
    pub answered: u64,
    /// Requests to Jira that were not.
    pub failed: u64,
}

impl Counts {
    /// As a counter is incremented by it.
    pub(super) fn packed(self) -> i64 {
        let [events, answered, failed] =
            <[u64; 3]>::from(self).map(|number| number.min(MOST_AT_ONCE));
        let packed = events | (answered << BITS[0]) | (failed << (BITS[0] + BITS[1]));
        i64::try_from(packed).unwrap_or(i64::MAX)
    }

    /// As a counter holds it.
    pub(in crate::store) fn unpacked(counter: u64) -> Self {
        let lowest = |counter: u64, bits: u32| counter & ((1 << bits) - 1);
        Self {
            events: lowest(counter, BITS[0]),
            answered: lowest(counter >> BITS[0], BITS[1]),
            failed: lowest(counter >> (BITS[0] + BITS[1]), BITS[2]),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.events = self.events.saturating_add(other.events);
        self.answered = self.answered.saturating_add(other.answered);
        self.failed = self.failed.saturating_add(other.failed);
    }
}

impl From<[u64; 3]> for Counts {
    fn from([events, answered, failed]: [u64; 3]) -> Self {
        Self {
            events,
            answered,
            failed,
        }
    }
}

impl From<Counts> for [u64; 3] {
    fn from(counts: Counts) -> Self {
        [counts.events, counts.answered, counts.failed]
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_added_up_in_one_counter_is_the_sum_of_each(
            all in vec((0..=1_u64, 0..=1_000_u64, 0..=1_000_u64), 0..2_000),
        ) {
            let mut counter = 0_i64;
            let mut sum = Counts::default();
            for (events, answered, failed) in all {
                let counts = Counts { events, answered, failed };
                counter += counts.packed();
                sum += counts;
            }
            prop_assert_eq!(Counts::unpacked(u64::try_from(counter).unwrap()), sum);
        }

        #[test]
        fn no_number_reaches_into_another(numbers: [u64; 3]) {
            let counts = Counts::from(numbers);
            let kept = Counts::unpacked(u64::try_from(counts.packed()).unwrap());
            let expected = numbers.map(|number| number.min(MOST_AT_ONCE));
            prop_assert_eq!(<[u64; 3]>::from(kept), expected);
        }
    }
}
