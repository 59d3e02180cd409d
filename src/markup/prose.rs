//! A text that somebody wrote, whatever the language.

use std::cell::RefCell;

use super::{Document, from_markdown, from_text};

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prose {
    /// In Markdown.
    Markdown,
    /// As plain text, in which nothing is markup.
    Plain,
}

/// A longer text is not worth its memory, in bytes.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// What was read last: an event's text is needed twice, to say what has changed and
    /// to write the issue, and reading it is a tenth of all the work on a new event.
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

struct Last {
    text: String,
    prose: Prose,
    document: Document,
}

/// A text as it was written.
pub fn from_prose(text: &str, prose: Prose) -> Document {
    let is_it = |last: &mut Last| last.prose == prose && last.text == text;
    // The second time is the last one, so nothing is kept for a third.
    if let Some(last) = LAST.with_borrow_mut(|last| last.take_if(is_it)) {
        return last.document;
    }
    let document = read(text, prose);
    if text.len() <= KEPT {
        let (text, document) = (text.to_owned(), document.clone());
        let last = Last {
            text,
            prose,
            document,
        };
        LAST.set(Some(last));
    }
    document
}

fn read(text: &str, prose: Prose) -> Document {
    match prose {
        Prose::Markdown => from_markdown(text),
        Prose::Plain => from_text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_read_before_a_text_is_read_as_it_is_written() {
        for _ in 0..3 {
            for text in ["*a*", "*b*", "", "*a*", &"x".repeat(KEPT + 1)] {
                for prose in [Prose::Markdown, Prose::Plain, Prose::Plain] {
                    assert_eq!(
                        from_prose(text, prose),
                        read(text, prose),
                        "{text} {prose:?}"
                    );
                }
            }
        }
    }
}
