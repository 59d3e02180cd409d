//! Strangers' text within Jira's limits for single lines.

use crate::text::{cut, one_line};

/// A summary is one line of 1 to 255 characters (Jira's system field).
pub const SUMMARY_LIMIT: usize = 255;
/// A label has no white space and at most 255 characters (Jira's system field).
pub const LABEL_LIMIT: usize = 255;

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    }
}
