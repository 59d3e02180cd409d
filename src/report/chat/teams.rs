//! A message as an Adaptive Card. What strangers write stands in `TextRun`s:
//! text blocks and facts read Markdown, and not every Teams honours its
//! escapes (AdaptiveCards issue 5590), but runs read none (Microsoft Learn,
//! "Text features").

use super::words::{add, harmless, quoted};
use super::{LINES, LINES_LIMIT, Message, REASON_LIMIT, TITLE_LIMIT, WORD_LIMIT};

/// How a message begins, up to what its card shows.
const CARD: &str = concat!(
    r#"{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","#,
    r#""content":{"type":"AdaptiveCard","version":"1.4","body":["#
);

/// How a paragraph begins, up to how it looks.
const PARAGRAPH: &str = r#"{"type":"RichTextBlock","inlines":[{"type":"TextRun","#;

/// How paragraphs look, up to the words in them.
const TITLE: &str = r#""weight":"Bolder","text":"#;
const FACTS: &str = r#""color":"Accent","text":"#;
const NORMAL: &str = r#""text":"#;

/// The message as a workflow takes it, as JSON: with these limits below 8 KB,
/// where Teams takes 28 (Microsoft Learn, "Limits and specifications").
pub(super) fn body(message: &Message) -> String {
    let mut blocks = String::new();
    let mut tell = |look: &str, text: &str, limit: usize| {
        let text = harmless(text, limit);
        if !text.is_empty() {
            add(&mut blocks, &[PARAGRAPH, look, &quoted(&text), "}]}"]);
        }
    };
    tell(TITLE, &message.title, TITLE_LIMIT);
    let issue = message.issue.as_ref();
    let headline = message.headline(issue.map(|(key, _)| key.as_str()));
    tell(NORMAL, &headline, REASON_LIMIT);
    tell(FACTS, &message.facts(), 2 * WORD_LIMIT);
    tell(NORMAL, &message.reason(), REASON_LIMIT);
    for line in message.lines.lines().take(LINES) {
        tell(NORMAL, line, LINES_LIMIT);
    }
    let mut actions = String::new();
    if let Some((key, url)) = issue {
        let title = quoted(&format!("Open {}", harmless(key, WORD_LIMIT)));
        let begin = r#"{"type":"Action.OpenUrl","title":"#;
        add(
            &mut actions,
            &[begin, &title, r#","url":"#, &quoted(url), "}"],
        );
    }
    [CARD, &blocks, r#"],"actions":["#, &actions, "]}}]}"].concat()
}
