//! `Retry-After`: seconds or a date (RFC 9110, sections 5.6.7 and 10.2.3).

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::model::Timestamp;

/// Nobody is believed to want to be left alone for longer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait from now on, at least a second: 0 and dates that have
/// passed say "at once", which for us is a second. At most a day.
pub(super) fn read(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => until(value, now)?,
    };
    Some(wait.clamp(Duration::from_secs(1), LONGEST))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of a date that may be sent: a
/// date of mails as well.
fn until(text: &str, now: Timestamp) -> Option<Duration> {
    date(text).map(|at| at.since(now))
}

/// A time as `Date` and `Retry-After` write it.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text.trim(), &Rfc2822).ok()?;
    let at = u64::try_from(at.unix_timestamp()).unwrap_or_default();
    Some(Timestamp::from_secs(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_waits_and_nothing_else_is() {
        let now = Timestamp::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        for (value, seconds) in [
            ("30", Some(30)),
            (" 0 ", Some(1)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(1)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(1)),
            ("", None),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("Sun, 06 Nov 1994 08:51:37 CET", None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("99999999999999999999999", None),
            ("18446744073709551615", Some(86_400)),
            ("Sun, 06 Nov 2094 08:49:37 GMT", Some(86_400)),
        ] {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(read(value, now), expected, "{value}");
        }
    }
}
