//! The tree is the one that the `toml` crate reads.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use toml::de::{DeTable, DeValue};

use super::*;

/// As the `toml` crate reads it, or its first mistake.
fn expected(text: &str) -> Result<Json, String> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let start = |error: &&toml::de::Error| error.span().map_or(0, |span| span.start);
    match errors.iter().min_by_key(start) {
        None => Ok(theirs(&DeValue::Table(table.into_inner()))),
        Some(error) => {
            let line = 1 + text[..start(&error)].matches('\n').count();
            Err(format!(
                "line {line}: this is not TOML: {}",
                error.message()
            ))
        }
    }
}

fn theirs(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(digits) => json!(["integer", digits.as_str(), digits.radix()]),
        DeValue::Float(digits) => json!(["float", digits.as_str()]),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(date) => json!(["date", date.to_string()]),
        DeValue::Array(items) => items.iter().map(|item| theirs(item.get_ref())).collect(),
        DeValue::Table(table) => table
            .iter()
            .map(|(name, value)| (name.get_ref().to_string(), theirs(value.get_ref())))
            .collect(),
    }
}

/// As this module reads it, or its first mistake.
fn found(text: &str) -> Result<Json, String> {
    match read(text) {
        Ok(table) => Ok(ours(&Value::Table(table))),
        Err(mistakes) => Err(mistakes[0].clone()),
    }
}

fn ours(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Integer(digits, radix) => json!(["integer", digits, radix]),
        Value::Float(digits) => json!(["float", digits]),
        Value::Flag(flag) => json!(flag),
        Value::Date(date) => json!(["date", date]),
        Value::List(list) => list.items.iter().map(ours).collect(),
        Value::Table(table) => table
            .iter()
            .map(|(name, value)| (name.clone(), ours(value)))
            .collect(),
    }
}

/// The words about a date differ, and those about an inline table that a
/// dotted key would extend.
fn comparable(read: Result<Json, String>) -> Result<Json, String> {
    read.map_err(|mistake| {
        let is_date = |word: &&str| mistake.contains(&format!("invalid {word}"));
        match ["date", "time", "offset"].iter().any(is_date) {
            true => format!("{}a date", place(&mistake)),
            false => mistake.replace(
                "cannot extend value of type inline table with a dotted key",
                "duplicate key",
            ),
        }
    })
}

fn place(mistake: &str) -> &str {
    mistake.split_inclusive(": ").next().unwrap_or_default()
}

fn assert_same(text: &str) {
    let (found, expected) = (comparable(found(text)), comparable(expected(text)));
    assert_eq!(found, expected, "{text}");
}

/// The same, or a mistake in the same line: where a piece is missing, the
/// words about its neighbours may differ.
fn assert_alike(text: &str) {
    let place = |mistake: String| place(&mistake).to_owned();
    let (found, expected) = (found(text), expected(text));
    assert_eq!(found.map_err(place), expected.map_err(place), "{text}");
}

#[test]
fn every_kind_of_value_is_read() {
    let text = r#"
        plain = "tab\t\u00e9 \"x\" \e\x41"
        literal = 'C:\temp'
        lines = """
one \
          two
"""
        "quoted key".'and.another' = '''
it's'''
        int = [1_000, -7, +7, 0xDEAD_beef, 0o755, 0b1101]
        part = [1.5, -0.0, 6.02e23, 1e-3, inf, -inf, nan, 1_0.0_1]
        flag = [true, false,]
        when = [2026-05-01, 10:30:00, 10:30, 2026-05-01 10:30:00.120z, 2026-05-01t10:30:00+02:00]
        table = { a.b = 1, a.c = { d = [] }, # a comment
        }
        1234 = "digits"
    "#;
    assert!(found(text).is_ok(), "{:?}", found(text));
    assert_same(text);
}

#[test]
fn nothing_is_defined_twice() {
    for text in [
        "a = 1\na = 2",
        "[a]\n[a]",
        "[a]\n[[a]]",
        "[[a]]\n[a]",
        "a = []\n[[a]]",
        "a = {}\n[a]",
        "a = {}\n[a.b]",
        "a = {}\na.b = 1",
        "a.b = 1\n[a]",
        "[a.b]\n[a]\nb.c = 1",
        "[[a.b]]\n[a]\nb.c = 1",
        "a = { b = 1, b.c = 2 }",
        "a = { b = {}, b.c = 2 }",
        "a = 1\n[a.b]",
        "a = 'x'\na.b = 1",
        "'a' = 1\n\"a\" = 2",
    ] {
        assert!(read(text).is_err(), "{text}");
        assert_same(text);
    }
}

#[test]
fn tables_may_grow_in_many_places() {
    for text in [
        "[a.b]\n[a]\nc = 1",
        "[a]\n[a.b]\n[c]\n[a.d]",
        "[[a]]\n[a.b]\nc = 1\n[[a]]\n[[a.d]]\n[[a.d]]\nx = 1",
        "a.b = 1\na.c = 2\n[d]\na.b = 3",
        "[a]\nb.c = 1\n[a.b.d]\ne = 1",
    ] {
        assert!(read(text).is_ok(), "{text}");
        assert_same(text);
    }
}

#[test]
fn dates_and_times_exist() {
    for text in [
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-1-01",
        "2026-05-01T24:00:00Z",
        "2026-05-01T10:60:00Z",
        "2026-05-01T10:30:60Z",
        "2026-05-01T10:30:61Z",
        "2026-05-01T10:30Z",
        "2026-05-01T10:30:00.Z",
        "2026-05-01T10:30:00.1234567899Z",
        "2026-05-01T10:30:00.000",
        "2026-05-01T10:30:00+24:00",
        "2026-05-01T10:30:00-01:30",
        "2026-05-01T",
        "2026-05-01x",
        "10:30:00Z",
        "10:30:00.5",
        "10:30.5",
        "1:30",
    ] {
        assert_same(&format!("a = {text}"));
    }
}

#[test]
fn all_mistakes_are_told_in_the_order_of_their_lines() {
    let mistakes = read("a = b\n\n[c\nd = 'x\n[e]\nf = 1\nf = 2\ng = 2026-02-30").unwrap_err();
    let lines: Vec<&str> = mistakes.iter().map(|text| &text[..7]).collect();
    assert_eq!(
        lines,
        ["line 1:", "line 3:", "line 4:", "line 7:", "line 8:"],
        "{mistakes:#?}"
    );
}

#[test]
fn the_deepest_nesting_is_a_mistake() {
    let deep = 100_000;
    for text in [
        format!("a = {}", "[".repeat(deep)),
        format!("a = {}", "{ a = ".repeat(deep)),
        format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}", "[{ a = ".repeat(deep)),
        format!("{} = 1", vec!["a"; deep].join(".")),
        format!("[{}]", vec!["a"; deep].join(".")),
        "[".repeat(deep),
        "{".repeat(deep),
    ] {
        assert!(read(&text).is_err());
    }
}

#[test]
fn what_is_nested_no_deeper_than_the_limit_is_read() {
    for levels in [80, 81] {
        assert_same(&format!("a = {}{}", "[".repeat(levels), "]".repeat(levels)));
        assert_same(&format!(
            "a = {}{}",
            "{ a = ".repeat(levels),
            "}".repeat(levels)
        ));
        let key = vec!["a"; levels].join(".");
        assert_eq!(read(&format!("{key} = 1")).is_ok(), levels == 80);
        assert_eq!(expected(&format!("{key} = 1")).is_ok(), levels == 80);
    }
}

/// Pieces of TOML, whole and broken.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b",
        "c",
        "a.b",
        "\"a\"",
        "'b'",
        ".",
        "=",
        " = ",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        ", ",
        " ",
        "\t",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "# x\n",
        "#",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\\",
        "\\n",
        "\\u0041",
        "\\ud800",
        "1",
        "-1",
        "+0",
        "007",
        "0x1F",
        "0o8",
        "0b1",
        "1_0",
        "_1",
        "1.5",
        "1e5",
        ".5",
        "inf",
        "-nan",
        "true",
        "false",
        "tru",
        "2026-05-01",
        "2026-02-30",
        "T10:00:00",
        "10:00",
        "é",
        "\u{0}",
        "\u{feff}",
        "a = 1\n",
        "[a]\n",
        "[[a]]\n",
        "[a.b]\n",
        "a = { b = 1 }\n",
        "b = [1, 2]\n",
    ])
}

/// A line of TOML that is good by itself.
fn line() -> impl Strategy<Value = String> {
    let key = || prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 1..4);
    let scalar = prop::sample::select(vec![
        "1",
        "0xff",
        "-1.5",
        "true",
        "'x'",
        "\"\\n\"",
        "2026-05-01",
        "{}",
        "[]",
    ]);
    let value = scalar
        .prop_map(str::to_owned)
        .prop_recursive(3, 8, 3, move |inner| {
            let member = (key(), inner.clone());
            let member = member.prop_map(|(key, value)| format!("{} = {value}", key.join(".")));
            prop_oneof![
                prop::collection::vec(inner, 0..3)
                    .prop_map(|items| format!("[{}]", items.join(", "))),
                prop::collection::vec(member, 0..3)
                    .prop_map(|members| format!("{{ {} }}", members.join(", "))),
            ]
        });
    let key = move || key().prop_map(|parts| parts.join("."));
    prop_oneof![
        key().prop_map(|key| format!("[{key}]\n")),
        key().prop_map(|key| format!("[[{key}]]\n")),
        (key(), value).prop_map(|(key, value)| format!("{key} = {value}\n")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn lines_are_read_as_the_toml_crate_reads_them(
        lines in prop::collection::vec(line(), 0..8)
    ) {
        assert_same(&lines.concat());
    }

    #[test]
    fn fragments_are_read_as_the_toml_crate_reads_them(
        fragments in prop::collection::vec(fragment(), 0..16)
    ) {
        assert_alike(&fragments.concat());
    }

    #[test]
    fn any_text_is_read_as_the_toml_crate_reads_it(text in any::<String>()) {
        assert_same(&text);
        assert_same(&format!("a = {text}"));
    }

    #[test]
    fn any_digits_are_the_date_that_the_toml_crate_reads(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9]([Tt ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\\.[0-9]{0,12})?)?(Z|z|\\+[0-2][0-9]:[0-6][0-9])?)?"
    ) {
        assert_same(&format!("a = {text}"));
    }
}
