//! What a person sees of a text in Jira.
//!
//! Jira hands text back a little changed: line ends, ids, the order of members. To tell
//! whether people edited it, only what is seen is compared.

use std::fmt::Write;

use serde_json::Value;

/// What changes how a block reads; ids and layout do not.
const ATTRS: [&str; 6] = ["level", "language", "panelType", "state", "order", "url"];

/// What is seen, as text that is compared and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Seen(String);

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Seen {}

impl Seen {
    /// Of a text as Jira keeps it: wiki markup or ADF; null is none.
    #[must_use]
    pub fn of(text: &Value) -> Self {
        let mut seen = Self::default();
        match text {
            // Jira has nothing where an empty text was written.
            Value::Null => {}
            Value::String(text) => seen.words(text),
            node if node["content"].as_array().is_some_and(Vec::is_empty) => {}
            node => seen.walk(node),
        }
        seen
    }

    /// Of wiki markup.
    #[must_use]
    pub fn of_wiki(text: &str) -> Self {
        let mut seen = Self::default();
        seen.words(text);
        seen
    }

    /// The text to be compared. White space at its ends does not count.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.trim()
    }

    /// White space does not count, only that there is some.
    fn words(&mut self, text: &str) {
        for word in text.split_whitespace() {
            self.0.push_str(word);
            self.0.push(' ');
        }
    }

    fn walk(&mut self, node: &Value) {
        let kind = node["type"].as_str().unwrap_or_default();
        if kind == "text" {
            let marks = node["marks"].as_array().into_iter().flatten().map(|mark| {
                let kind = mark["type"].as_str().unwrap_or_default();
                (kind, mark["attrs"]["href"].as_str())
            });
            self.text(node["text"].as_str().unwrap_or_default(), marks);
            return;
        }
        self.node(kind, |name| {
            let value = node["attrs"].get(name);
            value.filter(|it| !it.is_null()).map(Value::to_string)
        });
        for child in node["content"].as_array().into_iter().flatten() {
            self.walk(child);
        }
    }

    /// Adds a node of ADF; `attr` has its attributes as JSON.
    pub(super) fn node(&mut self, kind: &str, attr: impl Fn(&str) -> Option<String>) {
        self.0.push_str("\n<");
        self.0.push_str(kind);
        for value in ATTRS.into_iter().filter_map(attr) {
            self.0.push(' ');
            self.0.push_str(&value);
        }
        self.0.push('>');
    }

    /// Adds text of ADF, with its marks and where they lead to.
    pub(super) fn text<'a>(
        &mut self,
        text: &str,
        marks: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ) {
        let mut all: Vec<String> = Vec::new();
        for (kind, href) in marks {
            let mark = [kind, href.unwrap_or_default()].concat();
            // Sorted: what sorts for itself is 3 KB of code more.
            let place = all.partition_point(|other| *other <= mark);
            all.insert(place, mark);
        }
        if !all.is_empty() {
            let _ = write!(self.0, "<{}>", all.join(" "));
        }
        self.0.push_str(text);
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn white_space_and_line_ends_do_not_count_in_wiki_markup() {
        let seen = |text: &str| Seen::of(&json!(text));
        assert_eq!(seen("a\r\n b  c\n"), seen("a\nb c"));
        assert_ne!(seen("a b c"), seen("a b d"));
    }

    #[test]
    fn ids_and_the_order_of_members_do_not_count_in_adf() {
        let ours = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "x", "marks": [{"type": "strong"}]}]},
        ]});
        let theirs = json!({"version": 1, "content": [
            {"content": [{"marks": [{"type": "strong"}], "text": "x", "type": "text"}], "type": "heading",
             "attrs": {"localId": "4711", "level": 2}},
        ], "type": "doc"});
        assert_eq!(Seen::of(&ours), Seen::of(&theirs));
    }

    /// Records of earlier versions hold its digest.
    #[test]
    fn what_is_compared_stays_the_same() {
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "codeBlock", "attrs": {"language": "c\"x"}, "content": [{"type": "text", "text": "f()\n"}]},
            {"type": "orderedList", "attrs": {"order": 3}, "content": [{"type": "listItem", "content": [
                {"type": "paragraph", "content": [
                    {"type": "text", "text": "a ", "marks": [{"type": "strong"}, {"type": "link", "attrs": {"href": "https://a"}}]},
                    {"type": "hardBreak"},
                ]},
            ]}]},
        ]});
        assert_eq!(
            Seen::of(&document).as_str(),
            "<doc>\n<codeBlock \"c\\\"x\">f()\n\n<orderedList 3>\n<listItem>\n<paragraph>\
             <linkhttps://a strong>a \n<hardBreak>"
        );
        assert_eq!(Seen::of(&json!(" a\nb ")).as_str(), "a b");
        let nothing = [
            json!(null),
            json!(""),
            json!({"type": "doc", "content": []}),
        ];
        assert!(nothing.iter().all(|it| Seen::of(it) == Seen::default()));
    }

    #[test]
    fn a_word_a_mark_a_level_or_a_link_counts() {
        let doc = |level: u64, text: &str, marks: Value| {
            Seen::of(&json!({"type": "doc", "content": [
                {"type": "heading", "attrs": {"level": level}, "content": [{"type": "text", "text": text, "marks": marks}]},
            ]}))
        };
        let base = doc(1, "x", json!([]));
        for other in [
            doc(2, "x", json!([])),
            doc(1, "y", json!([])),
            doc(1, "x", json!([{"type": "em"}])),
            doc(
                1,
                "x",
                json!([{"type": "link", "attrs": {"href": "https://a"}}]),
            ),
        ] {
            assert_ne!(base, other);
        }
    }
}
