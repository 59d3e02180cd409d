//! Cuts HTML into tags and words.
//!
//! It only needs to find where a tag ends and what it is called; what a tag
//! means is `html.rs`'s. Every byte is looked at a bounded number of times.

use std::borrow::Cow;

use super::markdown::named_character;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Words, their character references not yet resolved.
    Text(&'a str),
    /// A start tag.
    Start(Tag<'a>),
    /// An end tag's name.
    End(&'a str),
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    attributes: &'a str,
}

/// Cuts a source, piece by piece.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// Cleared when a quote was never closed: then tags end at the first `>`.
    heeds_quotes: bool,
    /// Cleared when there is no `>` any more: then `<` is a character.
    finds_tags: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            rest: source,
            heeds_quotes: true,
            finds_tags: true,
        }
    }

    /// Leaves out everything up to the end tag of `name`, or to the end.
    pub(super) fn skip_element(&mut self, name: &str) {
        let mut rest = self.rest;
        while let Some((_, after)) = rest.split_once("</") {
            let found = after.get(..name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.rest = after.split_once('>').map_or("", |(_, after)| after);
                return;
            }
            rest = after;
        }
        self.rest = "";
    }

    fn text(&mut self, length: usize) -> Token<'a> {
        let (text, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        Token::Text(text)
    }

    /// What is not shown: a comment, a declaration. `None` when the `<` at the
    /// start is none.
    fn after_hidden(&self) -> Option<&'a str> {
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            let shortest = comment.strip_prefix('>').or(comment.strip_prefix("->"));
            return Some(shortest.unwrap_or_else(|| after(comment, "-->")));
        }
        let hidden = ["<!", "<?"].iter().any(|sign| self.rest.starts_with(sign));
        hidden.then(|| after(self.rest, ">"))
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let inner = self.rest.strip_prefix('<').filter(|_| self.finds_tags)?;
        let (is_end, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let in_name = |c: char| !(c.is_whitespace() || matches!(c, '/' | '>' | '<'));
        let (name, inner) = inner.split_at(inner.find(|c| !in_name(c)).unwrap_or(inner.len()));
        let end = self.end_of_tag(inner)?;
        let (attributes, rest) = inner.split_at_checked(end)?;
        self.rest = rest.get(1..).unwrap_or_default();
        Some(if is_end {
            Token::End(name)
        } else {
            Token::Start(Tag { name, attributes })
        })
    }

    /// Where the `>` of a tag is. Each search in vain happens once.
    fn end_of_tag(&mut self, inner: &str) -> Option<usize> {
        if self.heeds_quotes {
            let end = unquoted_end(inner);
            if end.is_some() {
                return end;
            }
            self.heeds_quotes = false;
        }
        let end = inner.find('>');
        self.finds_tags = end.is_some();
        end
    }
}

/// What comes after the mark, or nothing when the mark does not come.
fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or("", |(_, rest)| rest)
}

/// Where the first `>` is that is not within an attribute's quotes.
fn unquoted_end(inner: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '>') => return Some(at),
            (None, '"' | '\'') if before == '=' => quote = Some(c),
            (None, _) => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    None
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            if !self.rest.starts_with('<') {
                let length = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(self.text(length));
            }
            if let Some(rest) = self.after_hidden() {
                self.rest = rest;
                continue;
            }
            return self.tag().or_else(|| Some(self.text(1)));
        }
        None
    }
}

impl<'a> Tag<'a> {
    /// An attribute's value, its character references resolved; empty for one
    /// without a value.
    pub(super) fn attribute(&self, wanted: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/'));
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            let after = after.trim_start();
            let (value, after) = match after.strip_prefix('=') {
                Some(after) => value(after.trim_start()),
                None => ("", after),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(decode(value));
            }
            rest = after;
        }
    }
}

fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

/// The longest character reference looked up, in bytes, with `&` and `;`
/// (the longest name in HTML is `CounterClockwiseContourIntegral`).
const REFERENCE_LIMIT: usize = 34;

/// A text with its character references (`&amp;`, `&#8230;`) resolved.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once('&') {
        out.push_str(before);
        match character(reference) {
            Some((decoded, after)) => {
                out.push_str(&decoded);
                rest = after;
            }
            None => {
                out.push('&');
                rest = reference;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn character(reference: &str) -> Option<(String, &str)> {
    let head = reference.get(..reference.floor_char_boundary(REFERENCE_LIMIT))?;
    let end = head.find(|c: char| !c.is_ascii_alphanumeric() && c != '#')?;
    let (name, rest) = (head.get(..end)?, reference.get(end..)?.strip_prefix(';')?);
    let decoded = match name {
        "" => return None,
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "nbsp" => "\u{a0}".to_owned(),
        name if name.starts_with('#') => numbered(name.get(1..)?)?.to_string(),
        name => named_character(&format!("&{name};"))?,
    };
    Some((decoded, rest))
}

fn numbered(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    char::from_u32(number.ok()?)
}
