//! The tree between what people write and what Jira stores.
//!
//! All readers (Markdown, HTML, ADF, wiki markup) make this tree and all writers (ADF,
//! wiki markup, Markdown) read it, so a rule about content is written once. The rest of the
//! project uses it to set an issue's header block in front of a description.

use super::clean;

/// How deep quotes, lists and tables from outside may nest; deeper ones are
/// flattened, so that nothing that walks a tree can overflow the stack. Jira's
/// own editor indents lists six times.
pub const NESTING_LIMIT: usize = 8;

/// A text with structure: an issue's description, or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The blocks, top to bottom.
    pub blocks: Vec<Block>,
    /// The source was longer than is read: the end is missing already, and a
    /// rendered text says so even when it fits its limit.
    pub incomplete: bool,
}

/// A piece that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A title of level 1 to 6.
    Heading {
        /// 1 is the largest, 6 the smallest.
        level: u8,
        /// The title.
        content: Vec<Inline>,
    },
    /// A bulleted or numbered list; each item is a few blocks.
    List {
        /// The first number of a numbered list; `None` for bullets.
        start: Option<u64>,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// A list of things to do.
    TaskList(Vec<Task>),
    /// Text kept as it is, in a fixed-width font.
    Code {
        /// The language as the author named it.
        language: Option<String>,
        /// The lines.
        text: String,
    },
    /// Words of somebody else.
    Quote(Vec<Block>),
    /// Rows of cells; rows shorter than the longest are filled up.
    Table {
        /// The header row; may be empty.
        header: Vec<Cell>,
        /// The rows below.
        rows: Vec<Vec<Cell>>,
    },
    /// A line across the page.
    Rule,
    /// A coloured box.
    Panel {
        /// Its colour and icon.
        kind: PanelKind,
        /// What is in it.
        blocks: Vec<Block>,
    },
}

/// What a table cell holds.
pub type Cell = Vec<Inline>;

/// One line of a task list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Ticked.
    pub done: bool,
    /// What is to be done.
    pub content: Vec<Inline>,
}

/// The colour and icon of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelKind {
    /// Blue.
    Info,
    /// Purple.
    Note,
    /// Green.
    Success,
    /// Yellow.
    Warning,
    /// Red.
    Error,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Bold.
    Strong(Vec<Inline>),
    /// Italic.
    Em(Vec<Inline>),
    /// Struck through.
    Strike(Vec<Inline>),
    /// Fixed-width.
    Code(String),
    /// A link; one that is not http, https or mailto is rendered as its text.
    Link {
        /// Where to.
        href: String,
        /// What is shown; the address itself when empty.
        content: Vec<Inline>,
    },
    /// A line break.
    Break,
}

impl Inline {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Bold words.
    #[must_use]
    pub fn strong(text: impl Into<String>) -> Self {
        Self::Strong(vec![Self::text(text)])
    }

    /// Italic words.
    #[must_use]
    pub fn em(text: impl Into<String>) -> Self {
        Self::Em(vec![Self::text(text)])
    }

    /// Fixed-width words.
    #[must_use]
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    /// A link; when the address is not one that may be a link, just the text.
    #[must_use]
    pub fn link(text: impl Into<String>, href: &str) -> Self {
        match clean::href(href) {
            Some(href) => Self::Link {
                href,
                content: vec![Self::text(text)],
            },
            None => Self::text(text),
        }
    }
}

impl From<&str> for Inline {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl Document {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a block.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds a title.
    #[must_use]
    pub fn heading(self, level: u8, text: impl Into<String>) -> Self {
        self.block(Block::Heading {
            level,
            content: vec![Inline::text(text)],
        })
    }

    /// Adds running text.
    #[must_use]
    pub fn paragraph(self, content: Vec<Inline>) -> Self {
        self.block(Block::Paragraph(content))
    }

    /// Adds a bulleted list of one-line items; nothing when there are none.
    #[must_use]
    pub fn bullets(self, items: impl IntoIterator<Item = Vec<Inline>>) -> Self {
        let items: Vec<_> = items
            .into_iter()
            .map(|content| vec![Block::Paragraph(content)])
            .collect();
        if items.is_empty() {
            return self;
        }
        self.block(Block::List { start: None, items })
    }

    /// Adds a table of two columns, a name and what is known about it; facts
    /// with nothing to say are left out.
    #[must_use]
    pub fn facts(self, facts: &[(&str, Vec<Inline>)]) -> Self {
        let rows: Vec<_> = facts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| vec![vec![Inline::strong(*name)], value.clone()])
            .collect();
        if rows.is_empty() {
            return self;
        }
        let header = Vec::new();
        self.block(Block::Table { header, rows })
    }

    /// Adds a coloured box around another document.
    #[must_use]
    pub fn panel(mut self, kind: PanelKind, inner: Self) -> Self {
        self.incomplete |= inner.incomplete;
        self.block(Block::Panel {
            kind,
            blocks: inner.blocks,
        })
    }

    /// Adds a block of code.
    #[must_use]
    pub fn code(self, language: Option<&str>, text: impl Into<String>) -> Self {
        self.block(Block::Code {
            language: language.map(str::to_owned),
            text: text.into(),
        })
    }

    /// Adds a line across the page.
    #[must_use]
    pub fn rule(self) -> Self {
        self.block(Block::Rule)
    }

    /// Adds another document's blocks.
    #[must_use]
    pub fn append(mut self, other: Self) -> Self {
        self.incomplete |= other.incomplete;
        self.blocks.extend(other.blocks);
        self
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}
