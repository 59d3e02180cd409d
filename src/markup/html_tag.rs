//! What HTML's tags mean in a description.

use std::borrow::Cow;

use super::build::Mark;

/// A start tag.
pub(super) type Tag = html5gum::StartTag<usize>;

/// What a tag means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Words within are not shown.
    Hidden,
    /// Starts a new line, and means nothing else.
    Division,
    Heading(u8),
    Pre,
    Rule,
    Structure(Kind),
    Mark(Mark),
    Link,
    Image,
    Break,
    CheckBox,
    Unknown,
}

/// Elements that hold blocks and are followed to their end tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bullets,
    Numbers,
    Item,
    Quote,
    Table,
    Row,
    Cell,
}

/// How many kinds there are.
pub(super) const KINDS: usize = 7;

impl Element {
    /// What a tag means, by its name in lower case.
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"script" | b"style" | b"title" | b"template" | b"iframe" | b"noscript" | b"object"
            | b"svg" | b"math" | b"canvas" | b"audio" | b"video" => Self::Hidden,
            b"p" | b"div" | b"section" | b"article" | b"header" | b"footer" | b"main"
            | b"aside" | b"nav" | b"figure" | b"figcaption" | b"address" | b"details"
            | b"summary" | b"dl" | b"dt" | b"dd" | b"form" | b"fieldset" | b"caption" | b"body" => {
                Self::Division
            }
            [b'h', level @ b'1'..=b'6'] => Self::Heading(level - b'0'),
            b"pre" => Self::Pre,
            b"hr" => Self::Rule,
            b"ul" => Self::Structure(Kind::Bullets),
            b"ol" => Self::Structure(Kind::Numbers),
            b"li" => Self::Structure(Kind::Item),
            b"blockquote" => Self::Structure(Kind::Quote),
            b"table" => Self::Structure(Kind::Table),
            b"tr" => Self::Structure(Kind::Row),
            b"td" | b"th" => Self::Structure(Kind::Cell),
            b"strong" | b"b" => Self::Mark(Mark::Strong),
            b"em" | b"i" | b"cite" => Self::Mark(Mark::Em),
            b"s" | b"del" | b"strike" => Self::Mark(Mark::Strike),
            b"code" | b"kbd" | b"samp" | b"tt" => Self::Mark(Mark::Code),
            b"a" => Self::Link,
            b"img" => Self::Image,
            b"br" => Self::Break,
            b"input" => Self::CheckBox,
            _ => Self::Unknown,
        }
    }
}

/// An attribute's value; empty for one without a value.
pub(super) fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<Cow<'t, str>> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value))
}

/// The language in a class such as `language-json`.
pub(super) fn language(tag: &Tag) -> Option<String> {
    let classes = attribute(tag, "class")?;
    let name = |class: &str| class.strip_prefix("language-").map(str::to_owned);
    classes.split_whitespace().find_map(name)
}
