//! A tree as ADF, the JSON that Jira Cloud keeps rich text in.
//!
//! It is written as text at once: a tree of JSON values would be built, measured, written
//! and taken apart again for each description.
//!
//! Jira answers a document that breaks a rule with a bare `INVALID_INPUT`. The
//! rules about nodes in nodes are kept by `shape.rs`; here are those about text:
//! none empty, `code` with nothing but a link, breaks as nodes.

use serde::{Serialize, Serializer};

use super::{
    cut::{Piece, Target},
    inline::{Run, flatten},
    part::Scale,
    rendered::Adf,
    seen::Seen,
    tree::{Block, Cell, Inline, PanelKind, Task},
};
use crate::text::{JsonPieces, to_json_text};

/// What stands around the blocks.
const BEGIN: &str = r#"{"type":"doc","version":1,"content":["#;
const END: &str = "]}";
/// What stands between two of them.
const GAP: &str = ",";

/// Renders to ADF.
pub(super) const ADF: Target = Target {
    frame: BEGIN.len() + END.len(),
    gap: GAP.len(),
    // `{"type":"rule"}`; a cell and its paragraph.
    scale: Scale { node: 15, cell: 60 },
    block: piece,
};

fn piece(index: usize, block: &Block) -> Piece {
    let mut writer = Writer::new(index);
    writer.block(block);
    let text = writer.json.into_text();
    Piece {
        size: units(&text),
        text,
        seen: writer.seen,
    }
}

/// UTF-16 units, which is how Jira counts characters. Jira does not say whether it counts
/// the text or the document; the document is the safe answer.
fn units(text: &str) -> usize {
    // Each character of UTF-8 has one byte that begins it; one of four bytes is two units.
    let begins = text.bytes().filter(|byte| byte & 0xC0 != 0x80).count();
    let long = text.bytes().filter(|byte| *byte >= 0xF0).count();
    begins + long
}

/// The document around the blocks.
pub(super) fn document(pieces: &[Piece]) -> Adf {
    let mut seen = Seen::default();
    if !pieces.is_empty() {
        seen.node("doc", |_| None);
    }
    let sizes = pieces.iter().map(|piece| piece.text.len());
    let gaps = GAP.len() * pieces.len().saturating_sub(1);
    let mut json = String::with_capacity(ADF.frame + gaps + sizes.sum::<usize>());
    json.push_str(BEGIN);
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            json.push_str(GAP);
        }
        json.push_str(&piece.text);
        seen.append(&piece.seen);
    }
    json.push_str(END);
    Adf { json, seen }
}

/// An attribute of a node.
#[derive(Clone, Copy)]
enum Attr<'a> {
    Number(u64),
    Text(&'a str),
    No,
}

impl Serialize for Attr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::No => serializer.serialize_bool(false),
        }
    }
}

type Attrs<'a> = [(&'static str, Attr<'a>)];

/// Writes one block, and notes what a person sees of it.
struct Writer {
    json: JsonPieces,
    seen: Seen,
    /// Where the block stands.
    index: usize,
    /// How many ids tasks have so far.
    ids: usize,
}

impl Writer {
    fn new(index: usize) -> Self {
        Self {
            json: JsonPieces::default(),
            seen: Seen::default(),
            index,
            ids: 0,
        }
    }

    /// The id of a task: unique in the document, and the same each time.
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("task-{}-{}", self.index, self.ids)
    }

    /// The begin of a node; its end is missing.
    fn begin(&mut self, kind: &str, attrs: Option<&Attrs<'_>>) {
        self.json.add(r#"{"type":""#);
        self.json.add(kind);
        self.json.add("\"");
        if let Some(attrs) = attrs {
            self.json.add(r#","attrs":{"#);
            self.each(attrs, |writer, (name, value)| {
                writer.json.value(name);
                writer.json.add(":");
                writer.json.value(value);
            });
            self.json.add("}");
        }
        let attrs = attrs.unwrap_or_default();
        self.seen.node(kind, |wanted| {
            let (_, value) = attrs.iter().find(|(name, _)| *name == wanted)?;
            Some(to_json_text(value))
        });
    }

    /// A node with nothing in it.
    fn leaf(&mut self, kind: &str) {
        self.begin(kind, None);
        self.json.add("}");
    }

    /// A node and what is in it.
    fn node(&mut self, kind: &str, attrs: Option<&Attrs<'_>>, content: impl FnOnce(&mut Self)) {
        self.begin(kind, attrs);
        self.json.add(r#","content":["#);
        content(self);
        self.json.add("]}");
    }

    /// All of a list, with commas between them.
    fn each<T>(&mut self, all: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Self, T)) {
        for (index, it) in all.into_iter().enumerate() {
            if index > 0 {
                self.json.add(",");
            }
            one(self, it);
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        self.each(blocks, Self::block);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(content) => self.paragraph(content),
            Block::Heading { level, content } => {
                let attrs = [("level", Attr::Number((*level).into()))];
                self.node("heading", Some(&attrs), |it| it.text(content));
            }
            Block::List { start, items } => self.list(*start, items),
            Block::TaskList(tasks) => {
                let id = self.id();
                let attrs = [("localId", Attr::Text(&id))];
                self.node("taskList", Some(&attrs), |it| it.each(tasks, Self::task));
            }
            Block::Code { language, text } => {
                let language = language.as_deref();
                let attrs = language.map(|language| ("language", Attr::Text(language)));
                let plain = Run::plain(text);
                self.node("codeBlock", Some(attrs.as_slice()), |it| it.words(&plain));
            }
            Block::Quote(blocks) => self.node("blockquote", None, |it| it.blocks(blocks)),
            Block::Table { header, rows } => self.table(header, rows),
            Block::Rule => self.leaf("rule"),
            Block::Panel { kind, blocks } => {
                let attrs = [("panelType", Attr::Text(panel_type(*kind)))];
                self.node("panel", Some(&attrs), |it| it.blocks(blocks));
            }
        }
    }

    fn paragraph(&mut self, content: &[Inline]) {
        self.node("paragraph", None, |it| it.text(content));
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>]) {
        let order = start.map(|order| [("order", Attr::Number(order))]);
        let kind = match start {
            None => "bulletList",
            Some(_) => "orderedList",
        };
        let attrs = order.as_ref().map(|order| &order[..]);
        self.node(kind, attrs, |it| {
            it.each(items, |it, item| {
                it.node("listItem", None, |it| it.blocks(item));
            });
        });
    }

    fn task(&mut self, task: &Task) {
        let state = if task.done { "DONE" } else { "TODO" };
        let id = self.id();
        let attrs = [("localId", Attr::Text(&id)), ("state", Attr::Text(state))];
        self.node("taskItem", Some(&attrs), |it| it.text(&task.content));
    }

    fn table(&mut self, header: &[Cell], rows: &[Vec<Cell>]) {
        let width = rows.iter().map(Vec::len).chain([header.len()]).max();
        let width = width.unwrap_or_default();
        let header = Some(("tableHeader", header)).filter(|(_, header)| !header.is_empty());
        let rows = rows.iter().map(|row| ("tableCell", row.as_slice()));
        let attrs = [
            ("isNumberColumnEnabled", Attr::No),
            ("layout", Attr::Text("default")),
        ];
        self.node("table", Some(&attrs), |it| {
            it.each(header.into_iter().chain(rows), |it, (kind, cells)| {
                it.row(kind, cells, width);
            });
        });
    }

    fn row(&mut self, kind: &str, cells: &[Cell], width: usize) {
        self.node("tableRow", None, |it| {
            it.each(0..width, |it, index| {
                let cell = cells.get(index).map_or(&[][..], Vec::as_slice);
                it.node(kind, None, |it| it.paragraph(cell));
            });
        });
    }

    fn text(&mut self, content: &[Inline]) {
        self.each(&flatten(content), Self::run);
    }

    fn run(&mut self, run: &Run<'_>) {
        if run.is_break() {
            self.leaf("hardBreak");
        } else {
            self.words(run);
        }
    }

    fn words(&mut self, run: &Run<'_>) {
        self.json.add(r#"{"type":"text","text":"#);
        self.json.value(&*run.text);
        let marks: Vec<_> = marks(run).collect();
        if !marks.is_empty() {
            self.json.add(r#","marks":["#);
            self.each(&marks, |it, (kind, href)| it.mark(kind, *href));
            self.json.add("]");
        }
        self.json.add("}");
        self.seen.text(&run.text, marks.into_iter());
    }

    fn mark(&mut self, kind: &str, href: Option<&str>) {
        self.json.add(r#"{"type":""#);
        self.json.add(kind);
        self.json.add("\"");
        if let Some(href) = href {
            self.json.add(r#","attrs":{"href":"#);
            self.json.value(href);
            self.json.add("}");
        }
        self.json.add("}");
    }
}

/// The marks of a run, each with where it leads to.
fn marks<'a>(run: &'a Run<'_>) -> impl Iterator<Item = (&'static str, Option<&'a str>)> {
    // Jira refuses code that is also strong, say.
    let plain = !run.marks.code;
    let kinds = [
        (run.href.is_some(), "link", run.href.as_deref()),
        (run.marks.code, "code", None),
        (run.marks.strong && plain, "strong", None),
        (run.marks.em && plain, "em", None),
        (run.marks.strike && plain, "strike", None),
    ];
    let set = kinds.into_iter().filter(|(is_set, ..)| *is_set);
    set.map(|(_, kind, href)| (kind, href))
}

fn panel_type(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Info => "info",
        PanelKind::Note => "note",
        PanelKind::Success => "success",
        PanelKind::Warning => "warning",
        PanelKind::Error => "error",
    }
}
