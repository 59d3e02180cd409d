//! Texts on one line, without what cannot be seen.

/// A text on one line: runs of white space and control characters become one
/// blank, and what cannot be seen goes.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut is_apart = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            is_apart = !line.is_empty();
        } else if !is_hidden(c) {
            if is_apart {
                line.push(' ');
            }
            is_apart = false;
            line.push(c);
        }
    }
    line
}

/// The same for a text that keeps its lines; empty ones go.
pub fn lines(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines().map(one_line).filter(|line| !line.is_empty()) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&line);
    }
    lines
}

/// Characters that take no room or turn the direction of writing: with them a
/// text says something else than it shows (Unicode: default ignorables,
/// bidirectional controls, interlinear annotations, tags).
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_goes_and_lines_stay_or_not() {
        let text = " a\r\n\n \u{202e}b\u{200b}\u{0}c\u{e0041}\t d\u{2028}e ";
        assert_eq!(one_line(text), "a b c d e");
        assert_eq!(lines(text), "a\nb c d e");
    }

    proptest! {
        #[test]
        fn a_line_is_one_and_shows_what_it_says(text: String) {
            let line = one_line(&text);
            prop_assert!(!line.chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert_eq!(line.trim(), &line);
            prop_assert!(!line.contains("  "));
            prop_assert_eq!(one_line(&line), line);
        }
    }
}
