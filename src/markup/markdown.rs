//! Markdown to a tree.
//!
//! OpenCTI's descriptions are Markdown, often pasted from plain text: so a line
//! end inside a paragraph stays a line break, as Jira itself treats it. Bare
//! addresses stay text (they are mostly indicators, not references); `<…>` and
//! `[…](…)` make links.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{
    build::{Builder, Container, Mark},
    html,
    source::head,
    tree::{Document, NESTING_LIMIT},
};

/// Reads Markdown (CommonMark with tables, strikethrough and task lists).
///
/// ```
/// # use jira_intake::markup::{from_markdown, plain_text};
/// let document = from_markdown("**Emotet** on `WIN-7`");
/// assert_eq!(plain_text(&document), "Emotet on WIN-7");
/// ```
#[must_use]
pub fn from_markdown(source: &str) -> Document {
    let (source, incomplete) = head(source);
    let source = &shallow(source);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(source, options) {
        reader.event(event);
    }
    let mut document = reader.builder.finish();
    document.incomplete = incomplete;
    document
}

/// How far into a line the signs of quotes and lists are heeded, in columns.
/// The parser looks at every open block for every line, so that thousands of
/// open ones would cost their number times the lines. Each takes a column at
/// least; those beyond are many times deeper than [`NESTING_LIMIT`].
const SIGNS_LIMIT: usize = 16 * NESTING_LIMIT;

/// The source without the signs of quotes and lists that stand too far right.
fn shallow(source: &str) -> Cow<'_, str> {
    if !source.lines().any(|line| far_signs(line).is_some()) {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        match far_signs(line) {
            Some((near, words)) => out.extend([near, words]),
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// A line whose signs go too far: its signs before the limit, and its words.
fn far_signs(line: &str) -> Option<(&str, &str)> {
    let columns = |c: u8| if c == b'\t' { 4 } else { 1 };
    let (mut near, mut words, mut column) = ("", line, 0);
    while let Some(after) = after_sign(words) {
        let length = words.len() - after.len();
        column += words.bytes().take(length).map(columns).sum::<usize>();
        words = after;
        if column <= SIGNS_LIMIT {
            near = line.get(..line.len() - words.len()).unwrap_or_default();
        }
    }
    (column > SIGNS_LIMIT).then_some((near, words))
}

/// What comes after a `>`, a bullet or a number with its dot.
fn after_sign(line: &str) -> Option<&str> {
    let sign = line.trim_start_matches([' ', '\t']);
    if let Some(rest) = sign.strip_prefix('>') {
        return Some(rest);
    }
    let number = sign.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = number.len() < sign.len();
    let signs: &[char] = if is_number {
        &['.', ')']
    } else {
        &['-', '+', '*']
    };
    let rest = number.strip_prefix(signs)?;
    rest.starts_with([' ', '\t']).then_some(rest)
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    /// A block of HTML, until its end.
    html: Option<String>,
    /// The HTML element whose words are not shown, until its end tag.
    hidden: Option<Vec<u8>>,
    /// A picture's description and address, until its end.
    image: Option<(String, String)>,
    /// Pictures inside of a picture's description.
    images: usize,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.code(&text),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => self.builder.rule(),
            Event::TaskListMarker(done) => self.builder.task(done),
            Event::Html(source) => self.html.get_or_insert_default().push_str(&source),
            Event::InlineHtml(source) => {
                if self.image.is_none() {
                    html::inline(&source, &mut self.builder, &mut self.hidden);
                }
            }
            // Not enabled; their words would still be shown.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::FootnoteReference(text) => self.text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.builder.heading(Some(number(level))),
            Tag::BlockQuote(_) => self.builder.open(Container::Quote),
            Tag::CodeBlock(kind) => self.builder.begin_code(language(kind)),
            Tag::List(start) => self.builder.open(Container::List(start)),
            Tag::Item => self.builder.open(Container::Item),
            Tag::Table(_) => self.builder.open(Container::Table),
            Tag::TableHead => self.builder.open(Container::Row { header: true }),
            Tag::TableRow => self.builder.open(Container::Row { header: false }),
            Tag::TableCell => self.builder.open(Container::Cell),
            Tag::Strong => self.builder.mark(Mark::Strong),
            Tag::Emphasis => self.builder.mark(Mark::Em),
            Tag::Strikethrough => self.builder.mark(Mark::Strike),
            Tag::Link { dest_url, .. } => self.builder.link(&dest_url),
            Tag::Image { .. } if self.image.is_some() => self.images += 1,
            Tag::Image { dest_url, .. } => {
                self.image = Some((String::new(), dest_url.into_string()));
            }
            Tag::HtmlBlock => self.html = Some(String::new()),
            _ => self.builder.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.end_of_words();
                self.builder.heading(None);
            }
            TagEnd::CodeBlock => self.builder.end_code(),
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell => {
                self.end_of_words();
                self.builder.close();
            }
            TagEnd::Strong => self.builder.unmark(Mark::Strong),
            TagEnd::Emphasis => self.builder.unmark(Mark::Em),
            TagEnd::Strikethrough => self.builder.unmark(Mark::Strike),
            TagEnd::Link => self.builder.unlink(),
            TagEnd::Image if self.images > 0 => self.images -= 1,
            TagEnd::Image => {
                if let Some((alt, src)) = self.image.take() {
                    self.builder.image(&alt, &src);
                }
            }
            TagEnd::HtmlBlock => {
                if let Some(source) = self.html.take() {
                    html::block(&source, &mut self.builder);
                }
            }
            _ => self.end_of_words(),
        }
    }

    /// A block ends: what its HTML left open ends with it.
    fn end_of_words(&mut self) {
        self.builder.flush();
        self.builder.reset_marks();
        self.hidden = None;
    }

    fn text(&mut self, text: &str) {
        match &mut self.image {
            Some((alt, _)) => alt.push_str(text),
            None if self.hidden.is_some() => {}
            None => self.builder.text(text),
        }
    }

    fn code(&mut self, text: &str) {
        match &mut self.image {
            Some((alt, _)) => alt.push_str(text),
            None if self.hidden.is_some() => {}
            None => self.builder.inline_code(text),
        }
    }

    fn line_break(&mut self) {
        match &mut self.image {
            Some((alt, _)) => alt.push(' '),
            None => self.builder.line_break(),
        }
    }
}

fn language(kind: CodeBlockKind<'_>) -> Option<String> {
    let CodeBlockKind::Fenced(info) = kind else {
        return None;
    };
    info.split([' ', ',', '{']).next().map(str::to_owned)
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}
