//! Filters that keep a text from being more than text in Markdown.

use crate::text::one_line;

/// Plain text within a line, whatever it holds: it can neither format nor
/// leave the list item, table cell or heading in which it stands.
pub(super) fn plain(text: &str) -> String {
    let line = one_line(text);
    let mut escaped = String::with_capacity(line.len() + line.len() / 8);
    for c in line.chars() {
        // CommonMark: a backslash before any ASCII punctuation makes it text.
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Inline code. In a table, `md` is safer: a `|` would end the cell.
pub(super) fn code(text: &str) -> String {
    let line = one_line(text);
    if line.is_empty() {
        return line;
    }
    let longest = line.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    let pad = match line.starts_with('`') || line.ends_with('`') {
        true => " ",
        false => "",
    };
    format!("{fence}{pad}{line}{pad}{fence}")
}
