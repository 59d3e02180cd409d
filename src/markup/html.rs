//! HTML to a tree.
//!
//! OpenCTI's `content` comes from a rich text editor, and Markdown may hold
//! HTML too. Known tags become structure, of unknown ones the words stay, and
//! nothing of what runs or is hidden (scripts, styles, comments) is kept.

use super::{
    build::{Builder, Container, Mark},
    html_token::{Tag, Token, Tokens, decode},
    markdown,
    tree::Document,
};

/// How many block elements are followed at a time; what is deeper is read as
/// words. Four times the nesting of blocks: a table is three elements deep.
const OPEN_LIMIT: usize = 4 * super::tree::NESTING_LIMIT;

/// Reads HTML.
///
/// ```
/// # use jira_intake::markup::{from_html, plain_text};
/// let document = from_html("<p>a &amp; <b>b</b></p><script>alert(1)</script>");
/// assert_eq!(plain_text(&document), "a & b");
/// ```
#[must_use]
pub fn from_html(source: &str) -> Document {
    let (source, incomplete) = markdown::head(source);
    let mut builder = Builder::default();
    block(source, &mut builder);
    let mut document = builder.finish();
    document.incomplete = incomplete;
    document
}

/// Reads a block of HTML; what it leaves open is closed.
pub(super) fn block(source: &str, builder: &mut Builder) {
    let mut tokens = Tokens::new(source);
    let mut reader = Reader {
        builder,
        open: Vec::new(),
        beyond: [0; KINDS],
    };
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => reader.words(&decode(text)),
            Token::Start(tag) => match Element::of(tag.name) {
                Element::Hidden => tokens.skip_element(tag.name),
                element => reader.start(element, &tag),
            },
            Token::End(name) => reader.end(Element::of(name)),
        }
    }
    reader.finish();
}

/// Reads one tag inside of Markdown's running text: only what can stand there
/// counts. `hidden` names the element whose words are to be left out.
pub(super) fn inline(source: &str, builder: &mut Builder, hidden: &mut Option<String>) {
    for token in Tokens::new(source) {
        match (token, hidden.as_deref()) {
            (Token::End(name), Some(open)) if name.eq_ignore_ascii_case(open) => *hidden = None,
            (_, Some(_)) | (Token::Text(_), None) => {}
            (Token::Start(tag), None) => match Element::of(tag.name) {
                Element::Hidden => *hidden = Some(tag.name.to_owned()),
                element => start_inline(element, &tag, builder),
            },
            (Token::End(name), None) => end_inline(Element::of(name), builder),
        }
    }
}

/// What a tag means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Words within are not shown.
    Hidden,
    /// Starts a new line, and means nothing else.
    Division,
    Heading(u8),
    Pre,
    Rule,
    Structure(Kind),
    Mark(Mark),
    Link,
    Image,
    Break,
    CheckBox,
    Unknown,
}

/// Elements that hold blocks and are followed to their end tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bullets,
    Numbers,
    Item,
    Quote,
    Table,
    Row,
    Cell,
}

const KINDS: usize = 7;

/// What tags mean. A table, because a `match` of texts is twice the code.
const ELEMENTS: [(&[&str], Element); 25] = [
    (
        &[
            "script", "style", "title", "template", "iframe", "noscript", "object", "svg", "math",
            "canvas", "audio", "video",
        ],
        Element::Hidden,
    ),
    (
        &[
            "p",
            "div",
            "section",
            "article",
            "header",
            "footer",
            "main",
            "aside",
            "nav",
            "figure",
            "figcaption",
            "address",
            "details",
            "summary",
            "dl",
            "dt",
            "dd",
            "form",
            "fieldset",
            "caption",
            "body",
        ],
        Element::Division,
    ),
    (&["h1"], Element::Heading(1)),
    (&["h2"], Element::Heading(2)),
    (&["h3"], Element::Heading(3)),
    (&["h4"], Element::Heading(4)),
    (&["h5"], Element::Heading(5)),
    (&["h6"], Element::Heading(6)),
    (&["pre"], Element::Pre),
    (&["hr"], Element::Rule),
    (&["ul"], Element::Structure(Kind::Bullets)),
    (&["ol"], Element::Structure(Kind::Numbers)),
    (&["li"], Element::Structure(Kind::Item)),
    (&["blockquote"], Element::Structure(Kind::Quote)),
    (&["table"], Element::Structure(Kind::Table)),
    (&["tr"], Element::Structure(Kind::Row)),
    (&["td", "th"], Element::Structure(Kind::Cell)),
    (&["strong", "b"], Element::Mark(Mark::Strong)),
    (&["em", "i", "cite"], Element::Mark(Mark::Em)),
    (&["s", "del", "strike"], Element::Mark(Mark::Strike)),
    (&["code", "kbd", "samp", "tt"], Element::Mark(Mark::Code)),
    (&["a"], Element::Link),
    (&["img"], Element::Image),
    (&["br"], Element::Break),
    (&["input"], Element::CheckBox),
];

impl Element {
    fn of(name: &str) -> Self {
        let is_it = |known: &&str| known.eq_ignore_ascii_case(name);
        let known = ELEMENTS.iter().find(|(names, _)| names.iter().any(is_it));
        known.map_or(Self::Unknown, |(_, element)| *element)
    }
}

fn start_inline(element: Element, tag: &Tag<'_>, builder: &mut Builder) {
    match element {
        Element::Mark(mark) => builder.mark(mark),
        Element::Link => builder.link(&tag.attribute("href").unwrap_or_default()),
        Element::Image => builder.image(
            &tag.attribute("alt").unwrap_or_default(),
            &tag.attribute("src").unwrap_or_default(),
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
}

impl Reader<'_> {
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

    fn start(&mut self, element: Element, tag: &Tag<'_>) {
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
                let kind = tag.attribute("type").unwrap_or_default();
                if kind.eq_ignore_ascii_case("checkbox") {
                    self.builder.task(tag.attribute("checked").is_some());
                }
            }
            element => start_inline(element, tag, self.builder),
        }
    }

    fn start_in_code(&mut self, element: Element, tag: &Tag<'_>) {
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
    fn open(&mut self, kind: Kind, tag: &Tag<'_>) {
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
        if tag.name.eq_ignore_ascii_case("td") {
            self.builder.plain_row();
        }
        self.open.push(kind);
        self.builder.open(match kind {
            Kind::Bullets => Container::List(None),
            Kind::Numbers => {
                let start = tag.attribute("start");
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

/// The language in a class such as `language-json`.
fn language(tag: &Tag<'_>) -> Option<String> {
    let classes = tag.attribute("class")?;
    let name = |class: &str| class.strip_prefix("language-").map(str::to_owned);
    classes.split_whitespace().find_map(name)
}
