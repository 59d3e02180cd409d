//! Wiki markup says what the tree says, and no more.

use super::{interpreter::read, wiki};
use crate::markup::{
    Block, DESCRIPTION_LIMIT, Document, Flavor, Inline, PanelKind, Rendered, from_markdown,
};

fn text(text: &str) -> String {
    markup(&Document::new().paragraph(vec![text.into()]))
}

fn markup(document: &Document) -> String {
    wiki(document, DESCRIPTION_LIMIT)
}

fn of_markdown(source: &str) -> String {
    markup(&from_markdown(source))
}

#[test]
fn signs_that_mean_something_are_escaped() {
    let cases = [
        ("{code}", "&#123;code&#125;"),
        ("[~admin] [a|b]", r"\[\~admin\] \[a\|b\]"),
        ("!img.png!", r"\!img.png!"),
        ("{{7*7}}", r"&#123;&#123;7\*7&#125;&#125;"),
        ("h1. x", "h1&#46; x"),
        ("bq. x", "bq&#46; x"),
        ("* x", r"\* x"),
        ("# x", r"\# x"),
        ("- x", r"\- x"),
        ("----", r"\-\-\-\-"),
        (r"C:\Temp \\srv\a", r"C:&#92;Temp &#92;&#92;srv&#92;a"),
        (":) ;) :P (x) (/)", ":&#41; ;&#41; &#58;P &#40;x) &#40;/)"),
        ("what?? a?", r"what\?\? a?"),
        ("&#123; AT&T", "&amp;#123; AT&T"),
        (
            "ftp://a.example mailto:a@b",
            "ftp&#58;//a.example mailto&#58;a@b",
        ),
    ];
    for (plain, expected) in cases {
        assert_eq!(text(plain), expected);
        assert_eq!(read(&text(plain)).constructs, []);
    }
}

#[test]
fn ordinary_text_is_left_readable() {
    let plain = "The well-known snake_case host (WIN-7) sent 3 mails: \"Hi! there\", 50% & more; \
                 see SOC-12, a@b.example, hxxp://evil.example/x?a=b #tag. Done!";
    assert_eq!(text(plain), plain);
}

#[test]
fn marks_within_a_word_are_braced() {
    assert_eq!(of_markdown("a**b**c **d**, *e*"), "a{*}b{*}c *d*, _e_");
    assert_eq!(of_markdown("**a *b* c**"), "*a* *_b_* *c*");
}

#[test]
fn monospace_holds_any_sign() {
    assert_eq!(
        of_markdown("`a}}{*}b`"),
        "{{a&#125;&#125;&#123;&#42;&#125;b}}"
    );
    assert_eq!(of_markdown("`code:java`"), "{{&#99;ode:java}}");
}

#[test]
fn a_link_holds_any_address() {
    let document = from_markdown("[a|b]](<https://a.example/x|y]z {q}!>) <https://b.example>");
    assert_eq!(
        markup(&document),
        r"\[a\|b\]\](<https&#58;//a.example/x\|y\]z &#123;q&#125;\!>) [https://b.example]"
    );
    let link = Inline::link("a|b]", "https://a.example/x|y]z {q}!&amp;");
    let expected = "[a&#124;b&#93;|https://a.example/x%7Cy%5Dz%20%7Bq%7D%21&amp%3B]";
    assert_eq!(markup(&Document::new().paragraph(vec![link])), expected);
}

#[test]
fn lists_mix_and_nest() {
    assert_eq!(
        of_markdown("- a\n  1. b\n     - c\n  2. d\n- e"),
        "* a\n*# b\n*#* c\n*# d\n* e"
    );
}

#[test]
fn an_item_keeps_its_paragraphs_and_code() {
    let source = "1. a\n\n   b\n\n   ```sh\n   ls\n   ```\n\n   c\n2. d";
    assert_eq!(
        of_markdown(source),
        "# a \\\\ b\n{code:bash}\nls\n{code}\nc\n# d"
    );
}

#[test]
fn a_code_block_cannot_be_ended_from_inside() {
    let code = |language, text: &str| markup(&Document::new().code(language, text));
    assert_eq!(code(Some("json"), "{}"), "{code:json}\n{}\n{code}");
    assert_eq!(code(None, "x"), "{noformat}\nx\n{noformat}");
    assert_eq!(code(Some("powershell"), "x"), "{noformat}\nx\n{noformat}");
    assert_eq!(
        code(Some("json"), "{CODE}"),
        "{noformat}\n{CODE}\n{noformat}"
    );
    assert_eq!(code(None, "{noformat}"), "{code:none}\n{noformat}\n{code}");
    let both = code(None, "{code}{NoFormat}");
    assert_eq!(both, "{noformat}\n{code}{\u{200b}NoFormat}\n{noformat}");
    assert_eq!(read(&both).constructs.len(), 1);
}

#[test]
fn cells_hold_bars_and_breaks() {
    let cell = vec!["a|b".into(), Inline::Break, "# c".into()];
    let rows = vec![vec![cell], vec![vec![], vec!["d".into()]]];
    let table = Block::Table {
        header: vec![vec!["H".into()]],
        rows,
    };
    let expected = "|| H ||  ||\n| a\\|b \\\\ \\# c |  |\n|  | d |";
    assert_eq!(markup(&Document::new().block(table)), expected);
}

#[test]
fn the_header_block_reads_well() {
    let document = Document::new()
        .heading(2, "Emotet on WIN-7")
        .facts(&[
            ("Severity", vec!["high".into()]),
            ("TLP", vec![]),
            (
                "Entity",
                vec![Inline::link("open in OpenCTI", "https://o.example/1")],
            ),
        ])
        .panel(
            PanelKind::Warning,
            Document::new().paragraph(vec!["Dropped: labels".into()]),
        )
        .append(from_markdown("text"));
    let expected = "h2. Emotet on WIN-7\n\n\
        | *Severity* | high |\n| *Entity* | [open in OpenCTI|https://o.example/1] |\n\n\
        {panel:bgColor=#fffae6}\nDropped: labels\n{panel}\n\ntext";
    assert_eq!(markup(&document), expected);
}

#[test]
fn an_empty_document_is_empty_in_both() {
    let ending = super::ending();
    let rendered = Document::new().render(Flavor::Wiki, 100, &ending);
    assert_eq!(rendered, Rendered::Wiki(String::new()));
    let rendered = Document::new()
        .render(Flavor::Adf, 100, &ending)
        .into_json();
    assert_eq!(
        rendered.to_string(),
        r#"{"content":[],"type":"doc","version":1}"#
    );
}
