//! Strangers' text within Jira's limits for single lines.

/// A summary is one line of 1 to 255 characters (Jira's system field).
pub const SUMMARY_LIMIT: usize = 255;
/// A label has no white space and at most 255 characters (Jira's system field).
pub const LABEL_LIMIT: usize = 255;

/// Runs of white space and control characters become one blank.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control() || is_direction(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Characters that turn the direction of writing, with which a text can
/// disguise itself.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Labels as Jira takes them, each once, in their order.
pub(super) fn labels<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for label in labels {
        let label = cut(&one_line(label).replace(' ', "_"), LABEL_LIMIT, "…");
        if !label.is_empty() && !kept.contains(&label) {
            kept.push(label);
        }
    }
    kept
}

/// At most `limit` characters, with `ending` in place of what was cut off.
///
/// Jira counts as Java does, in UTF-16 units, so that is what is counted here:
/// never fewer than the characters a person sees.
pub(super) fn cut(text: &str, limit: usize, ending: &str) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(width(ending));
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= room
        })
        .collect();
    format!("{}{ending}", kept.trim_end())
}

fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_becomes_one_line() {
        assert_eq!(one_line(" a\r\n b\t\u{0}c\u{2028}d\u{202e} "), "a b c d");
    }

    #[test]
    fn a_long_line_is_cut_at_255_characters() {
        let full = "x".repeat(255);
        assert_eq!(cut(&full, SUMMARY_LIMIT, "…"), full);
        let cut = cut(&"x".repeat(256), SUMMARY_LIMIT, "…");
        assert_eq!(cut.chars().count(), 255);
        assert!(cut.ends_with("x…"));
    }

    #[test]
    fn labels_lose_their_blanks_and_their_doubles() {
        let given = ["threat lead", "threat\tlead", " ", "APT 28 / Fancy"];
        assert_eq!(labels(given), ["threat_lead", "APT_28_/_Fancy"]);
    }

    proptest! {
        #[test]
        fn any_text_makes_labels_that_jira_takes(texts in proptest::collection::vec(".{0,300}", 0..4)) {
            for label in labels(texts.iter().map(String::as_str)) {
                prop_assert!((1..=LABEL_LIMIT).contains(&label.chars().count()));
                prop_assert!(!label.chars().any(|c| c.is_whitespace() || c.is_control()));
            }
        }

        #[test]
        fn a_cut_keeps_within_the_limit_and_keeps_the_ending(text in any::<String>(), limit in 10usize..60) {
            let result = cut(&text, limit, "… more");
            prop_assert!(width(&result) <= limit);
            prop_assert!(result == text || result.ends_with("… more"));
        }
    }
}
