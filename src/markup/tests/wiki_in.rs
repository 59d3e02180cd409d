//! What is written in wiki markup is read as what Jira shows.

use proptest::prelude::*;

use super::{
    properties,
    strategy::{hostile, tree},
    visible, wiki, words,
};
use crate::markup::{DESCRIPTION_LIMIT, Ending, from_wiki, plain_text};

/// Wiki markup as Markdown.
fn markdown(wiki: &str) -> String {
    from_wiki(wiki).to_markdown(DESCRIPTION_LIMIT, &Ending::default())
}

#[test]
fn blocks_stay_blocks() {
    for (wiki, expected) in [
        ("h2. Title\nBelow", "## Title\n\nBelow"),
        ("one\ntwo\n\nthree", "one  \ntwo\n\nthree"),
        ("* a\n** b\n* c\nd", "- a\n  - b\n- c  \n  d"),
        ("# a\n#* b\n# c\n\n- d", "1. a\n   - b\n2. c\n\n- d"),
        ("bq. said\nand so on", "> said\n\nand so on"),
        ("{quote}one\n\ntwo{quote}three", "> one\n>\n> two\n\nthree"),
        (
            "{code:java}\nint a;\n  b\n{code}\nc",
            "```java\nint a;\n  b\n```\n\nc",
        ),
        ("{code:title=a|language=sh}x{code}", "```sh\nx\n```"),
        ("{code:title=a.txt}*x*{CODE} b", "```\n*x*\n```\n\nb"),
        ("{noformat}{code}<b>{noformat}", "```\n{code}<b>\n```"),
        ("a {noformat}b", "a\n\n```\nb\n```"),
        (
            "* a\n{code}\nb\n{code}\n* c",
            "- a\n\n  ```\n  b\n  ```\n- c",
        ),
        (
            "||h||i||\n|a|[b|https://e.example]|\nc",
            "| h | i |\n|---|---|\n| a | [b](https://e.example) |\n\nc",
        ),
        ("|a\\|b|{{c\\|d}}|", "| | |\n|---|---|\n| a\\|b | c\\|d |"),
        ("a\n----\nb", "a\n\n---\n\nb"),
        ("{panel:title=T}\n*a*\n{panel}", "**a**"),
        ("\\{code} -- *", "{code} -- \\*"),
    ] {
        assert_eq!(markdown(wiki), expected, "{wiki}");
    }
}

#[test]
fn words_keep_their_marks() {
    for (wiki, expected) in [
        ("*b* _i_ -s- {{m}} +u+", "**b** _i_ ~~s~~ `m` u"),
        ("in{*}si{*}de, *_both_*", "in**si**de, **_both_**"),
        (
            "a*b*c 2025-01-31 - x_y_z -",
            "a\\*b\\*c 2025-01-31 - x_y_z -",
        ),
        ("*a _b* c_", "**a \\_b** c\\_"),
        ("-v and --force - no", "-v and --force - no"),
        (
            "[t|https://e.example/a] [https://e.example]",
            "[t](https://e.example/a) https://e.example",
        ),
        (
            "see https://e.example/a_b, (http://c.example).",
            "see [https://e.example/a_b](https://e.example/a_b), ([http://c.example](http://c.example)).",
        ),
        (
            "[https://e.example|https://e.example|smart-link]",
            "https://e.example",
        ),
        (
            "[x|javascript:alert(1)] [y]",
            "[x\\|javascript:alert(1)] [y]",
        ),
        (
            "[~ada] [~accountid:712020:abc] [^log.txt]",
            "@ada @user log.txt",
        ),
        ("!a b.png|thumbnail! wow! great!", "a b.png wow! great!"),
        ("!https://e.example/a.png!", "https://e.example/a.png"),
        ("{color:#ff0000}red{color} {anchor:a}b", "red b"),
        ("a\\\\b \\*c\\* C:\\dir", "a  \nb \\*c\\* C:\\dir"),
        ("&lt;b&gt; &amp;lt; &#42;", "&lt;b> &amp;lt; \\*"),
        (
            "#cti :) (!) <script>alert(1)</script>",
            "#cti :) (!) &lt;script>alert(1)&lt;/script>",
        ),
    ] {
        assert_eq!(markdown(wiki), expected, "{wiki}");
    }
}

proptest! {
    #![proptest_config(properties::settings())]

    #[test]
    fn our_own_wiki_markup_is_read_as_its_words(tree in tree()) {
        let text = wiki(&tree, DESCRIPTION_LIMIT);
        let read = from_wiki(&text);
        if !tree.incomplete {
            prop_assert_eq!(visible(&words(&read)), words(&tree), "{}", text);
        }
    }

    #[test]
    fn any_wiki_markup_becomes_harmless_markdown(source in hostile(), limit in 0_usize..300) {
        let read = from_wiki(&source);
        let text = read.to_markdown(limit, &super::ending());
        prop_assert!(super::size(&text) <= limit, "{text}");
        super::markdown_out::is_harmless(&text)?;
        let _ = plain_text(&read);
    }
}
