//! A message in Slack's Block Kit. What strangers write stands in `plain_text`
//! objects only, in which Slack reads neither links nor mentions nor marks.

use serde_json::{Value, json};

use super::chat::Chat;
use super::message::{LINES, LINES_LIMIT, Message, REASON_LIMIT, TITLE_LIMIT, WORD_LIMIT};
use super::words::harmless;

/// Slack, through an incoming webhook.
pub(super) static SLACK: Chat = Chat {
    key: "slack",
    name: "Slack",
    check: "that its channel takes messages",
    body,
    // One word: `ok`, or what is wrong.
    is_taken: |status, code| status == 200 && code == "ok",
    // Slack's changelog, "Improving error conditions for Incoming Webhooks".
    lives: |status, code| status == 400 && matches!(code, "invalid_payload" | "no_text"),
    code: |body| {
        std::str::from_utf8(body)
            .unwrap_or_default()
            .trim()
            .to_owned()
    },
};

/// Slack's reference of blocks: a header has 1 to 150 characters.
const HEADER_LIMIT: usize = 150;
/// Slack's reference of blocks: the text of a section or of a context has 1 to
/// 3,000 characters.
const TEXT_LIMIT: usize = 3_000;

/// The message as an incoming webhook takes it. Nothing that stands in it shall
/// show more than itself.
pub(super) fn body(message: &Message) -> Value {
    let title = harmless(&message.title, TITLE_LIMIT);
    let issue = message.issue.as_ref();
    let link = issue.map(|(key, url)| link(key, url));
    let headline = message.headline(link.as_deref());
    let lines = message.lines.lines().take(LINES);
    let lines: Vec<String> = lines.map(|line| harmless(line, LINES_LIMIT)).collect();
    let blocks = [
        block("header", plain(&title, HEADER_LIMIT)),
        Some(json!({
            "type": "section",
            "text": { "type": "mrkdwn", "verbatim": true, "text": headline },
        })),
        plain(&harmless(&message.facts(), 2 * WORD_LIMIT), TEXT_LIMIT)
            .map(|facts| json!({ "type": "context", "elements": [facts] })),
        block(
            "section",
            plain(&harmless(&message.reason(), REASON_LIMIT), TEXT_LIMIT),
        ),
        block("section", plain(lines.join("\n").trim(), TEXT_LIMIT)),
    ];
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
        "blocks": blocks.into_iter().flatten().collect::<Vec<Value>>(),
    })
}

/// A block around a text, if there is one.
fn block(kind: &str, text: Option<Value>) -> Option<Value> {
    text.map(|text| json!({ "type": kind, "text": text }))
}

/// Text that Slack shows as it is, `:skull:` too; nothing for no text, which
/// Slack refuses.
fn plain(text: &str, limit: usize) -> Option<Value> {
    let text = escape(text, limit);
    (!text.is_empty()).then(|| json!({ "type": "plain_text", "emoji": false, "text": text }))
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
