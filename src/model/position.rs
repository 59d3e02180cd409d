//! A place in a live stream.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;

/// A number below this was not meant as milliseconds since 1970: a year, seconds.
const OLDEST: Timestamp = Timestamp::from_millis(100_000_000_000);

/// A place in OpenCTI's live stream: a time and a number, as Redis numbers the
/// entries of a stream (`1762100416653-0`). In JSON it is that text.
///
/// ```
/// use jira_intake::model::Position;
///
/// let position = Position::parse("1762100416653-2").unwrap();
/// assert!(position > Position::parse("1762100416653-0").unwrap());
/// assert_eq!(position.to_string(), "1762100416653-2");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Position {
    /// When.
    pub at: Timestamp,
    /// Which one of that millisecond.
    pub number: u64,
}

impl Position {
    /// Before everything.
    pub const BEGINNING: Self = Self::at(Timestamp::UNKNOWN);

    /// The first one of a time.
    pub const fn at(at: Timestamp) -> Self {
        Self { at, number: 0 }
    }

    /// Reads `<milliseconds>-<number>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, number) = text.trim().split_once('-')?;
        Some(Self {
            at: Timestamp::from_millis(at.parse().ok()?),
            number: number.parse().ok()?,
        })
    }

    /// What people write for it: `0` for everything, a date or a day, milliseconds
    /// since 1970, or a position. OpenCTI's own connectors take all of these.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "0" {
            return Some(Self::BEGINNING);
        }
        let day = Timestamp::parse_day(text).map(Self::at);
        let millis = || Some(Self::at(Timestamp::from_millis(text.parse().ok()?)));
        let position = day.or_else(millis).or_else(|| Self::parse(text))?;
        (position == Self::BEGINNING || position.at >= OLDEST).then_some(position)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.as_millis(), self.number)
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        position.to_string()
    }
}

impl TryFrom<String> for Position {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no position")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_position_is_none() {
        for text in [
            "",
            "1",
            "-",
            "1-",
            "-1",
            "1-x",
            "2025-01-01",
            "18446744073709551616-0",
        ] {
            assert_eq!(Position::parse(text), None, "{text}");
        }
        assert_eq!(Position::parse(" 0-0 "), Some(Position::BEGINNING));
    }
}
