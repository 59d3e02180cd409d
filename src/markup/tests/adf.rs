//! ADF is what Jira Cloud takes.

use serde_json::json;

use super::{adf, broken_rules};
use crate::markup::{Block, DESCRIPTION_LIMIT, Document, Inline, PanelKind, from_markdown};

fn content(document: &Document) -> serde_json::Value {
    let value = adf(document, DESCRIPTION_LIMIT);
    assert_eq!(broken_rules(&value), Vec::<String>::new(), "{value}");
    value.get("content").cloned().unwrap_or_default()
}

#[test]
fn the_schema_refuses_what_jira_refuses() {
    let text = |text: &str, marks: &[&str]| {
        let marks: Vec<_> = marks.iter().map(|mark| json!({"type": mark})).collect();
        json!({"type": "text", "text": text, "marks": marks})
    };
    let paragraph = |text| json!({"type": "paragraph", "content": [text]});
    let heading = json!({"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "x"}]});
    let bad = [
        paragraph(json!({"type": "text", "text": ""})),
        paragraph(text("x", &["code", "strong"])),
        paragraph(text("x", &["underlined"])),
        paragraph(json!({"type": "text", "text": "\u{202e}"})),
        paragraph(
            json!({"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "javascript:x"}}]}),
        ),
        json!({"type": "text", "text": "x"}),
        json!({"type": "blockquote", "content": [heading]}),
        json!({"type": "bulletList", "content": [{"type": "listItem", "content": [
            {"type": "codeBlock", "attrs": {}, "content": [{"type": "text", "text": "x"}]}]}]}),
    ];
    for node in bad {
        let document = json!({"type": "doc", "version": 1, "content": [node]});
        assert!(!broken_rules(&document).is_empty(), "{document}");
    }
}

#[test]
fn code_keeps_its_link_and_loses_other_marks() {
    let expected = json!([{"type": "paragraph", "content": [{
        "type": "text",
        "text": "x",
        "marks": [{"type": "link", "attrs": {"href": "https://a.example"}}, {"type": "code"}],
    }]}]);
    assert_eq!(
        content(&from_markdown("**[`x`](https://a.example)**")),
        expected
    );
}

#[test]
fn a_heading_in_a_quote_or_an_item_is_a_strong_paragraph() {
    let strong = json!({"type": "paragraph", "content": [
        {"type": "text", "text": "x", "marks": [{"type": "strong"}]}]});
    assert_eq!(
        content(&from_markdown("> # x")),
        json!([{"type": "blockquote", "content": [strong]}])
    );
    let item = json!({"type": "listItem", "content": [strong]});
    assert_eq!(
        content(&from_markdown("- # x")),
        json!([{"type": "bulletList", "content": [item]}])
    );
}

#[test]
fn an_item_that_starts_with_code_gets_an_empty_paragraph_first() {
    let list = content(&from_markdown("- ```\n  x\n  ```"));
    let first = list.pointer("/0/content/0/content/0");
    assert_eq!(first, Some(&json!({"type": "paragraph", "content": []})));
}

#[test]
fn rows_of_a_table_have_equal_cells() {
    let row = |texts: &[&str]| texts.iter().map(|text| vec![Inline::text(*text)]).collect();
    let table = Block::Table {
        header: row(&["a"]),
        rows: vec![row(&["b", "c", "d"]), row(&[])],
    };
    let rendered = content(&Document::new().block(table));
    let rows = rendered
        .pointer("/0/content")
        .and_then(|rows| rows.as_array().cloned());
    let cells = |row: &serde_json::Value| row["content"].as_array().map(Vec::len);
    let counts: Vec<_> = rows.unwrap_or_default().iter().map(cells).collect();
    assert_eq!(counts, [Some(3), Some(3)], "the empty row is gone");
}

#[test]
fn a_tree_built_by_hand_cannot_break_a_rule() {
    let inner = Document::new()
        .heading(9, "")
        .heading(9, "x")
        .paragraph(vec![
            Inline::Break,
            Inline::text(""),
            Inline::Code(String::new()),
        ])
        .facts(&[("Severity", vec!["high".into()]), ("Empty", vec![])])
        .block(Block::Quote(vec![Block::Rule]))
        .code(Some("{evil}"), "x");
    let list = Block::List {
        start: Some(0),
        items: vec![vec![], inner.blocks.clone()],
    };
    let document = Document::new().panel(PanelKind::Warning, inner).block(list);
    assert_eq!(content(&document).as_array().map(Vec::len), Some(2));
}
