//! Gives a tree the shape that Jira accepts, before it is rendered.
//!
//! ADF is strict about what may stand in what (no heading in a quote, a list
//! item starts with a paragraph, no table in a list), and wiki markup cannot
//! express much more. So one set of rules holds for both: what may not stand
//! where it is becomes the nearest thing that may, with all of its words.

use super::{
    clean, inline,
    tree::{Block, Cell, Inline, NESTING_LIMIT, Task},
};

/// Where a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Top,
    Panel,
    Quote,
    Item,
}

/// The blocks that a block becomes at the top of a document.
pub(super) fn shape(block: &Block) -> Vec<Block> {
    let mut out = Vec::new();
    put(block, Place::Top, 0, &mut out);
    out
}

fn put(block: &Block, place: Place, depth: usize, out: &mut Vec<Block>) {
    let roomy = matches!(place, Place::Top | Place::Panel);
    match block {
        Block::Paragraph(content) => out.extend(paragraph(content)),
        Block::Heading { level, content } => {
            let content = tidy(content);
            if content.is_empty() {
                return;
            }
            out.push(if roomy {
                let level = (*level).clamp(1, 6);
                Block::Heading { level, content }
            } else {
                Block::Paragraph(vec![Inline::Strong(content)])
            });
        }
        Block::List { start, items } => put_list(*start, items, place, depth, out),
        Block::TaskList(tasks) => put_tasks(tasks, place, depth, out),
        Block::Code { language, text } => out.extend(code(language.as_deref(), text)),
        Block::Quote(blocks) => put_quote(blocks, place, depth, out),
        Block::Table { header, rows } if place == Place::Top => out.extend(table(header, rows)),
        Block::Table { header, rows } => {
            out.extend(paragraph(&row_as_line(header)));
            for cells in rows {
                out.extend(paragraph(&row_as_line(cells)));
            }
        }
        Block::Rule if roomy => out.push(Block::Rule),
        Block::Rule => {}
        Block::Panel { kind, blocks } if place == Place::Top => {
            let blocks = all(blocks, Place::Panel, depth);
            if !blocks.is_empty() {
                out.push(Block::Panel {
                    kind: *kind,
                    blocks,
                });
            }
        }
        Block::Panel { blocks, .. } => {
            out.extend(all(blocks, place, depth));
        }
    }
}

fn all(blocks: &[Block], place: Place, depth: usize) -> Vec<Block> {
    let mut out = Vec::new();
    for block in blocks {
        put(block, place, depth, &mut out);
    }
    out
}

/// Runs joined and cleaned, white space at the ends gone.
fn tidy(content: &[Inline]) -> Vec<Inline> {
    inline::nest(inline::flatten(content))
}

fn paragraph(content: &[Inline]) -> Option<Block> {
    let content = tidy(content);
    (!content.is_empty()).then_some(Block::Paragraph(content))
}

/// The longest name of a code block's language.
const LANGUAGE_LIMIT: usize = 32;

fn code(language: Option<&str>, text: &str) -> Option<Block> {
    let text = clean::text(text);
    let text = text.trim_end().trim_start_matches('\n');
    let is_name = |name: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "+#.-_".contains(c);
        !name.is_empty() && name.len() <= LANGUAGE_LIMIT && name.chars().all(plain)
    };
    let language = language.filter(is_name).map(str::to_ascii_lowercase);
    (!text.is_empty()).then(|| Block::Code {
        language,
        text: text.to_owned(),
    })
}

fn put_quote(blocks: &[Block], place: Place, depth: usize, out: &mut Vec<Block>) {
    if place != Place::Top {
        return out.extend(all(blocks, place, depth));
    }
    let blocks = all(blocks, Place::Quote, depth);
    if !blocks.is_empty() {
        out.push(Block::Quote(blocks));
    }
}

fn put_list(
    start: Option<u64>,
    items: &[Vec<Block>],
    place: Place,
    depth: usize,
    out: &mut Vec<Block>,
) {
    if depth >= NESTING_LIMIT {
        return out.extend(items.iter().flat_map(|item| all(item, place, depth)));
    }
    let mut kept = Vec::new();
    for item in items {
        let item = all(item, Place::Item, depth + 1);
        if !item.is_empty() {
            kept.push(starting_with_paragraph(item));
        }
    }
    if !kept.is_empty() {
        let items = kept;
        out.push(Block::List { start, items });
    }
}

fn starting_with_paragraph(mut item: Vec<Block>) -> Vec<Block> {
    if !matches!(item.first(), Some(Block::Paragraph(_))) {
        item.insert(0, Block::Paragraph(Vec::new()));
    }
    item
}

fn put_tasks(tasks: &[Task], place: Place, depth: usize, out: &mut Vec<Block>) {
    if matches!(place, Place::Quote | Place::Item) {
        let item = |task: &Task| {
            let content = Block::Paragraph(task.content.clone());
            with_checkbox(task.done, vec![content])
        };
        let items: Vec<_> = tasks.iter().map(item).collect();
        return put_list(None, &items, place, depth, out);
    }
    let mut kept = Vec::new();
    for task in tasks {
        let content = tidy(&task.content);
        if !content.is_empty() {
            let done = task.done;
            kept.push(Task { done, content });
        }
    }
    if !kept.is_empty() {
        out.push(Block::TaskList(kept));
    }
}

/// A box as a character, for where a real one cannot stand.
pub(super) fn checkbox(done: bool) -> &'static str {
    if done { "☑ " } else { "☐ " }
}

/// The blocks of a task, its box in front of its first words.
pub(super) fn with_checkbox(done: bool, mut blocks: Vec<Block>) -> Vec<Block> {
    let sign = Inline::text(checkbox(done));
    match blocks.first_mut() {
        Some(Block::Paragraph(content)) => content.insert(0, sign),
        _ => blocks.insert(0, Block::Paragraph(vec![sign])),
    }
    blocks
}

/// A table without empty rows, or nothing.
fn table(header: &[Cell], rows: &[Vec<Cell>]) -> Option<Block> {
    let header = tidy_row(header);
    let mut kept = Vec::new();
    for row in rows {
        let row = tidy_row(row);
        if says_something(&row) {
            kept.push(row);
        }
    }
    if kept.is_empty() && !says_something(&header) {
        return None;
    }
    let rows = kept;
    Some(Block::Table { header, rows })
}

fn tidy_row(cells: &[Cell]) -> Vec<Cell> {
    cells.iter().map(|cell| tidy(cell)).collect()
}

fn says_something(cells: &[Cell]) -> bool {
    cells.iter().any(|cell| !cell.is_empty())
}

fn row_as_line(cells: &[Cell]) -> Vec<Inline> {
    let mut line = Vec::new();
    for cell in cells {
        if !line.is_empty() {
            line.push(Inline::text(" | "));
        }
        line.extend(cell.iter().cloned());
    }
    line
}

/// Blocks as lines of running text, for a table's cell.
pub(super) fn as_lines(blocks: Vec<Block>) -> Vec<Inline> {
    let mut lines = Vec::new();
    for block in blocks {
        add_lines(block, &mut lines);
    }
    lines.join(&Inline::Break)
}

fn add_lines(block: Block, lines: &mut Vec<Vec<Inline>>) {
    match block {
        Block::Paragraph(content) if content.is_empty() => {}
        Block::Paragraph(content) => lines.push(content),
        Block::Heading { content, .. } => lines.push(vec![Inline::Strong(content)]),
        Block::Code { text, .. } => {
            lines.extend(text.lines().map(|line| vec![Inline::code(line)]));
        }
        Block::TaskList(tasks) => {
            for mut task in tasks {
                task.content.insert(0, Inline::text(checkbox(task.done)));
                lines.push(task.content);
            }
        }
        Block::List { start, items } => {
            for (number, item) in (start.unwrap_or_default()..).zip(items) {
                let sign = match start {
                    Some(_) => format!("{number}. "),
                    None => "• ".to_owned(),
                };
                let first = lines.len();
                item.into_iter().for_each(|block| add_lines(block, lines));
                if let Some(line) = lines.get_mut(first) {
                    line.insert(0, Inline::Text(sign));
                }
            }
        }
        Block::Table { header, rows } => {
            lines.push(row_as_line(&header));
            for cells in &rows {
                lines.push(row_as_line(cells));
            }
        }
        Block::Quote(blocks) | Block::Panel { blocks, .. } => {
            blocks.into_iter().for_each(|block| add_lines(block, lines));
        }
        Block::Rule => {}
    }
}
