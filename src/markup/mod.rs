//! Rich text: from what people write to what Jira keeps, and back.
//!
//! Markdown and HTML become one [tree](Document), and so do Jira's two languages; the
//! tree becomes Jira Cloud's ADF, Data Center's wiki markup or a platform's Markdown,
//! cut to a limit. Nothing in a source can become more than text, a link or
//! formatting, whatever it holds, and the work grows linearly with the source.

mod adf;
mod adf_in;
mod build;
mod clean;
mod cut;
mod html;
mod html_tag;
mod html_tokens;
mod inline;
mod markdown;
mod markdown_out;
mod markdown_text;
mod outline;
mod part;
mod plain;
mod prose;
mod rendered;
mod seen;
mod shape;
mod source;
mod text;
mod tree;
mod wiki;
mod wiki_escape;
mod wiki_in;
mod wiki_lexer;
mod wiki_macro;
mod wiki_phrase;
mod wiki_row;
mod wiki_run;
mod wiki_text;

#[cfg(test)]
mod tests;

pub use self::{
    adf_in::from_adf,
    cut::{DESCRIPTION_LIMIT, Ending},
    html::from_html,
    markdown::from_markdown,
    plain::plain_text,
    prose::{Prose, from_prose},
    rendered::{Adf, Rendered},
    seen::Seen,
    source::SOURCE_LIMIT,
    text::from_text,
    tree::{Block, Cell, Document, Inline, NESTING_LIMIT, PanelKind, Task},
    wiki_in::from_wiki,
};

/// The language that a Jira speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// Atlassian Document Format: Jira Cloud, REST v3.
    Adf,
    /// Wiki markup: Data Center, REST v2.
    Wiki,
}

impl Document {
    /// Renders the document in at most `limit` characters; if something has to
    /// go, what remains closes with the ending.
    ///
    /// ```
    /// # use jira_intake::markup::*;
    /// let document = Document::new().heading(2, "Facts").append(from_markdown("*now*"));
    /// let rendered = document.render(Flavor::Wiki, DESCRIPTION_LIMIT, &Ending::default());
    /// assert_eq!(rendered, Rendered::Wiki("h2. Facts\n\n_now_".to_owned()));
    /// ```
    #[must_use]
    pub fn render(&self, flavor: Flavor, limit: usize, ending: &Ending) -> Rendered {
        match flavor {
            Flavor::Adf => {
                let pieces = cut::fit(&adf::ADF, self, limit, ending);
                Rendered::Adf(adf::document(&pieces))
            }
            Flavor::Wiki => {
                let pieces = cut::fit(&wiki::WIKI, self, limit, ending);
                Rendered::Wiki(wiki::document(&pieces))
            }
        }
    }

    /// Renders the document to Markdown in at most `limit` characters; if something
    /// has to go, what remains closes with the ending. There is no HTML in it outside
    /// of code, and no link but to http, https and mailto.
    ///
    /// ```
    /// # use jira_intake::markup::*;
    /// let document = Document::new().heading(2, "<Facts>").append(from_markdown("*now*"));
    /// let rendered = document.to_markdown(DESCRIPTION_LIMIT, &Ending::default());
    /// assert_eq!(rendered, "## &lt;Facts>\n\n_now_");
    /// ```
    #[must_use]
    pub fn to_markdown(&self, limit: usize, ending: &Ending) -> String {
        let pieces = cut::fit(&markdown_out::MARKDOWN, self, limit, ending);
        markdown_out::document(&pieces)
    }
}
