//! A tree as words alone, for summaries, logs, chat and comparison.

use super::{
    inline::flatten,
    shape::{as_lines, shape},
    tree::Document,
};

/// The words of a document, a line for each line; nothing is escaped.
#[must_use]
pub fn plain_text(document: &Document) -> String {
    let mut text = String::new();
    for block in document.blocks.iter().flat_map(shape) {
        if !text.is_empty() {
            text.push('\n');
        }
        let lines = as_lines(vec![block]);
        text.extend(flatten(&lines).iter().map(|run| &*run.text));
    }
    text
}
