//! A point in time.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// No clock that is right says a time that lies further ahead than this.
const AHEAD: Duration = Duration::from_secs(24 * 3600);

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. In JSON it is
/// that number; people read it as RFC 3339.
///
/// ```
/// use jira_intake::model::Timestamp;
///
/// let at = Timestamp::from_millis(1_761_569_303_246);
/// assert_eq!(at.to_string(), "2025-10-27T12:48:23.246Z");
/// ```
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The beginning of 1970: stands for a time that nobody has said.
    pub const UNKNOWN: Self = Self(0);

    /// Later than any time that is believed: stands for one that cannot be read.
    pub const UNREADABLE: Self = Self(u64::MAX);

    /// So many milliseconds after the beginning of 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// So many seconds after the beginning of 1970.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A date-time as RFC 3339 writes it, or as Jira does, without a colon in its
    /// offset; `None` before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let at = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| {
            let text = with_colon(text)?;
            OffsetDateTime::parse(&text, &Rfc3339).ok()
        })?;
        let millis = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()?;
        Some(Self(millis))
    }

    /// The same, or a day alone: its beginning in UTC.
    pub fn parse_day(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(&format!("{}T00:00:00Z", text.trim())))
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whether somebody has said when.
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }

    /// Later by so much.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(millis(time)))
    }

    /// Earlier by so much.
    #[must_use]
    pub fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(millis(time)))
    }

    /// Whether it lies ahead, but by no more than so much.
    pub fn is_ahead(self, now: Self, at_most: Duration) -> bool {
        self > now && self <= now.after(at_most)
    }

    /// Whether it lies further ahead than any clock that is right would say.
    pub fn is_too_far_ahead(self, now: Self) -> bool {
        self > now.after(AHEAD)
    }

    /// How long ago another time was; nothing if it is yet to come.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// `2025-01-31T12:00:00.000+0100` as `2025-01-31T12:00:00.000+01:00`.
fn with_colon(text: &str) -> Option<String> {
    let (time, minutes) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let (_, hours) = time.split_at_checked(time.len().checked_sub(3)?)?;
    let is_offset = hours.starts_with(['+', '-']) && text.contains(['T', 't']);
    is_offset.then(|| format!("{time}:{minutes}"))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// RFC 3339 with as many digits as it needs; nothing after the year 9999, for
/// which that has no form.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000);
        let text = at.ok().and_then(|at| at.format(&Rfc3339).ok());
        f.write_str(&text.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_as_many_digits_as_it_needs_and_no_time_is_too_late_to_be_asked_for() {
        let text = |millis| Timestamp::from_millis(millis).to_string();
        assert_eq!(text(1_761_569_303_000), "2025-10-27T12:48:23Z");
        assert_eq!(text(1_761_569_303_500), "2025-10-27T12:48:23.5Z");
        assert_eq!(text(u64::MAX), "");
    }

    #[test]
    fn a_day_begins_at_midnight() {
        let midnight = Timestamp::parse("2025-01-01T00:00:00Z");
        assert!(midnight.is_some());
        assert_eq!(Timestamp::parse_day(" 2025-01-01 "), midnight);
        assert_eq!(Timestamp::parse_day("2025-01-01T01:00:00+01:00"), midnight);
        for text in ["2025-13-01", "yesterday", "", "2025"] {
            assert_eq!(Timestamp::parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_read_as_jira_writes_it() {
        let noon = Timestamp::parse("2025-01-31T11:00:00Z");
        assert!(noon.is_some());
        for text in [
            "2025-01-31T12:00:00.000+0100",
            "2025-01-31T11:00:00.000+0000",
            "2025-01-31T01:30:00.000-0930",
        ] {
            assert_eq!(Timestamp::parse(text), noon, "{text}");
        }
        for text in [
            "2025-01-31T12:00:00.000+01",
            "+0100",
            "é0100",
            "2025-01-31",
            "1",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_neither_wrap_nor_end() {
        let last = Timestamp::from_millis(u64::MAX);
        assert_eq!(last.after(Duration::MAX), last);
        assert_eq!(Timestamp::UNKNOWN.before(Duration::MAX), Timestamp::UNKNOWN);
        assert_eq!(Timestamp::UNKNOWN.since(last), Duration::ZERO);
        assert_eq!(
            last.since(last.before(Duration::from_secs(2))),
            Duration::from_secs(2)
        );
    }
}
