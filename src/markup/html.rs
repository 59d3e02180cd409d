//! HTML to a tree.
//!
//! OpenCTI's `content` comes from a rich text editor, and Markdown may hold
//! HTML too. Known tags become structure, of unknown ones the words stay, and
//! nothing of what runs or is hidden (scripts, styles, comments) is kept.

use std::borrow::Cow;

use html5gum::{Error, State, Token, naive_next_state};

use super::{
    build::{Builder, Container, Mark},
    html_tag::{Element, KINDS, Kind, Tag, attribute, language},
    html_tokens::tokens,
    source,
    tree::Document,
};

/// How many block elements are followed at a time; what is deeper is read as
/// words. Four times the nesting of blocks: a table is three elements deep.
const OPEN_LIMIT: usize = 4 * super::tree::NESTING_LIMIT;

/// How often a tag that never ends is mended. Its open quote is the cause, and
/// there are two kinds; who does it more often wants it to cost time. What then
/// follows is left out, as a browser leaves out all that follows the first.
const MEND_LIMIT: usize = 3;

/// Reads HTML.
///
/// ```
/// # use jira_intake::markup::{from_html, plain_text};
/// let document = from_html("<p>a &amp; <b>b</b></p><script>alert(1)</script>");
/// assert_eq!(plain_text(&document), "a & b");
/// ```
#[must_use]
pub fn from_html(source: &str) -> Document {
    let (source, incomplete) = source::head(source);
    let mut builder = Builder::default();
    block(source, &mut builder);
    let mut document = builder.finish();
    document.incomplete = incomplete;
    document
}

/// Reads a block of HTML; what it leaves open is closed.
pub(super) fn block(source: &str, builder: &mut Builder) {
    let mut reader = Reader {
        builder,
        open: Vec::new(),
        beyond: [0; KINDS],
        hidden: None,
    };
    let mut source = Cow::Borrowed(source);
    for _ in 0..=MEND_LIMIT {
        let Some(unfinished) = reader.read(&source) else {
            break;
        };
        source = Cow::Owned(match unfinished.split_once('>') {
            Some((tag, rest)) => format!("{}>{rest}", tag.replace(['"', '\''], "")),
            None => unfinished.replace('<', "&lt;"),
        });
    }
    reader.finish();
}

/// Reads one tag inside of Markdown's running text: only what can stand there
/// counts. `hidden` names the element whose words are to be left out.
pub(super) fn inline(source: &str, builder: &mut Builder, hidden: &mut Option<Vec<u8>>) {
    for Ok(token) in tokens(source) {
        match (token, hidden.as_deref()) {
            (Token::EndTag(tag), Some(open)) if tag.name == open => *hidden = None,
            (Token::StartTag(tag), None) => match Element::of(&tag.name) {
                Element::Hidden => *hidden = Some(tag.name.into()),
                element => start_inline(element, &tag, builder),
            },
            (Token::EndTag(tag), None) => end_inline(Element::of(&tag.name), builder),
            _ => {}
        }
    }
}

fn start_inline(element: Element, tag: &Tag, builder: &mut Builder) {
    match element {
        Element::Mark(mark) => builder.mark(mark),
        Element::Link => builder.link(&attribute(tag, "href").unwrap_or_default()),
        Element::Image => builder.image(
            &attribute(tag, "alt").unwrap_or_default(),
            &attribute(tag, "src").unwrap_or_default(),
        ),
        Element::Break => builder.line_break(),
        _ => {}
    }
}

fn end_inline(element: Element, builder: &mut Builder) {
    match element {
        Element::Mark(mark) => builder.unmark(mark),
        Element::Link => builder.unlink(),
        _ => {}
    }
}

struct Reader<'b> {
    builder: &'b mut Builder,
    open: Vec<Kind>,
    /// Open elements of each kind beyond the limit: their end tags mean nothing.
    beyond: [usize; KINDS],
    /// The element whose words are not shown, until its end tag.
    hidden: Option<Vec<u8>>,
}

impl Reader<'_> {
    /// Reads until the end, or until a tag that never ends, and returns that.
    fn read<'s>(&mut self, source: &'s str) -> Option<&'s str> {
        let mut tokens = tokens(source);
        let mut end = 0;
        while let Some(Ok(token)) = tokens.next() {
            let span = match &token {
                Token::StartTag(tag) => {
                    if let Some(state) = self.state_within(tag) {
                        tokens.set_state(state);
                    }
                    tag.span
                }
                Token::EndTag(tag) => tag.span,
                Token::String(text) | Token::Comment(text) => text.span,
                Token::Doctype(doctype) => doctype.span,
                Token::Error(error) if **error == Error::EofInTag => return source.get(end..),
                Token::Error(_) => continue,
            };
            end = span.end;
            self.token(token);
        }
        None
    }

    /// How to read on after a tag, if not as HTML: in a script there are no
    /// tags. Within a drawing such an element may be empty.
    fn state_within(&self, tag: &Tag) -> Option<State> {
        let is_empty = tag.self_closing && self.hidden.is_some();
        let is_raw = Element::of(&tag.name) == Element::Hidden && !is_empty;
        naive_next_state(&tag.name).filter(|_| is_raw)
    }

    fn token(&mut self, token: Token<usize>) {
        match (token, self.hidden.as_deref()) {
            (Token::EndTag(tag), Some(open)) if tag.name == open => self.hidden = None,
            (_, Some(_)) => {}
            (Token::String(text), None) => self.words(&String::from_utf8_lossy(&text)),
            (Token::StartTag(tag), None) => match Element::of(&tag.name) {
                Element::Hidden => self.hidden = Some(tag.name.into()),
                element => self.start(element, &tag),
            },
            (Token::EndTag(tag), None) => self.end(Element::of(&tag.name)),
            _ => {}
        }
    }

    /// Words, white space collapsed as a browser does it.
    fn words(&mut self, text: &str) {
        if self.builder.in_code() {
            return self.builder.text(text);
        }
        let mut collapsed = String::with_capacity(text.len());
        let mut after_space = self.builder.after_space();
        for c in text.chars() {
            let is_space = c.is_ascii_whitespace();
            match (is_space, after_space) {
                (true, true) => {}
                (true, false) => collapsed.push(' '),
                (false, _) => collapsed.push(c),
            }
            after_space = is_space;
        }
        self.builder.text(&collapsed);
    }

    fn start(&mut self, element: Element, tag: &Tag) {
        if self.builder.in_code() {
            return self.start_in_code(element, tag);
        }
        match element {
            Element::Division => self.builder.flush(),
            Element::Heading(level) => self.builder.heading(Some(level)),
            Element::Pre => self.builder.begin_code(language(tag)),
            Element::Rule => self.builder.rule(),
            Element::Structure(kind) => self.open(kind, tag),
            Element::CheckBox => {
                let kind = attribute(tag, "type").unwrap_or_default();
                if kind.eq_ignore_ascii_case("checkbox") {
                    self.builder.task(attribute(tag, "checked").is_some());
                }
            }
            element => start_inline(element, tag, self.builder),
        }
    }

    fn start_in_code(&mut self, element: Element, tag: &Tag) {
        match element {
            Element::Break => self.builder.line_break(),
            Element::Mark(Mark::Code) => {
                if let Some(name) = language(tag) {
                    self.builder.code_language(&name);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, element: Element) {
        if self.builder.in_code() {
            if element == Element::Pre {
                self.builder.end_code();
            }
            return;
        }
        match element {
            Element::Division => self.end_of_words(),
            Element::Heading(_) => {
                self.end_of_words();
                self.builder.heading(None);
            }
            Element::Structure(kind) => self.close(kind),
            element => end_inline(element, self.builder),
        }
    }

    fn end_of_words(&mut self) {
        self.builder.flush();
        self.builder.reset_marks();
    }

    /// Opens an element, after ending those that its start tag ends.
    fn open(&mut self, kind: Kind, tag: &Tag) {
        self.builder.heading(None);
        match kind {
            Kind::Item => self.close_within(Kind::Item, &[Kind::Bullets, Kind::Numbers]),
            Kind::Row => self.close_within(Kind::Row, &[Kind::Table]),
            Kind::Cell => self.close_within(Kind::Cell, &[Kind::Row]),
            _ => {}
        }
        let parent = self.open.last().copied();
        let has_place = match kind {
            Kind::Item => matches!(parent, Some(Kind::Bullets | Kind::Numbers)),
            Kind::Row => parent == Some(Kind::Table),
            Kind::Cell => parent == Some(Kind::Row),
            _ => true,
        };
        if !has_place || self.open.len() >= OPEN_LIMIT {
            self.builder.flush();
            self.count_beyond(kind, 1);
            return;
        }
        if tag.name == b"td" {
            self.builder.plain_row();
        }
        self.open.push(kind);
        self.builder.open(match kind {
            Kind::Bullets => Container::List(None),
            Kind::Numbers => {
                let start = attribute(tag, "start");
                let start = start.and_then(|start| start.parse::<u32>().ok());
                Container::List(Some(start.unwrap_or(1).into()))
            }
            Kind::Item => Container::Item,
            Kind::Quote => Container::Quote,
            Kind::Table => Container::Table,
            // Until a `td` in it says otherwise.
            Kind::Row => Container::Row { header: true },
            Kind::Cell => Container::Cell,
        });
    }

    /// Ends the nearest open `kind`, unless one of `stops` is nearer.
    fn close_within(&mut self, kind: Kind, stops: &[Kind]) {
        let mut nearest = self.open.iter().rev();
        if nearest.find(|open| **open == kind || stops.contains(open)) == Some(&kind) {
            self.pop_to(kind);
        }
    }

    fn close(&mut self, kind: Kind) {
        self.end_of_words();
        self.builder.heading(None);
        if self.count_beyond(kind, 0) > 0 {
            self.count_beyond(kind, -1);
        } else if self.open.contains(&kind) {
            self.pop_to(kind);
        }
    }

    fn pop_to(&mut self, kind: Kind) {
        while let Some(open) = self.open.pop() {
            self.builder.close();
            if open == kind {
                return;
            }
        }
    }

    /// Changes how many elements of a kind are open beyond the limit.
    fn count_beyond(&mut self, kind: Kind, change: isize) -> usize {
        let Some(count) = self.beyond.get_mut(kind as usize) else {
            return 0;
        };
        *count = count.saturating_add_signed(change);
        *count
    }

    fn finish(&mut self) {
        self.builder.end_code();
        self.end_of_words();
        self.builder.heading(None);
        while self.open.pop().is_some() {
            self.builder.close();
        }
    }
}
