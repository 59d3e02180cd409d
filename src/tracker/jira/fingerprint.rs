//! Is this description still what we wrote? Jira hands text back a little
//! changed (line ends, ids, the order of members), so what is compared is what
//! a person would see.

use std::fmt::Write;

use serde_json::Value;

use crate::text::digest;

/// A digest of a description as Jira stores it: wiki markup or ADF.
pub(super) fn of(description: &Value) -> String {
    let mut seen = String::new();
    match description {
        // Jira has nothing where an empty text was written.
        Value::Null => {}
        Value::String(text) => words(text, &mut seen),
        node if node["content"].as_array().is_some_and(Vec::is_empty) => {}
        node => walk(node, &mut seen),
    }
    digest(seen.trim().as_bytes())
}

/// White space does not count, only that there is some.
fn words(text: &str, seen: &mut String) {
    for word in text.split_whitespace() {
        seen.push_str(word);
        seen.push(' ');
    }
}

fn walk(node: &Value, seen: &mut String) {
    let kind = node["type"].as_str().unwrap_or_default();
    if kind == "text" {
        marks(node, seen);
        seen.push_str(node["text"].as_str().unwrap_or_default());
        return;
    }
    // What changes how a block reads; ids and layout do not.
    seen.push_str("\n<");
    seen.push_str(kind);
    if let Some(attrs) = node["attrs"].as_object() {
        let names = ["level", "language", "panelType", "state", "order", "url"];
        let values = names.iter().filter_map(|name| attrs.get(*name));
        for value in values.filter(|value| !value.is_null()) {
            let _ = write!(seen, " {value}");
        }
    }
    seen.push('>');
    for child in node["content"].as_array().into_iter().flatten() {
        walk(child, seen);
    }
}

fn marks(node: &Value, seen: &mut String) {
    let mark = |mark: &Value| {
        let kind = mark["type"].as_str().unwrap_or_default();
        let href = mark["attrs"]["href"].as_str().unwrap_or_default();
        format!("{kind}{href}")
    };
    let mut marks = Vec::new();
    for mark in node["marks"].as_array().into_iter().flatten().map(mark) {
        let place = marks.partition_point(|other| *other <= mark);
        marks.insert(place, mark);
    }
    if !marks.is_empty() {
        let _ = write!(seen, "<{}>", marks.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn white_space_and_line_ends_do_not_count_in_wiki_markup() {
        assert_eq!(of(&json!("a\r\n b  c\n")), of(&json!("a\nb c")));
        assert_ne!(of(&json!("a b c")), of(&json!("a b d")));
    }

    #[test]
    fn ids_and_the_order_of_members_do_not_count_in_adf() {
        let ours = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "x", "marks": [{"type": "strong"}]}]},
        ]});
        let theirs = json!({"version": 1, "content": [
            {"content": [{"marks": [{"type": "strong"}], "text": "x", "type": "text"}], "type": "heading",
             "attrs": {"localId": "4711", "level": 2}},
        ], "type": "doc"});
        assert_eq!(of(&ours), of(&theirs));
    }

    #[test]
    fn a_word_a_mark_a_level_or_a_link_counts() {
        let doc = |level: u64, text: &str, marks: Value| {
            of(&json!({"type": "doc", "content": [
                {"type": "heading", "attrs": {"level": level}, "content": [{"type": "text", "text": text, "marks": marks}]},
            ]}))
        };
        let base = doc(1, "x", json!([]));
        for other in [
            doc(2, "x", json!([])),
            doc(1, "y", json!([])),
            doc(1, "x", json!([{"type": "em"}])),
            doc(
                1,
                "x",
                json!([{"type": "link", "attrs": {"href": "https://a"}}]),
            ),
        ] {
            assert_ne!(base, other);
        }
    }
}
