//! A tree as ADF, the JSON that Jira Cloud keeps rich text in.
//!
//! Jira answers a document that breaks a rule with a bare `INVALID_INPUT`. The
//! rules about nodes in nodes are kept by `shape.rs`; here are those about text:
//! none empty, `code` with nothing but a link, breaks as nodes.

use serde_json::{Value, json};

use super::{
    cut::Target,
    inline::{Run, flatten},
    part::Scale,
    tree::{Block, Cell, Inline, PanelKind, Task},
};

/// Renders to ADF.
pub(super) struct Adf;

impl Target for Adf {
    type Piece = Value;

    const FRAME: usize = r#"{"content":[],"type":"doc","version":1}"#.len();

    /// The comma.
    const GAP: usize = 1;

    /// `{"type":"rule"}`; a cell and its paragraph.
    const SCALE: Scale = Scale { node: 15, cell: 60 };

    fn block(&self, index: usize, block: &Block) -> Value {
        node(
            block,
            &mut Ids {
                block: index,
                next: 0,
            },
        )
    }

    /// The serialized length. Jira does not say whether it counts the text or
    /// the document; the document is the safe answer.
    fn size(piece: &Value) -> usize {
        let mut units = Units(0);
        match serde_json::to_writer(&mut units, piece) {
            Ok(()) => units.0,
            Err(_) => usize::MAX,
        }
    }
}

/// The document around the blocks.
pub(super) fn document(content: Vec<Value>) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

/// Counts UTF-16 units written, which is how Jira counts characters.
struct Units(usize);

impl std::io::Write for Units {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let units = |byte: &u8| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0);
        self.0 += bytes.iter().map(units).sum::<usize>();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
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

fn node(block: &Block, ids: &mut Ids) -> Value {
    match block {
        Block::Paragraph(content) => paragraph(content),
        Block::Heading { level, content } => json!({
            "type": "heading",
            "attrs": {"level": level},
            "content": text(content),
        }),
        Block::List { start, items } => list(*start, items, ids),
        Block::TaskList(tasks) => json!({
            "type": "taskList",
            "attrs": {"localId": ids.next()},
            "content": tasks.iter().map(|task| task_item(task, ids)).collect::<Vec<_>>(),
        }),
        Block::Code { language, text } => {
            let attrs = match language {
                Some(language) => json!({"language": language}),
                None => json!({}),
            };
            json!({
                "type": "codeBlock",
                "attrs": attrs,
                "content": [{"type": "text", "text": text}],
            })
        }
        Block::Quote(blocks) => json!({"type": "blockquote", "content": nodes(blocks, ids)}),
        Block::Table { header, rows } => table(header, rows),
        Block::Rule => json!({"type": "rule"}),
        Block::Panel { kind, blocks } => json!({
            "type": "panel",
            "attrs": {"panelType": panel_type(*kind)},
            "content": nodes(blocks, ids),
        }),
    }
}

fn nodes(blocks: &[Block], ids: &mut Ids) -> Vec<Value> {
    blocks.iter().map(|block| node(block, ids)).collect()
}

fn paragraph(content: &[Inline]) -> Value {
    json!({"type": "paragraph", "content": text(content)})
}

fn list(start: Option<u64>, items: &[Vec<Block>], ids: &mut Ids) -> Value {
    let items: Vec<_> = items
        .iter()
        .map(|item| json!({"type": "listItem", "content": nodes(item, ids)}))
        .collect();
    match start {
        None => json!({"type": "bulletList", "content": items}),
        Some(order) => json!({
            "type": "orderedList",
            "attrs": {"order": order},
            "content": items,
        }),
    }
}

fn task_item(task: &Task, ids: &mut Ids) -> Value {
    let state = if task.done { "DONE" } else { "TODO" };
    json!({
        "type": "taskItem",
        "attrs": {"localId": ids.next(), "state": state},
        "content": text(&task.content),
    })
}

fn table(header: &[Cell], rows: &[Vec<Cell>]) -> Value {
    let width = rows.iter().map(Vec::len).chain([header.len()]).max();
    let width = width.unwrap_or_default();
    let row = |cells: &[Cell], kind: &str| {
        let padding = std::iter::repeat_n(&[][..], width.saturating_sub(cells.len()));
        let cells = cells.iter().map(Vec::as_slice).chain(padding);
        let cells = cells.map(|cell| json!({"type": kind, "content": [paragraph(cell)]}));
        json!({"type": "tableRow", "content": cells.collect::<Vec<_>>()})
    };
    let header = (!header.is_empty()).then(|| row(header, "tableHeader"));
    let rows = rows.iter().map(|cells| row(cells, "tableCell"));
    json!({
        "type": "table",
        "attrs": {"isNumberColumnEnabled": false, "layout": "default"},
        "content": header.into_iter().chain(rows).collect::<Vec<_>>(),
    })
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
        return json!({"type": "hardBreak"});
    }
    let mut marks = Vec::new();
    if let Some(href) = &run.href {
        marks.push(json!({"type": "link", "attrs": {"href": &**href}}));
    }
    if run.marks.code {
        marks.push(json!({"type": "code"}));
    } else {
        let kinds = [
            (run.marks.strong, "strong"),
            (run.marks.em, "em"),
            (run.marks.strike, "strike"),
        ];
        let set = kinds.iter().filter(|(is_set, _)| *is_set);
        marks.extend(set.map(|(_, kind)| json!({"type": kind})));
    }
    if marks.is_empty() {
        return json!({"type": "text", "text": run.text});
    }
    json!({"type": "text", "text": run.text, "marks": marks})
}
