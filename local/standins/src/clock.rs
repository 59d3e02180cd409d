//! Calendar dates without a dependency: what the stand-ins write into answers
//! and compare in queries.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_A_DAY: i64 = 86_400;

/// A time as Jira writes it: `2026-11-22T06:32:27.123+0000`.
pub(crate) fn jira_time(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let (year, month, day) = civil(seconds.div_euclid(SECONDS_A_DAY));
    let of_day = seconds.rem_euclid(SECONDS_A_DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let millis = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}+0000")
}

/// Milliseconds since 1970 as JavaScript writes them: `2026-11-22T06:32:27.123Z`.
pub(crate) fn utc_time(millis: u64) -> String {
    let time = jira_time(UNIX_EPOCH + Duration::from_millis(millis));
    time.replace("+0000", "Z")
}

/// Milliseconds since 1970 of `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss[.SSS]Z`.
pub(crate) fn utc_millis(text: &str) -> Option<u64> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let (clock, fraction) = match time.strip_suffix('Z')?.split_once('.') {
        Some((clock, fraction)) => (clock, fraction.get(..3).unwrap_or(fraction)),
        None => (time.strip_suffix('Z')?, "0"),
    };
    if !is_clock(clock) {
        return None;
    }
    let of_day = clock.split(':').filter_map(digits);
    let of_day = of_day.fold(0, |seconds, part| seconds * 60 + part);
    // `.5` is half a second.
    let millis = digits(&format!("{fraction:0<3}"))?;
    let seconds = date_days(date)? * SECONDS_A_DAY + of_day;
    u64::try_from(seconds * 1000 + millis).ok()
}

/// A time as HTTP writes it in headers: `Sun, 22 Nov 2026 06:32:27 GMT` (RFC
/// 9110, section 5.6.7).
pub(crate) fn http_date(at: SystemTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let days = seconds.div_euclid(SECONDS_A_DAY);
    let (year, month, day) = civil(days);
    let name = |names: &[&'static str], index: i64| {
        let index = usize::try_from(index).unwrap_or_default();
        names.get(index).copied().unwrap_or_default()
    };
    let of_day = seconds.rem_euclid(SECONDS_A_DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    // 1970 began on a Thursday.
    let (weekday, month) = (name(&DAYS, days.rem_euclid(7)), name(&MONTHS, month - 1));
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Whether `text` is a date that exists, written `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    date_days(text).is_some()
}

/// Whether `text` is a date-time as Jira reads it:
/// `YYYY-MM-DDThh:mm:ss[.SSS](Z|+hhmm|+hh:mm)`.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else {
        return false;
    };
    let Some(zone) = time.find(['Z', '+', '-']) else {
        return false;
    };
    let (time, zone) = time.split_at(zone);
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    is_date(date) && is_clock(whole) && digits(fraction).is_some() && is_zone(zone)
}

fn is_clock(text: &str) -> bool {
    let parts: Vec<Option<i64>> = text.split(':').map(digits).collect();
    matches!(parts.as_slice(), [Some(0..=23), Some(0..=59), Some(0..=60)])
}

fn is_zone(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != ':').collect();
    plain == "Z" || (plain.len() == 5 && digits(plain.get(1..).unwrap_or("")).is_some())
}

/// Seconds since 1970 of `YYYY-MM-DD` or `YYYY-MM-DD hh:mm` (also with slashes), UTC.
pub(crate) fn query_time(text: &str) -> Option<SystemTime> {
    let text = text.replace('/', "-");
    let (date, clock) = text.split_once(' ').unwrap_or((&text, "00:00"));
    let (hour, minute) = clock.split_once(':')?;
    let seconds = date_days(date)? * SECONDS_A_DAY + digits(hour)? * 3600 + digits(minute)? * 60;
    Some(UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).ok()?))
}

fn date_days(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
    let days = days_from(year, month, day);
    (civil(days) == (year, month, day)).then_some(days)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Days since 1970-01-01 of a date in the Gregorian calendar.
fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let shifted = (month + 9) % 12; // March is 0, so that the leap day comes last.
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

/// The date that lies `days` after 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_jira_writes_it() {
        let at = UNIX_EPOCH + Duration::from_millis(1_709_210_096_789);
        assert_eq!(jira_time(at), "2024-02-29T12:34:56.789+0000");
    }

    #[test]
    fn a_time_is_written_and_read_as_javascript_does() {
        for (text, millis) in [
            ("2024-02-29T12:34:56.789Z", 1_709_210_096_789),
            ("1970-01-01T00:00:00.000Z", 0),
        ] {
            assert_eq!(utc_time(millis), text);
            assert_eq!(utc_millis(text), Some(millis), "{text}");
        }
        assert_eq!(
            utc_millis("2024-02-29T00:00:00.5Z"),
            Some(1_709_164_800_500)
        );
        assert_eq!(utc_millis("2024-02-29"), Some(1_709_164_800_000));
        for wrong in [
            "",
            "0",
            "now",
            "2024-02-30",
            "2024-02-29T25:00:00Z",
            "2024-02-29T12:00:00",
        ] {
            assert_eq!(utc_millis(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_header_writes_a_time_as_http_does() {
        let at = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn only_dates_that_exist_are_dates() {
        assert!(is_date("2024-02-29") && is_date("2000-12-31"));
        for wrong in [
            "2023-02-29",
            "2024-13-01",
            "2024-1-01",
            "29.02.2024",
            "",
            "2024-02-29T",
        ] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_date_time_needs_a_clock_and_a_zone() {
        for right in ["2024-02-29T12:34:56.000+0000", "2024-02-29T12:34:56Z"] {
            assert!(is_date_time(right), "{right}");
        }
        for wrong in ["2024-02-29", "2024-02-29T12:34:56", "2024-02-29T25:00:00Z"] {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_query_time_may_leave_out_the_clock() {
        let day = query_time("2024-02-29").unwrap();
        assert_eq!(
            query_time("2024/02/29 01:00").unwrap(),
            day + Duration::from_secs(3600)
        );
    }
}
