//! Adaptive Cards: the shape of a message, and of the elements that a card in
//! Teams may have.

use serde_json::Value;

/// The content type of an attached card.
const CONTENT_TYPE: &str = "application/vnd.microsoft.card.adaptive";

/// Microsoft Learn, "Format cards in Teams": versions that Teams renders.
const VERSIONS: [&str; 6] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"];

/// Microsoft Learn, "Cards reference": so many actions are shown at once.
const MAX_ACTIONS: usize = 6;

/// A card as it was posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The whole card.
    pub content: Value,
}

impl Card {
    /// All its texts, a line each: blocks of text, facts, names of actions.
    pub fn plain(&self) -> String {
        let mut lines = Vec::new();
        visit(&self.content, &mut |object| {
            let text = |name: &str| object[name].as_str().unwrap_or_default();
            lines.push(match (text("title"), text("value")) {
                ("", _) => text("text").to_owned(),
                (title, "") => title.to_owned(),
                (title, value) => format!("{title}: {value}"),
            });
        });
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// Where its actions lead.
    pub fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        visit(&self.content, &mut |object| {
            if object["type"] == "Action.OpenUrl" {
                links.extend(object["url"].as_str().map(str::to_owned));
            }
        });
        links
    }
}

/// Every object in a value, outermost first.
fn visit(value: &Value, work: &mut impl FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, work)),
        Value::Object(members) => {
            work(value);
            members.values().for_each(|member| visit(member, work));
        }
        _ => {}
    }
}

type Check = Result<(), String>;

/// The cards of a message.
///
/// # Errors
/// What does not fit.
pub(super) fn read(body: &Value) -> Result<Vec<Card>, String> {
    is(body, "type", "message", "message")?;
    let attachments = list(body, "attachments", "message")?;
    if attachments.is_empty() {
        return Err("attachments: expected at least one".to_owned());
    }
    let cards = attachments.iter().map(|attachment| {
        is(attachment, "contentType", CONTENT_TYPE, "attachment")?;
        let content = &attachment["content"];
        check(content)?;
        Ok(Card {
            content: content.clone(),
        })
    });
    cards.collect()
}

fn check(card: &Value) -> Check {
    is(card, "type", "AdaptiveCard", "card")?;
    let version = text(card, "version", "card")?;
    if !VERSIONS.contains(&version) {
        return Err(format!("card.version: {version} is not rendered"));
    }
    let body = list(card, "body", "card")?;
    if body.is_empty() {
        return Err("card.body: expected at least one element".to_owned());
    }
    body.iter().try_for_each(element)?;
    actions(card)
}

fn element(element: &Value) -> Check {
    match text(element, "type", "element")? {
        "TextBlock" => text(element, "text", "TextBlock").map(drop),
        "RichTextBlock" => list(element, "inlines", "RichTextBlock")?
            .iter()
            .try_for_each(inline),
        "FactSet" => list(element, "facts", "FactSet")?.iter().try_for_each(fact),
        "Container" | "Column" => elements(element, "items"),
        "ColumnSet" => {
            let columns = list(element, "columns", "ColumnSet")?;
            let is_column = |it: &Value| is(it, "type", "Column", "ColumnSet.columns");
            columns.iter().try_for_each(is_column)?;
            elements(element, "columns")
        }
        "Image" => address(element),
        "ActionSet" => actions(element),
        other => Err(format!("element of unknown type {other}")),
    }
}

fn elements(parent: &Value, member: &str) -> Check {
    let place = parent["type"].as_str().unwrap_or_default();
    list(parent, member, place)?.iter().try_for_each(element)
}

fn inline(inline: &Value) -> Check {
    if inline.is_string() {
        return Ok(());
    }
    is(inline, "type", "TextRun", "inline")?;
    text(inline, "text", "TextRun").map(drop)
}

fn fact(fact: &Value) -> Check {
    text(fact, "title", "fact")?;
    text(fact, "value", "fact").map(drop)
}

fn actions(parent: &Value) -> Check {
    if parent.get("actions").is_none() {
        return Ok(());
    }
    let actions = list(parent, "actions", "card")?;
    if actions.len() > MAX_ACTIONS {
        return Err(format!("actions: more than {MAX_ACTIONS}"));
    }
    actions.iter().try_for_each(action)
}

/// A card that a workflow posted cannot be answered: it can lead somewhere, or
/// show and hide a part of itself.
fn action(action: &Value) -> Check {
    text(action, "title", "action")?;
    match text(action, "type", "action")? {
        "Action.OpenUrl" => address(action),
        "Action.ShowCard" => check(&action["card"]),
        "Action.ToggleVisibility" => list(action, "targetElements", "action").map(drop),
        other => Err(format!("action of unknown type {other}")),
    }
}

fn address(object: &Value) -> Check {
    let url = text(object, "url", "element")?;
    match url.starts_with("https://") || url.starts_with("http://") {
        true => Ok(()),
        false => Err(format!("url: {url} is no web address")),
    }
}

fn is(object: &Value, member: &str, wanted: &str, place: &str) -> Check {
    match text(object, member, place)? == wanted {
        true => Ok(()),
        false => Err(format!("{place}.{member}: expected {wanted}")),
    }
}

fn text<'a>(object: &'a Value, member: &str, place: &str) -> Result<&'a str, String> {
    let text = object[member].as_str();
    text.ok_or_else(|| format!("{place}.{member}: expected String"))
}

fn list<'a>(object: &'a Value, member: &str, place: &str) -> Result<&'a [Value], String> {
    let list = object[member].as_array();
    let list = list.ok_or_else(|| format!("{place}.{member}: expected Array"))?;
    Ok(list)
}
