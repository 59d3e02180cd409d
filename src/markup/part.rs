//! Parts of blocks: how much they weigh, and the part within a budget.
//!
//! The weight is never more than the rendered size, and quick to find; so what
//! is too heavy need not be rendered to know that it does not fit. All blocks
//! here have the shape that `shape.rs` gives.

use super::tree::{Block, Cell, Inline, Task};

/// What things take at least when rendered, besides their words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// A block, an item or a run of text.
    pub(super) node: usize,
    /// A table's cell.
    pub(super) cell: usize,
}

/// An item or a row with more weight than this is cut inside when it is at
/// the edge; a smaller one is left out whole.
const WHOLE_LIMIT: usize = 500;

/// How far back from the edge a word's start is looked for, in characters.
const WORD_LIMIT: usize = 40;

impl Scale {
    /// The least that a block takes.
    pub(super) fn weigh(self, block: &Block) -> usize {
        let inner = match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => self.weigh_text(content),
            Block::List { items, .. } => items.iter().map(|item| self.weigh_item(item)).sum(),
            Block::TaskList(tasks) => tasks.iter().map(|task| self.weigh_task(task)).sum(),
            Block::Code { text, .. } => text.chars().count(),
            Block::Quote(blocks) | Block::Panel { blocks, .. } => self.weigh_all(blocks),
            Block::Table { header, rows } => {
                let width = width(header, rows);
                let rows = rows.iter().map(|row| self.weigh_row(row, width));
                self.weigh_row(header, 0) + rows.sum::<usize>()
            }
            Block::Rule => 0,
        };
        self.node + inner
    }

    fn weigh_all(self, blocks: &[Block]) -> usize {
        blocks.iter().map(|block| self.weigh(block)).sum()
    }

    fn weigh_item(self, item: &[Block]) -> usize {
        self.node + self.weigh_all(item)
    }

    fn weigh_task(self, task: &Task) -> usize {
        self.node + self.weigh_text(&task.content)
    }

    fn weigh_text(self, content: &[Inline]) -> usize {
        content.iter().map(|inline| self.weigh_inline(inline)).sum()
    }

    fn weigh_inline(self, inline: &Inline) -> usize {
        match inline {
            Inline::Text(text) | Inline::Code(text) => self.node + text.chars().count(),
            Inline::Strong(inner) | Inline::Em(inner) | Inline::Strike(inner) => {
                self.weigh_text(inner)
            }
            Inline::Link { content, .. } => self.weigh_text(content),
            Inline::Break => self.node + 1,
        }
    }

    fn weigh_row(self, cells: &[Cell], width: usize) -> usize {
        let words = cells.iter().map(|cell| self.weigh_text(cell));
        self.node + width * self.cell + words.sum::<usize>()
    }

    /// The part of a block within a budget.
    pub(super) fn part(self, block: &Block, budget: usize) -> Option<Block> {
        self.take(block, &mut { budget })
    }

    fn take(self, block: &Block, budget: &mut usize) -> Option<Block> {
        if matches!(block, Block::Heading { .. } | Block::Rule) {
            return whole(block, self.weigh(block), budget);
        }
        *budget = budget.checked_sub(self.node)?;
        Some(match block {
            Block::Paragraph(content) => Block::Paragraph(self.take_text(content, budget)?),
            Block::List { start, items } => {
                let weigh = |item: &Vec<Block>| self.weigh_item(item);
                let cut = |item: &Vec<Block>, budget: &mut _| self.take_item(item, budget);
                let items = take_each(items, budget, weigh, cut)?;
                Block::List {
                    start: *start,
                    items,
                }
            }
            Block::TaskList(tasks) => {
                let weigh = |task: &Task| self.weigh_task(task);
                let cut = |task: &Task, budget: &mut _| self.take_task(task, budget);
                Block::TaskList(take_each(tasks, budget, weigh, cut)?)
            }
            Block::Code { language, text } => Block::Code {
                language: language.clone(),
                text: take_code(text, budget)?,
            },
            Block::Quote(blocks) => Block::Quote(self.take_all(blocks, budget)?),
            Block::Panel { kind, blocks } => Block::Panel {
                kind: *kind,
                blocks: self.take_all(blocks, budget)?,
            },
            Block::Table { header, rows } => self.take_table(header, rows, budget)?,
            Block::Heading { .. } | Block::Rule => return None,
        })
    }

    fn take_all(self, blocks: &[Block], budget: &mut usize) -> Option<Vec<Block>> {
        let mut kept = Vec::new();
        for block in blocks {
            if let Some(block) = whole(block, self.weigh(block), budget) {
                kept.push(block);
            } else {
                kept.extend(self.take(block, budget));
                break;
            }
        }
        (!kept.is_empty()).then_some(kept)
    }

    fn take_item(self, item: &[Block], budget: &mut usize) -> Option<Vec<Block>> {
        *budget = budget.checked_sub(self.node)?;
        let kept = self.take_all(item, budget)?;
        let is_empty = |block: &Block| matches!(block, Block::Paragraph(text) if text.is_empty());
        let starts_well = matches!(kept.first(), Some(Block::Paragraph(_)));
        (starts_well && !kept.iter().all(is_empty)).then_some(kept)
    }

    fn take_task(self, task: &Task, budget: &mut usize) -> Option<Task> {
        *budget = budget.checked_sub(self.node)?;
        let content = self.take_text(&task.content, budget)?;
        let done = task.done;
        Some(Task { done, content })
    }

    fn take_table(self, header: &[Cell], rows: &[Vec<Cell>], budget: &mut usize) -> Option<Block> {
        let width = width(header, rows);
        *budget = budget.checked_sub(self.weigh_row(header, 0))?;
        let weigh = |row: &Vec<Cell>| self.weigh_row(row, width);
        let cut = |row: &Vec<Cell>, budget: &mut usize| {
            *budget = budget.checked_sub(self.weigh_row(&[], width))?;
            let cells = row.iter().map(|cell| self.take_text(cell, budget));
            Some(cells.map(Option::unwrap_or_default).collect())
        };
        let rows = take_each(rows, budget, weigh, cut)?;
        let header = header.to_vec();
        Some(Block::Table { header, rows })
    }

    fn take_text(self, content: &[Inline], budget: &mut usize) -> Option<Vec<Inline>> {
        let mut kept = Vec::new();
        for inline in content {
            if let Some(inline) = whole(inline, self.weigh_inline(inline), budget) {
                kept.push(inline);
                continue;
            }
            kept.extend(self.take_inline(inline, budget));
            break;
        }
        (!kept.is_empty()).then_some(kept)
    }

    fn take_inline(self, inline: &Inline, budget: &mut usize) -> Option<Inline> {
        let mut words = |text: &str| {
            let end = word_boundary(text, budget.checked_sub(self.node)?);
            *budget = 0;
            text.get(..end)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        Some(match inline {
            Inline::Text(text) => Inline::Text(words(text)?),
            Inline::Code(text) => Inline::Code(words(text)?),
            Inline::Strong(inner) => Inline::Strong(self.take_text(inner, budget)?),
            Inline::Em(inner) => Inline::Em(self.take_text(inner, budget)?),
            Inline::Strike(inner) => Inline::Strike(self.take_text(inner, budget)?),
            Inline::Link { href, content } => Inline::Link {
                href: href.clone(),
                content: self.take_text(content, budget)?,
            },
            Inline::Break => return None,
        })
    }
}

fn width(header: &[Cell], rows: &[Vec<Cell>]) -> usize {
    let widths = rows.iter().map(Vec::len).chain([header.len()]);
    widths.max().unwrap_or_default()
}

fn whole<T: Clone>(part: &T, weight: usize, budget: &mut usize) -> Option<T> {
    *budget = budget.checked_sub(weight)?;
    Some(part.clone())
}

/// Parts as long as they fit, or nothing; the one at the edge is cut inside if
/// it is long.
fn take_each<T: Clone>(
    parts: &[T],
    budget: &mut usize,
    weigh: impl Fn(&T) -> usize,
    cut: impl Fn(&T, &mut usize) -> Option<T>,
) -> Option<Vec<T>> {
    let mut kept = Vec::new();
    for part in parts {
        let weight = weigh(part);
        if let Some(part) = whole(part, weight, budget) {
            kept.push(part);
            continue;
        }
        if kept.is_empty() || weight > WHOLE_LIMIT {
            kept.extend(cut(part, budget));
        }
        break;
    }
    (!kept.is_empty()).then_some(kept)
}

fn take_code(text: &str, budget: &mut usize) -> Option<String> {
    let mut kept = 0;
    for line in text.split_inclusive('\n') {
        let length = line.chars().count();
        if let Some(left) = budget.checked_sub(length) {
            *budget = left;
            kept += line.len();
            continue;
        }
        if kept == 0 || length > WHOLE_LIMIT {
            kept += boundary(line, *budget);
        }
        *budget = 0;
        break;
    }
    let kept = text.get(..kept).unwrap_or_default().trim_end();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// The byte index after at most `count` characters, before a word if one
/// starts near.
fn word_boundary(text: &str, count: usize) -> usize {
    let end = boundary(text, count);
    let (head, tail) = text.split_at_checked(end).unwrap_or((text, ""));
    if tail.is_empty() || tail.starts_with(char::is_whitespace) {
        return end;
    }
    let mut last = head.char_indices().rev().take(WORD_LIMIT);
    let space = last.find(|(_, c)| c.is_whitespace());
    space.map_or(end, |(at, _)| at)
}

/// The byte index after at most `count` characters that leaves no character
/// without the marks that belong to it.
fn boundary(text: &str, count: usize) -> usize {
    let Some((mut end, _)) = text.char_indices().nth(count) else {
        return text.len();
    };
    while let (Some(before), Some(after)) = (text.get(..end), text.get(end..)) {
        let is_inside = after.starts_with(belongs_to_previous) || before.ends_with('\u{200d}');
        match before.char_indices().next_back() {
            Some((at, _)) if is_inside => end = at,
            _ => break,
        }
    }
    end
}

/// Combining marks, variation selectors, skin tones and joiners.
fn belongs_to_previous(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}
