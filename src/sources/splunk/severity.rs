//! How bad an alert is: of several words the worst one that is known.

use serde_json::Value;

use super::value::{cut, first, several, text};
use crate::model::{SEVERITIES, Severity, severity_rank};

/// More of a severity is no severity.
const WORD_LIMIT: usize = 40;

/// Other words for [`SEVERITIES`], in their order.
const OTHER_WORDS: [&str; 5] = [
    "info information notice debug trace lowest none ok",
    "minor trivial",
    "moderate warn warning normal average",
    "major error important elevated",
    "fatal severe crit emergency emerg alert panic disaster blocker highest urgent",
];

/// What the numbers of Splunk's alerts mean, from 1 (debug) to 6 (fatal).
const NUMBERS: [usize; 6] = [0, 1, 2, 3, 4, 4];

/// The severity that a member says. `priorities` are words that the settings know,
/// each with Jira's priority.
pub(super) fn severity(value: &Value, priorities: &[(String, String)]) -> Option<String> {
    let known = ranked(value, priorities).map(|known| known.word);
    known.or_else(|| other(value))
}

/// The same, with how bad it is; `None` if nobody knows.
pub(super) fn ranked(value: &Value, priorities: &[(String, String)]) -> Option<Severity> {
    let mut worst: Option<Severity> = None;
    for text in several(value).iter().filter_map(text) {
        for piece in text.split([',', ';', '\n', '|']) {
            let known = known(piece.trim(), priorities);
            worst = match (worst, known) {
                (Some(worst), Some(known)) if known.rank > worst.rank => Some(known),
                (worst, known) => worst.or(known),
            };
        }
    }
    worst
}

/// A word that nobody knows is told as it is. A number alone says nothing.
fn other(value: &Value) -> Option<String> {
    let word = first(value)?.to_ascii_lowercase();
    let letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    word.bytes().any(letter).then(|| cut(&word, WORD_LIMIT))
}

/// How bad a piece is, and the word for it.
fn known(piece: &str, priorities: &[(String, String)]) -> Option<Severity> {
    let severity = |rank: usize, word: &str| Severity {
        rank: rank as u8,
        word: word.to_owned(),
    };
    let lower = piece.to_lowercase();
    let own = priorities.iter().find(|(word, _)| *word == lower);
    if let Some((word, priority)) = own.filter(|(word, _)| severity_rank(word).is_none()) {
        let rank = rank(priority).or_else(|| rank(word)).unwrap_or(2);
        return Some(severity(rank, word));
    }
    let rank = rank(&lower)?;
    Some(severity(rank, SEVERITIES.get(rank)?))
}

/// The place of a word, or of the worst word in `5 - Critical`.
fn rank(text: &str) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    let tokens = text.split(|c: char| !c.is_alphanumeric());
    let mut before = "";
    let mut worst = None;
    for token in tokens.filter(|token| !token.is_empty()) {
        // `non-critical` says what it is not.
        if !matches!(before, "non" | "not" | "no") {
            worst = worst.max(of_word(token));
        }
        before = token;
    }
    worst.or_else(|| of_number(&text))
}

fn of_word(word: &str) -> Option<usize> {
    let is_other = |words: &&str| words.split(' ').any(|other| other == word);
    let other = || OTHER_WORDS.iter().position(is_other);
    severity_rank(word).or_else(other)
}

/// `1` to `6`, the worst last; `P1` to `P5` and `SEV1` to `SEV5`, the worst first. Where
/// there is a `P0` or `SEV0`, nothing is worse.
fn of_number(text: &str) -> Option<usize> {
    let text = text.trim();
    if let Ok(number) = text.trim_end_matches(".0").parse::<usize>() {
        return NUMBERS.get(number.checked_sub(1)?).copied();
    }
    let digits = ["severity", "sev", "priority", "prio", "p"]
        .iter()
        .find_map(|begin| text.strip_prefix(begin))?;
    let digits = digits.trim_start_matches([' ', '-', '_', ':', '#']);
    // Words may stand behind the number.
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    let number: usize = number.parse().ok()?;
    let is_edge = !rest.starts_with(char::is_alphanumeric);
    (is_edge && (0..=5).contains(&number)).then(|| 5 - number.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_worst_known_word_counts_in_all_its_spellings() {
        for (given, word) in [
            (json!(["low", "medium"]), "medium"),
            (json!(["informational", "medium"]), "medium"),
            (json!("low, high"), "high"),
            (json!("high\nlow"), "high"),
            (json!("6"), "critical"),
            (json!(6), "critical"),
            (json!("1"), "informational"),
            (json!("4.0"), "high"),
            (json!("fatal"), "critical"),
            (json!("SEVERE"), "critical"),
            (json!("5 - Critical"), "critical"),
            (json!("Medium (3)"), "medium"),
            (json!("P0"), "critical"),
            (json!(["P2", "P0"]), "critical"),
            (json!("SEV-0"), "critical"),
            (json!("non-critical, low"), "low"),
            (json!("P1"), "critical"),
            (json!("p4"), "low"),
            (json!("SEV2"), "high"),
            (json!("Sev-3"), "medium"),
            (json!("P1 - Outage"), "critical"),
            (json!("SEV-2: payments"), "high"),
            (json!("warn"), "medium"),
            (json!("moderate"), "medium"),
            (json!(["unknown", "low"]), "low"),
            (json!(["purple", "low"]), "low"),
            (json!("Purple"), "purple"),
        ] {
            assert_eq!(severity(&given, &[]).as_deref(), Some(word), "{given}");
        }
        for nothing in [
            json!(7),
            json!("0"),
            json!(""),
            json!(null),
            json!("-"),
            json!("P9"),
        ] {
            let found = severity(&nothing, &[]);
            assert!(found.is_none_or(|word| word == "p9"), "{nothing}");
        }
    }

    #[test]
    fn words_of_the_settings_are_known_and_as_bad_as_their_priority() {
        let own = [
            ("catastrophe".to_owned(), "Highest".to_owned()),
            ("meh".to_owned(), "Lowest".to_owned()),
            ("3".to_owned(), "High".to_owned()),
        ];
        for (given, word) in [
            (json!("high, catastrophe"), "catastrophe"),
            (json!(["meh", "low"]), "low"),
            (json!("Meh"), "meh"),
            (json!("3"), "3"),
        ] {
            assert_eq!(severity(&given, &own).as_deref(), Some(word), "{given}");
        }
    }
}
