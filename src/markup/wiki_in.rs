//! Jira's wiki markup to a tree: what people write on Data Center, and what Cloud's
//! webhooks tell of comments.
//!
//! [Its notation](https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all)
//! is line by line, with macros that may begin within a line. What has no place in a
//! tree (colours, panels, anchors) is left out; its words stay.

use super::{
    build::{Builder, Container},
    clean,
    source::head,
    tree::Document,
    wiki_macro::{Macro, MacroKind, find, find_end},
    wiki_phrase::phrases,
    wiki_row::cells,
};

/// Lists nest no deeper in Jira; further signs are not heeded.
const SIGNS_LIMIT: usize = 16;

/// Reads wiki markup.
///
/// ```
/// # use jira_intake::markup::{from_wiki, plain_text};
/// let document = from_wiki("h2. Seen\n* on *WIN-7*");
/// assert_eq!(plain_text(&document), "Seen\n• on WIN-7");
/// ```
#[must_use]
pub fn from_wiki(source: &str) -> Document {
    let (source, incomplete) = head(source);
    let mut reader = Reader::default();
    reader.read(&clean::text(source));
    let mut document = reader.builder.finish();
    document.incomplete = incomplete;
    document
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    /// The signs of the lists that are open, outermost first.
    signs: Vec<char>,
    in_quote: bool,
    in_table: bool,
    /// Whether the next line goes on with a paragraph.
    in_paragraph: bool,
}

impl Reader {
    fn read(&mut self, source: &str) {
        // Where the part that is not read yet begins, and where its line ends.
        let (mut at, mut end) = (0, 0);
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
            if at >= end {
                end = at + rest.find('\n').unwrap_or(rest.len());
            }
            let line = source.get(at..end).unwrap_or_default();
            let Some(found) = find(line) else {
                self.line(line);
                at = end + 1;
                continue;
            };
            let before = line.get(..found.start).unwrap_or_default();
            if !before.trim().is_empty() {
                self.line(before);
            }
            at += found.end;
            at += self.open(&found, source.get(at..).unwrap_or_default());
            // The end of a macro's line is no empty line.
            at += usize::from(source.get(at..).is_some_and(|rest| rest.starts_with('\n')));
        }
    }

    /// A macro begins or ends; how much of what follows it is read with it.
    fn open(&mut self, found: &Macro<'_>, rest: &str) -> usize {
        self.in_paragraph = false;
        match found.kind {
            MacroKind::Code | MacroKind::Verbatim => {
                let (text, after) = find_end(found.kind, rest);
                self.end_table();
                self.builder.begin_code(found.language());
                self.builder.text(text);
                self.builder.end_code();
                return rest.len() - after.len();
            }
            MacroKind::Quote => {
                self.end_blocks();
                match self.in_quote {
                    true => self.builder.close(),
                    false => self.builder.open(Container::Quote),
                }
                self.in_quote = !self.in_quote;
            }
            MacroKind::Box => self.end_blocks(),
        }
        0
    }

    fn line(&mut self, line: &str) {
        let text = line.trim();
        if text.is_empty() {
            self.end_blocks();
        } else if text.len() >= 4 && text.bytes().all(|c| c == b'-') {
            self.end_blocks();
            self.builder.rule();
        } else if let Some((level, title)) = title(text) {
            self.end_blocks();
            self.builder.heading(Some(level));
            phrases(title, &mut self.builder);
            self.builder.heading(None);
        } else if let Some(words) = text.strip_prefix("bq. ") {
            self.end_blocks();
            self.builder.open(Container::Quote);
            phrases(words, &mut self.builder);
            self.builder.close();
        } else if let Some((signs, words)) = item(line.trim_start()) {
            self.item(signs, words);
        } else if text.starts_with('|') && text.len() > 1 {
            self.row(text);
        } else {
            self.words(text);
        }
    }

    fn words(&mut self, text: &str) {
        self.end_table();
        if self.in_paragraph {
            self.builder.line_break();
        }
        phrases(text, &mut self.builder);
        self.in_paragraph = true;
    }

    fn item(&mut self, signs: &str, words: &str) {
        self.end_table();
        let signs: Vec<char> = signs.chars().take(SIGNS_LIMIT).collect();
        let same = signs.iter().zip(&self.signs).take_while(|(a, b)| a == b);
        let same = same.count();
        self.close_lists(same);
        match same == signs.len() {
            // The next item of the innermost list.
            true => {
                self.builder.close();
                self.builder.open(Container::Item);
            }
            false => {
                for sign in signs.get(same..).unwrap_or_default() {
                    let start = (*sign == '#').then_some(1);
                    self.builder.open(Container::List(start));
                    self.builder.open(Container::Item);
                    self.signs.push(*sign);
                }
            }
        }
        phrases(words, &mut self.builder);
        self.in_paragraph = true;
    }

    /// Closes all but so many lists.
    fn close_lists(&mut self, kept: usize) {
        while self.signs.len() > kept {
            self.signs.pop();
            self.builder.close();
            self.builder.close();
        }
    }

    fn row(&mut self, text: &str) {
        if !self.in_table {
            self.end_blocks();
            self.builder.open(Container::Table);
            self.in_table = true;
        }
        let cells = cells(text);
        let header = cells.iter().all(|cell| cell.is_header);
        self.builder.open(Container::Row { header });
        for cell in cells {
            self.builder.open(Container::Cell);
            phrases(cell.text.trim(), &mut self.builder);
            self.builder.close();
        }
        self.builder.close();
    }

    fn end_table(&mut self) {
        if std::mem::take(&mut self.in_table) {
            self.builder.close();
        }
    }

    /// Ends what an empty line ends.
    fn end_blocks(&mut self) {
        self.builder.flush();
        self.end_table();
        self.close_lists(0);
        self.in_paragraph = false;
    }
}

/// A title's level and words.
fn title(line: &str) -> Option<(u8, &str)> {
    let (level, words) = line.strip_prefix('h')?.split_once('.')?;
    let level = level.parse().ok().filter(|it| (1..=6).contains(it))?;
    Some((level, words.trim()))
}

/// An item's signs and words.
fn item(line: &str) -> Option<(&str, &str)> {
    let (signs, words) = line.split_once([' ', '\t'])?;
    let is_list = signs.chars().all(|c| matches!(c, '*' | '#' | '-'));
    // Two or three hyphens are a dash.
    let is_dash = signs.len() > 1 && signs.bytes().all(|c| c == b'-');
    let words = words.trim();
    (!signs.is_empty() && is_list && !is_dash).then_some((signs, words))
}
