//! A message as an Adaptive Card. What strangers write stands in `TextRun`s:
//! text blocks and facts read Markdown, and not every Teams honours its
//! escapes (AdaptiveCards issue 5590), but runs read none (Microsoft Learn,
//! "Text features").

use serde_json::{Value, json};

use super::chat::Chat;
use super::message::{LINES, LINES_LIMIT, Message, REASON_LIMIT, TITLE_LIMIT, WORD_LIMIT};
use super::words::harmless;

/// Microsoft Teams, through a workflow.
pub(super) static TEAMS: Chat = Chat {
    key: "teams",
    name: "Teams",
    check: "that its workflow is on",
    body,
    is_taken: |status, _| matches!(status, 200 | 202),
    // A workflow whose signature is right reads the body next, and does not begin.
    lives: |status, code| {
        status == 400 && matches!(code, "InvalidRequestContent" | "TriggerInputSchemaMismatch")
    },
    code: |body| {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        json["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    },
};

/// The message as a workflow takes it: with these limits below 8 KB, where
/// Teams takes 28 (Microsoft Learn, "Limits and specifications").
pub(super) fn body(message: &Message) -> Value {
    let issue = message.issue.as_ref();
    let headline = message.headline(issue.map(|(key, _)| key.as_str()));
    let mut blocks = vec![
        paragraph(&message.title, TITLE_LIMIT, json!({ "weight": "Bolder" })),
        paragraph(&headline, REASON_LIMIT, json!({})),
        paragraph(
            &message.facts(),
            2 * WORD_LIMIT,
            json!({ "color": "Accent" }),
        ),
        paragraph(&message.reason(), REASON_LIMIT, json!({})),
    ];
    for line in message.lines.lines().take(LINES) {
        blocks.push(paragraph(line, LINES_LIMIT, json!({})));
    }
    let open = issue.map(|(key, url)| {
        let title = format!("Open {}", harmless(key, WORD_LIMIT));
        json!({ "type": "Action.OpenUrl", "title": title, "url": url })
    });
    let card = json!({
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks.into_iter().flatten().collect::<Vec<Value>>(),
        "actions": open.into_iter().collect::<Vec<Value>>(),
    });
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": card,
        }],
    })
}

/// A text in a look of its own; nothing for no text.
fn paragraph(text: &str, limit: usize, look: Value) -> Option<Value> {
    let text = harmless(text, limit);
    let mut run = look;
    run["type"] = "TextRun".into();
    run["text"] = text.as_str().into();
    (!text.is_empty()).then(|| json!({ "type": "RichTextBlock", "inlines": [run] }))
}
