//! Plain text as a tree: paragraphs and lines, and nothing that it holds is a
//! mark or a link.

use super::tree::{Document, Inline};

/// Paragraphs that empty lines part.
#[must_use]
pub fn from_text(text: &str) -> Document {
    let mut document = Document::new();
    let mut lines: Vec<Inline> = Vec::new();
    for line in text.lines().chain([""]) {
        let line = line.trim_end();
        if !line.is_empty() {
            if !lines.is_empty() {
                lines.push(Inline::Break);
            }
            lines.push(Inline::text(line));
        } else if !lines.is_empty() {
            document = document.paragraph(std::mem::take(&mut lines));
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::super::{DESCRIPTION_LIMIT, Ending, Flavor, Rendered};
    use super::*;

    #[test]
    fn what_looks_like_markup_stays_text() {
        let text = "# no [x](https://evil.example)\n*b* _u_\n\n\n<b>end</b>\n";
        let rendered = from_text(text).render(Flavor::Wiki, DESCRIPTION_LIMIT, &Ending::default());
        let expected = "\\# no \\[x\\](https&#58;//evil.example)\n\\*b\\* \\_u\\_\n\n<b>end</b>";
        assert_eq!(rendered, Rendered::Wiki(expected.to_owned()));
        assert!(from_text(" \n").is_empty());
    }
}
