//! Markdown and HTML become the tree that they say.

use crate::markup::{Block, Document, Inline, Task, from_html, from_markdown, plain_text};

fn paragraph(content: Vec<Inline>) -> Block {
    Block::Paragraph(content)
}

fn markdown(source: &str) -> Vec<Block> {
    from_markdown(source).blocks
}

fn html(source: &str) -> Vec<Block> {
    from_html(source).blocks
}

fn link(text: &str, href: &str) -> Inline {
    Inline::Link {
        href: href.to_owned(),
        content: vec![text.into()],
    }
}

#[test]
fn marks_nest_as_written() {
    let inner = vec!["a ".into(), Inline::em("b"), " c".into()];
    assert_eq!(
        markdown("**a _b_ c**"),
        [paragraph(vec![Inline::Strong(inner)])]
    );
}

#[test]
fn a_line_end_stays_a_line_break() {
    let content = vec!["a".into(), Inline::Break, "b".into()];
    assert_eq!(markdown("a\nb"), [paragraph(content)]);
}

#[test]
fn defanged_indicators_and_bare_addresses_stay_text() {
    let text = "hxxps://evil[.]example/x and 10.0.0[.]1 and http://evil.example/x";
    assert_eq!(markdown(text), [paragraph(vec![text.into()])]);
}

#[test]
fn addresses_in_angle_brackets_are_links() {
    let expected = link("https://a.example/x", "https://a.example/x");
    assert_eq!(
        markdown("<https://a.example/x>"),
        [paragraph(vec![expected])]
    );
    let expected = link("a@b.example", "mailto:a@b.example");
    assert_eq!(markdown("<a@b.example>").len(), 1);
    assert_eq!(
        markdown("[a@b.example](mailto:a@b.example)"),
        [paragraph(vec![expected])]
    );
}

#[test]
fn only_http_https_and_mailto_are_links() {
    for address in [
        "javascript:alert(1)",
        "file:///etc",
        "data:text/html,x",
        "/local",
        "ftp://x",
    ] {
        assert_eq!(
            markdown(&format!("[a]({address})")),
            [paragraph(vec!["a".into()])]
        );
        assert_eq!(
            html(&format!("<a href='{address}'>a</a>")),
            [paragraph(vec!["a".into()])]
        );
    }
}

#[test]
fn images_become_links_with_their_description() {
    let expected = link("alt", "https://a.example/i.png");
    assert_eq!(
        markdown("![alt](https://a.example/i.png)"),
        [paragraph(vec![expected.clone()])]
    );
    assert_eq!(
        html("<img src='https://a.example/i.png' alt=alt>"),
        [paragraph(vec![expected])]
    );
    let expected = link("alt", "https://b.example");
    let linked = "[![alt](https://a.example/i.png)](https://b.example)";
    assert_eq!(markdown(linked), [paragraph(vec![expected])]);
}

#[test]
fn a_list_of_tasks_is_a_task_list() {
    let task = |done, text: &str| Task {
        done,
        content: vec![text.into()],
    };
    let expected = Block::TaskList(vec![task(false, "a"), task(true, "b")]);
    assert_eq!(
        markdown("- [ ] a\n- [x] b"),
        std::slice::from_ref(&expected)
    );
    let source = "<ul class=todo><li><label><input type=checkbox>a</label></li>\
                  <li><input type='checkbox' checked><span>b</span></li></ul>";
    assert_eq!(html(source), [expected]);
}

#[test]
fn html_in_markdown_becomes_structure_or_text_and_never_runs() {
    let source =
        "a <b>bold</b> <script>alert(1)</script><x-y>z</x-y>\n\n<script>\nbad()\n</script>\n";
    assert_eq!(plain_text(&from_markdown(source)), "a bold z");
    let table = "<table><tr><th>H</th></tr><tr><td>c</td></tr></table>";
    let expected = Block::Table {
        header: vec![vec!["H".into()]],
        rows: vec![vec![vec!["c".into()]]],
    };
    assert_eq!(markdown(table), [expected]);
}

#[test]
fn a_tag_left_open_does_not_reach_the_next_block() {
    assert_eq!(
        markdown("<b>a\n\nb"),
        [
            paragraph(vec![Inline::strong("a")]),
            paragraph(vec!["b".into()]),
        ]
    );
}

#[test]
fn the_editors_html_becomes_the_same_tree_as_markdown() {
    let source = "<h2>Title</h2><p>One <strong>two</strong>&nbsp;<em>three</em><br>four</p>\
        <ul>\n <li>a\n  <ol start=3><li>b</li></ol>\n </li>\n <li>c</li>\n</ul>\
        <blockquote><p>said</p></blockquote><hr>\
        <pre><code class=\"language-json\">{\n &quot;a&quot;: 1\n}</code></pre>";
    let same = "## Title\nOne **two**\u{a0}*three*\nfour\n\n- a\n\n  3. b\n- c\n\n> said\n\n---\n\
        ```json\n{\n \"a\": 1\n}\n```\n";
    let trimmed = |source: Document| source.blocks.iter().flat_map(super::shape::shape).collect();
    let (left, right): (Vec<_>, Vec<_>) =
        (trimmed(from_html(source)), trimmed(from_markdown(same)));
    assert_eq!(left, right);
}

#[test]
fn comments_scripts_and_styles_are_dropped_with_their_contents() {
    let source = "a<!-- b -->c<style>d</style><SCRIPT>'</scrip>'</SCRIPT >e<!-->f<?php g?>h<!x>i";
    assert_eq!(plain_text(&from_html(source)), "acefhi");
}

#[test]
fn character_references_are_resolved_once() {
    let source = "&lt;b&gt; &amp;lt; &eacute; &#x41;&#66; &unknown; &amp &#x202e;&#0;x &#x80;";
    assert_eq!(
        plain_text(&from_html(source)),
        "<b> &lt; é AB &unknown; & \u{fffd}x €"
    );
}

#[test]
fn an_angle_bracket_that_begins_no_tag_is_text() {
    let source = "1 < 2 and 3 <4 <a unclosed";
    assert_eq!(plain_text(&from_html(source)), source);
}

#[test]
fn a_tag_that_never_ends_hides_no_words() {
    for (source, words) in [
        ("<p>a</p><a href=\"https://a.example>b</a> c", "a\nb c"),
        ("a<br title='>b & <i>c", "a\nb & c"),
        ("a <b title=\"c > d\" cla", "a d\" cla"),
        ("a <script x='>bad()</script>b", "a b"),
        ("a <script>bad('<b", "a"),
        ("a <!-- <b", "a"),
    ] {
        assert_eq!(plain_text(&from_html(source)), words, "{source}");
    }
}

#[test]
fn what_a_hidden_element_holds_does_not_end_it() {
    for source in [
        "a<script>'<!--'</script>b",
        "a<style>p:before{content:'<b '}</style>b",
        "a<template><script>'</template>'</script></template>b",
        "a<svg><style/><title/></svg>b",
        "a<svg><a title='</svg>'>x</a></svg>b",
    ] {
        assert_eq!(plain_text(&from_html(source)), "ab", "{source}");
    }
}

#[test]
fn an_attribute_may_hold_what_looks_like_a_tags_end() {
    let expected = link("x", "https://a.example/?q=a%3Eb&c");
    assert_eq!(
        html("<a title='>' href=\"https://a.example/?q=a>b&amp;c\">x</a>"),
        [paragraph(vec![expected])]
    );
}

#[test]
fn blocks_in_a_cell_become_lines() {
    let source = "<table><tr><td><p>a</p><ul><li>b</li><li>c</li></ul></td><td>d</td></tr></table>";
    let cell = vec![
        "a".into(),
        Inline::Break,
        "• ".into(),
        "b".into(),
        Inline::Break,
        "• ".into(),
        "c".into(),
    ];
    let rows = vec![vec![cell, vec!["d".into()]]];
    assert_eq!(
        html(source),
        [Block::Table {
            header: vec![],
            rows
        }]
    );
}

#[test]
fn characters_that_jira_refuses_or_that_deceive_are_removed() {
    let document = from_markdown("a\0b\u{1b}[0m\u{202e}c\u{2066}d\u{fffe}\r\ne\rf");
    assert_eq!(
        plain_text(&document),
        "a\u{fffd}b[0mcd\ne\nf".replace('\u{fffd}', "")
    );
}

#[test]
fn a_source_beyond_the_reading_limit_is_incomplete() {
    let document = from_markdown(&"é ".repeat(200_000));
    assert!(document.incomplete);
    assert!(super::wiki(&document, 1_000).ends_with("|https://opencti.example/dashboard/id/1]"));
}

#[test]
fn nesting_beyond_the_limit_is_flattened_with_its_words() {
    let source = format!("{} deep", "> - ".repeat(50));
    assert_eq!(
        plain_text(&from_markdown(&source)).trim_start_matches(['•', ' ']),
        "deep"
    );
}

#[test]
fn signs_too_far_right_are_dropped_and_their_words_kept() {
    let source = format!(
        "{}deep\n{}- far\n- near",
        ">".repeat(10_000),
        " ".repeat(500)
    );
    let text = plain_text(&from_markdown(&source));
    assert_eq!(text, "deep\nfar\n• near");
    let code = format!("```\n{}- x\n```", " ".repeat(100));
    assert_eq!(plain_text(&from_markdown(&code)), "- x");
}
