//! A document is cut where nothing breaks.

use super::{adf, broken_rules, ending, size, wiki};
use crate::markup::{Document, Ending, Flavor, Rendered, from_markdown, plain_text};

const LINK: &str = "[… full text in OpenCTI|https://opencti.example/dashboard/id/1]";

#[test]
fn a_document_of_exactly_the_limit_is_kept_whole() {
    let document = from_markdown("# Title\n\nSome *words*.\n\n- a\n- b");
    let whole = wiki(&document, 10_000);
    assert_eq!(wiki(&document, size(&whole)), whole);
    assert_ne!(wiki(&document, size(&whole) - 1), whole);
    let whole = adf(&document, 10_000);
    assert_eq!(adf(&document, size(&whole.to_string())), whole);
    assert_ne!(adf(&document, size(&whole.to_string()) - 1), whole);
}

#[test]
fn a_text_ends_at_a_word_and_says_where_the_rest_is() {
    let document = from_markdown(&"lorem ipsum ".repeat(100));
    let text = wiki(&document, 100);
    assert_eq!(
        text,
        format!("lorem ipsum lorem ipsum lorem ipsum\n\n{LINK}")
    );
}

#[test]
fn a_character_is_never_broken() {
    for word in ["👨‍👩‍👧", "e\u{301}", "👍🏽"] {
        let document = from_markdown(&word.repeat(300));
        for limit in 100..140 {
            let text = wiki(&document, limit);
            let kept = text
                .strip_suffix(&format!("\n\n{LINK}"))
                .expect("the ending");
            assert_eq!(kept.replace(word, ""), "", "{limit}");
        }
    }
}

#[test]
fn code_is_cut_at_a_line_and_stays_a_block() {
    let document = from_markdown(&format!("```json\n{}```", "{\"a\": 1}\n".repeat(100)));
    let text = wiki(&document, 150);
    let (code, end) = text.split_once("\n\n").expect("two blocks");
    assert_eq!(end, LINK);
    let lines = code
        .strip_prefix("{code:json}\n")
        .and_then(|c| c.strip_suffix("\n{code}"));
    assert!(
        lines
            .expect("a block")
            .lines()
            .all(|line| line == "{\"a\": 1}")
    );
}

#[test]
fn lists_and_tables_are_cut_between_items_and_rows() {
    let list = from_markdown(&"- an item\n".repeat(100));
    let text = wiki(&list, 120);
    assert!(text.ends_with(&format!("* an item\n\n{LINK}")), "{text}");
    let table = from_markdown(&format!(
        "| h | i |\n|---|---|\n{}",
        "| a | b |\n".repeat(100)
    ));
    let text = wiki(&table, 120);
    assert!(text.starts_with("|| h || i ||\n| a | b |\n"), "{text}");
    assert!(text.ends_with(&format!("| a | b |\n\n{LINK}")), "{text}");
}

#[test]
fn a_long_cell_is_cut_inside() {
    let table = format!("| h | i |\n|---|---|\n| a | {} |", "word ".repeat(1_000));
    let text = wiki(&from_markdown(&table), 1_000);
    assert!(
        size(&text) > 950 && text.ends_with(&format!(" word |\n\n{LINK}")),
        "{text}"
    );
}

#[test]
fn a_title_is_not_left_alone_before_the_ending() {
    let document = from_markdown("first\n\n# Title\n\n| a |\n|---|\n| b |");
    let whole = size(&wiki(&document, 1_000));
    assert!(whole < 100);
    let long = document.append(from_markdown(&"x".repeat(10)).append(Document::new().rule()));
    for limit in 75..whole + 60 {
        let text = wiki(&long, limit);
        assert!(!text.contains(&format!("Title\n\n{LINK}")), "{text}");
    }
}

#[test]
fn most_of_the_room_is_used() {
    let source =
        "Words and **more** words, `code` and [links](https://a.example).\n\n".repeat(2_000);
    for flavor in [Flavor::Adf, Flavor::Wiki] {
        let used = match from_markdown(&source).render(flavor, 32_767, &ending()) {
            Rendered::Adf(value) => size(value.json()),
            Rendered::Wiki(text) => size(&text),
        };
        assert!((32_400..=32_767).contains(&used), "{used}");
    }
}

#[test]
fn a_document_cut_inside_is_valid_at_every_limit() {
    let source = include_str!("../../../tests/markup/incident.md");
    let document = from_markdown(source);
    for limit in (200..4_000).step_by(7) {
        let value = adf(&document, limit);
        assert_eq!(broken_rules(&value), Vec::<String>::new(), "{limit}");
        assert!(size(&value.to_string()) <= limit);
        assert!(size(&wiki(&document, limit)) <= limit);
    }
}

#[test]
fn an_ending_that_does_not_fit_loses_its_link_and_then_itself() {
    let document = from_markdown(&"word ".repeat(100));
    let ending = Ending {
        text: "… more".to_owned(),
        url: Some("https://a.example/".repeat(9)),
    };
    let render = |limit| document.render(Flavor::Wiki, limit, &ending).into_json();
    assert_eq!(render(20), "word word\n\n… more");
    assert_eq!(render(4), "word");
}

#[test]
fn plain_text_has_no_signs() {
    let document =
        from_markdown("# A\n\n- **b** `c`\n- [x] d\n\n> e\n\n| f | g |\n|---|---|\n| h | i |");
    assert_eq!(plain_text(&document), "A\n• b c\n• ☑ d\ne\nf | g\nh | i");
}

#[test]
fn a_huge_limit_is_no_trouble() {
    let document = from_markdown(&"word ".repeat(50_000));
    for limit in [u32::MAX as usize, 200_000, 1] {
        assert!(size(&wiki(&document, limit)) <= limit);
    }
}
