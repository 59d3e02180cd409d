//! A message in Slack's Block Kit. What strangers write stands in `plain_text`
//! objects only, in which Slack reads neither links nor mentions nor marks.

use serde_json::{Value, json};

use super::words::harmless;
use super::{LINES, LINES_LIMIT, Message, REASON_LIMIT, TITLE_LIMIT, WORD_LIMIT};

/// Slack's reference of blocks: a header has 1 to 150 characters.
const HEADER_LIMIT: usize = 150;

/// Slack's reference of blocks: the text of a section or of a context has 1 to
/// 3,000 characters.
const TEXT_LIMIT: usize = 3_000;

/// The message as an incoming webhook takes it.
pub(super) fn body(message: &Message) -> Value {
    let title = harmless(&message.title, TITLE_LIMIT);
    let mut blocks = Vec::new();
    if !title.is_empty() {
        blocks.push(block("header", plain(&title, HEADER_LIMIT)));
    }
    let issue = message.issue.as_ref();
    let link = issue.map(|(key, url)| link(key, url));
    let headline = message.headline(link.as_deref());
    blocks.push(block(
        "section",
        json!({ "type": "mrkdwn", "text": headline, "verbatim": true }),
    ));
    let facts = message.facts();
    let facts = facts.iter().map(|it| harmless(it, WORD_LIMIT));
    let facts = facts.filter(|it| !it.is_empty());
    let facts: Vec<Value> = facts.map(|it| plain(&it, TEXT_LIMIT)).collect();
    if !facts.is_empty() {
        blocks.push(json!({ "type": "context", "elements": facts }));
    }
    let lines = message.lines.lines().take(LINES);
    let lines: Vec<String> = lines.map(|line| harmless(line, LINES_LIMIT)).collect();
    let reason = message.reason().map(|it| harmless(&it, REASON_LIMIT));
    for text in [reason, Some(lines.join("\n"))].into_iter().flatten() {
        if !text.trim().is_empty() {
            blocks.push(block("section", plain(&text, TEXT_LIMIT)));
        }
    }
    let mut notice = message.headline(issue.map(|(key, _)| key.as_str()));
    if !title.is_empty() {
        notice = format!("{title} – {notice}");
    }
    json!({
        "text": escape(&notice, TEXT_LIMIT),
        "mrkdwn": false,
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

fn block(kind: &str, text: Value) -> Value {
    json!({ "type": kind, "text": text })
}

/// Text that Slack shows as it is; `:skull:` too.
fn plain(text: &str, limit: usize) -> Value {
    json!({ "type": "plain_text", "text": escape(text, limit), "emoji": false })
}

/// The only link in a message.
fn link(key: &str, url: &str) -> String {
    let url = escape(url, TEXT_LIMIT / 2).replace('|', "%7C");
    format!(
        "<{url}|{}>",
        escape(&harmless(key, WORD_LIMIT), TEXT_LIMIT / 4)
    )
}

/// Slack's control characters as entities, in at most `limit` characters; an
/// entity is never cut apart.
fn escape(text: &str, limit: usize) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut used = 1;
    for c in text.chars() {
        let entity = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => "",
        };
        used += entity.len().max(c.len_utf16());
        if used > limit {
            escaped.push('…');
            break;
        }
        match entity {
            "" => escaped.push(c),
            entity => escaped.push_str(entity),
        }
    }
    escaped
}
