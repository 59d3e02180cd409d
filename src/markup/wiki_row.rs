//! The cells of a row of wiki markup.

/// A cell of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cell<'r> {
    /// `||` stands before it.
    pub(super) is_header: bool,
    pub(super) text: &'r str,
}

/// The cells of a line that begins with a bar. Bars within links and
/// pictures, and those behind a backslash, part nothing.
pub(super) fn cells(line: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut rest = line;
    while let Some(after) = rest.strip_prefix('|') {
        let (is_header, inner) = match after.strip_prefix('|') {
            Some(inner) => (true, inner),
            None => (false, after),
        };
        let (text, after) = inner.split_at_checked(end(inner)).unwrap_or((inner, ""));
        rest = after;
        // What follows the last bar is no cell.
        if !rest.is_empty() || !text.trim().is_empty() {
            cells.push(Cell { is_header, text });
        }
    }
    cells
}

/// Where a cell ends: at its bar, or at the end of the line.
fn end(text: &str) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let mut signs = rest.chars();
        let Some(c) = signs.next() else {
            break;
        };
        at += match c {
            '|' => return at,
            '\\' => 1 + signs.next().map_or(0, char::len_utf8),
            '[' => closed(rest, ']', "["),
            '!' => closed(rest, '!', " "),
            c => c.len_utf8(),
        };
        at = text.floor_char_boundary(at);
    }
    text.len()
}

/// The length of what ends with a sign, or of its first sign if another one comes
/// before that.
fn closed(text: &str, sign: char, before: &str) -> usize {
    let inner = text.get(1..).unwrap_or_default();
    let found = inner.find(|c| c == sign || before.contains(c));
    match found.filter(|at| inner.get(*at..).is_some_and(|it| it.starts_with(sign))) {
        Some(at) => 1 + at + sign.len_utf8(),
        None => 1,
    }
}
