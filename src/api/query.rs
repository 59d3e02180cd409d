//! Switches in a request's query.

use std::ops::RangeInclusive;
use std::time::Duration;

use http::StatusCode;
use http::request::Parts;

use super::answer::Problem;

/// How much of a wrong value is repeated.
const SHOWN: usize = 40;

/// `?dry_run=true`, or just `?dry_run`: also `dry-run`, in any case. Whoever writes
/// it in another way means it, too: nothing must be filed by mistake.
pub(super) fn is_dry_run(head: &Parts) -> Result<bool, Problem> {
    let mut is_dry = false;
    let query = head.uri.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let word = name.replace(['-', '_'], "");
        if word.trim().eq_ignore_ascii_case("dryrun") {
            is_dry |= flag("dry_run", &value)?;
        }
    }
    Ok(is_dry)
}

/// The value of a switch; one that is only named is on.
pub(super) fn flag(name: &str, value: &str) -> Result<bool, Problem> {
    let value = value.trim();
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    if is_one_of(&["", "true", "1", "yes", "on"]) {
        return Ok(true);
    }
    if is_one_of(&["false", "0", "no", "off"]) {
        return Ok(false);
    }
    let shown: String = value.chars().take(SHOWN).collect();
    let detail = format!("`{name}` is `{shown}`, which is neither true nor false");
    Err(Problem::new(StatusCode::BAD_REQUEST, detail))
}

/// So many seconds.
pub(super) fn seconds(text: &str, range: RangeInclusive<u64>) -> Result<Duration, Problem> {
    let seconds = text.parse().ok().filter(|seconds| range.contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        let detail = format!(
            "`seconds` is not a whole number from {} to {}",
            range.start(),
            range.end()
        );
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })?;
    Ok(Duration::from_secs(seconds))
}

/// A part of a path as it is meant: an issue type's name can hold a blank.
pub(super) fn percent_decoded(text: &str) -> String {
    // What a query reads otherwise means itself in a path (RFC 3986, 3.3).
    let query = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let decoded = form_urlencoded::parse(query.as_bytes()).next();
    decoded
        .map(|(_, text)| text.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dry(query: &str) -> Result<bool, String> {
        let uri = format!("/webhooks/opencti{query}");
        let head = http::Request::post(uri).body(()).unwrap().into_parts().0;
        is_dry_run(&head).map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn a_part_of_a_path_is_read_as_it_is_meant() {
        for (part, text) in [
            ("a%20b", "a b"),
            ("R&D", "R&D"),
            ("a+b", "a+b"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(percent_decoded(part), text);
        }
    }

    #[test]
    fn a_dry_run_is_one_however_it_is_written() {
        for query in [
            "?dry_run",
            "?dry_run=",
            "?dry_run=true",
            "?dry_run=1",
            "?dry_run=yes",
            "?dry_run=TRUE",
            "?dry-run=true",
            "?DRY_RUN=On",
            "?Dry-Run",
            "?dryRun=1",
            "?token=x&dry_run=1",
            "?dry_run=false&dry_run=true",
            "?dry_run=+true+",
            "?dry%5Frun=1",
        ] {
            assert_eq!(dry(query), Ok(true), "{query}");
        }
    }

    #[test]
    fn only_a_no_files_for_real() {
        for query in [
            "",
            "?x=1",
            "?dry_run=false",
            "?dry-run=0",
            "?dry_run=NO",
            "?DRY_RUN=off",
        ] {
            assert_eq!(dry(query), Ok(false), "{query}");
        }
    }

    #[test]
    fn a_value_that_means_nothing_is_named_and_cut() {
        let long = "x".repeat(5_000);
        for value in ["maybe", "2", "tru", long.as_str()] {
            let detail = dry(&format!("?dry-run={value}")).unwrap_err();
            let shown: String = value.chars().take(SHOWN).collect();
            assert!(
                detail.contains("`dry_run`") && detail.contains(&shown),
                "{detail}"
            );
            assert!(detail.len() < 150, "{detail}");
        }
    }
}
