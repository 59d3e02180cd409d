//! A tree as Markdown, for platforms that show it: OpenCTI's notes, SOAR's.
//!
//! CommonMark with GitHub's tables, task lists and strikethrough. No HTML: what a
//! stranger wrote stays text, and a line break in a cell, for which Markdown has no
//! sign, is a blank.

use std::fmt::Write as _;

use super::{
    cut::{Piece, Target, joined},
    markdown_text::{Line, longest_run, write_text},
    part::Scale,
    tree::{Block, Cell},
};

/// What stands between two blocks: an empty line.
const GAP: &str = "\n\n";

/// Numbers of items may have nine digits
/// ([CommonMark 0.31](https://spec.commonmark.org/0.31.2/#list-items)).
const NUMBER_LIMIT: u64 = 999_999_999;

/// Renders to Markdown.
pub(super) const MARKDOWN: Target = Target {
    frame: 0,
    gap: GAP.len(),
    // A paragraph has no signs; a cell is `|  `.
    scale: Scale { node: 0, cell: 3 },
    block: piece,
};

fn piece(_index: usize, block: &Block) -> Piece {
    Piece::plain(written(block))
}

/// The blocks as one text.
pub(super) fn document(blocks: &[Piece]) -> String {
    joined(blocks, GAP)
}

fn written(block: &Block) -> String {
    let mut out = String::new();
    match block {
        Block::Paragraph(content) => write_text(content, Line::Paragraph, &mut out),
        Block::Heading { level, content } => {
            let signs = "#".repeat(usize::from((*level).clamp(1, 6)));
            let _ = write!(out, "{signs} ");
            write_text(content, Line::Heading, &mut out);
        }
        Block::List { start, items } => write_list(*start, items, &mut out),
        Block::TaskList(tasks) => {
            for task in tasks {
                let mut item = String::new();
                write_text(&task.content, Line::Paragraph, &mut item);
                let sign = if task.done { "- [x] " } else { "- [ ] " };
                new_line(&mut out);
                indent(&item, sign, "  ", &mut out);
            }
        }
        Block::Code { language, text } => write_code(language.as_deref(), text, &mut out),
        Block::Quote(blocks) | Block::Panel { blocks, .. } => {
            indent(&all(blocks), "> ", "> ", &mut out);
        }
        Block::Table { header, rows } => write_table(header, rows, &mut out),
        Block::Rule => out.push_str("---"),
    }
    out
}

fn all(blocks: &[Block]) -> String {
    let blocks = blocks.iter().map(written);
    let blocks: Vec<String> = blocks.filter(|block| !block.is_empty()).collect();
    blocks.join(GAP)
}

/// Lines, the first one behind `first`, the others behind `others`.
fn indent(text: &str, first: &str, others: &str, out: &mut String) {
    for (index, line) in text.split('\n').enumerate() {
        let sign = match index {
            0 => first,
            _ => others,
        };
        if index > 0 {
            out.push('\n');
        }
        match line.is_empty() && index > 0 {
            true => out.push_str(sign.trim_end()),
            false => out.push_str(sign),
        }
        out.push_str(line);
    }
}

fn new_line(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn write_list(start: Option<u64>, items: &[Vec<Block>], out: &mut String) {
    let last = u64::try_from(items.len()).unwrap_or(NUMBER_LIMIT);
    let fits = |start: &u64| start.saturating_add(last) <= NUMBER_LIMIT;
    let start = start.map(|start| Some(start).filter(fits).unwrap_or(1));
    for (index, item) in (0..).zip(items) {
        let sign = match start {
            Some(start) => format!("{}. ", start + index),
            None => "- ".to_owned(),
        };
        new_line(out);
        indent(&written_item(item), &sign, &" ".repeat(sign.len()), out);
    }
}

/// An item's blocks; a list in it stands directly below what it belongs to.
fn written_item(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let text = written(block);
        // Only a list that begins with 1 may follow a line without a gap.
        let follows = matches!(block, Block::List { start, .. } if start.is_none_or(|it| it == 1));
        if !out.is_empty() && !text.is_empty() {
            out.push_str(if follows { "\n" } else { GAP });
        }
        out.push_str(&text);
    }
    out
}

/// A block of code, within a fence that its text does not hold.
fn write_code(language: Option<&str>, text: &str, out: &mut String) {
    let fence = "`".repeat(3.max(longest_run(text) + 1));
    let language = language.unwrap_or_default();
    let _ = write!(out, "{fence}{language}\n{text}\n{fence}");
}

fn write_table(header: &[Cell], rows: &[Vec<Cell>], out: &mut String) {
    let width = rows.iter().map(Vec::len).chain([header.len()]).max();
    let width = width.unwrap_or_default();
    // There is no table without a header.
    write_row(header, width, out);
    out.push_str("\n|");
    out.push_str(&"---|".repeat(width));
    for row in rows {
        out.push('\n');
        write_row(row, width, out);
    }
}

fn write_row(cells: &[Cell], width: usize, out: &mut String) {
    let padding = std::iter::repeat_n(&[][..], width.saturating_sub(cells.len()));
    for cell in cells.iter().map(Vec::as_slice).chain(padding) {
        out.push_str("| ");
        write_text(cell, Line::Cell, out);
        out.push(' ');
    }
    out.push('|');
}
