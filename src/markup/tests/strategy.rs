//! Texts and trees for the property tests.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::markup::{Block, Document, Inline, PanelKind, Task};

/// Pieces that mean something to a reader or a renderer.
const PIECES: &[&str] = &[
    "{",
    "}",
    "{code}",
    "{code:java}",
    "{noformat}",
    "{NoFormat}",
    "{quote}",
    "{panel:title=x}",
    "{color:red}",
    "{{",
    "}}",
    "{*}",
    "{_}",
    "[",
    "]",
    "[a|b]",
    "[~admin]",
    "[^file]",
    "[#a]",
    "|",
    "||",
    "*",
    "**",
    "_",
    "__",
    "-",
    "--",
    "---",
    "----",
    "+",
    "^",
    "~",
    "??",
    "?",
    "!",
    "!img.png!",
    "\\",
    "\\\\",
    "#",
    "# ",
    "* ",
    "- ",
    "h1. ",
    "h6.",
    "bq. ",
    "&",
    "&amp;",
    "&#123;",
    "&lt;",
    ":)",
    ":(",
    ":P",
    ":D",
    ";)",
    "(x)",
    "(y)",
    "(/)",
    "(*r)",
    "(flagoff)",
    ";",
    ":",
    "(",
    ")",
    "http://",
    "https://evil.example/a*b",
    "ftp://x",
    "mailto:a@b",
    "file:\\\\srv",
    "hxxp://",
    "javascript:alert(1)",
    "[.]",
    "@user",
    "<b>",
    "</b>",
    "<a href='x'>",
    "<!--",
    "-->",
    "<script>",
    "`",
    "```",
    "~~",
    "> ",
    "1. ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "  ",
    " ",
    "a",
    "b",
    "code",
    "é",
    "я",
    "😀",
    "👨‍👩‍👧",
    "e\u{301}",
    "\u{200b}",
    "\u{202e}",
    "\u{2066}",
    "\u{0}",
    "\u{1b}",
    "\u{fffe}",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "![x](y)",
    "[x](http://e.example)",
    "[x](javascript:1)",
    "| a | b |\n|---|---|\n",
    "- [ ] ",
    "- [x] ",
    "===\n",
    "<td>",
    "<table>",
    "<li>",
    "</ul>",
];

/// Text made of those pieces and of any characters.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        2 => "[a-z ]{1,6}",
    ];
    vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn href() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("https://e.example/a?b=c&amp;d|e".to_owned()),
        Just("mailto:soc@e.example".to_owned()),
        hostile().prop_map(|path| format!("http://e.example/{path}")),
        hostile(),
    ]
}

fn inlines() -> impl Strategy<Value = Vec<Inline>> {
    let leaf = prop_oneof![
        4 => hostile().prop_map(Inline::Text),
        1 => hostile().prop_map(Inline::Code),
        1 => Just(Inline::Break),
    ];
    let inline = leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = || vec(inner.clone(), 0..3);
        prop_oneof![
            inner().prop_map(Inline::Strong),
            inner().prop_map(Inline::Em),
            inner().prop_map(Inline::Strike),
            (href(), inner()).prop_map(|(href, content)| Inline::Link { href, content }),
        ]
    });
    vec(inline, 0..4)
}

fn block() -> impl Strategy<Value = Block> {
    let task = (any::<bool>(), inlines()).prop_map(|(done, content)| Task { done, content });
    let leaf = prop_oneof![
        4 => inlines().prop_map(Block::Paragraph),
        1 => (0_u8..9, inlines()).prop_map(|(level, content)| Block::Heading { level, content }),
        1 => vec(task, 0..3).prop_map(Block::TaskList),
        1 => (option::of(select(&["json", "sh", "x y", "{code}", ""][..])), hostile()).prop_map(
            |(language, text)| Block::Code { language: language.map(str::to_owned), text }
        ),
        1 => (vec(inlines(), 0..3), vec(vec(inlines(), 0..4), 0..3))
            .prop_map(|(header, rows)| Block::Table { header, rows }),
        1 => Just(Block::Rule),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let blocks = || vec(inner.clone(), 0..3);
        prop_oneof![
            blocks().prop_map(Block::Quote),
            blocks().prop_map(|blocks| Block::Panel {
                kind: PanelKind::Error,
                blocks
            }),
            (option::of(0_u64..5), vec(blocks(), 0..3))
                .prop_map(|(start, items)| Block::List { start, items }),
        ]
    })
}

/// Any tree, also such as no reader makes.
pub(super) fn tree() -> impl Strategy<Value = Document> {
    (vec(block(), 0..4), any::<bool>())
        .prop_map(|(blocks, incomplete)| Document { blocks, incomplete })
}
