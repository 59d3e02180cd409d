//! Running text in Markdown, so that it is read as the text it is.
//!
//! A backslash takes a sign's meaning, but only signs that could mean something get
//! one: the text is also read where nobody renders it. `<` is always a reference, so
//! that no reader of Markdown, however old, sees a tag. Rules are those of
//! [CommonMark](https://spec.commonmark.org/0.31.2/) and of GitHub's extensions.

use super::{
    clean,
    inline::{flatten, nest},
    tree::Inline,
    wiki_text::is_reference,
};

/// Where running text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// On lines of its own, at whose beginnings some words begin a block.
    Paragraph,
    /// Behind a title's signs.
    Heading,
    /// Between two bars.
    Cell,
}

/// Writes running text; `out` is empty where it is a paragraph.
pub(super) fn write_text(content: &[Inline], line: Line, out: &mut String) {
    let mut pen = Pen {
        out,
        line,
        in_link: false,
    };
    pen.all(&nest(flatten(content)), '\n');
    let end = pen.out.trim_end().len();
    pen.out.truncate(end);
}

/// Stands for signs that surely follow.
const ANY_SIGN: char = '"';

struct Pen<'o> {
    out: &'o mut String,
    line: Line,
    in_link: bool,
}

/// The first sign that a piece is written with.
fn first(inline: &Inline) -> char {
    match inline {
        Inline::Text(text) => text.chars().next().unwrap_or('\n'),
        Inline::Strong(_) | Inline::Em(_) => '*',
        Inline::Strike(_) => '~',
        Inline::Code(_) => '`',
        Inline::Link { .. } => '[',
        Inline::Break => '\n',
    }
}

impl Pen<'_> {
    /// Pieces side by side; `next` is what follows them.
    fn all(&mut self, pieces: &[Inline], next: char) {
        for (index, piece) in pieces.iter().enumerate() {
            let next = pieces.get(index + 1).map_or(next, first);
            match piece {
                Inline::Text(text) => self.text(text, next),
                Inline::Strong(inner) => self.marked("**", inner, next),
                Inline::Em(inner) => {
                    // Within a word only `*` is heeded.
                    let is_apart = is_sign(self.before()) && is_certain(next);
                    self.marked(if is_apart { "_" } else { "*" }, inner, next);
                }
                Inline::Strike(inner) => self.marked("~~", inner, next),
                Inline::Code(text) => self.code(text, next),
                Inline::Link { href, content } => self.link(href, content, next),
                Inline::Break => self.line_break(),
            }
        }
    }

    fn before(&self) -> char {
        self.out.chars().next_back().unwrap_or('\n')
    }

    fn is_at_start(&self) -> bool {
        self.line == Line::Paragraph && self.before() == '\n'
    }

    fn line_break(&mut self) {
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        self.out.push_str(match self.line {
            Line::Paragraph if end == 0 => "",
            Line::Paragraph => "  \n",
            Line::Heading | Line::Cell => " ",
        });
    }

    /// White space at the ends stands outside of the signs, which would mean nothing
    /// beside it. Nor do they between a letter and a sign: then there are none.
    fn marked(&mut self, sign: &str, inner: &[Inline], next: char) {
        let start = self.out.len();
        self.out.push_str(sign);
        self.all(inner, ANY_SIGN);
        let written = self.out.split_off(start);
        let written = written.get(sign.len()..).unwrap_or_default();
        let body = written.trim();
        let before = written.len() - written.trim_start().len();
        let (before, rest) = written.split_at_checked(before).unwrap_or_default();
        let after = rest.get(body.len()..).unwrap_or_default();
        let outer = (
            before.chars().next().unwrap_or(self.before()),
            after.chars().next().unwrap_or(next),
        );
        if !is_heeded(sign, body, outer) {
            return self.all(inner, next);
        }
        if !self.is_at_start() {
            self.out.push_str(before);
        }
        self.out.extend([sign, body, sign, after]);
    }

    fn code(&mut self, text: &str, next: char) {
        // A bar ends a cell before anybody looks for code, and two fences side by side
        // are another one.
        let is_cut = self.line == Line::Cell && text.contains('|');
        if text.trim().is_empty() || is_cut || self.before() == '`' {
            return self.text(text, next);
        }
        let fence = "`".repeat(longest_run(text) + 1);
        let is_open = |c: char| c == '`' || c == ' ';
        let pad = match text.starts_with(is_open) || text.ends_with(is_open) {
            true => " ",
            false => "",
        };
        self.out.extend([&*fence, pad, text, pad, &*fence]);
    }

    /// A link; one that shows its address stands there as it is, where readers make
    /// links of addresses.
    fn link(&mut self, href: &str, content: &[Inline], next: char) {
        let Some(href) = clean::href(href) else {
            return self.all(content, next);
        };
        let shows_itself = matches!(content, [Inline::Text(text)] if *text == href);
        let is_apart = self.before().is_whitespace() && next.is_whitespace();
        if shows_itself && is_apart && is_plain(&href) {
            return self.out.push_str(&href);
        }
        self.out.push('[');
        self.in_link = true;
        self.all(content, ']');
        self.in_link = false;
        self.out.push_str("](");
        destination(&href, self.out);
        self.out.push(')');
    }

    /// Words; `next` is what follows them.
    fn text(&mut self, text: &str, next: char) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if self.is_at_start() {
                let signs = block_signs(rest);
                if let Some((signs, last)) = signs {
                    self.out.push_str(signs);
                    self.out.extend(['\\', last]);
                    rest = rest
                        .get(signs.len() + last.len_utf8()..)
                        .unwrap_or_default();
                    continue;
                }
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            let after = rest.chars().next().unwrap_or(next);
            self.sign(c, after, rest);
        }
    }

    fn sign(&mut self, c: char, after: char, rest: &str) {
        let means_something = match c {
            // Where a dollar begins a formula, that could end within code.
            '*' | '`' | '~' | '|' | '$' => true,
            '_' => !(self.before().is_alphanumeric() && after.is_alphanumeric()),
            // What follows may be gone: white space at the end of a line or of bold words.
            '\\' => after.is_ascii_punctuation() || after.is_whitespace(),
            '[' => self.in_link,
            // An address, another name or a definition would follow, maybe after signs
            // that are not written.
            ']' => self.in_link || matches!(after, '(' | '[' | ':' | '*' | '_' | '~'),
            // Signs at a title's end are no part of it.
            '#' => self.line == Line::Heading && self.before().is_whitespace(),
            '!' => matches!(after, '[' | '*' | '_' | '~'),
            _ => false,
        };
        match c {
            '<' => self.out.push_str("&lt;"),
            '&' if is_reference(rest) => self.out.push_str("&amp;"),
            c if c.is_whitespace() && self.is_at_start() => {}
            c if means_something => self.out.extend(['\\', c]),
            c => self.out.push(c),
        }
    }
}

fn is_sign(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_punctuation()
}

/// Whether what follows is no letter. The signs of marks may turn out not to be written.
fn is_certain(after: char) -> bool {
    is_sign(after) && !matches!(after, '*' | '_' | '~')
}

/// Whether signs around words are heeded between these two: not beside their like,
/// and not with a letter outside where a sign is inside.
fn is_heeded(sign: &str, body: &str, (before, after): (char, char)) -> bool {
    let (Some(first), Some(last)) = (body.chars().next(), body.chars().next_back()) else {
        return false;
    };
    let begins = first.is_alphanumeric() || is_sign(before);
    let ends = last.is_alphanumeric() || is_certain(after);
    begins && ends && !sign.contains([before, after])
}

/// How many backticks stand side by side at most.
pub(super) fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`');
    runs.map(str::len).max().unwrap_or_default()
}

/// Whether an address holds only signs that mean nothing within a text.
fn is_plain(href: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/?#@!$&'+,=%".contains(c);
    href.chars().all(is_plain) && !href.ends_with(|c: char| !c.is_ascii_alphanumeric() && c != '/')
}

/// Writes an address between parentheses.
fn destination(href: &str, out: &mut String) {
    for (at, c) in href.char_indices() {
        match c {
            '(' | ')' => clean::encode(c, out),
            '&' if href.get(at + 1..).is_some_and(is_reference) => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
}

/// The signs at the beginning of a line that would begin a title, an item, a quote,
/// a line or a table there; the last of them is the one to be escaped.
fn block_signs(line: &str) -> Option<(&str, char)> {
    let mut signs = line.chars();
    let sign = signs.next()?;
    let after = signs.as_str();
    let ends = |rest: &str| rest.chars().next().is_none_or(char::is_whitespace);
    let is_block = match sign {
        '>' | '=' => true,
        '#' => ends(after.trim_start_matches('#')),
        '+' => ends(after),
        '-' => ends(after) || after.starts_with(['-', ':', '|']),
        ':' => after.starts_with('-'),
        _ => false,
    };
    if is_block {
        return Some(("", sign));
    }
    let number = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (digits, rest) = line.split_at_checked(number)?;
    let dot = rest.chars().next().filter(|c| matches!(c, '.' | ')'))?;
    let is_item = !digits.is_empty() && ends(rest.get(1..).unwrap_or_default());
    is_item.then_some((digits, dot))
}
