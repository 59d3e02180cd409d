//! Whether the text is what OpenMetrics asks for, to the letter.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::Class;
use crate::store::tally::Total;

/// What was read: each sample by its name and labels.
type Samples = BTreeMap<(String, BTreeMap<String, String>), f64>;

/// A strict reader of what we write.
fn read(text: &str) -> Samples {
    let text = text.strip_suffix("# EOF\n").expect("it ends with # EOF");
    let (mut samples, mut family) = (Samples::new(), None);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for line in text.lines() {
        if let Some(meta) = line.strip_prefix("# ") {
            let (word, rest) = meta.split_once(' ').unwrap();
            let (name, what) = rest.split_once(' ').unwrap();
            match word {
                "TYPE" => {
                    assert!(is_name(name) && seen.insert(name.to_owned()), "{line}");
                    family = Some((name.to_owned(), what.to_owned()));
                }
                "HELP" | "UNIT" => {
                    assert_eq!(family.as_ref().unwrap().0, name, "{line}");
                    let is_unit = word == "UNIT";
                    assert!(!is_unit || name.ends_with(&format!("_{what}")), "{line}");
                }
                _ => panic!("{line}"),
            }
            continue;
        }
        let (name, labels, value) = sample(line);
        let (of, kind) = family.as_ref().unwrap();
        let suffix = match kind.as_str() {
            "counter" => "_total",
            "info" => "_info",
            "gauge" => "",
            _ => panic!("{kind}"),
        };
        assert_eq!(name, format!("{of}{suffix}"), "{line}");
        assert!(value >= 0.0 && (kind != "info" || value == 1.0), "{line}");
        assert!(
            samples.insert((name, labels), value).is_none(),
            "twice: {line}"
        );
    }
    samples
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    name.chars().all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (head, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match head.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (head, ""),
    };
    assert!(is_name(name), "{line}");
    let mut found = BTreeMap::new();
    let mut rest = labels;
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"").unwrap();
        assert!(is_name(label), "{line}");
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => match chars.next().unwrap().1 {
                    'n' => value.push('\n'),
                    c @ ('\\' | '"') => value.push(c),
                    c => panic!("\\{c}: {line}"),
                },
                (_, c) => value.push(c),
            }
        };
        assert!(found.insert(label.to_owned(), value).is_none(), "{line}");
        rest = after.get(end + 1..).unwrap();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    (name.to_owned(), found, value.parse().unwrap())
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn what_is_written_is_openmetrics() {
    let hostile = "a\"b\\c\nd";
    let totals = Totals {
        events: vec![Total {
            source: hostile.to_owned(),
            outcome: "created".to_owned(),
            events: 3,
        }],
        requests: vec![(Class::Limited, 7)],
    };
    let figures = Figures {
        waiting: 5,
        oldest: Some(Timestamp::from_secs(40)),
        waiting_at: Timestamp::from_secs(90),
        dead_letters: 2,
        dead_letters_at: Timestamp::UNKNOWN,
        holds: 1,
    };
    let samples = read(&text(&totals, &figures, true, Timestamp::from_secs(100)));
    let of = |name: &str, pairs: &[(&str, &str)]| samples[&(name.to_owned(), labels(pairs))];
    assert_eq!(of("jira_intake_ready", &[]), 1.0);
    let event = [("source", hostile), ("outcome", "created")];
    assert_eq!(of("jira_intake_events_total", &event), 3.0);
    let class = [("class", "limited")];
    assert_eq!(of("jira_intake_jira_requests_total", &class), 7.0);
    assert_eq!(of("jira_intake_oldest_waiting_seconds", &[]), 60.0);
    assert_eq!(of("jira_intake_waiting_age_seconds", &[]), 10.0);
    assert_eq!(of("jira_intake_dead_letters", &[]), 2.0);
    assert!(!samples.keys().any(|(name, _)| name.contains("letters_age")));
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(of("jira_intake_build_info", &version), 1.0);
}

#[test]
fn the_reader_is_strict() {
    for wrong in [
        "a 1\n# EOF\n",
        "# TYPE a gauge\na 1\n",
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a gauge\na 1\na 2\n# EOF\n",
        "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"\\x\"} 1\n# EOF\n",
        "# TYPE a gauge\n# TYPE a gauge\n# EOF\n",
    ] {
        assert!(std::panic::catch_unwind(|| read(wrong)).is_err(), "{wrong}");
    }
}
