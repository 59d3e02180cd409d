//! The Atlassian Document Format: checked as strictly as Cloud checks it.

mod check;
mod rules;

use serde_json::{Map, Value, json};

/// Checks a document against the schema.
///
/// # Errors
/// The place and the reason, where Jira itself only says `INVALID_INPUT`.
pub fn check(document: &Value) -> Result<(), String> {
    check::document(document)
}

/// The plain text of a document (or of a plain string): a line per block.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => {
            let mut out = String::new();
            collect(value, &mut out);
            out.trim_end().to_owned()
        }
    }
}

/// The text that counts against a limit: without the breaks that blocks make.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => {
            let own = value
                .get("text")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let children = value.get("content").and_then(Value::as_array);
            let below = children.into_iter().flatten().map(text);
            below.fold(own.to_owned(), |all, part| all + &part)
        }
    }
}

/// The document as an editor would give it back: another order of members,
/// and a `localId` on every paragraph and heading.
pub(crate) fn rewritten(node: &Value, number: &mut usize) -> Value {
    let Some(members) = node.as_object() else {
        return node.clone();
    };
    let mut copy: Map<String, Value> = members.clone();
    if let Some(children) = members.get("content").and_then(Value::as_array) {
        let children = children.iter().map(|child| rewritten(child, number));
        let children = children.collect::<Vec<_>>();
        copy.insert("content".to_owned(), Value::Array(children));
    }
    if ["paragraph", "heading"]
        .iter()
        .any(|kind| members.get("type") == Some(&json!(kind)))
    {
        *number += 1;
        let attrs = copy.entry("attrs").or_insert(json!({}));
        attrs["localId"] = json!(format!("{number:012x}"));
    }
    copy.into_iter().rev().collect()
}

fn collect(node: &Value, out: &mut String) {
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "text" => out.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
        "hardBreak" => out.push('\n'),
        "inlineCard" | "mention" | "status" | "emoji" => {
            let attrs = node.get("attrs");
            let name = if kind == "inlineCard" { "url" } else { "text" };
            let shown = attrs
                .and_then(|attrs| attrs.get(name))
                .and_then(Value::as_str);
            out.push_str(shown.unwrap_or_default());
        }
        _ => {
            for child in node
                .get("content")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                collect(child, out);
            }
            if matches!(kind, "paragraph" | "heading" | "codeBlock" | "taskItem") {
                out.push('\n');
            }
        }
    }
}

/// A document that holds `text`, a paragraph a line: what v3 answers for text
/// that was written through v2.
pub(crate) fn wrap(text: &str) -> Value {
    let paragraphs: Vec<Value> = text
        .lines()
        .map(|line| match line {
            "" => json!({"type": "paragraph", "content": []}),
            _ => json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}),
        })
        .collect();
    json!({"type": "doc", "version": 1, "content": paragraphs})
}

#[cfg(test)]
mod tests;
