//! What may leave in a text, and what may be a link.
//!
//! Applied where a tree is rendered (and where a reader meets an address), so
//! it holds for a tree however it was made.

use std::borrow::Cow;

use crate::text::is_hidden;

/// The longest address that stays a link, in bytes. Browsers and proxies stop
/// at about 2,000 characters; a longer one is a payload, not a reference.
const HREF_LIMIT: usize = 2_000;

/// A text with its line ends as `\n` and without the characters that Jira
/// refuses (what XML 1.0 cannot hold) or that make a text look like another
/// one (controls that turn the writing direction).
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if is_plain(text) || text.chars().all(|c| c != '\r' && keep(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            c => out.extend(keep(c)),
        }
    }
    Cow::Owned(out)
}

/// A text on one line.
pub(super) fn line(line: &str) -> Cow<'_, str> {
    if is_plain(line) {
        return Cow::Borrowed(line);
    }
    let cleaned = text(line);
    if cleaned.contains('\n') {
        return Cow::Owned(cleaned.replace('\n', " "));
    }
    cleaned
}

/// Whether there is nothing but letters, digits, signs and blanks of ASCII: most text is
/// like that, and this is seen at once.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn keep(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{feff}' | '\u{fdd0}'..='\u{fdef}' => None,
        c if u32::from(c) & 0xfffe == 0xfffe => None,
        c => Some(c),
    }
}

/// The signs that a URL cannot hold.
const NOT_IN_HREF: &[u8] = br#""<>\^`{|}"#;

/// The address if it may be a link (http, https, mailto), with everything
/// percent-encoded that a URL cannot hold.
pub(super) fn href(address: &str) -> Option<String> {
    let address = text(address.trim());
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let target = match scheme.as_str() {
        "http" | "https" => rest.strip_prefix("//")?,
        "mailto" => rest,
        _ => return None,
    };
    let starts_well = target.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    if !starts_well || address.len() > HREF_LIMIT {
        return None;
    }
    let mut out = [&scheme, ":"].concat();
    if rest
        .bytes()
        .all(|it| it.is_ascii_graphic() && !NOT_IN_HREF.contains(&it))
    {
        out.push_str(rest);
        return Some(out);
    }
    for c in rest.chars() {
        match c {
            c if NOT_IN_HREF.iter().any(|it| c == char::from(*it)) => encode(c, &mut out),
            c if c.is_whitespace() || is_hidden(c) => encode(c, &mut out),
            c => out.push(c),
        }
    }
    Some(out)
}

/// Percent-encodes one character.
pub(super) fn encode(c: char, out: &mut String) {
    let mut buffer = [0; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        out.push('%');
        for digit in [byte >> 4, byte & 15] {
            out.extend(char::from_digit(digit.into(), 16).map(|d| d.to_ascii_uppercase()));
        }
    }
}
