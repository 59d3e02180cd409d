//! What texts are made of.

/// How much of a text is read: a description longer than this tells what it is
/// about before.
pub(super) const TEXT_LIMIT: usize = 64 * 1024;

/// What surrounds a value without being a part of it.
pub(super) fn surrounds(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')')
}

/// Whether a text has something in it, and only bytes of one kind.
pub(super) fn has_only(text: &str, kind: fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(kind)
}

/// Whether a word stands in a list with blanks, in any case.
pub(super) fn is_any(word: &str, list: &str) -> bool {
    list.split(' ')
        .any(|listed| listed.eq_ignore_ascii_case(word))
}
