//! Walks a document and says what is wrong with it, and where.

use serde_json::{Map, Value};

use super::rules::{self, Attribute, Content, INLINE};

/// What an attribute holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    Filled,
    Flag,
    Number,
    Numbers,
    Whole(i64, i64),
    OneOf(&'static [&'static str]),
    Color,
}

impl Shape {
    fn fits(self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Shape::Text => text.is_some(),
            Shape::Filled => text.is_some_and(|text| !text.trim().is_empty()),
            Shape::Flag => value.is_boolean(),
            Shape::Number => value.is_number(),
            Shape::Numbers => value
                .as_array()
                .is_some_and(|items| items.iter().all(Value::is_number)),
            Shape::Whole(least, most) => value
                .as_i64()
                .is_some_and(|number| (least..=most).contains(&number)),
            Shape::OneOf(choices) => text.is_some_and(|text| choices.contains(&text)),
            Shape::Color => text.is_some_and(is_color),
        }
    }
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

type Verdict = Result<(), String>;

/// Checks a whole document. The error names the place and the reason.
pub(super) fn document(value: &Value) -> Verdict {
    let root = object(value, "doc")?;
    if root.get("type").and_then(Value::as_str) != Some("doc") {
        return Err("doc: the root's type is not doc".to_owned());
    }
    if root.get("version").and_then(Value::as_u64) != Some(1) {
        return Err("doc: version is not 1".to_owned());
    }
    only_members(root, &["type", "version", "content"], "doc")?;
    // A document may be empty; any other node that holds blocks may not.
    match root.get("content").and_then(Value::as_array) {
        Some(empty) if empty.is_empty() => Ok(()),
        Some(_) => content(root, "doc", "doc"),
        None => Err("doc: no content".to_owned()),
    }
}

fn node(value: &Value, allowed: &[&str], place: &str) -> Verdict {
    let members = object(value, place)?;
    let kind = members
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !allowed.contains(&kind) {
        return Err(format!("{place}: {kind:?} must not stand here"));
    }
    if kind == "text" {
        return text(members, place);
    }
    let rule = rules::of(kind).ok_or_else(|| format!("{place}: unknown node {kind:?}"))?;
    only_members(members, &["type", "attrs", "content"], place)?;
    attributes(members, rule.attributes, place)?;
    content(members, kind, place)
}

fn content(members: &Map<String, Value>, kind: &str, place: &str) -> Verdict {
    let Some(rule) = rules::of(kind) else {
        return Err(format!("{place}: unknown node {kind:?}"));
    };
    let none = Vec::new();
    let children = match members.get("content") {
        None => &none,
        Some(Value::Array(children)) => children,
        Some(_) => return Err(format!("{place}: content is no array")),
    };
    let (first, rest) = match rule.content {
        Content::None if members.contains_key("content") => {
            return Err(format!("{place}: {kind} has no content"));
        }
        Content::None => return Ok(()),
        Content::Code => return code(children, place),
        Content::Inline => (INLINE, INLINE),
        Content::Some { .. } if children.is_empty() => {
            return Err(format!("{place}: {kind} is empty"));
        }
        Content::Some { first, rest } => (first, rest),
    };
    for (index, child) in children.iter().enumerate() {
        let allowed = if index == 0 { first } else { rest };
        node(child, allowed, &format!("{place}.{kind}[{index}]"))?;
    }
    Ok(())
}

fn code(children: &[Value], place: &str) -> Verdict {
    for (index, child) in children.iter().enumerate() {
        let place = format!("{place}.codeBlock[{index}]");
        node(child, &["text"], &place)?;
        if child.get("marks").is_some() {
            return Err(format!("{place}: marks in a code block"));
        }
    }
    Ok(())
}

fn text(members: &Map<String, Value>, place: &str) -> Verdict {
    only_members(members, &["type", "text", "marks"], place)?;
    match members.get("text").and_then(Value::as_str) {
        None => return Err(format!("{place}: text without text")),
        Some("") => return Err(format!("{place}: empty text")),
        Some(_) => {}
    }
    let marks = match members.get("marks") {
        None => return Ok(()),
        Some(Value::Array(marks)) => marks,
        Some(_) => return Err(format!("{place}: marks is no array")),
    };
    let mut kinds: Vec<&str> = Vec::new();
    for value in marks {
        let mark = object(value, place)?;
        let kind = mark.get("type").and_then(Value::as_str).unwrap_or_default();
        let expected = rules::mark(kind).ok_or_else(|| format!("{place}: no mark {kind:?}"))?;
        only_members(mark, &["type", "attrs"], place)?;
        attributes(mark, expected, place)?;
        if kinds.contains(&kind) {
            return Err(format!("{place}: {kind} twice"));
        }
        kinds.push(kind);
    }
    if kinds.contains(&"code") && kinds.iter().any(|kind| !["code", "link"].contains(kind)) {
        return Err(format!("{place}: code with {kinds:?}"));
    }
    Ok(())
}

fn attributes(members: &Map<String, Value>, expected: &[Attribute], place: &str) -> Verdict {
    let none = Map::new();
    let given = match members.get("attrs") {
        None => &none,
        Some(Value::Object(given)) => given,
        Some(_) => return Err(format!("{place}: attrs is no object")),
    };
    for (name, must, shape) in expected {
        match given.get(*name) {
            None if *must => return Err(format!("{place}: no attribute {name}")),
            Some(value) if !shape.fits(value) => {
                return Err(format!("{place}: attribute {name} is not {shape:?}"));
            }
            _ => {}
        }
    }
    let known: Vec<&str> = expected.iter().map(|(name, ..)| *name).collect();
    only_members(given, &known, place)
}

fn only_members(members: &Map<String, Value>, known: &[&str], place: &str) -> Verdict {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("{place}: unknown member {name:?}")),
        None => Ok(()),
    }
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{place}: no object"))
}
