//! A posted message, and what Slack would make of the text in it.

use serde_json::Value;

/// A message as it was posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its text: what a notification shows, and the message itself where there
    /// are no blocks.
    pub text: String,
    /// Its blocks.
    pub blocks: Vec<Value>,
}

impl Message {
    /// All its texts as people read them: marks resolved, a line each.
    pub fn plain(&self) -> String {
        let texts = self.texts();
        let plain = texts.iter().map(|text| match text {
            Text::Plain(text) => (*text).to_owned(),
            Text::Marked(text) => shown(text),
        });
        plain.collect::<Vec<_>>().join("\n")
    }

    /// Where it leads: the links in marked texts and on buttons.
    pub fn links(&self) -> Vec<String> {
        let marks = self.marks();
        let links = marks
            .iter()
            .filter(|mark| !mark.starts_with(['!', '@', '#']));
        let links = links.map(|mark| mark.split('|').next().unwrap_or_default().to_owned());
        let mut links: Vec<String> = links.collect();
        for block in &self.blocks {
            walk(block, &mut |value| {
                links.extend(value["url"].as_str().map(str::to_owned));
            });
        }
        links
    }

    /// Whom it would ping: `!channel`, `!here`, `@U…`. Text that somebody else
    /// wrote must never do that.
    pub fn pings(&self) -> Vec<String> {
        let marks = self.marks().into_iter();
        let pings = marks.filter(|mark| mark.starts_with(['!', '@']) && !mark.starts_with("!date"));
        pings.map(str::to_owned).collect()
    }

    /// What stands between `<` and `>` in marked texts.
    fn marks(&self) -> Vec<&str> {
        let mut marks = Vec::new();
        for text in self.texts() {
            if let Text::Marked(text) = text {
                let parts = text.split('<').skip(1);
                marks.extend(parts.filter_map(|part| Some(part.split_once('>')?.0)));
            }
        }
        marks
    }

    fn texts(&self) -> Vec<Text<'_>> {
        let mut texts = vec![Text::Marked(&self.text)];
        for block in &self.blocks {
            walk(block, &mut |value| {
                let text = value["text"].as_str();
                texts.extend(match value["type"].as_str() {
                    Some("mrkdwn") => text.map(Text::Marked),
                    Some("plain_text") => text.map(Text::Plain),
                    _ => None,
                });
            });
        }
        texts
    }
}

enum Text<'a> {
    Plain(&'a str),
    Marked(&'a str),
}

/// Every object in a value, outermost first.
fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(members) => {
            visit(value);
            members.values().for_each(|member| walk(member, visit));
        }
        _ => {}
    }
}

/// A marked text as people read it: links by their label, escapes resolved.
fn shown(text: &str) -> String {
    let mut parts = text.split('<');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('>') {
            Some((mark, rest)) => {
                shown.push_str(mark.rsplit('|').next().unwrap_or_default());
                shown.push_str(rest);
            }
            None => {
                shown.push('<');
                shown.push_str(part);
            }
        }
    }
    let shown = shown.replace("&lt;", "<").replace("&gt;", ">");
    shown.replace("&amp;", "&")
}
