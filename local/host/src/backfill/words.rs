//! What is printed. Pure.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use super::report::Report;

/// How long a replay goes on from here, if it goes on as it did: `gained` were done in
/// `elapsed`. `None` if nobody can know.
pub(super) fn left(report: &Report, gained: u64, elapsed: Duration) -> Option<Duration> {
    let left = report.total?.checked_sub(report.done)?;
    let each = elapsed.as_secs_f64() / (gained > 0).then_some(gained)? as f64;
    Duration::try_from_secs_f64(each * left as f64).ok()
}

/// How far it is: where, how long it takes yet, what became of it.
pub(super) fn progress(report: &Report, left: Option<Duration>) -> String {
    let mut words = Vec::new();
    if let Some(at) = &report.at {
        words.push(format!("at {}", date(at)));
    }
    if !report.finished {
        words.extend(left.map(|left| format!("about {} left", duration(left))));
    }
    // Last: a narrow terminal cuts it.
    words.extend(counts(&report.so_far));
    words.join(", ")
}

/// The same as a line of its own.
pub(super) fn line(report: &Report, left: Option<Duration>) -> String {
    let done = match report.total {
        Some(total) => format!("{} of {total} done", report.done),
        None => format!("{} done", report.done),
    };
    format!("{done}, {}", progress(report, left))
        .trim_end_matches([',', ' '])
        .to_owned()
}

fn counts(so_far: &BTreeMap<String, u64>) -> impl Iterator<Item = String> {
    so_far
        .iter()
        .map(|(outcome, count)| format!("{outcome} {count}"))
}

/// A table of outcomes with their sum; nothing if there are none.
pub(super) fn table(so_far: &BTreeMap<String, u64>) -> String {
    let sum: u64 = so_far.values().sum();
    let rows = so_far.iter().map(|(word, count)| (word.as_str(), *count));
    let rows: Vec<(&str, u64)> = rows.chain([("in all", sum)]).collect();
    if so_far.is_empty() {
        return String::new();
    }
    let width = rows.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    let digits = sum.to_string().len();
    let mut table = String::new();
    for (word, count) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "  {word:width$}  {count:>digits$}");
    }
    table
}

/// What is asked after a dry run; `None` if nothing would be filed.
pub(super) fn question(report: &Report) -> Option<String> {
    let (created, updated) = (report.count("created"), report.count("updated"));
    let changes = match updated {
        0 => String::new(),
        _ => format!(" and update {}", issues(updated)),
    };
    match created {
        0 if updated == 0 => None,
        0 => Some(format!("Update about {}? [y/N] ", issues(updated))),
        _ => Some(format!("File about {}{changes}? [y/N] ", issues(created))),
    }
}

fn issues(count: u64) -> String {
    match count {
        1 => "1 issue".to_owned(),
        _ => format!("{count} issues"),
    }
}

/// What it has come to.
pub(super) fn end(report: Option<&Report>, is_dry: bool, is_finished: bool) -> String {
    let nothing = Report::default();
    let report = report.unwrap_or(&nothing);
    let span = match (&report.from, &report.until) {
        (Some(from), Some(until)) => format!(" from {} until {}", date(from), date(until)),
        _ => String::new(),
    };
    let mut text = match (is_finished, is_dry) {
        (true, true) => format!("Dry run: nothing was filed. What a replay{span} would come to:\n"),
        (true, false) => format!("Finished: history{span} is dealt with.\n"),
        (false, true) => {
            "Stopped. Nothing was filed; the same command goes on counting there. So far:\n"
                .to_owned()
        }
        (false, false) => "Stopped. The same command goes on there. So far:\n".to_owned(),
    };
    match report.so_far.is_empty() {
        true => text.push_str("  nothing\n"),
        false => text.push_str(&table(&report.so_far)),
    }
    if !is_dry && report.count("queued") > 0 {
        text.push_str("What is queued is filed by POST /tasks/retry, when Jira takes it.\n");
    }
    text
}

/// What is said where all was told before.
pub(super) fn was_over(is_dry: bool) -> &'static str {
    match is_dry {
        true => "It was counted before, and this is what it came to then; --restart counts again.",
        false => "It was told before, so nothing was left to do; --restart goes through it again.",
    }
}

/// A date for people: the day and the time, without fractions. `0` is the beginning.
fn date(text: &str) -> String {
    match text {
        "0" => "the beginning".to_owned(),
        _ => {
            let text = text.split('.').next().unwrap_or(text).trim_end_matches('Z');
            text.trim_end_matches("T00:00:00").replace('T', " ")
        }
    }
}

/// A time for people: `40 s`, `3 min`, `2 h 5 min`.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..90 => format!("{} s", seconds.max(1)),
        90..5400 => format!("{} min", (seconds + 30) / 60),
        _ => {
            let minutes = (seconds + 30) / 60;
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
    }
}

/// What is said of a pause.
pub(super) fn pause(pause: Duration, (failures, limit): (u32, u32)) -> String {
    let wait = format!("Waiting {}.", duration(pause));
    match failures {
        // The call did something before it failed.
        0 => wait,
        _ => format!("{wait} That was failure {failures} in a row; it gives up at {limit}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(done: u64, total: Option<u64>, so_far: &[(&str, u64)]) -> Report {
        Report {
            from: Some("2025-01-01T00:00:00.000Z".to_owned()),
            until: Some("2025-11-02T10:20:30.5Z".to_owned()),
            at: Some("2025-03-01T12:00:05.250Z".to_owned()),
            done,
            total,
            so_far: so_far
                .iter()
                .map(|(word, count)| ((*word).to_owned(), *count))
                .collect(),
            ended: "time".to_owned(),
            ..Report::default()
        }
    }

    #[test]
    fn a_line_says_how_far_it_is() {
        let half = report(25, Some(60), &[("created", 24), ("ignored", 1)]);
        let left = left(&half, 10, Duration::from_secs(20));
        assert_eq!(left, Some(Duration::from_secs(70)));
        assert_eq!(
            line(&half, left),
            "25 of 60 done, at 2025-03-01 12:00:05, about 70 s left, created 24, ignored 1"
        );
        assert_eq!(
            line(&report(3, None, &[]), None),
            "3 done, at 2025-03-01 12:00:05"
        );
        let over = Report {
            finished: true,
            ..half
        };
        assert!(!line(&over, left).contains("left"));
        assert_eq!(line(&Report::default(), None), "0 done");
    }

    #[test]
    fn nobody_knows_how_long_it_takes_without_a_total_or_before_anything_is_done() {
        let time = Duration::from_secs(20);
        assert_eq!(left(&report(25, None, &[]), 10, time), None);
        assert_eq!(left(&report(25, Some(60), &[]), 0, time), None);
        assert_eq!(left(&report(61, Some(60), &[]), 10, time), None);
        assert_eq!(
            left(&report(60, Some(60), &[]), 10, time),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn a_table_is_aligned_and_has_a_sum() {
        let so_far = report(0, None, &[("created", 60), ("duplicate", 7)]).so_far;
        let expected = "  created    60\n  duplicate   7\n  in all     67\n";
        assert_eq!(table(&so_far), expected);
        assert_eq!(table(&BTreeMap::new()), "");
    }

    #[test]
    fn it_asks_only_if_something_would_be_filed() {
        let ask = |so_far: &[(&str, u64)]| question(&report(9, None, so_far)).unwrap_or_default();
        assert_eq!(ask(&[("created", 60)]), "File about 60 issues? [y/N] ");
        assert_eq!(
            ask(&[("created", 1), ("updated", 2)]),
            "File about 1 issue and update 2 issues? [y/N] "
        );
        assert_eq!(ask(&[("updated", 1)]), "Update about 1 issue? [y/N] ");
        assert_eq!(ask(&[("ignored", 8)]), "");
    }

    #[test]
    fn the_end_says_whether_anything_was_filed() {
        let some = report(60, Some(60), &[("created", 58), ("queued", 2)]);
        let text = end(Some(&some), false, true);
        let first = "Finished: history from 2025-01-01 until 2025-11-02 10:20:30 is dealt with.\n";
        assert!(text.starts_with(first), "{text}");
        assert!(
            text.contains("queued    2") && text.contains("/tasks/retry"),
            "{text}"
        );
        let text = end(Some(&some), true, true);
        assert!(text.starts_with("Dry run: nothing was filed."), "{text}");
        assert!(!text.contains("/tasks/retry"), "{text}");
        let text = end(Some(&some), false, false);
        assert!(text.contains("The same command goes on there"), "{text}");
        assert!(end(None, true, false).contains("Nothing was filed"));
    }

    #[test]
    fn times_are_rounded_as_people_do() {
        let said = |seconds| duration(Duration::from_secs(seconds));
        for (seconds, expected) in [
            (0, "1 s"),
            (89, "89 s"),
            (90, "2 min"),
            (3_000, "50 min"),
            (7_500, "2 h 5 min"),
        ] {
            assert_eq!(said(seconds), expected);
        }
        assert_eq!(date("0"), "the beginning");
        let minute = Duration::from_secs(60);
        assert_eq!(pause(minute, (0, 10)), "Waiting 60 s.");
        let expected = "Waiting 60 s. That was failure 2 in a row; it gives up at 10.";
        assert_eq!(pause(minute, (2, 10)), expected);
    }
}
