//! Atlassian Document Format to a tree, for what people write on Jira Cloud.
//!
//! [Its nodes](https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/)
//! that a tree does not have become their words. People are named as the text shows
//! them; their account ids are not.

use serde_json::Value;

use super::{
    build::{Builder, Container, Mark},
    tree::Document,
};
use crate::text::IMAGE;

/// Jira nests a few times; deeper ones are left out, so that no document can
/// overflow the stack.
const DEPTH: usize = 64;

/// Stands for somebody whose name is not told.
pub(super) const SOMEBODY: &str = "@user";

/// Reads a document of ADF; what is none is empty.
///
/// ```
/// # use jira_intake::markup::{from_adf, plain_text};
/// let text = serde_json::json!({"type": "text", "text": "Seen on WIN-7"});
/// let document = serde_json::json!({"type": "doc", "version": 1,
///     "content": [{"type": "paragraph", "content": [text]}]});
/// assert_eq!(plain_text(&from_adf(&document)), "Seen on WIN-7");
/// ```
#[must_use]
pub fn from_adf(document: &Value) -> Document {
    let mut builder = Builder::default();
    node(document, DEPTH, &mut builder);
    builder.finish()
}

fn children(parent: &Value, depth: usize, builder: &mut Builder) {
    let content = parent["content"].as_array().into_iter().flatten();
    content.for_each(|child| node(child, depth, builder));
}

fn node(it: &Value, depth: usize, builder: &mut Builder) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let attrs = &it["attrs"];
    let within = |container: Container, builder: &mut Builder| {
        builder.open(container);
        children(it, depth, builder);
        builder.close();
    };
    match it["type"].as_str().unwrap_or_default() {
        "paragraph" => {
            builder.flush();
            children(it, depth, builder);
            builder.flush();
        }
        "heading" => {
            let level = attrs["level"].as_u64().unwrap_or(1).clamp(1, 6);
            builder.heading(u8::try_from(level).ok());
            children(it, depth, builder);
            builder.heading(None);
        }
        "bulletList" | "taskList" | "decisionList" => within(Container::List(None), builder),
        "orderedList" => {
            let start = attrs["order"].as_u64().unwrap_or(1);
            within(Container::List(Some(start)), builder);
        }
        "listItem" | "decisionItem" => within(Container::Item, builder),
        "taskItem" => {
            builder.open(Container::Item);
            builder.task(attrs["state"] == "DONE");
            children(it, depth, builder);
            builder.close();
        }
        "blockquote" => within(Container::Quote, builder),
        "codeBlock" => code(it, depth, builder),
        "rule" => builder.rule(),
        "table" => within(Container::Table, builder),
        "tableRow" => {
            let header = is_header(it);
            within(Container::Row { header }, builder);
        }
        "tableHeader" | "tableCell" => within(Container::Cell, builder),
        _ => inline(it, attrs, depth, builder),
    }
}

fn is_header(row: &Value) -> bool {
    let cells = row["content"].as_array();
    cells.is_some_and(|cells| cells.iter().all(|cell| cell["type"] == "tableHeader"))
}

/// A block of code holds texts.
fn code(it: &Value, depth: usize, builder: &mut Builder) {
    let language = it["attrs"]["language"].as_str().map(str::to_owned);
    let mut lines = String::new();
    if depth > 0 {
        let content = it["content"].as_array().into_iter().flatten();
        lines.extend(content.filter_map(|child| child["text"].as_str()));
    }
    builder.begin_code(language);
    builder.text(&lines);
    builder.end_code();
}

/// What stands within a line, or is unknown: then its content counts.
fn inline(it: &Value, attrs: &Value, depth: usize, builder: &mut Builder) {
    let attr = |name: &str| attrs[name].as_str().unwrap_or_default();
    match it["type"].as_str().unwrap_or_default() {
        "text" => text(it, builder),
        "hardBreak" => builder.line_break(),
        "mention" => {
            let name = attr("text").trim().trim_start_matches('@');
            match name.is_empty() {
                true => builder.text(SOMEBODY),
                false => builder.text(&format!("@{name}")),
            }
        }
        "emoji" => match attr("text") {
            "" => builder.text(attr("shortName")),
            text => builder.text(text),
        },
        "inlineCard" | "blockCard" | "embedCard" => {
            builder.link(attr("url"));
            builder.text(attr("url"));
            builder.unlink();
        }
        "media" | "mediaInline" => match attr("alt") {
            "" => builder.text(IMAGE),
            alt => builder.text(alt),
        },
        "status" => builder.text(attr("text")),
        "date" => builder.text(&day(attrs)),
        _ => children(it, depth, builder),
    }
}

/// A day, which ADF tells in milliseconds since 1970.
fn day(attrs: &Value) -> String {
    let millis = match &attrs["timestamp"] {
        Value::String(text) => text.parse::<i128>().ok(),
        other => other.as_i64().map(i128::from),
    };
    let nanos = millis.and_then(|millis| millis.checked_mul(1_000_000));
    let at = nanos.and_then(|nanos| time::OffsetDateTime::from_unix_timestamp_nanos(nanos).ok());
    at.map(|at| at.date().to_string()).unwrap_or_default()
}

fn text(it: &Value, builder: &mut Builder) {
    let words = it["text"].as_str().unwrap_or_default();
    let marks = it["marks"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let kind = |mark: &Value| match mark["type"].as_str() {
        Some("strong") => Some(Mark::Strong),
        Some("em") => Some(Mark::Em),
        Some("strike") => Some(Mark::Strike),
        _ => None,
    };
    let link = marks.iter().find(|mark| mark["type"] == "link");
    let href = link.and_then(|link| link["attrs"]["href"].as_str());
    marks
        .iter()
        .filter_map(kind)
        .for_each(|mark| builder.mark(mark));
    if let Some(href) = href {
        builder.link(href);
    }
    match marks.iter().any(|mark| mark["type"] == "code") {
        true => builder.inline_code(words),
        false => builder.text(words),
    }
    if href.is_some() {
        builder.unlink();
    }
    marks
        .iter()
        .filter_map(kind)
        .for_each(|mark| builder.unmark(mark));
}
