//! The escapes of wiki markup: references to characters, and backslashes.

use super::wiki_text::is_reference;

/// A text without escapes: references and backslashes are read.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let next = rest.chars().nth(1).filter(char::is_ascii_punctuation);
        let (c, length) = match (reference(rest), c, next) {
            (Some(read), ..) => read,
            (None, '\\', Some(next)) => (next, 2),
            (None, c, _) => (c, c.len_utf8()),
        };
        out.push(c);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// The character that a reference at the beginning stands for, and its length.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let inner = text.strip_prefix('&').filter(|rest| is_reference(rest))?;
    let (name, _) = inner.split_once(';')?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            };
            char::from_u32(number?)?
        }
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            _ => return None,
        },
    };
    Some((c, name.len() + 2))
}
