//! What is written as Markdown is read as what it was.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::{
    ending, hostile, properties, shape, size,
    strategy::{hostile as hostile_text, tree},
    visible, words,
};
use crate::markup::{
    Block, DESCRIPTION_LIMIT, Document, Ending, Inline, Task, from_html, from_markdown,
};

fn markdown(document: &Document) -> String {
    document.to_markdown(DESCRIPTION_LIMIT, &Ending::default())
}

/// The extensions that platforms read.
fn usual() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// The words that a reader sees.
fn seen(text: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(text, usual()) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::TaskListMarker(done) => out.push_str(shape::checkbox(done)),
            _ => {}
        }
    }
    visible(&out)
}

/// Nothing in it does more than words do, whatever extensions its reader knows.
pub(super) fn is_harmless(text: &str) -> Result<(), TestCaseError> {
    for options in [Options::empty(), usual(), Options::all()] {
        for event in Parser::new_ext(text, options) {
            let (href, is_image) = match &event {
                Event::Html(_) | Event::InlineHtml(_) => ("html", false),
                Event::Start(Tag::Link { dest_url, .. }) => (&**dest_url, false),
                Event::Start(Tag::Image { .. }) => ("", true),
                _ => continue,
            };
            let allowed = ["http://", "https://", "mailto:"];
            let is_allowed = allowed.iter().any(|scheme| href.starts_with(scheme));
            prop_assert!(is_allowed && !is_image, "{event:?}\n{text}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(properties::settings())]

    #[test]
    fn any_tree_is_read_as_its_words_and_does_nothing(tree in tree()) {
        let text = markdown(&tree);
        is_harmless(&text)?;
        if !tree.incomplete {
            prop_assert_eq!(seen(&text), words(&tree), "{}", text);
        }
    }

    #[test]
    fn a_text_stays_a_text(text in hostile_text()) {
        let plain = [
            Document::new().paragraph(vec![Inline::text(&*text)]),
            Document::new().heading(2, &*text),
            Document::new().bullets([vec![Inline::text(&*text)]]),
        ];
        for document in plain {
            let written = markdown(&document);
            let read = from_markdown(&written);
            prop_assert!(read.blocks.len() <= 1, "{}\n{:?}", written, read);
            prop_assert_eq!(seen(&written), words(&document), "{}", written);
        }
    }

    #[test]
    fn any_limit_is_kept(source in hostile_text(), limit in 0_usize..300) {
        for document in [from_markdown(&source), from_html(&source)] {
            let text = document.to_markdown(limit, &ending());
            prop_assert!(size(&text) <= limit, "{text}");
            is_harmless(&text)?;
        }
    }
}

#[test]
fn hostile_sources_stay_within_the_limit() {
    for (read, piece) in hostile::ATTACKS {
        let document = read(&piece.repeat(100_000 / piece.len()));
        let text = markdown(&document);
        assert!(size(&text) <= DESCRIPTION_LIMIT, "{piece}");
        assert!(is_harmless(&text).is_ok(), "{piece}");
    }
}

#[test]
fn each_block_has_its_signs() {
    let item = |text: &str| vec![Block::Paragraph(vec![Inline::text(text)])];
    let mut nested = item("two");
    nested.push(Block::List {
        start: Some(1),
        items: vec![item("a"), item("b")],
    });
    let document = Document::new()
        .heading(3, "Title")
        .paragraph(vec!["one".into(), Inline::Break, "two".into()])
        .block(Block::List {
            start: None,
            items: vec![item("one"), nested],
        })
        .block(Block::Quote(vec![
            Block::Paragraph(vec!["said".into()]),
            Block::Paragraph(vec!["and meant".into()]),
        ]))
        .code(Some("sh"), "echo ```\n\n<b>")
        .block(Block::Table {
            header: vec![],
            rows: vec![vec![vec![Inline::code("a|b")], vec![Inline::code("c")]]],
        })
        .rule()
        .block(Block::TaskList(vec![Task {
            done: true,
            content: vec!["done".into()],
        }]));
    let expected = "### Title\n\none  \ntwo\n\n- one\n- two\n  1. a\n  2. b\n\n\
        > said\n>\n> and meant\n\n````sh\necho ```\n\n<b>\n````\n\n\
        | | |\n|---|---|\n| a\\|b | `c` |\n\n---\n\n- [x] done";
    assert_eq!(markdown(&document), expected);
}

#[test]
fn only_signs_that_mean_something_are_escaped() {
    for (text, expected) in [
        ("#cti seen at 10:00", "#cti seen at 10:00"),
        ("[cti] seen", "[cti] seen"),
        ("evil[.]example, snake_case", "evil[.]example, snake_case"),
        ("C:\\Windows\\_x", "C:\\Windows\\\\\\_x"),
        ("# no", "\\# no"),
        ("1. no", "1\\. no"),
        ("- no", "\\- no"),
        ("[a](javascript:b)", "[a\\](javascript:b)"),
        ("<script> &lt;", "&lt;script> &amp;lt;"),
        ("a*b`c~d|e", "a\\*b\\`c\\~d\\|e"),
    ] {
        let document = Document::new().paragraph(vec![text.into()]);
        assert_eq!(markdown(&document), expected);
    }
}

#[test]
fn an_address_that_shows_itself_stays_bare_where_it_stands_apart() {
    let link = |href: &str| Inline::link(href, href);
    for (content, expected) in [
        (vec![link("https://a.example/b_c")], "https://a.example/b_c"),
        (
            vec!["(".into(), link("https://a.example/")],
            "([https://a.example/](https://a.example/)",
        ),
        (
            vec![Inline::link("a]b", "https://a.example/(c)")],
            "[a\\]b](https://a.example/%28c%29)",
        ),
    ] {
        let document = Document::new().paragraph(content);
        assert_eq!(markdown(&document), expected);
    }
}
