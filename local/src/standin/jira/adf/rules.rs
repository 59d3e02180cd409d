//! Atlassian's document schema as a table: which node takes which attributes
//! and which children. Written after the published ADF structure pages.

use super::check::Shape;

/// What may stand inside a node.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// Nothing.
    None,
    /// Text without marks, or nothing.
    Code,
    /// Inline nodes, or nothing.
    Inline,
    /// At least one of these; the first one is of the `first` kinds.
    Some {
        first: &'static [&'static str],
        rest: &'static [&'static str],
    },
}

/// An attribute: its name, whether it must be there, what it holds.
pub(super) type Attribute = (&'static str, bool, Shape);

/// What one type of node takes.
pub(super) struct Rule {
    pub(super) attributes: &'static [Attribute],
    pub(super) content: Content,
}

const MUST: bool = true;
const MAY: bool = false;

/// What may stand at the top of a document.
const TOP: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "blockquote",
    "codeBlock",
    "panel",
    "rule",
    "table",
    "expand",
    "mediaSingle",
    "blockCard",
];
const PANEL: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "codeBlock",
    "rule",
    "mediaSingle",
    "blockCard",
];
const CELL: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "blockquote",
    "codeBlock",
    "panel",
    "rule",
    "mediaSingle",
    "blockCard",
    "nestedExpand",
];
const EXPAND: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "blockquote",
    "codeBlock",
    "panel",
    "rule",
    "table",
    "mediaSingle",
    "blockCard",
    "nestedExpand",
];
const NESTED: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "blockquote",
    "codeBlock",
    "panel",
    "rule",
    "mediaSingle",
];
const QUOTE: &[&str] = &[
    "paragraph",
    "bulletList",
    "orderedList",
    "codeBlock",
    "mediaSingle",
];
const ITEM_FIRST: &[&str] = &["paragraph", "mediaSingle", "codeBlock"];
const ITEM: &[&str] = &[
    "paragraph",
    "bulletList",
    "orderedList",
    "codeBlock",
    "mediaSingle",
];

/// The nodes that stand in a line of text.
pub(super) const INLINE: &[&str] = &[
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "inlineCard",
    "date",
    "status",
];

const PANEL_TYPES: &[&str] = &["info", "note", "tip", "warning", "error", "success"];
const COLORS: &[&str] = &["neutral", "purple", "blue", "red", "yellow", "green"];
const LOCAL_ID: Attribute = ("localId", MAY, Shape::Text);
const CELL_ATTRIBUTES: &[Attribute] = &[
    ("colspan", MAY, Shape::Whole(1, 1000)),
    ("rowspan", MAY, Shape::Whole(1, 1000)),
    ("colwidth", MAY, Shape::Numbers),
    ("background", MAY, Shape::Text),
    LOCAL_ID,
];

const fn any(kinds: &'static [&'static str]) -> Content {
    Content::Some {
        first: kinds,
        rest: kinds,
    }
}

const fn rule(attributes: &'static [Attribute], content: Content) -> Rule {
    Rule {
        attributes,
        content,
    }
}

/// The rule of a node type; none for a type that does not exist. `text` has
/// rules of its own, see [`super::check`].
pub(super) fn of(kind: &str) -> Option<Rule> {
    let found = match kind {
        "doc" => rule(
            &[],
            Content::Some {
                first: TOP,
                rest: TOP,
            },
        ),
        "paragraph" => rule(&[LOCAL_ID], Content::Inline),
        "heading" => rule(
            &[("level", MUST, Shape::Whole(1, 6)), LOCAL_ID],
            Content::Inline,
        ),
        "bulletList" => rule(&[LOCAL_ID], any(&["listItem"])),
        "orderedList" => rule(
            &[("order", MAY, Shape::Whole(0, i64::MAX)), LOCAL_ID],
            any(&["listItem"]),
        ),
        "listItem" => rule(
            &[LOCAL_ID],
            Content::Some {
                first: ITEM_FIRST,
                rest: ITEM,
            },
        ),
        "blockquote" => rule(&[LOCAL_ID], any(QUOTE)),
        "codeBlock" => rule(
            &[
                ("language", MAY, Shape::Text),
                ("uniqueId", MAY, Shape::Text),
                LOCAL_ID,
            ],
            Content::Code,
        ),
        "panel" => rule(
            &[("panelType", MUST, Shape::OneOf(PANEL_TYPES)), LOCAL_ID],
            any(PANEL),
        ),
        "rule" => rule(&[LOCAL_ID], Content::None),
        "expand" => rule(&[("title", MAY, Shape::Text), LOCAL_ID], any(EXPAND)),
        "nestedExpand" => rule(&[("title", MAY, Shape::Text), LOCAL_ID], any(NESTED)),
        _ => {
            return lists(kind)
                .or_else(|| tables(kind))
                .or_else(|| leaves(kind));
        }
    };
    Some(found)
}

fn lists(kind: &str) -> Option<Rule> {
    let found = match kind {
        "taskList" => rule(
            &[("localId", MUST, Shape::Text)],
            Content::Some {
                first: &["taskItem"],
                rest: &["taskItem", "taskList"],
            },
        ),
        "taskItem" => rule(
            &[
                ("localId", MUST, Shape::Text),
                ("state", MUST, Shape::OneOf(&["TODO", "DONE"])),
            ],
            Content::Inline,
        ),
        "decisionList" => rule(&[("localId", MUST, Shape::Text)], any(&["decisionItem"])),
        "decisionItem" => rule(
            &[("localId", MUST, Shape::Text), ("state", MUST, Shape::Text)],
            Content::Inline,
        ),
        _ => return None,
    };
    Some(found)
}

fn tables(kind: &str) -> Option<Rule> {
    let found = match kind {
        "table" => rule(
            &[
                ("isNumberColumnEnabled", MAY, Shape::Flag),
                ("layout", MAY, Shape::Text),
                ("displayMode", MAY, Shape::OneOf(&["default", "fixed"])),
                ("width", MAY, Shape::Number),
                LOCAL_ID,
            ],
            any(&["tableRow"]),
        ),
        "tableRow" => rule(&[LOCAL_ID], any(&["tableCell", "tableHeader"])),
        "tableCell" | "tableHeader" => rule(CELL_ATTRIBUTES, any(CELL)),
        _ => return None,
    };
    Some(found)
}

fn leaves(kind: &str) -> Option<Rule> {
    let attributes: &[Attribute] = match kind {
        "hardBreak" => &[("text", MAY, Shape::OneOf(&["\n"])), LOCAL_ID],
        "mention" => &[
            ("id", MUST, Shape::Text),
            ("text", MAY, Shape::Text),
            ("accessLevel", MAY, Shape::Text),
            (
                "userType",
                MAY,
                Shape::OneOf(&["DEFAULT", "SPECIAL", "APP"]),
            ),
            LOCAL_ID,
        ],
        "emoji" => &[
            ("shortName", MUST, Shape::Text),
            ("id", MAY, Shape::Text),
            ("text", MAY, Shape::Text),
            LOCAL_ID,
        ],
        "inlineCard" | "blockCard" => &[("url", MUST, Shape::Filled), LOCAL_ID],
        "date" => &[("timestamp", MUST, Shape::Filled), LOCAL_ID],
        "status" => &[
            ("text", MUST, Shape::Filled),
            ("color", MUST, Shape::OneOf(COLORS)),
            ("style", MAY, Shape::Text),
            LOCAL_ID,
        ],
        "mediaSingle" => {
            const LAYOUT: &[Attribute] = &[
                ("layout", MUST, Shape::Text),
                ("width", MAY, Shape::Number),
                LOCAL_ID,
            ];
            return Some(rule(LAYOUT, any(&["media"])));
        }
        "media" => &[
            ("type", MUST, Shape::OneOf(&["external"])),
            ("url", MUST, Shape::Filled),
            ("alt", MAY, Shape::Text),
            ("width", MAY, Shape::Number),
            ("height", MAY, Shape::Number),
        ],
        _ => return None,
    };
    Some(rule(attributes, Content::None))
}

/// The attributes of a mark; none for a mark that does not exist.
pub(super) fn mark(kind: &str) -> Option<&'static [Attribute]> {
    Some(match kind {
        "strong" | "em" | "strike" | "underline" | "code" => &[],
        "link" => &[("href", MUST, Shape::Filled), ("title", MAY, Shape::Text)],
        "subsup" => &[("type", MUST, Shape::OneOf(&["sub", "sup"]))],
        "textColor" | "backgroundColor" => &[("color", MUST, Shape::Color)],
        _ => return None,
    })
}
