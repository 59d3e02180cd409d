//! What is written in ADF is read as what Jira shows.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{adf, properties, strategy::tree, words};
use crate::markup::{DESCRIPTION_LIMIT, Ending, from_adf};

fn markdown(content: Value) -> String {
    let document = json!({"type": "doc", "version": 1, "content": content});
    from_adf(&document).to_markdown(DESCRIPTION_LIMIT, &Ending::default())
}

fn paragraph(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

#[test]
fn people_cards_and_pictures_become_words() {
    let inline = json!([
        {"type": "mention", "attrs": {"id": "712020:abc", "text": "@Ada"}}, text(" "),
        {"type": "mention", "attrs": {"id": "712020:abc"}}, text(" "),
        {"type": "emoji", "attrs": {"shortName": ":smile:", "text": "😄"}}, text(" "),
        {"type": "emoji", "attrs": {"shortName": ":own:"}}, text(" "),
        {"type": "status", "attrs": {"text": "OPEN", "color": "red"}}, text(" "),
        {"type": "date", "attrs": {"timestamp": "1761523200000"}}, text(" "),
        {"type": "inlineCard", "attrs": {"url": "https://e.example/a"}}, {"type": "hardBreak"},
        {"type": "unknown", "content": [text("<b>")]}
    ]);
    let media =
        json!({"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "x"}}]});
    assert_eq!(
        markdown(json!([paragraph(inline), media])),
        "@Ada @user 😄 :own: OPEN 2025-10-27 https://e.example/a  \n&lt;b>\n\n[image]"
    );
}

#[test]
fn marks_and_blocks_stay() {
    let marked = json!([
        {"type": "text", "text": "a", "marks": [{"type": "strong"}, {"type": "em"}]}, text(" "),
        {"type": "text", "text": "b", "marks": [{"type": "code"}]}, text(" "),
        {"type": "text", "text": "c", "marks": [{"type": "link", "attrs": {"href": "javascript:d"}}]},
        {"type": "text", "text": " e", "marks": [{"type": "link", "attrs": {"href": "https://f.example"}}]}
    ]);
    let item =
        |word: &str| json!({"type": "listItem", "content": [paragraph(json!([text(word)]))]});
    let cell =
        |kind: &str, word: &str| json!({"type": kind, "content": [paragraph(json!([text(word)]))]});
    let row = |cell: Value| json!({"type": "tableRow", "content": [cell]});
    let content = json!([
        {"type": "heading", "attrs": {"level": 2}, "content": [text("T")]},
        paragraph(marked),
        {"type": "orderedList", "attrs": {"order": 3}, "content": [item("x"), item("y")]},
        {"type": "taskList", "content": [
            {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [text("z")]}]},
        {"type": "panel", "content": [paragraph(json!([text("note")]))]},
        {"type": "codeBlock", "attrs": {"language": "sh"}, "content": [text("ls\n`")]},
        {"type": "table", "content": [row(cell("tableHeader", "h")), row(cell("tableCell", "v"))]},
    ]);
    assert_eq!(
        markdown(content),
        "## T\n\n**_a_** `b` c[ e](https://f.example)\n\n3. x\n4. y\n\n- [x] z\n\nnote\n\n\
         ```sh\nls\n`\n```\n\n| h |\n|---|\n| v |"
    );
}

#[test]
fn what_is_no_document_is_empty_and_depth_overflows_nothing() {
    for value in [json!(null), json!([1]), json!({"type": 1, "content": {}})] {
        assert!(from_adf(&value).is_empty(), "{value}");
    }
    let mut deep = text("x");
    for kind in ["blockquote", "bulletList", "listItem", "table", "strong"]
        .iter()
        .cycle()
        .take(120)
    {
        deep = json!({"type": kind, "content": [deep]});
    }
    let text = from_adf(&deep).to_markdown(100, &Ending::default());
    assert!(!text.contains('x'), "{text}");
}

proptest! {
    #![proptest_config(properties::settings())]

    #[test]
    fn our_own_documents_are_read_as_their_words(tree in tree()) {
        let read = from_adf(&adf(&tree, DESCRIPTION_LIMIT));
        if !tree.incomplete {
            prop_assert_eq!(words(&read), words(&tree));
        }
    }
}
