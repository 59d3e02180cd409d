//! Strangers' text as words that no chat makes anything of.

/// Runs of white space, control characters and characters that turn the
/// direction of writing become one blank.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut is_apart = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() || is_direction(c) {
            is_apart = !line.is_empty();
            continue;
        }
        if is_apart {
            line.push(' ');
        }
        is_apart = false;
        line.push(c);
    }
    line
}

/// With these, a text can look like another one.
fn is_direction(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
    ) || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// At most `limit` characters, the last one "…" if something was cut off.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// One line of at most `limit` characters in which no chat finds an address:
/// `https[:]//example[.]com`.
pub(super) fn harmless(text: &str, limit: usize) -> String {
    // Nothing below makes a text shorter, so more need not be looked at.
    let line = cut(&one_line(text), limit.saturating_add(1));
    let mut told = String::with_capacity(line.len());
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let after = line.get(at + c.len_utf8()..).unwrap_or_default();
        let joins = before.is_alphanumeric() || matches!(before, '-' | '_');
        let is_address = match c {
            ':' => after.starts_with("//"),
            c => is_dot(c) && joins && after.starts_with(char::is_alphabetic),
        };
        if is_address {
            told.push('[');
        }
        told.push(c);
        if is_address {
            told.push(']');
        }
        before = c;
    }
    cut(&told, limit)
}

/// What separates the names in a host (UTS 46).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// A text as JSON has it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Adds an item, in its pieces, to a JSON list.
pub(super) fn add(list: &mut String, pieces: &[&str]) {
    if !list.is_empty() {
        list.push(',');
    }
    for piece in pieces {
        list.push_str(piece);
    }
}
