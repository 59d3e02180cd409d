//! The pieces of a line of wiki markup: signs of marks, links, monospace, pictures,
//! people. Reads each line once, from left to right.

use super::{
    adf_in::SOMEBODY,
    build::Mark,
    clean,
    wiki_escape::{plain, reference},
};
use crate::text::short;

/// Longer names of people and pictures are cut.
const NAME_LIMIT: usize = 100;

/// A piece of a line.
pub(super) enum Token {
    Text(String),
    Code(String),
    Link { href: String, text: String },
    Break,
    Sign(Sign),
}

/// A sign that may begin or end a mark.
pub(super) struct Sign {
    pub(super) sign: char,
    /// As it is written, `*` or `{*}`.
    pub(super) written: &'static str,
    pub(super) opens: bool,
    pub(super) closes: bool,
    pub(super) role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    Open,
    Close,
}

/// The signs of marks, bare and in braces, as which they work within a word;
/// underlined is not marked.
pub(super) const SIGNS: [(char, &str, &str, Option<Mark>); 4] = [
    ('*', "*", "{*}", Some(Mark::Strong)),
    ('_', "_", "{_}", Some(Mark::Em)),
    ('-', "-", "{-}", Some(Mark::Strike)),
    ('+', "+", "{+}", None),
];

pub(super) struct Lexer<'l> {
    rest: &'l str,
    before: char,
    tokens: Vec<Token>,
    /// There is no `}}` any more.
    no_code: bool,
}

impl<'l> Lexer<'l> {
    pub(super) fn new(line: &'l str) -> Self {
        Self {
            rest: line,
            before: ' ',
            tokens: Vec::new(),
            no_code: false,
        }
    }

    pub(super) fn tokens(mut self) -> Vec<Token> {
        while let Some(c) = self.rest.chars().next() {
            if !self.construct(c) {
                self.skip(c.len_utf8());
                self.text(c.encode_utf8(&mut [0; 4]));
            }
        }
        self.tokens
    }

    fn skip(&mut self, length: usize) -> &'l str {
        let (done, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.before = done.chars().next_back().unwrap_or(self.before);
        self.rest = rest;
        done
    }

    fn text(&mut self, text: &str) {
        match self.tokens.last_mut() {
            Some(Token::Text(last)) => last.push_str(text),
            _ => self.tokens.push(Token::Text(text.to_owned())),
        }
    }

    /// Reads what begins here, if it is more than a sign.
    fn construct(&mut self, c: char) -> bool {
        match c {
            '\\' => self.escape(),
            '{' => self.code() || self.braced() || self.dropped(),
            '[' => self.link(),
            '!' => self.picture(),
            '*' | '_' | '-' | '+' => self.bare_sign(c),
            '&' => self.reference(),
            'h' | 'H' | 'm' | 'M' => self.address(),
            _ => false,
        }
    }

    /// Two backslashes break the line; one takes a sign's meaning, but not a dot's
    /// or a parenthesis's.
    fn escape(&mut self) -> bool {
        let Some(c) = self.rest.chars().nth(1) else {
            return false;
        };
        if c == '\\' {
            self.skip(2);
            self.tokens.push(Token::Break);
            return true;
        }
        let is_escaped = c.is_ascii_punctuation() && !matches!(c, '.' | '(' | ')');
        if is_escaped {
            self.skip(2);
            self.text(c.encode_utf8(&mut [0; 4]));
        }
        is_escaped
    }

    fn code(&mut self) -> bool {
        if self.no_code {
            return false;
        }
        let Some(inner) = self.rest.strip_prefix("{{") else {
            return false;
        };
        let end = inner.find("}}");
        self.no_code = end.is_none();
        let Some(text) = end.and_then(|end| inner.get(..end)) else {
            return false;
        };
        self.skip(text.len() + 4);
        self.tokens.push(Token::Code(plain(text)));
        true
    }

    fn braced(&mut self) -> bool {
        let found = SIGNS
            .iter()
            .find(|(_, _, braced, _)| self.rest.starts_with(braced));
        let Some((sign, _, written, _)) = found else {
            return false;
        };
        self.skip(written.len());
        self.sign(*sign, written, true, true);
        true
    }

    /// Signs of colours and anchors say nothing in words.
    fn dropped(&mut self) -> bool {
        /// Longer parameters are none.
        const LIMIT: usize = 100;
        let head = self.rest.get(1..self.rest.floor_char_boundary(LIMIT));
        let Some((inner, _)) = head.and_then(|head| head.split_once('}')) else {
            return false;
        };
        let (name, parameter) = inner.split_once(':').unwrap_or((inner, ""));
        let is_color = name.eq_ignore_ascii_case("color");
        let is_anchor = name.eq_ignore_ascii_case("anchor") && !parameter.is_empty();
        if is_color || is_anchor {
            self.rest = self.rest.get(inner.len() + 2..).unwrap_or_default();
        }
        is_color || is_anchor
    }

    fn bare_sign(&mut self, c: char) -> bool {
        let Some((sign, written, ..)) = SIGNS.iter().find(|(it, ..)| *it == c) else {
            return false;
        };
        let before = self.before;
        self.skip(1);
        let after = self.rest.chars().next().unwrap_or(' ');
        let opens = !before.is_alphanumeric() && !after.is_whitespace() && after != c;
        let closes = !before.is_whitespace() && !after.is_alphanumeric();
        self.sign(*sign, written, opens, closes);
        true
    }

    fn sign(&mut self, sign: char, written: &'static str, opens: bool, closes: bool) {
        self.tokens.push(Token::Sign(Sign {
            sign,
            written,
            opens,
            closes,
            role: Role::Text,
        }));
    }

    fn link(&mut self) -> bool {
        let inner = self.rest.get(1..).unwrap_or_default();
        let end = inner.find(['[', ']']);
        let inner = end.and_then(|end| inner.get(..end).zip(inner.get(end..)));
        let Some((inner, _)) = inner.filter(|(_, rest)| rest.starts_with(']')) else {
            return false;
        };
        let Some(token) = link(inner) else {
            return false;
        };
        self.skip(inner.len() + 2);
        match token {
            Token::Text(text) => self.text(&text),
            other => self.tokens.push(other),
        }
        true
    }

    /// A picture is told by its name, one of elsewhere by its address.
    fn picture(&mut self) -> bool {
        let inner = self.rest.get(1..).unwrap_or_default();
        let end = inner.find('!').and_then(|end| inner.get(..end));
        let Some(inner) = end.filter(|_| !self.before.is_alphanumeric()) else {
            return false;
        };
        let name = inner.split('|').next().unwrap_or_default();
        let is_apart = name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace);
        if is_apart || !is_file(name) {
            return false;
        }
        self.skip(inner.len() + 2);
        match clean::href(name) {
            Some(href) => self.tokens.push(Token::Link {
                text: href.clone(),
                href,
            }),
            None => self.text(&short(&plain(name), NAME_LIMIT)),
        }
        true
    }

    fn reference(&mut self) -> bool {
        let Some((c, length)) = reference(self.rest) else {
            return false;
        };
        self.skip(length);
        self.text(c.encode_utf8(&mut [0; 4]));
        true
    }

    /// An address that stands in the text, up to what cannot be part of it.
    fn address(&mut self) -> bool {
        /// Longer addresses are no links.
        const LIMIT: usize = 2_048;
        const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];
        let begins = |scheme: &&str| {
            let head = self.rest.get(..scheme.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        };
        if self.before.is_alphanumeric() || !SCHEMES.iter().any(begins) {
            return false;
        }
        let is_end = |c: char| c.is_whitespace() || "<>\"{}|[]^\\`".contains(c);
        let head = self.rest.get(..self.rest.floor_char_boundary(LIMIT));
        let found = head
            .and_then(|head| head.split(is_end).next())
            .unwrap_or_default();
        let found = found.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '+']);
        let found = match found.contains('(') {
            true => found,
            false => found.trim_end_matches(')'),
        };
        let Some(href) = clean::href(found) else {
            // Not looked at again.
            let text = self.skip(found.len());
            self.text(text);
            return !text.is_empty();
        };
        let text = self.skip(found.len()).to_owned();
        self.tokens.push(Token::Link { href, text });
        true
    }
}

/// What stands in brackets: `text|address`, `address`, `~person`, `^file`.
fn link(inner: &str) -> Option<Token> {
    if let Some(person) = inner.strip_prefix('~') {
        return Some(Token::Text(person_named(person)));
    }
    let mut parts = inner.split('|').map(str::trim);
    let (first, second) = (parts.next()?, parts.next());
    let target = second.unwrap_or(first);
    if let Some(file) = target.strip_prefix('^') {
        let text = if second.is_some() { first } else { file };
        return Some(Token::Text(plain(text)));
    }
    let href = clean::href(target)?;
    let text = match first.is_empty() {
        true => href.clone(),
        false => plain(first),
    };
    Some(Token::Link { href, text })
}

/// A person by user name; an account id says nothing to people.
fn person_named(person: &str) -> String {
    match short(&plain(person), NAME_LIMIT) {
        name if name.is_empty() || name.contains(':') => SOMEBODY.to_owned(),
        name => format!("@{name}"),
    }
}

/// Whether a name is one of a file, or an address.
fn is_file(name: &str) -> bool {
    /// Endings are no longer.
    const LIMIT: usize = 5;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is_ending =
        |it: &str| (1..=LIMIT).contains(&it.len()) && it.bytes().all(|c| c.is_ascii_alphanumeric());
    ending.is_some_and(is_ending) || clean::href(name).is_some()
}
