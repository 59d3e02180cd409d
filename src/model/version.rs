//! Which state of an entity an event tells of.

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;

/// Which state of an entity an event tells of; later states compare greater.
/// A time is unknown where the sender does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Version {
    /// When its content changed.
    pub modified: Timestamp,
    /// When the platform last touched it.
    pub updated: Timestamp,
}

impl Version {
    /// Whether the sender says when.
    pub fn is_known(self) -> bool {
        self != Self::default()
    }

    /// Without times that lie too far ahead to be believed: the other one takes
    /// their place, or the time of arrival.
    #[must_use]
    pub fn believed(self, now: Timestamp) -> Self {
        let is_updated_believed = self.updated.is_known() && !self.updated.is_too_far_ahead(now);
        let modified = match self.modified.is_too_far_ahead(now) {
            false => self.modified,
            true if is_updated_believed => self.updated,
            true => now,
        };
        let updated = match self.updated.is_too_far_ahead(now) {
            true => modified,
            false => self.updated,
        };
        Self { modified, updated }
    }

    /// As it was remembered: one that lies too far ahead is not known.
    #[must_use]
    pub fn remembered(self, now: Timestamp) -> Self {
        match self.believed(now) == self {
            true => self,
            false => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::strategy;
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_772_352_000);
    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn version(modified: Timestamp, updated: Timestamp) -> Version {
        Version { modified, updated }
    }

    #[test]
    fn what_lies_more_than_a_day_ahead_is_not_believed() {
        let year_9999 = Timestamp::parse("9999-12-31T00:00:00.000Z").unwrap();
        let earlier = NOW.before(Duration::from_secs(60));
        let unknown = Timestamp::UNKNOWN;
        for (said, believed) in [
            (version(earlier, unknown), version(earlier, unknown)),
            (version(NOW.after(DAY), NOW), version(NOW.after(DAY), NOW)),
            (version(year_9999, earlier), version(earlier, earlier)),
            (version(year_9999, year_9999), version(NOW, NOW)),
            (version(year_9999, unknown), version(NOW, unknown)),
            (version(earlier, year_9999), version(earlier, earlier)),
        ] {
            assert_eq!(said.believed(NOW), believed, "{said:?}");
            let is_believed = said == believed;
            assert_eq!(said.remembered(NOW).is_known(), is_believed, "{said:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_believed_stays_believed_and_is_never_far_ahead(said in strategy::version(), now in strategy::time()) {
            let believed = said.believed(now);
            prop_assert_eq!(believed.believed(now), believed);
            prop_assert!(!believed.modified.is_too_far_ahead(now) && !believed.updated.is_too_far_ahead(now));
        }
    }
}
