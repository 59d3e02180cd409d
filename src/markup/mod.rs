//! Rich text: from what people write to what Jira keeps.
//!
//! Markdown and HTML become one [tree](Document); the tree becomes Jira Cloud's
//! ADF or Data Center's wiki markup, cut to Jira's limit. Nothing in a source
//! can become more than text, a link or formatting, whatever it holds, and the
//! work grows linearly with the source.

mod adf;
mod build;
mod clean;
mod cut;
mod html;
mod html_tag;
mod html_tokens;
mod inline;
mod markdown;
mod part;
mod plain;
mod shape;
mod source;
mod text;
mod tree;
mod wiki;
mod wiki_run;
mod wiki_text;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use self::{
    cut::{DESCRIPTION_LIMIT, Ending},
    html::from_html,
    markdown::from_markdown,
    plain::plain_text,
    source::SOURCE_LIMIT,
    text::from_text,
    tree::{Block, Cell, Document, Inline, NESTING_LIMIT, PanelKind, Task},
};

/// The language that a Jira speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// Atlassian Document Format: Jira Cloud, REST v3.
    Adf,
    /// Wiki markup: Data Center, REST v2.
    Wiki,
}

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prose {
    /// In Markdown.
    Markdown,
    /// As plain text, in which nothing is markup.
    Plain,
}

/// A text as it was written.
pub fn from_prose(text: &str, prose: Prose) -> Document {
    match prose {
        Prose::Markdown => from_markdown(text),
        Prose::Plain => from_text(text),
    }
}

/// A text as Jira takes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Rendered {
    /// An ADF document.
    Adf(Value),
    /// Wiki markup.
    Wiki(String),
}

impl Rendered {
    /// The text as the JSON value of a field.
    #[must_use]
    pub fn into_json(self) -> Value {
        match self {
            Self::Adf(document) => document,
            Self::Wiki(text) => Value::String(text),
        }
    }
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
                Rendered::Adf(adf::document(pieces))
            }
            Flavor::Wiki => {
                let pieces = cut::fit(&wiki::WIKI, self, limit, ending);
                Rendered::Wiki(wiki::document(&pieces))
            }
        }
    }
}
