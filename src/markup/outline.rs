//! What a document says, in a form that is cheap to compare: nothing is rendered, cut
//! or escaped for it.

use super::tree::{Block, Cell, Document, Inline};

/// What stands before each piece: its kind.
const KIND: char = '\u{1}';
/// What stands after each piece, so that none runs into the next.
const END: char = '\u{2}';

impl Document {
    /// All words of the document with what they are, in one text that only another
    /// document has differently. It is for comparing and means nothing to people.
    #[must_use]
    pub fn outline(&self) -> String {
        let mut outline = Outline(String::new());
        if self.incomplete {
            outline.piece("cut", |_| {});
        }
        outline.blocks(&self.blocks);
        outline.0
    }
}

struct Outline(String);

impl Outline {
    fn piece(&mut self, kind: &str, content: impl FnOnce(&mut Self)) {
        self.0.push(KIND);
        self.0.push_str(kind);
        self.0.push(KIND);
        content(self);
        self.0.push(END);
    }

    fn words(&mut self, kind: &str, words: &str) {
        self.piece(kind, |outline| outline.0.push_str(words));
    }

    fn number(&mut self, number: u64) {
        self.words("n", &number.to_string());
    }

    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(content) => self.piece("p", |it| it.inlines(content)),
            Block::Heading { level, content } => self.piece("h", |it| {
                it.number(u64::from(*level));
                it.inlines(content);
            }),
            Block::List { start, items } => self.piece("list", |it| {
                start.iter().for_each(|start| it.number(*start));
                for item in items {
                    it.piece("item", |it| it.blocks(item));
                }
            }),
            Block::TaskList(tasks) => self.piece("tasks", |it| {
                for task in tasks {
                    let kind = if task.done { "done" } else { "open" };
                    it.piece(kind, |it| it.inlines(&task.content));
                }
            }),
            Block::Code { language, text } => self.piece("pre", |it| {
                it.words("lang", language.as_deref().unwrap_or_default());
                it.words("t", text);
            }),
            Block::Quote(blocks) => self.piece("quote", |it| it.blocks(blocks)),
            Block::Table { header, rows } => self.piece("table", |it| {
                it.row(header);
                rows.iter().for_each(|row| it.row(row));
            }),
            Block::Rule => self.piece("rule", |_| {}),
            Block::Panel { kind, blocks } => self.piece("panel", |it| {
                it.number(*kind as u64);
                it.blocks(blocks);
            }),
        }
    }

    fn row(&mut self, cells: &[Cell]) {
        self.piece("row", |it| {
            for cell in cells {
                it.piece("cell", |it| it.inlines(cell));
            }
        });
    }

    fn inlines(&mut self, content: &[Inline]) {
        for inline in content {
            match inline {
                Inline::Text(text) => self.words("t", text),
                Inline::Strong(content) => self.piece("b", |it| it.inlines(content)),
                Inline::Em(content) => self.piece("i", |it| it.inlines(content)),
                Inline::Strike(content) => self.piece("s", |it| it.inlines(content)),
                Inline::Code(text) => self.words("c", text),
                Inline::Link { href, content } => self.piece("a", |it| {
                    it.words("href", href);
                    it.inlines(content);
                }),
                Inline::Break => self.piece("br", |_| {}),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{from_html, from_markdown};
    use super::*;

    #[test]
    fn documents_that_differ_in_anything_have_another_outline() {
        let sources = [
            "a b",
            "a",
            "*a* b",
            "**a** b",
            "`a` b",
            "~~a~~ b",
            "# a b",
            "## a b",
            "- a b",
            "- a\n- b",
            "1. a b",
            "2. a b",
            "> a b",
            "[a b](https://a.b)",
            "[a b](https://a.c)",
            "a\\\nb",
            "a\n\nb",
            "```\na b\n```",
            "```c\na b\n```",
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "---",
            "- [ ] a b",
            "- [x] a b",
            "",
        ];
        let outlines: Vec<String> = sources
            .iter()
            .map(|source| from_markdown(source).outline())
            .collect();
        for (index, outline) in outlines.iter().enumerate() {
            let same = outlines.iter().position(|other| other == outline);
            assert_eq!(
                same,
                Some(index),
                "{} is like {}",
                sources[index],
                sources[same.unwrap()]
            );
        }
    }

    #[test]
    fn the_same_words_read_from_two_languages_have_the_same_outline() {
        let html = from_html("<p>a <b>b</b></p>");
        assert_eq!(html.outline(), from_markdown("a **b**").outline());
        let cut = Document {
            incomplete: true,
            ..html.clone()
        };
        assert_ne!(cut.outline(), html.outline());
    }
}
