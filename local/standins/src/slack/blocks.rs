//! Slack's Block Kit: which blocks there are and how long their texts may be.
//! Limits from Slack's reference of blocks and of composition objects.

use serde_json::Value;

const MAX_BLOCKS: usize = 50;
const MAX_BLOCK_ID: usize = 255;
const MAX_HEADER: usize = 150;
const MAX_SECTION: usize = 3_000;
const MAX_FIELDS: usize = 10;
const MAX_FIELD: usize = 2_000;
const MAX_CONTEXT: usize = 10;
const MAX_CONTEXT_TEXT: usize = 3_000;
const MAX_ACTIONS: usize = 25;
const MAX_BUTTON: usize = 75;
const MAX_URL: usize = 3_000;
const MAX_ALT_TEXT: usize = 2_000;

/// Either it is right, or Slack says `invalid_blocks` and no more.
type Check = Result<(), ()>;

/// Checks the blocks of a message.
pub(super) fn check(blocks: &[Value]) -> Check {
    ensure(blocks.len() <= MAX_BLOCKS)?;
    blocks.iter().try_for_each(block)
}

fn ensure(right: bool) -> Check {
    if right { Ok(()) } else { Err(()) }
}

fn block(block: &Value) -> Check {
    if let Some(id) = block.get("block_id") {
        short(id, MAX_BLOCK_ID)?;
    }
    match block["type"].as_str() {
        Some("header") => {
            only(block, &["text"])?;
            ensure(block["text"]["type"] == "plain_text")?;
            text(&block["text"], MAX_HEADER)
        }
        Some("section") => section(block),
        Some("divider") => only(block, &[]),
        Some("context") => {
            only(block, &["elements"])?;
            items(&block["elements"], MAX_CONTEXT, |element| {
                match element["type"] == "image" {
                    true => image(element),
                    false => text(element, MAX_CONTEXT_TEXT),
                }
            })
        }
        Some("actions") => {
            only(block, &["elements"])?;
            items(&block["elements"], MAX_ACTIONS, button)
        }
        Some("image") => image(block),
        _ => Err(()),
    }
}

fn section(block: &Value) -> Check {
    only(block, &["text", "fields", "accessory", "expand"])?;
    ensure(block.get("text").is_some() || block.get("fields").is_some())?;
    if let Some(given) = block.get("text") {
        text(given, MAX_SECTION)?;
    }
    if let Some(fields) = block.get("fields") {
        items(fields, MAX_FIELDS, |field| text(field, MAX_FIELD))?;
    }
    match block.get("accessory") {
        Some(accessory) if accessory["type"] == "image" => image(accessory),
        Some(accessory) => button(accessory),
        None => Ok(()),
    }
}

/// No members but these and the ones every block has.
fn only(block: &Value, members: &[&str]) -> Check {
    let object = block.as_object().ok_or(())?;
    let known = |name: &String| {
        ["type", "block_id"].contains(&name.as_str()) || members.contains(&name.as_str())
    };
    ensure(object.keys().all(known))
}

/// A list of one to `most`.
fn items(list: &Value, most: usize, check: impl Fn(&Value) -> Check) -> Check {
    let list = list.as_array().ok_or(())?;
    ensure((1..=most).contains(&list.len()))?;
    list.iter().try_for_each(check)
}

/// A text object of one to `most` characters.
fn text(object: &Value, most: usize) -> Check {
    let members = object.as_object().ok_or(())?;
    let known: &[&str] = match object["type"].as_str() {
        Some("plain_text") => &["type", "text", "emoji"],
        Some("mrkdwn") => &["type", "text", "verbatim"],
        _ => return Err(()),
    };
    ensure(members.keys().all(|name| known.contains(&name.as_str())))?;
    short(&object["text"], most)
}

/// A string of one to `most` characters.
fn short(value: &Value, most: usize) -> Check {
    let length = value.as_str().ok_or(())?.chars().count();
    ensure((1..=most).contains(&length))
}

fn button(element: &Value) -> Check {
    ensure(element["type"] == "button" && element["text"]["type"] == "plain_text")?;
    text(&element["text"], MAX_BUTTON)?;
    match element.get("url") {
        Some(url) => address(url),
        None => Ok(()),
    }
}

fn image(element: &Value) -> Check {
    short(&element["alt_text"], MAX_ALT_TEXT)?;
    address(&element["image_url"])
}

fn address(url: &Value) -> Check {
    short(url, MAX_URL)?;
    let url = url.as_str().unwrap_or_default();
    ensure(url.starts_with("https://") || url.starts_with("http://"))
}
