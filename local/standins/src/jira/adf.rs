//! The Atlassian Document Format: checked as strictly as Cloud checks it.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value, json};

/// The schema of what the project writes, which is less than Jira takes:
/// whatever else is sent was not meant.
static SCHEMA: LazyLock<Result<Validator, String>> = LazyLock::new(|| {
    let schema = include_str!("../../../../tests/markup/adf.schema.json");
    let schema: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    jsonschema::validator_for(&schema).map_err(|error| error.to_string())
});

/// Checks a document against the schema.
///
/// # Errors
/// The place and the reason, where Jira itself only says `INVALID_INPUT`.
pub fn check(document: &Value) -> Result<(), String> {
    let schema = SCHEMA.as_ref().map_err(String::clone)?;
    if schema.is_valid(document) {
        return marks_once(document);
    }
    let errors: Vec<_> = schema.iter_errors(document).collect();
    Err(reason(&errors))
}

/// Says what is wrong. A thing in a place where it may not be is told first;
/// of several that may be there, the one that was meant says what it lacks.
fn reason(errors: &[ValidationError<'_>]) -> String {
    let Some(error) = errors.iter().find(|it| misplaced(it)).or(errors.first()) else {
        return "not valid".to_owned();
    };
    let place = error.instance_path().as_str();
    let in_place = |inner: &ValidationError<'_>| {
        !(misplaced(inner) && inner.instance_path().as_str().strip_prefix(place) == Some("/type"))
    };
    match error.kind() {
        ValidationErrorKind::AnyOf { context } => {
            let meant = context.iter().find(|errors| errors.iter().all(in_place));
            meant.map_or_else(
                || format!("{place}: {} must not stand here", error.instance()["type"]),
                |errors| reason(errors),
            )
        }
        _ if misplaced(error) => format!("{place}: {} must not stand here", error.instance()),
        _ => format!("{place}: {}", error.masked()),
    }
}

fn misplaced(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Constant { .. })
        && error.instance_path().as_str().ends_with("/type")
}

/// The schema takes two marks of one kind if they differ, Jira does not.
fn marks_once(node: &Value) -> Result<(), String> {
    let mut kinds: Vec<&Value> = Vec::new();
    for mark in node["marks"].as_array().into_iter().flatten() {
        if kinds.contains(&&mark["type"]) {
            return Err(format!("{} twice", mark["type"]));
        }
        kinds.push(&mark["type"]);
    }
    let children = node["content"].as_array();
    children.into_iter().flatten().try_for_each(marks_once)
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
