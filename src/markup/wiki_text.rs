//! Running text in wiki markup, so that it is read as the text it is.
//!
//! Jira's renderer takes a backslash before punctuation as "this sign is just a
//! sign", except before another backslash, where it is a line break, before a
//! brace, which is lost, and before a dot or a parenthesis, where the backslash is
//! shown: so these signs are written as HTML entities. In monospace and in a
//! link's text the renderer does not always heed backslashes, so there every sign
//! is an entity. Only signs that could mean something are escaped: an issue is also
//! read, searched and edited as markup.

use super::clean;

/// How a sign is kept from meaning something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// `\*`: running text.
    Backslash,
    /// `&#42;`: monospace, the text of a link.
    Entity,
}

impl Escape {
    fn put(self, c: char, out: &mut String) {
        if self == Self::Backslash && heeds_backslash(c) {
            out.push('\\');
            out.push(c);
        } else {
            entity(c, out);
        }
    }
}

/// Whether the renderer takes a backslash before this sign for an escape.
fn heeds_backslash(c: char) -> bool {
    c.is_ascii_punctuation() && !matches!(c, '\\' | '{' | '}' | '.' | '(' | ')')
}

fn entity(c: char, out: &mut String) {
    out.push_str("&#");
    out.push_str(&u32::from(c).to_string());
    out.push(';');
}

/// Writes running text, sign by sign.
pub(super) struct Pen<'o> {
    pub(super) out: &'o mut String,
    /// Where the line's text begins: there some words begin a block.
    line: usize,
}

impl<'o> Pen<'o> {
    /// A pen at the begin of a line's text.
    pub(super) fn new(out: &'o mut String) -> Self {
        let line = out.len();
        Self { out, line }
    }

    /// Breaks the line.
    pub(super) fn line_break(&mut self, sign: &str) {
        self.out.push_str(sign);
        self.line = self.out.len();
    }

    fn is_at_start(&self) -> bool {
        self.out.len() == self.line
    }

    /// What the line's next sign comes after.
    pub(super) fn before(&self) -> char {
        let written = self.out.get(self.line..);
        let last = written.and_then(|line| line.chars().next_back());
        last.unwrap_or('\n')
    }

    /// Writes a text; `next` is what follows it (`\n` at the end of a block).
    pub(super) fn text(&mut self, text: &str, next: char, escape: Escape) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            let after = rest.chars().next().unwrap_or(next);
            self.sign(c, after, rest, escape);
        }
    }

    fn sign(&mut self, c: char, after: char, rest: &str, escape: Escape) {
        let before = self.before();
        let means_something = match c {
            '{' | '}' | '[' | ']' | '|' | '*' | '~' | '^' => true,
            // Within a word they are part of it.
            '-' | '_' | '+' => !(is_letter(before) && is_letter(after)),
            // `!image!` begins at a sign.
            '!' => !after.is_whitespace(),
            // `??citation??`
            '?' => after == '?' || before == '?',
            // A numbered list (also after a mark's sign), or a link's anchor.
            '#' => matches!(before, '\n' | '*' | '_' | '-' | '}') || escape == Escape::Entity,
            // `h1.`, `bq.`
            '.' => is_block_sign(self.out.get(self.line..).unwrap_or_default()),
            '(' => is_emoticon(rest),
            _ => false,
        };
        match c {
            // `:)` and `;)`; an entity also ends so.
            '(' | ')' if matches!(before, ':' | ';') => entity(c, self.out),
            _ if means_something => escape.put(c, self.out),
            '\\' => entity(c, self.out),
            '&' if is_reference(rest) => self.out.push_str("&amp;"),
            ':' if self.is_colon_active(after, rest) => entity(c, self.out),
            c if c.is_whitespace() && self.is_at_start() => {}
            c => self.out.push(c),
        }
    }

    /// Whether a colon makes a `:P`, or an address that Jira would turn into a
    /// link. A link in the text was one in the tree; any other is an indicator.
    fn is_colon_active(&self, after: char, rest: &str) -> bool {
        if matches!(after, 'P' | 'p' | 'D') {
            return true;
        }
        let line = self.out.get(self.line..).unwrap_or_default();
        let is_after = |scheme: &str| ends_with_word(line, scheme);
        if rest.starts_with("//") {
            return !DEFANGED.into_iter().any(is_after);
        }
        !after.is_whitespace() && BARE_SCHEMES.into_iter().any(is_after)
    }

    /// Writes a text in monospace.
    pub(super) fn monospace(&mut self, text: &str) {
        self.out.push_str("{{");
        let word = text.split(|c: char| !c.is_ascii_alphanumeric()).next();
        let is_macro = |word: &str| MACROS.iter().any(|name| word.eq_ignore_ascii_case(name));
        let mut rest = text.chars();
        if word.is_some_and(is_macro) {
            rest.by_ref().take(1).for_each(|c| entity(c, self.out));
        }
        self.text(rest.as_str(), '}', Escape::Entity);
        self.out.push_str("}}");
    }

    /// Writes a link.
    pub(super) fn link(&mut self, text: &str, href: &str) {
        self.out.push('[');
        let bare = self.out.len();
        address(href, self.out);
        let is_bare = self.out.get(bare..).is_some_and(|written| written == text);
        if !is_bare {
            self.out.truncate(bare);
            // The brackets begin a line of their own.
            let line = std::mem::replace(&mut self.line, bare);
            self.text(text, '|', Escape::Entity);
            self.line = line;
            self.out.push('|');
            address(href, self.out);
        }
        self.out.push(']');
    }
}

/// Schemes that Jira does not know, used to write down hostile addresses.
const DEFANGED: [&str; 2] = ["hxxp", "hxxps"];

/// Schemes whose addresses have no slashes.
const BARE_SCHEMES: [&str; 9] = [
    "mailto",
    "news",
    "nntp",
    "callto",
    "skype",
    "sip",
    "tel",
    "file",
    "javascript",
];

/// The macros that Jira has. A word in monospace that is one's name (`{{code}}`)
/// would begin it.
const MACROS: [&str; 13] = [
    "code", "noformat", "quote", "panel", "color", "anchor", "html", "info", "note", "tip",
    "warning", "include", "expand",
];

fn ends_with_word(line: &str, word: &str) -> bool {
    let Some(start) = line.len().checked_sub(word.len()) else {
        return false;
    };
    let found = line.get(start..);
    let before = line.get(..start).and_then(|line| line.chars().next_back());
    found.is_some_and(|found| found.eq_ignore_ascii_case(word))
        && !before.is_some_and(char::is_alphanumeric)
}

/// Letters and digits that both this code and Jira's take for such.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' | 'А'..='я')
}

/// Whether what follows a parenthesis makes it an emoticon, such as `(x)`.
fn is_emoticon(rest: &str) -> bool {
    const NAMES: [&str; 18] = [
        "y", "n", "i", "/", "x", "!", "+", "-", "?", "on", "off", "*", "*r", "*g", "*b", "*y",
        "flag", "flagoff",
    ];
    let head = rest.get(..rest.floor_char_boundary("flagoff)".len()));
    let name = head.and_then(|head| head.split_once(')'));
    name.is_some_and(|(name, _)| NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Whether what follows a `&` makes it a character reference.
pub(super) fn is_reference(rest: &str) -> bool {
    const LONGEST: usize = 40;
    let name = rest.get(..rest.floor_char_boundary(LONGEST));
    let name = name.and_then(|head| head.split_once(';'));
    name.is_some_and(|(name, _)| {
        let digits = name.strip_prefix('#').unwrap_or(name);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// Whether a dot after this line would make it a title or a quote.
fn is_block_sign(line: &str) -> bool {
    let level = line.strip_prefix('h');
    line == "bq" || level.is_some_and(|level| level.len() == 1 && ("1"..="6").contains(&level))
}

/// Writes an address within a link.
fn address(href: &str, out: &mut String) {
    let mut rest = href;
    let mut reference = false;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        reference |= c == '&' && is_reference(rest);
        match c {
            '[' | ']' | '|' | '{' | '}' | '!' | '\\' => clean::encode(c, out),
            ';' if reference => clean::encode(c, out),
            c => out.push(c),
        }
        reference &= c != ';';
    }
}
