//! Grows a tree from the events of a reader.
//!
//! All readers say "a list begins", "these words", "the list ends"; this keeps
//! the open blocks and bounds their nesting. Words that come outside of any
//! paragraph get one, so that nothing is lost whatever the order of events.

use std::{borrow::Cow, rc::Rc};

use super::{
    clean,
    inline::{self, Marks, Run},
    shape,
    tree::{Block, Cell, Document, Inline, NESTING_LIMIT, Task},
};
use crate::text::IMAGE;

/// What can be opened.
#[derive(Debug)]
pub(super) enum Container {
    Quote,
    List(Option<u64>),
    Item,
    Table,
    Row { header: bool },
    Cell,
}

/// What is open, with what it holds so far.
enum Frame {
    Quote(Vec<Block>),
    List(Option<u64>, Vec<Item>),
    Item(Item),
    Table(Vec<Cell>, Vec<Vec<Cell>>),
    Row { header: bool, cells: Vec<Cell> },
    Cell(Vec<Block>),
}

#[derive(Default)]
struct Item {
    task: Option<bool>,
    blocks: Vec<Block>,
}

/// The tree so far.
#[derive(Default)]
pub(super) struct Builder {
    done: Vec<Block>,
    frames: Vec<Frame>,
    /// Open containers that are too deep to be real.
    flattened: usize,
    runs: Vec<Run<'static>>,
    marks: Open,
    heading: Option<u8>,
    code: Option<(Option<String>, String)>,
}

/// How often each mark is open.
#[derive(Default)]
struct Open {
    strong: usize,
    em: usize,
    strike: usize,
    code: usize,
    links: Vec<Option<Rc<str>>>,
}

/// A mark that can be opened and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Em,
    Strike,
    Code,
}

impl Builder {
    pub(super) fn open(&mut self, container: Container) {
        self.flush();
        let nested = matches!(
            container,
            Container::Quote | Container::List(_) | Container::Table
        );
        if self.flattened > 0 || (nested && self.depth() >= NESTING_LIMIT) {
            self.flattened += 1;
            return;
        }
        self.frames.push(match container {
            Container::Quote => Frame::Quote(Vec::new()),
            Container::List(start) => Frame::List(start, Vec::new()),
            Container::Item => Frame::Item(Item::default()),
            Container::Table => Frame::Table(Vec::new(), Vec::new()),
            Container::Row { header } => Frame::Row {
                header,
                cells: Vec::new(),
            },
            Container::Cell => Frame::Cell(Vec::new()),
        });
    }

    /// How many containers are open that count as nesting; at most a few.
    fn depth(&self) -> usize {
        let counts =
            |frame: &&Frame| matches!(frame, Frame::Quote(_) | Frame::List(..) | Frame::Table(..));
        self.frames.iter().filter(counts).count()
    }

    pub(super) fn close(&mut self) {
        self.flush();
        if self.flattened > 0 {
            self.flattened -= 1;
            return;
        }
        match self.frames.pop() {
            None => {}
            Some(Frame::Quote(blocks)) => self.block(Block::Quote(blocks)),
            Some(Frame::List(start, items)) => self.block(list(start, items)),
            Some(Frame::Item(item)) => self.item(item),
            Some(Frame::Table(header, rows)) => self.block(Block::Table { header, rows }),
            Some(Frame::Row { header, cells }) => self.row(header, cells),
            Some(Frame::Cell(blocks)) => self.cell(shape::as_lines(blocks)),
        }
    }

    fn item(&mut self, item: Item) {
        match self.frames.last_mut() {
            Some(Frame::List(_, items)) => items.push(item),
            _ => item.blocks.into_iter().for_each(|block| self.block(block)),
        }
    }

    fn row(&mut self, is_header: bool, cells: Vec<Cell>) {
        if let Some(Frame::Table(header, rows)) = self.frames.last_mut() {
            if is_header && header.is_empty() && rows.is_empty() {
                *header = cells;
            } else {
                rows.push(cells);
            }
        }
    }

    fn cell(&mut self, cell: Cell) {
        match self.frames.last_mut() {
            Some(Frame::Row { cells, .. }) => cells.push(cell),
            _ => self.block(Block::Paragraph(cell)),
        }
    }

    /// Adds a finished block where it belongs.
    pub(super) fn block(&mut self, block: Block) {
        match self.frames.last_mut() {
            None => self.done.push(block),
            Some(Frame::Quote(blocks) | Frame::Cell(blocks)) => blocks.push(block),
            Some(Frame::Item(item)) => item.blocks.push(block),
            Some(Frame::List(_, items)) => items.push(Item {
                task: None,
                blocks: vec![block],
            }),
            Some(Frame::Table(_, rows)) => rows.push(vec![shape::as_lines(vec![block])]),
            Some(Frame::Row { cells, .. }) => cells.push(shape::as_lines(vec![block])),
        }
    }

    /// Adds a line across the page.
    pub(super) fn rule(&mut self) {
        self.flush();
        self.block(Block::Rule);
    }

    /// Marks the open list item as a task.
    pub(super) fn task(&mut self, done: bool) {
        if self.flattened > 0 {
            self.text(shape::checkbox(done));
        } else if let Some(Frame::Item(item)) = self.frames.last_mut() {
            item.task = Some(done);
        }
    }

    /// The open table row is no header.
    pub(super) fn plain_row(&mut self) {
        if let Some(Frame::Row { header, .. }) = self.frames.last_mut() {
            *header = false;
        }
    }

    /// A title begins, or ends with `None`.
    pub(super) fn heading(&mut self, level: Option<u8>) {
        self.flush();
        self.heading = level;
    }

    /// A code block begins: words go to it until [`Self::end_code`].
    pub(super) fn begin_code(&mut self, language: Option<String>) {
        self.flush();
        self.code = Some((language, String::new()));
    }

    /// Whether words go to a code block.
    pub(super) fn in_code(&self) -> bool {
        self.code.is_some()
    }

    /// Names the open code block's language, if it has none yet.
    pub(super) fn code_language(&mut self, name: &str) {
        if let Some((language @ None, _)) = &mut self.code {
            *language = Some(name.to_owned());
        }
    }

    pub(super) fn end_code(&mut self) {
        if let Some((language, text)) = self.code.take() {
            self.block(Block::Code { language, text });
        }
    }

    /// Words.
    pub(super) fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else {
            self.run(text, self.marks.now());
        }
    }

    /// Words in a fixed-width font.
    pub(super) fn inline_code(&mut self, text: &str) {
        let marks = Marks {
            code: true,
            ..self.marks.now()
        };
        self.run(text, marks);
    }

    fn run(&mut self, text: &str, marks: Marks) {
        let href = self.marks.links.last().cloned().flatten();
        if text.is_empty() {
            return;
        }
        let text = clean::line(text);
        match self.runs.last_mut() {
            Some(last) if last.marks == marks && last.href == href && !last.is_break() => {
                last.text.to_mut().push_str(&text);
            }
            _ => self.runs.push(Run {
                text: Cow::Owned(text.into_owned()),
                marks,
                href,
            }),
        }
    }

    /// A line break.
    pub(super) fn line_break(&mut self) {
        if self.code.is_some() {
            self.text("\n");
        } else {
            self.runs.push(Run {
                text: Cow::Borrowed("\n"),
                marks: Marks::default(),
                href: None,
            });
        }
    }

    /// Whether the next words come after white space, or first.
    pub(super) fn after_space(&self) -> bool {
        let last = self.runs.last();
        last.is_none_or(|run| run.text.ends_with([' ', '\n', '\t']))
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        *self.marks.count(mark) += 1;
    }

    pub(super) fn unmark(&mut self, mark: Mark) {
        let count = self.marks.count(mark);
        *count = count.saturating_sub(1);
    }

    /// A link begins; words are in the innermost one, or in none when its
    /// address may not be a link.
    pub(super) fn link(&mut self, href: &str) {
        self.marks.links.push(clean::href(href).map(Rc::from));
    }

    pub(super) fn unlink(&mut self) {
        self.marks.links.pop();
    }

    /// A picture, as a link with its description.
    pub(super) fn image(&mut self, alt: &str, src: &str) {
        let alt = match (alt.trim().is_empty(), src) {
            (true, _) => Cow::Borrowed(src),
            // An image that was taken out of the text: the reader is told.
            (false, IMAGE) => Cow::Owned(format!("{alt} {IMAGE}")),
            (false, _) => Cow::Borrowed(alt),
        };
        let in_link = self.marks.links.last().is_some_and(Option::is_some);
        if !in_link {
            self.link(src);
        }
        self.text(&alt);
        if !in_link {
            self.unlink();
        }
    }

    /// Forgets marks left open: a broken tag must not reach the next block.
    pub(super) fn reset_marks(&mut self) {
        self.marks = Open::default();
    }

    /// The words so far become a block.
    pub(super) fn flush(&mut self) {
        if self.runs.is_empty() {
            return;
        }
        let runs = std::mem::take(&mut self.runs);
        if runs.iter().all(|run| run.text.trim().is_empty()) {
            return;
        }
        let content = inline::nest(runs);
        self.block(match self.heading {
            Some(level) => Block::Heading { level, content },
            None => Block::Paragraph(content),
        });
    }

    /// Everything still open is closed.
    pub(super) fn finish(mut self) -> Document {
        self.end_code();
        self.flush();
        self.flattened = 0;
        while !self.frames.is_empty() {
            self.close();
        }
        Document {
            blocks: self.done,
            incomplete: false,
        }
    }
}

impl Open {
    fn now(&self) -> Marks {
        Marks {
            strong: self.strong > 0,
            em: self.em > 0,
            strike: self.strike > 0,
            code: self.code > 0,
        }
    }

    fn count(&mut self, mark: Mark) -> &mut usize {
        match mark {
            Mark::Strong => &mut self.strong,
            Mark::Em => &mut self.em,
            Mark::Strike => &mut self.strike,
            Mark::Code => &mut self.code,
        }
    }
}

/// A list of which every item is a one-line task is a task list; in others a
/// task shows its box as a character.
fn list(start: Option<u64>, items: Vec<Item>) -> Block {
    let is_task = |item: &Item| {
        item.task.is_some() && matches!(item.blocks.as_slice(), [] | [Block::Paragraph(_)])
    };
    if !items.is_empty() && items.iter().all(is_task) {
        return Block::TaskList(items.into_iter().map(task).collect());
    }
    let items = items.into_iter().map(|item| match item.task {
        Some(done) => shape::with_checkbox(done, item.blocks),
        None => item.blocks,
    });
    Block::List {
        start,
        items: items.collect(),
    }
}

fn task(item: Item) -> Task {
    let content: Option<Vec<Inline>> = match item.blocks.into_iter().next() {
        Some(Block::Paragraph(content)) => Some(content),
        _ => None,
    };
    Task {
        done: item.task.unwrap_or_default(),
        content: content.unwrap_or_default(),
    }
}
