//! A message in Slack's Block Kit. What strangers write stands in `plain_text`
//! objects only, in which Slack reads neither links nor mentions nor marks.

use super::words::{add, harmless, quoted};
use super::{LINES, LINES_LIMIT, Message, REASON_LIMIT, TITLE_LIMIT, WORD_LIMIT};

/// Slack's reference of blocks: a header has 1 to 150 characters.
const HEADER_LIMIT: usize = 150;

/// Slack's reference of blocks: the text of a section or of a context has 1 to
/// 3,000 characters.
const TEXT_LIMIT: usize = 3_000;

/// Nothing that stands in a message shall show more than itself.
const QUIET: &str =
    r#","mrkdwn":false,"link_names":false,"unfurl_links":false,"unfurl_media":false,"blocks":["#;

/// The message as an incoming webhook takes it, as JSON. It is put together as
/// text because a tree takes several times the code.
pub(super) fn body(message: &Message) -> String {
    let title = harmless(&message.title, TITLE_LIMIT);
    let mut blocks = String::new();
    add_plain(&mut blocks, HEADER, &title, HEADER_LIMIT);
    let issue = message.issue.as_ref();
    let link = issue.map(|(key, url)| link(key, url));
    let headline = quoted(&message.headline(link.as_deref()));
    add(&mut blocks, &[MARKED, &headline, "}}"]);
    let facts = harmless(&message.facts(), 2 * WORD_LIMIT);
    add_plain(&mut blocks, CONTEXT, &facts, TEXT_LIMIT);
    let reason = harmless(&message.reason(), REASON_LIMIT);
    add_plain(&mut blocks, SECTION, &reason, TEXT_LIMIT);
    let mut lines = String::new();
    for line in message.lines.lines().take(LINES) {
        lines.push_str(&harmless(line, LINES_LIMIT));
        lines.push('\n');
    }
    add_plain(&mut blocks, SECTION, lines.trim(), TEXT_LIMIT);
    let mut notice = message.headline(issue.map(|(key, _)| key.as_str()));
    if !title.is_empty() {
        notice = format!("{title} – {notice}");
    }
    let notice = quoted(&escape(&notice, TEXT_LIMIT));
    [r#"{"text":"#, &notice, QUIET, &blocks, "]}"].concat()
}

/// How the blocks begin, up to the words in them, and how they end.
const HEADER: (&str, &str) = (r#"{"type":"header","text":"#, "}");
const SECTION: (&str, &str) = (r#"{"type":"section","text":"#, "}");
const CONTEXT: (&str, &str) = (r#"{"type":"context","elements":["#, "]}");
const MARKED: &str = r#"{"type":"section","text":{"type":"mrkdwn","verbatim":true,"text":"#;

/// Text that Slack shows as it is, `:skull:` too; no block for no text.
fn add_plain(blocks: &mut String, (begin, end): (&str, &str), text: &str, limit: usize) {
    if !text.is_empty() {
        let text = quoted(&escape(text, limit));
        let plain = r#"{"type":"plain_text","emoji":false,"text":"#;
        add(blocks, &[begin, plain, &text, "}", end]);
    }
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
