//! A tree as ADF, the JSON that Jira Cloud keeps rich text in.
//!
//! Jira answers a document that breaks a rule with a bare `INVALID_INPUT`. The
//! rules about nodes in nodes are kept by `shape.rs`; here are those about text:
//! none empty, `code` with nothing but a link, breaks as nodes.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{
    cut::{Piece, Target},
    inline::{Run, flatten},
    part::Scale,
    tree::{Block, Cell, Inline, PanelKind, Task},
};

/// Renders to ADF.
pub(super) const ADF: Target = Target {
    frame: r#"{"content":[],"type":"doc","version":1}"#.len(),
    // The comma.
    gap: 1,
    // `{"type":"rule"}`; a cell and its paragraph.
    scale: Scale { node: 15, cell: 60 },
    block: piece,
};

fn piece(index: usize, block: &Block) -> Piece {
    let mut ids = Ids {
        block: index,
        next: 0,
    };
    let content = block_node(block, &mut ids);
    let size = size(&content);
    Piece { content, size }
}

/// The serialized length. Jira does not say whether it counts the text or the
/// document; the document is the safe answer.
fn size(node: &Value) -> usize {
    let mut units = Units(0);
    match serde_json::to_writer(&mut units, node) {
        Ok(()) => units.0,
        Err(_) => usize::MAX,
    }
}

/// The document around the blocks.
pub(super) fn document(content: Vec<Value>) -> Value {
    node(
        "doc",
        vec![("version", 1.into()), ("content", content.into())],
    )
}

/// Counts UTF-16 units written, which is how Jira counts characters.
struct Units(usize);

impl Write for Units {
    /// Each character of UTF-8 has one byte that begins it; one of four bytes is two
    /// units.
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let begins = text.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let long = text.iter().filter(|byte| **byte >= 0xF0).count();
        self.0 += begins + long;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the ids of tasks: unique in the document, and the same each time.
struct Ids {
    block: usize,
    next: usize,
}

impl Ids {
    fn next(&mut self) -> String {
        self.next += 1;
        format!("task-{}-{}", self.block, self.next)
    }
}

/// A node of a kind. `json!` would copy all that is in it.
fn node(kind: &str, mut members: Vec<(&str, Value)>) -> Value {
    members.push(("type", kind.into()));
    object(members)
}

fn object(members: Vec<(&str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// A node with nothing but what is in it.
fn parent(kind: &str, content: Vec<Value>) -> Value {
    node(kind, vec![("content", content.into())])
}

fn with_attrs(kind: &str, attrs: Vec<(&str, Value)>, content: Vec<Value>) -> Value {
    let attrs = object(attrs);
    node(kind, vec![("attrs", attrs), ("content", content.into())])
}

fn block_node(block: &Block, ids: &mut Ids) -> Value {
    match block {
        Block::Paragraph(content) => paragraph(content),
        Block::Heading { level, content } => {
            let attrs = vec![("level", (*level).into())];
            with_attrs("heading", attrs, text(content))
        }
        Block::List { start, items } => list(*start, items, ids),
        Block::TaskList(tasks) => {
            let attrs = vec![("localId", ids.next().into())];
            let items = tasks.iter().map(|task| task_item(task, ids));
            with_attrs("taskList", attrs, items.collect())
        }
        Block::Code { language, text } => {
            let language = language.as_deref();
            let attrs = language.map(|language| ("language", language.into()));
            let text = node("text", vec![("text", text.as_str().into())]);
            with_attrs("codeBlock", attrs.into_iter().collect(), vec![text])
        }
        Block::Quote(blocks) => parent("blockquote", nodes(blocks, ids)),
        Block::Table { header, rows } => table(header, rows),
        Block::Rule => node("rule", vec![]),
        Block::Panel { kind, blocks } => {
            let attrs = vec![("panelType", panel_type(*kind).into())];
            with_attrs("panel", attrs, nodes(blocks, ids))
        }
    }
}

fn nodes(blocks: &[Block], ids: &mut Ids) -> Vec<Value> {
    blocks.iter().map(|block| block_node(block, ids)).collect()
}

fn paragraph(content: &[Inline]) -> Value {
    parent("paragraph", text(content))
}

fn list(start: Option<u64>, items: &[Vec<Block>], ids: &mut Ids) -> Value {
    let items = items
        .iter()
        .map(|item| parent("listItem", nodes(item, ids)));
    let items = items.collect();
    match start {
        None => parent("bulletList", items),
        Some(order) => with_attrs("orderedList", vec![("order", order.into())], items),
    }
}

fn task_item(task: &Task, ids: &mut Ids) -> Value {
    let state = if task.done { "DONE" } else { "TODO" };
    let attrs = vec![("localId", ids.next().into()), ("state", state.into())];
    with_attrs("taskItem", attrs, text(&task.content))
}

fn table(header: &[Cell], rows: &[Vec<Cell>]) -> Value {
    let width = rows.iter().map(Vec::len).chain([header.len()]).max();
    let width = width.unwrap_or_default();
    let row = |cells: &[Cell], kind: &str| {
        let cell = |index| cells.get(index).map_or(&[][..], Vec::as_slice);
        let cells = (0..width).map(|index| parent(kind, vec![paragraph(cell(index))]));
        parent("tableRow", cells.collect())
    };
    let mut content = Vec::new();
    if !header.is_empty() {
        content.push(row(header, "tableHeader"));
    }
    content.extend(rows.iter().map(|cells| row(cells, "tableCell")));
    let attrs = vec![
        ("isNumberColumnEnabled", false.into()),
        ("layout", "default".into()),
    ];
    with_attrs("table", attrs, content)
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

fn text(content: &[Inline]) -> Vec<Value> {
    flatten(content).iter().map(run).collect()
}

fn run(run: &Run<'_>) -> Value {
    if run.is_break() {
        return node("hardBreak", vec![]);
    }
    let mut marks = Vec::new();
    if let Some(href) = &run.href {
        let attrs = object(vec![("href", (&**href).into())]);
        marks.push(node("link", vec![("attrs", attrs)]));
    }
    // Jira refuses code that is also strong, say.
    let plain = !run.marks.code;
    let kinds = [
        (run.marks.code, "code"),
        (run.marks.strong && plain, "strong"),
        (run.marks.em && plain, "em"),
        (run.marks.strike && plain, "strike"),
    ];
    let set = kinds.iter().filter(|(is_set, _)| *is_set);
    marks.extend(set.map(|(_, kind)| node(kind, vec![])));
    let mut members = vec![("text", (&*run.text).into())];
    if !marks.is_empty() {
        members.push(("marks", marks.into()));
    }
    node("text", members)
}
