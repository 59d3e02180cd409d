//! Sources made to cost time, memory or the stack.

use crate::markup::{
    DESCRIPTION_LIMIT, Document, Ending, from_html, from_markdown, from_wiki, plain_text,
    source::SOURCE_LIMIT,
};

/// A reader, and a piece that is hostile when repeated.
pub(super) type Attack = (fn(&str) -> Document, &'static str);

/// Pieces whose repetition nests, opens without closing, or closes late.
pub(super) const ATTACKS: &[Attack] = &[
    (from_markdown, ">"),
    (from_markdown, "> "),
    (from_markdown, "["),
    (from_markdown, "[a]("),
    (from_markdown, "![]("),
    (from_markdown, "![![a](b)"),
    (from_markdown, "[[]"),
    (from_markdown, "- "),
    (from_markdown, "+ a\n "),
    (from_markdown, "1. "),
    (from_markdown, "> - 1) "),
    (from_markdown, "*"),
    (from_markdown, "**a "),
    (from_markdown, "*a_ "),
    (from_markdown, "a**b_c*"),
    (from_markdown, "~~a "),
    (from_markdown, "`"),
    (from_markdown, "`a``"),
    (from_markdown, "|"),
    (from_markdown, "|a|b|\n|-|-|\n"),
    (from_markdown, "<"),
    (from_markdown, "<a "),
    (from_markdown, "<b>"),
    (from_markdown, "x <a href=https://e.example>"),
    (from_markdown, "<!--"),
    (from_markdown, "<table><tr><td>\n\n"),
    (from_markdown, "&"),
    (from_markdown, "\\"),
    (from_markdown, "- [ ] "),
    (from_markdown, "```\n"),
    (from_markdown, "a\n-\n"),
    (from_markdown, "\u{202e}"),
    (from_html, "<blockquote>"),
    (from_html, "<ul><li>"),
    (from_html, "<li>"),
    (from_html, "</li>"),
    (from_html, "<table><tr><td>"),
    (from_html, "<td>"),
    (from_html, "<b><i>x"),
    (from_html, "<a href='https://e.example/x'>y"),
    (from_html, "<a x=\""),
    (from_html, "<a x=\"><a "),
    (from_html, "<a x='>'><a y=\">"),
    (from_html, "<a x='>' "),
    (from_html, "<a x='>'>\""),
    (from_html, "<a x=1 y"),
    (from_html, "<"),
    (from_html, "</"),
    (from_html, "<!"),
    (from_html, "<!--"),
    (from_html, "<script></"),
    (from_html, "<script><!--<script>"),
    (from_html, "<svg>"),
    (from_html, "&"),
    (from_html, "&a;"),
    (from_html, "&#"),
    (from_html, "&CounterClockwise"),
    (from_html, "&eacute;"),
    (from_html, "<pre>"),
    (from_html, "<img alt='x'>"),
    (from_wiki, "*"),
    (from_wiki, "*a "),
    (from_wiki, "*a_b "),
    (from_wiki, "{*}"),
    (from_wiki, "{{"),
    (from_wiki, "{{a}} "),
    (from_wiki, "{{}"),
    (from_wiki, "["),
    (from_wiki, "[a|"),
    (from_wiki, "[a|http://e.example]"),
    (from_wiki, "[~a]"),
    (from_wiki, "!a.b"),
    (from_wiki, "!a "),
    (from_wiki, "\\\\"),
    (from_wiki, "\\"),
    (from_wiki, "{quote}"),
    (from_wiki, "{quote}\n"),
    (from_wiki, "{code}"),
    (from_wiki, "{code}\n"),
    (from_wiki, "{code:"),
    (from_wiki, "{noformat}a"),
    (from_wiki, "{panel:"),
    (from_wiki, "{color:red}"),
    (from_wiki, "** a\n"),
    (from_wiki, "**************** a\n"),
    (from_wiki, "*# a\n# b\n"),
    (from_wiki, "|"),
    (from_wiki, "||"),
    (from_wiki, "|a"),
    (from_wiki, "|["),
    (from_wiki, "|!"),
    (from_wiki, "|{{"),
    (from_wiki, "|a|b\n"),
    (from_wiki, "h1. a\n"),
    (from_wiki, "bq. a\n"),
    (from_wiki, "----\n"),
    (from_wiki, "&"),
    (from_wiki, "&#65;"),
    (from_wiki, "http://"),
    (from_wiki, "http://-"),
    (from_wiki, "https://e.example/ "),
    (from_wiki, "mailto:"),
    (from_wiki, "{"),
];

/// Sources that are not one piece repeated.
pub(super) fn composed(size: usize) -> Vec<(&'static str, String)> {
    // The head and what follows are both within what is read.
    let head = size.min(SOURCE_LIMIT) / 8;
    let fill = |head: &str, piece: &str| {
        let rest = size.saturating_sub(head.len()) / piece.len();
        format!("{head}{}", piece.repeat(rest))
    };
    let deep_list = "1. ".repeat(head / 3) + "a\n";
    let wide = format!("{}\n{}\n", "|a".repeat(head / 2), "|-".repeat(head / 2));
    let long_link = format!("[a]: https://e.example/{}\n\n", "b".repeat(head));
    let ticks: String = (1..)
        .map(|n| "`".repeat(n) + "a")
        .take(size / 400)
        .collect();
    let mut steps = String::new();
    while steps.len() < 4 * head {
        let indent = "  ".repeat(steps.lines().count() * 16);
        steps.extend([&indent, &*"- ".repeat(16), "a\n"]);
    }
    vec![
        ("lines after steps into a list", fill(&steps, "b\n")),
        ("blank lines after those steps", fill(&steps, "\n")),
        ("blank lines in a deep list", fill(&deep_list, "\n")),
        ("lines in a deep list", fill(&deep_list, " a\n")),
        (
            "lines after deep quotes",
            fill(&(">".repeat(head) + "a\n"), "b\n"),
        ),
        ("rows below a wide header", fill(&wide, "|x\n")),
        ("a long reference used often", fill(&long_link, "[a] ")),
        ("ever longer backticks", fill(&ticks, "` ")),
    ]
}

fn render(document: &Document) {
    super::adf(document, DESCRIPTION_LIMIT);
    super::wiki(document, DESCRIPTION_LIMIT);
    let _ = document.to_markdown(DESCRIPTION_LIMIT, &Ending::default());
    let _ = plain_text(document);
}

#[test]
fn no_source_overflows_a_small_stack() {
    /// Half of what a component has; a debug build needs more than that one.
    const STACK: usize = 512 * 1024;
    let work = || {
        for (read, piece) in ATTACKS {
            render(&read(&piece.repeat(60_000 / piece.len())));
        }
        for (_, source) in composed(60_000) {
            render(&from_markdown(&source));
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.expect("a thread").join().expect("no overflow");
}
