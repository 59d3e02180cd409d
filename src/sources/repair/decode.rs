//! A body's bytes as text.

use std::borrow::Cow;

/// White space before a body that is longer is no white space.
const HEAD: usize = 4096;

/// Whether a body begins as a JSON object or list does.
pub(in crate::sources) fn begins_as_json(body: &[u8]) -> bool {
    let mut repairs = Vec::new();
    let head = body.get(..HEAD).unwrap_or(body);
    begins(&decoded(head, &mut repairs))
}

/// Whether a text begins as a JSON object or list does.
pub(super) fn begins(text: &str) -> bool {
    text.trim_start_matches(is_blank).starts_with(['{', '['])
}

/// The body as text, without a byte order mark.
pub(super) fn decoded<'a>(body: &'a [u8], repairs: &mut Vec<&'static str>) -> Cow<'a, str> {
    let wide = match body {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        [b'{' | b'[', 0, ..] => Some((body, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0, b'{' | b'[', ..] => Some((body, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((units, read)) = wide {
        repairs.push("text in UTF-16");
        let units = units.as_chunks::<2>().0.iter().map(|unit| read(*unit));
        let mut text = String::new();
        for c in char::decode_utf16(units) {
            text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        return Cow::Owned(text);
    }
    let body = match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => {
            repairs.push("a byte order mark");
            rest
        }
        None => body,
    };
    let text = String::from_utf8_lossy(body);
    if matches!(text, Cow::Owned(_)) {
        repairs.push("bytes that are no UTF-8");
    }
    text
}

/// What may stand between the parts of a document.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{feff}'
}
