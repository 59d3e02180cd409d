//! What holds for every source and every tree.

use proptest::prelude::*;

use super::{
    adf, broken_rules, ending,
    interpreter::{Construct, read},
    size,
    strategy::{hostile, tree},
    visible, wiki, words,
};
use crate::markup::{
    Block, DESCRIPTION_LIMIT, Document, Flavor, Inline, Seen, Task, from_html, from_markdown,
    plain_text,
};

/// The smallest limit promised to hold the ending in both flavors.
const SMALLEST: usize = 200;

fn holds(document: &Document, limit: usize) -> Result<(), TestCaseError> {
    let rendered = document.render(Flavor::Adf, limit, &ending());
    let seen = rendered.seen().into_owned();
    let value = rendered.into_json();
    prop_assert_eq!(broken_rules(&value), Vec::<String>::new(), "{}", value);
    prop_assert!(size(&value.to_string()) <= limit);
    // As when Jira shows it later.
    prop_assert_eq!(seen, Seen::of(&value));
    let text = wiki(document, limit);
    prop_assert!(size(&text) <= limit);
    let reading = read(&text);
    let automatic = |construct: &Construct| {
        matches!(
            construct,
            Construct::AutoLink(_)
                | Construct::Image(_)
                | Construct::Emoticon(_)
                | Construct::Dash
                | Construct::Citation
                | Construct::BlockQuote
                | Construct::Phrase('+' | '^' | '~')
        )
    };
    prop_assert!(
        !reading.constructs.iter().any(automatic),
        "{text}\n{reading:?}"
    );
    for link in reading.links() {
        let allowed = ["http://", "https://", "mailto:"];
        prop_assert!(
            allowed.iter().any(|scheme| link.starts_with(scheme)),
            "{text}"
        );
    }
    if limit == DESCRIPTION_LIMIT && !document.incomplete {
        prop_assert_eq!(
            visible(&reading.text),
            words(document),
            "{}\n{:?}",
            text,
            reading
        );
    }
    Ok(())
}

/// A hostile text in each place that holds text, and what may be seen there.
fn places(text: &str) -> Vec<(Document, usize)> {
    let words = || vec![Inline::text(text)];
    let inline = |inline: Inline| Document::new().paragraph(vec!["a ".into(), inline, " b".into()]);
    let block = |block: Block| Document::new().block(block);
    let task = Task {
        done: true,
        content: words(),
    };
    let rows = vec![vec![words(), words()]];
    vec![
        (Document::new().paragraph(words()), 0),
        (Document::new().heading(1, text), 1),
        (Document::new().bullets([words()]), 1),
        (block(Block::TaskList(vec![task])), 1),
        (block(Block::Quote(vec![Block::Paragraph(words())])), 2),
        (
            block(Block::Table {
                header: vec![],
                rows,
            }),
            1,
        ),
        (inline(Inline::strong(text)), 1),
        (inline(Inline::em(text)), 1),
        (inline(Inline::Strike(words())), 1),
        (inline(Inline::code(text)), 1),
        (inline(Inline::link(text, "https://e.example")), 1),
        (Document::new().code(Some("json"), text), 1),
    ]
}

/// `PROPTEST_CASES=20000` for a long run.
pub(super) fn settings() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(300),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn any_markdown_gives_valid_output_within_any_limit(
        source in hostile(),
        limit in prop_oneof![Just(DESCRIPTION_LIMIT), SMALLEST..600_usize],
    ) {
        holds(&from_markdown(&source), limit)?;
    }

    #[test]
    fn any_html_gives_valid_output_within_any_limit(
        source in hostile(),
        limit in prop_oneof![Just(DESCRIPTION_LIMIT), SMALLEST..600_usize],
    ) {
        holds(&from_html(&source), limit)?;
    }

    #[test]
    fn a_tag_cut_off_at_the_end_stays_text(source in hostile()) {
        let source = format!("{}<a cut", source.replace('<', ""));
        let words = plain_text(&from_html(&source));
        prop_assert!(words.ends_with("<a cut"), "{words}");
    }

    #[test]
    fn any_tree_gives_valid_output_within_any_limit(
        tree in tree(),
        limit in prop_oneof![Just(DESCRIPTION_LIMIT), SMALLEST..600_usize],
    ) {
        holds(&tree, limit)?;
        let is_bidi = |c| c == '\u{202e}';
        prop_assert!(!plain_text(&tree).contains(is_bidi));
    }

    #[test]
    fn a_text_stays_a_text_wherever_it_stands(text in hostile()) {
        for (document, most) in places(&text) {
            let rendered = wiki(&document, DESCRIPTION_LIMIT);
            let reading = read(&rendered);
            prop_assert!(reading.constructs.len() <= most, "{}\n{:?}", rendered, reading);
            prop_assert_eq!(visible(&reading.text), words(&document), "{}", rendered);
        }
    }

    #[test]
    fn any_limit_at_all_is_kept(source in hostile(), limit in 40..SMALLEST) {
        let document = from_markdown(&source);
        prop_assert!(size(&adf(&document, limit).to_string()) <= limit);
        prop_assert!(size(&wiki(&document, limit - 40)) <= limit - 40);
    }
}
