use serde_json::{Value, json};

use super::{check, plain, wrap};

fn doc(content: Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn paragraph(inline: Value) -> Value {
    json!({"type": "paragraph", "content": inline})
}

#[track_caller]
fn refused(content: Value, reason: &str) {
    let error = check(&doc(content)).unwrap_err();
    assert!(error.contains(reason), "{error}");
}

#[track_caller]
fn accepted(content: Value) {
    check(&doc(content)).unwrap();
}

#[test]
fn a_document_with_every_kind_of_node_that_is_written_is_accepted() {
    let line = paragraph(json!([
        text("plain "),
        {"type": "text", "text": "bold", "marks": [{"type": "strong"}, {"type": "em"}]},
        {"type": "text", "text": "code", "marks": [{"type": "code"},
            {"type": "link", "attrs": {"href": "https://example.com"}}]},
        {"type": "text", "text": "gone", "marks": [{"type": "strike"}]},
        {"type": "hardBreak"},
    ]));
    let item = json!({"type": "listItem", "content": [paragraph(json!([text("item")])),
        {"type": "bulletList", "content": [{"type": "listItem", "content": [line]}]}]});
    let cell = json!({"type": "tableCell", "content": [paragraph(json!([]))]});
    let head = json!({"type": "tableHeader", "content": [paragraph(json!([text("head")]))]});
    let code = json!({"type": "codeBlock", "attrs": {"language": "rust"}, "content": [text("x")]});
    let heading = json!({"type": "heading", "attrs": {"level": 6}, "content": [text("title")]});
    accepted(json!([
        line,
        heading,
        {"type": "orderedList", "attrs": {"order": 3}, "content": [item]},
        {"type": "taskList", "attrs": {"localId": "a"}, "content": [
            {"type": "taskItem", "attrs": {"localId": "b", "state": "TODO"},
             "content": [text("do")]}]},
        {"type": "table", "attrs": {"isNumberColumnEnabled": false, "layout": "default"},
         "content": [{"type": "tableRow", "content": [head]},
                     {"type": "tableRow", "content": [cell]}]},
        {"type": "blockquote", "content": [paragraph(json!([])), code]},
        {"type": "panel", "attrs": {"panelType": "warning"}, "content": [
            heading, {"type": "rule"}]},
        code,
        {"type": "rule"},
    ]));
    accepted(json!([]));
}

#[test]
fn what_jira_takes_and_nobody_here_writes_is_refused() {
    let block = json!({"type": "paragraph", "content": []});
    for inline in [
        json!({"type": "mention", "attrs": {"id": "712020:ada", "text": "@Ada"}}),
        json!({"type": "inlineCard", "attrs": {"url": "https://example.com"}}),
        json!({"type": "text", "text": "2", "marks": [{"type": "underline"}]}),
    ] {
        refused(json!([paragraph(json!([inline]))]), "must not stand here");
    }
    for kind in ["expand", "nestedExpand", "decisionList", "mediaSingle"] {
        refused(
            json!([{"type": kind, "content": [block]}]),
            "must not stand here",
        );
    }
    let script = json!({"type": "link", "attrs": {"href": "javascript:alert(1)"}});
    let link = json!({"type": "text", "text": "x", "marks": [script]});
    refused(json!([paragraph(json!([link]))]), "/attrs/href");
}

#[test]
fn the_root_is_a_doc_of_version_1_with_content() {
    for wrong in [
        json!("text"),
        json!({"type": "doc", "content": []}),
        json!({"type": "doc", "version": 2, "content": []}),
        json!({"type": "doc", "version": 1}),
        json!({"type": "doc", "version": 1, "content": [], "attrs": {}}),
        json!({"type": "paragraph", "version": 1, "content": []}),
    ] {
        assert!(check(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn text_at_top_level_is_refused() {
    refused(json!([text("x")]), "must not stand here");
}

#[test]
fn empty_text_is_refused() {
    refused(json!([paragraph(json!([text("")]))]), "shorter than 1");
}

#[test]
fn code_combines_with_a_link_only() {
    let marks = json!([{"type": "code"}, {"type": "strong"}]);
    let inline = json!([{"type": "text", "text": "x", "marks": marks}]);
    refused(json!([paragraph(inline)]), "\"code\" must not stand here");
}

#[test]
fn a_mark_does_not_come_twice() {
    let link = |href: &str| json!({"type": "link", "attrs": {"href": href}});
    for (marks, reason) in [
        (json!([{"type": "em"}, {"type": "em"}]), "unique"),
        (
            json!([link("https://a.example"), link("https://b.example")]),
            "twice",
        ),
    ] {
        let inline = json!([{"type": "text", "text": "x", "marks": marks}]);
        refused(json!([paragraph(inline)]), reason);
    }
}

#[test]
fn a_link_needs_a_target() {
    for attrs in [
        json!({}),
        json!({"href": ""}),
        json!({"href": "https://x", "rel": "y"}),
    ] {
        let marks = json!([{"type": "link", "attrs": attrs}]);
        let inline = json!([{"type": "text", "text": "x", "marks": marks}]);
        assert!(check(&doc(json!([paragraph(inline)]))).is_err(), "{marks}");
    }
}

#[test]
fn a_heading_in_a_quote_is_refused() {
    let heading = json!({"type": "heading", "attrs": {"level": 1}, "content": [text("x")]});
    refused(
        json!([{"type": "blockquote", "content": [heading]}]),
        "must not stand here",
    );
}

#[test]
fn a_quote_in_a_list_item_or_a_quote_is_refused() {
    let quote = json!({"type": "blockquote", "content": [paragraph(json!([]))]});
    let item = json!({"type": "listItem", "content": [paragraph(json!([])), quote]});
    refused(
        json!([{"type": "bulletList", "content": [item]}]),
        "must not stand here",
    );
    refused(
        json!([{"type": "blockquote", "content": [quote]}]),
        "must not stand here",
    );
}

#[test]
fn a_list_item_starts_with_a_paragraph_and_is_not_empty() {
    let list = json!({"type": "bulletList", "content": [
        {"type": "listItem", "content": [paragraph(json!([]))]}]});
    let item = json!({"type": "listItem", "content": [list, paragraph(json!([]))]});
    refused(
        json!([{"type": "bulletList", "content": [item]}]),
        "must not stand here",
    );
    let empty = json!({"type": "listItem", "content": []});
    refused(
        json!([{"type": "bulletList", "content": [empty]}]),
        "less than 1 item",
    );
    refused(
        json!([{"type": "bulletList", "content": []}]),
        "less than 1 item",
    );
}

#[test]
fn code_blocks_hold_plain_text_only() {
    let marked = json!({"type": "text", "text": "x", "marks": [{"type": "strong"}]});
    refused(
        json!([{"type": "codeBlock", "content": [marked]}]),
        "unexpected",
    );
    refused(
        json!([{"type": "codeBlock", "content": [{"type": "hardBreak"}]}]),
        "must not stand here",
    );
}

#[test]
fn a_heading_has_a_level_from_1_to_6() {
    for attrs in [
        json!({}),
        json!({"level": 0}),
        json!({"level": 7}),
        json!({"level": "1"}),
    ] {
        assert!(
            check(&doc(json!([{"type": "heading", "attrs": attrs}]))).is_err(),
            "{attrs}"
        );
    }
}

#[test]
fn tasks_need_ids_and_a_state() {
    let item = json!({"type": "taskItem", "attrs": {"localId": "b"}, "content": []});
    refused(
        json!([{"type": "taskList", "attrs": {"localId": "a"}, "content": [item]}]),
        "\"state\" is a required property",
    );
    refused(
        json!([{"type": "taskList", "content": []}]),
        "\"attrs\" is a required property",
    );
}

#[test]
fn tables_hold_rows_and_rows_hold_cells_with_blocks() {
    let cell = json!({"type": "tableCell", "content": [text("x")]});
    let row = json!({"type": "tableRow", "content": [cell]});
    refused(
        json!([{"type": "table", "content": [row]}]),
        "must not stand here",
    );
    let empty = json!({"type": "tableCell", "content": []});
    let row = json!({"type": "tableRow", "content": [empty]});
    refused(
        json!([{"type": "table", "content": [row]}]),
        "less than 1 item",
    );
    refused(
        json!([{"type": "table", "content": [paragraph(json!([]))]}]),
        "must not stand here",
    );
}

#[test]
fn a_table_in_a_table_or_a_list_is_refused() {
    let cell = json!({"type": "tableCell", "content": [paragraph(json!([]))]});
    let table = json!({"type": "table", "content": [{"type": "tableRow", "content": [cell]}]});
    let cell = json!({"type": "tableCell", "content": [table]});
    let row = json!({"type": "tableRow", "content": [cell]});
    refused(
        json!([{"type": "table", "content": [row]}]),
        "must not stand here",
    );
    let item = json!({"type": "listItem", "content": [paragraph(json!([])), table]});
    refused(
        json!([{"type": "bulletList", "content": [item]}]),
        "must not stand here",
    );
}

#[test]
fn unknown_nodes_marks_attributes_and_members_are_refused() {
    refused(json!([{"type": "marquee"}]), "must not stand here");
    refused(
        json!([{"type": "rule", "attrs": {"color": "red"}}]),
        "unexpected",
    );
    refused(
        json!([{"type": "paragraph", "text": "x", "content": []}]),
        "unexpected",
    );
    refused(json!([{"type": "rule", "content": []}]), "unexpected");
    let marks = json!([{"type": "blink"}]);
    refused(
        json!([paragraph(
            json!([{"type": "text", "text": "x", "marks": marks}])
        )]),
        "\"blink\" must not stand here",
    );
}

#[test]
fn plain_text_has_a_line_per_block() {
    let document = wrap("one\n\ntwo");
    check(&document).unwrap();
    assert_eq!(plain(&document), "one\n\ntwo");
    assert_eq!(plain(&json!("as it is")), "as it is");
}
