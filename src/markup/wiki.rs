//! A tree as wiki markup, which Jira Data Center keeps rich text in.
//!
//! What it cannot express becomes the nearest thing it can: a numbered list
//! always begins at 1, a task shows its box as a character, a code block in a
//! language that Jira does not colour is a `{noformat}` (an unknown one makes
//! Jira show an error in its place).

use std::fmt::Write as _;

use super::{
    cut::{Piece, Target, joined},
    part::Scale,
    shape::checkbox,
    tree::{Block, Cell, PanelKind},
    wiki_run::write_text,
};

/// What stands between two blocks: an empty line.
const GAP: &str = "\n\n";

/// A line break where a line end would end the item, the cell or the title.
const BREAK: &str = " \\\\ ";

/// Renders to wiki markup.
pub(super) const WIKI: Target = Target {
    frame: 0,
    gap: GAP.len(),
    // A paragraph has no signs; a cell is `|  `.
    scale: Scale { node: 0, cell: 3 },
    block: piece,
};

fn piece(_index: usize, block: &Block) -> Piece {
    let mut out = String::new();
    write_block(block, &mut out);
    Piece::plain(out)
}

/// The blocks as one text.
pub(super) fn document(blocks: &[Piece]) -> String {
    joined(blocks, GAP)
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph(content) => write_text(content, "\n", out),
        Block::Heading { level, content } => {
            let _ = write!(out, "h{level}. ");
            write_text(content, BREAK, out);
        }
        Block::List { start, items } => write_list(*start, items, "", out),
        Block::TaskList(tasks) => {
            for (index, task) in tasks.iter().enumerate() {
                out.push_str(if index == 0 { "* " } else { "\n* " });
                out.push_str(checkbox(task.done));
                write_text(&task.content, BREAK, out);
            }
        }
        Block::Code { language, text } => write_code(language.as_deref(), text, out),
        Block::Quote(blocks) => {
            out.push_str("{quote}\n");
            write_blocks(blocks, out);
            out.push_str("\n{quote}");
        }
        Block::Table { header, rows } => write_table(header, rows, out),
        Block::Rule => out.push_str("----"),
        Block::Panel { kind, blocks } => {
            let _ = writeln!(out, "{{panel:bgColor={}}}", color(*kind));
            write_blocks(blocks, out);
            out.push_str("\n{panel}");
        }
    }
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            out.push_str(GAP);
        }
        write_block(block, out);
    }
}

/// The colours of Jira's own panels.
fn color(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Info => "#deebff",
        PanelKind::Note => "#eae6ff",
        PanelKind::Success => "#e3fcef",
        PanelKind::Warning => "#fffae6",
        PanelKind::Error => "#ffebe6",
    }
}

/// An item is one line: an empty line would end the list. Its further
/// paragraphs follow after line breaks, code directly below.
fn write_list(start: Option<u64>, items: &[Vec<Block>], outer: &str, out: &mut String) {
    let signs = format!("{outer}{}", if start.is_some() { '#' } else { '*' });
    for item in items {
        new_line(out);
        out.push_str(&signs);
        out.push(' ');
        let mut is_first = true;
        for block in item {
            match block {
                Block::List { start, items } => write_list(*start, items, &signs, out),
                Block::Paragraph(content) => {
                    if !is_first {
                        out.push_str(if out.ends_with('}') { "\n" } else { BREAK });
                    }
                    write_text(content, BREAK, out);
                }
                other => {
                    new_line(out);
                    write_block(other, out);
                }
            }
            is_first = false;
        }
    }
}

fn new_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn write_table(header: &[Cell], rows: &[Vec<Cell>], out: &mut String) {
    let width = rows.iter().map(Vec::len).chain([header.len()]).max();
    let width = width.unwrap_or_default();
    if !header.is_empty() {
        write_row(header, width, "||", out);
    }
    for row in rows {
        new_line(out);
        write_row(row, width, "|", out);
    }
}

fn write_row(cells: &[Cell], width: usize, bar: &str, out: &mut String) {
    let padding = std::iter::repeat_n(&[][..], width.saturating_sub(cells.len()));
    for cell in cells.iter().map(Vec::as_slice).chain(padding) {
        out.push_str(bar);
        out.push(' ');
        write_text(cell, BREAK, out);
        out.push(' ');
    }
    out.push_str(bar);
}

/// The languages that Jira colours, and the names that authors use besides.
const LANGUAGES: [(&str, &[&str]); 24] = [
    ("bash", &["sh", "shell", "zsh", "console"]),
    ("c", &["h"]),
    ("c#", &["cs", "csharp"]),
    ("c++", &["cpp", "cxx"]),
    ("css", &[]),
    ("go", &["golang"]),
    ("groovy", &[]),
    ("haskell", &["hs"]),
    ("html", &["xhtml"]),
    ("java", &[]),
    ("javascript", &["js"]),
    ("json", &[]),
    ("lua", &[]),
    ("perl", &["pl"]),
    ("php", &[]),
    ("python", &["py"]),
    ("r", &[]),
    ("ruby", &["rb"]),
    ("scala", &[]),
    ("sql", &[]),
    ("swift", &[]),
    ("visualbasic", &["vb", "vbs", "vba"]),
    ("xml", &[]),
    ("yaml", &["yml"]),
];

/// Jira's name of a language.
fn known_language(name: &str) -> Option<&'static str> {
    let mut languages = LANGUAGES.iter();
    let known = languages.find(|(jira, others)| *jira == name || others.contains(&name));
    known.map(|(jira, _)| *jira)
}

/// A block of code, in the macro whose end its text does not hold. A text that
/// holds both gets an invisible space into its `{noformat`.
fn write_code(language: Option<&str>, text: &str, out: &mut String) {
    let lower = text.to_ascii_lowercase();
    let holds = |name: &str| lower.contains(&format!("{{{name}"));
    let (name, start) = match language.and_then(known_language) {
        Some(language) if !holds("code") => ("code", format!("{{code:{language}}}")),
        _ if !holds("noformat") => ("noformat", "{noformat}".to_owned()),
        _ if !holds("code") => ("code", "{code:none}".to_owned()),
        _ => {
            return write_code(None, &broken_up(text), out);
        }
    };
    let _ = write!(out, "{start}\n{text}\n{{{name}}}");
}

fn broken_up(text: &str) -> String {
    const SIGN: &str = "{noformat";
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, _) in lower.match_indices(SIGN) {
        out.push_str(text.get(kept..=at).unwrap_or_default());
        out.push('\u{200b}');
        kept = at + 1;
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    out
}
