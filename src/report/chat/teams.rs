//! A message as an Adaptive Card. What strangers write stands in `TextRun`s:
//! text blocks and facts read Markdown, and not every Teams honours its
//! escapes (AdaptiveCards issue 5590), but runs read none (Microsoft Learn,
//! "Text features").

use serde_json::{Value, json};

use super::words::harmless;
use super::{LINES, LINES_LIMIT, Message, REASON_LIMIT, TITLE_LIMIT, WORD_LIMIT};

/// The content type of a card.
const CARD: &str = "application/vnd.microsoft.card.adaptive";

/// The message as a workflow takes it: with these limits below 8 KB, where
/// Teams takes 28 (Microsoft Learn, "Limits and specifications").
pub(super) fn body(message: &Message) -> Value {
    let mut blocks = Vec::new();
    let mut add = |text: &str, limit: usize, look: (&str, &str)| {
        let text = harmless(text, limit);
        if !text.is_empty() {
            blocks.push(paragraph(&text, look));
        }
    };
    add(&message.title, TITLE_LIMIT, ("weight", "Bolder"));
    let issue = message.issue.as_ref();
    let headline = message.headline(issue.map(|(key, _)| key.as_str()));
    add(&headline, REASON_LIMIT, NORMAL);
    add(
        &message.facts().join(" · "),
        2 * WORD_LIMIT,
        ("color", "Accent"),
    );
    add(&message.reason().unwrap_or_default(), REASON_LIMIT, NORMAL);
    for line in message.lines.lines().take(LINES) {
        add(line, LINES_LIMIT, NORMAL);
    }
    let mut card = json!({ "type": "AdaptiveCard", "version": "1.4", "body": blocks });
    if let Some((key, url)) = issue {
        let title = format!("Open {}", harmless(key, WORD_LIMIT));
        card["actions"] = json!([{ "type": "Action.OpenUrl", "title": title, "url": url }]);
    }
    json!({ "type": "message", "attachments": [{ "contentType": CARD, "content": card }] })
}

const NORMAL: (&str, &str) = ("weight", "Default");

fn paragraph(text: &str, (look, value): (&str, &str)) -> Value {
    let run = json!({ "type": "TextRun", "text": text, look: value });
    json!({ "type": "RichTextBlock", "inlines": [run] })
}
