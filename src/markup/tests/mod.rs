//! What this module promises, as sentences; the helpers are beside them.

mod adf;
mod adf_in;
mod contract;
mod cost;
mod cut;
mod golden;
mod hostile;
mod interpreter;
mod markdown_out;
mod properties;
mod reading;
mod strategy;
mod wiki;
mod wiki_in;

use std::sync::LazyLock;

use serde_json::Value;

use super::{Document, Ending, Flavor, Rendered, shape};

/// An ending as the project uses it.
fn ending() -> Ending {
    Ending {
        text: "… full text in OpenCTI".to_owned(),
        url: Some("https://opencti.example/dashboard/id/1".to_owned()),
    }
}

fn adf(document: &Document, limit: usize) -> Value {
    match document.render(Flavor::Adf, limit, &ending()) {
        Rendered::Wiki(_) => unreachable!("asked for ADF"),
        adf => adf.into_json(),
    }
}

fn wiki(document: &Document, limit: usize) -> String {
    match document.render(Flavor::Wiki, limit, &ending()) {
        Rendered::Wiki(text) => text,
        Rendered::Adf(_) => unreachable!("asked for wiki markup"),
    }
}

/// The size as Jira counts it.
fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = include_str!("../../../tests/markup/adf.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
});

/// Every rule of ADF that the document breaks: those of the schema, and that
/// the ids of tasks are unique.
fn broken_rules(document: &Value) -> Vec<String> {
    let mut broken: Vec<_> = SCHEMA
        .iter_errors(document)
        .map(|error| error.to_string())
        .collect();
    let text = document.to_string();
    let mut ids: Vec<_> = text.split("\"localId\":\"").skip(1).collect();
    let count = ids.len();
    ids.iter_mut()
        .for_each(|id| *id = id.split('"').next().unwrap_or(id));
    ids.sort_unstable();
    ids.dedup();
    if ids.len() != count {
        broken.push("ids of tasks repeat".to_owned());
    }
    broken
}

/// The words that a rendered document must show, without white space.
fn words(document: &Document) -> String {
    let mut out = String::new();
    for block in document.blocks.iter().flat_map(shape::shape) {
        add_words(&block, &mut out);
    }
    visible(&out)
}

fn add_words(block: &super::Block, out: &mut String) {
    use super::{Block, inline::flatten};
    let mut text = |content: &[super::Inline]| {
        out.extend(flatten(content).iter().map(|run| run.text.to_string()));
    };
    match block {
        Block::Paragraph(content) | Block::Heading { content, .. } => text(content),
        Block::TaskList(tasks) => tasks.iter().for_each(|task| {
            text(&[super::Inline::text(shape::checkbox(task.done))]);
            text(&task.content);
        }),
        Block::Table { header, rows } => {
            header
                .iter()
                .chain(rows.iter().flatten())
                .for_each(|cell| text(cell));
        }
        Block::Code { text, .. } => out.push_str(text),
        Block::List { items, .. } => items
            .iter()
            .flatten()
            .for_each(|block| add_words(block, out)),
        Block::Quote(blocks) | Block::Panel { blocks, .. } => {
            blocks.iter().for_each(|block| add_words(block, out));
        }
        Block::Rule => {}
    }
}

/// Without white space and the invisible space that keeps a code block whole.
fn visible(text: &str) -> String {
    text.replace(|c: char| c.is_whitespace() || c == '\u{200b}', "")
}
