//! What filters make of a value, and that `md` and `code` hold what they
//! promise.

use proptest::prelude::*;

use crate::model::{Entity, Reference};
use crate::settings::templates::{Extras, Template};
use crate::text::one_line;

fn render(source: &str, entity: &Entity) -> String {
    let extras = Extras {
        event: "create",
        platform_url: None,
        entity_url: None,
    };
    let template = Template::parse("t", source).unwrap();
    template.render(entity, &extras).unwrap()
}

/// What a filter makes of a text.
fn filtered(filter: &str, text: &str) -> String {
    let entity = Entity {
        name: text.to_owned(),
        ..Entity::default()
    };
    render(&format!("{{{{ entity.name | {filter} }}}}"), &entity)
}

#[test]
fn filters_do_what_their_names_say() {
    for (filter, text, expected) in [
        ("upper", "straße", "STRASSE"),
        ("lower", "ÄB", "äb"),
        ("title", "it's an APT-report", "It's An Apt-Report"),
        ("trim", " a ", "a"),
        ("default('x')", "", "x"),
        ("replace('a', 'bb')", "aca", "bbcbb"),
        ("replace('', 'x')", "a", "a"),
        ("truncate(5)", "äöüßx", "äöüßx"),
        ("truncate(5)", "äöüßxy", "äöüß…"),
        ("truncate(0)", "x", ""),
        ("length", "äö", "2"),
        ("date", "2026-05-01T10:20:30.000Z", "2026-05-01"),
        (
            "date('%d.%m.%Y %H:%M:%S %%')",
            "2026-05-01T10:20:30Z",
            "01.05.2026 10:20:30 %",
        ),
        ("date('%H:%M')", "2026-05-01", "00:00"),
        ("date", "yesterday", "yesterday"),
        ("tojson", "a\"b\n", r#""a\"b\n""#),
        (
            "defang",
            "see HTTPS://a.example.com/x.html.",
            "see HTTPS[:]//a[.]example[.]com/x[.]html.",
        ),
        ("defang", "192.0.2.1", "192[.]0[.]2[.]1"),
        ("code", "a", "`a`"),
        ("code", "a`b``", "``` a`b`` ```"),
        ("code", " \n", ""),
        (
            "md",
            "*a*\n# b <i> `c` 1. [x](y)",
            r"\*a\* \# b \<i\> \`c\` 1\. \[x\]\(y\)",
        ),
    ] {
        assert_eq!(filtered(filter, text), expected, "{filter} of {text}");
    }
}

#[test]
fn lists_have_filters_too() {
    let entity = Entity {
        labels: vec!["vip".to_owned(), "apt28".to_owned()],
        references: vec![Reference {
            source: "CVE".to_owned(),
            external_id: Some("CVE-2026-1".to_owned()),
            ..Reference::default()
        }],
        ..Entity::default()
    };
    for (source, expected) in [
        (
            "{{ entity.labels | first }} {{ entity.labels | last }}",
            "vip apt28",
        ),
        ("{{ entity.labels | length }}", "2"),
        ("{{ entity.labels | join('/') | upper }}", "VIP/APT28"),
        (
            "{{ entity.references | tojson }}",
            r#"[{"external_id":"CVE-2026-1","source":"CVE"}]"#,
        ),
        ("{{ [1, 1.5, true, none] | tojson }}", "[1,1.5,true,null]"),
    ] {
        assert_eq!(render(source, &entity), expected);
    }
}

/// Whether CommonMark reads the text as plain: one line, every mark escaped.
fn is_plain(text: &str) -> bool {
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        let escaped = c == '\\' && letters.next().is_some_and(|c| c.is_ascii_punctuation());
        if !escaped && (c.is_ascii_punctuation() || c.is_control() || c == '\u{2028}') {
            return false;
        }
    }
    text.trim() == text
}

/// The content of a text that is one inline code, as CommonMark reads it.
fn code_content(text: &str) -> Option<&str> {
    let fence = &text[..text.len() - text.trim_start_matches('`').len()];
    let content = text.strip_prefix(fence)?.strip_suffix(fence)?;
    let closes_early = content
        .split(|c| c != '`')
        .any(|run| run.len() == fence.len());
    (!closes_early && !content.is_empty()).then(|| {
        let inner = content.strip_prefix(' ').and_then(|c| c.strip_suffix(' '));
        inner.unwrap_or(content)
    })
}

proptest! {
    #[test]
    fn md_leaves_nothing_that_formats(text in any::<String>()) {
        let escaped = filtered("md", &text);
        prop_assert!(is_plain(&escaped), "{escaped}");
        let mut letters = escaped.chars();
        let mut seen = String::new();
        while let Some(c) = letters.next() {
            seen.extend(if c == '\\' { letters.next() } else { Some(c) });
        }
        prop_assert_eq!(seen, one_line(&text));
    }

    #[test]
    fn code_is_one_code_that_shows_the_text(text in "[`a \n|*]{0,20}") {
        let code = filtered("code", &text);
        match one_line(&text) {
            seen if seen.is_empty() => prop_assert_eq!(code, ""),
            seen => prop_assert_eq!(code_content(&code), Some(seen.as_str())),
        }
    }

    #[test]
    fn any_text_goes_through_any_filter(
        text in any::<String>(),
        filter in prop::sample::select(vec![
            "upper", "lower", "title", "trim", "truncate(3)", "replace('a', '')", "date", "date('%d%%')",
            "defang", "md", "code", "default('x')", "join('-')", "length", "first", "last", "tojson",
        ]),
    ) {
        filtered(filter, &text);
    }

    #[test]
    fn defang_leaves_no_address_and_changes_nothing_twice(text in "(https?://)?[a-zA-Z0-9./:@ ]{0,30}") {
        let once = filtered("defang", &text);
        prop_assert!(!once.to_lowercase().contains("http://") && !once.to_lowercase().contains("https://"));
        prop_assert_eq!(filtered("defang", &once), once);
    }
}
