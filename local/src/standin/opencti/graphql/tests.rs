use serde_json::json;

use super::{Kind, Literal, Selection, parse};

#[test]
fn aliases_arguments_fragments_and_comments_are_read() {
    let text = r#"
        # a comment
        mutation Add($input: [EditInput!]! = [], $id: ID!) @live {
            mine: edit(id: $id, more: {a: [1, -2.5e1, true, null], kind: RED}) {
                ...Names
                ... on Report @include(if: true) { name }
            }
        }
        fragment Names on Thing { id }
    "#;
    let document = parse(text).unwrap();
    let operation = &document.operations[0];
    assert_eq!(operation.kind, Kind::Mutation);
    assert_eq!(operation.variables[0].of.to_string(), "[EditInput!]!");
    let Selection::Field(field) = &operation.selection[0] else {
        panic!("{operation:?}");
    };
    assert_eq!((field.key(), field.name.as_str()), ("mine", "edit"));
    assert_eq!(field.argument("id"), Some(&Literal::Variable("id".into())));
    let more = field.argument("more").unwrap().value(&|_| None);
    let expected = json!({"a": [1, -2.5e1, true, null], "kind": "RED"});
    assert_eq!(more, Some(expected));
    assert_eq!(field.selection.len(), 2);
    assert_eq!(document.fragment("Names").unwrap().on, "Thing");
}

#[test]
fn strings_keep_their_escapes_and_blocks_lose_their_indent() {
    let text = "{ a(x: \"q\\\"\\u0041\\n\", y: \"\"\"\n      one\n        two\n    \"\"\") }";
    let document = parse(text).unwrap();
    let Selection::Field(field) = &document.operations[0].selection[0] else {
        panic!("{document:?}");
    };
    let value = |name| field.argument(name).unwrap().value(&|_| None);
    assert_eq!(value("x"), Some(json!("q\"A\n")));
    assert_eq!(value("y"), Some(json!("one\n  two")));
}

#[test]
fn a_broken_document_is_refused_with_its_place() {
    for (text, message) in [
        ("", "Syntax Error: Unexpected <EOF>."),
        ("{ a { } }", "Syntax Error: Expected Name, found \"}\"."),
        ("{ a(b: ) }", "Syntax Error: Unexpected \")\"."),
        ("{ a", "Syntax Error: Expected Name, found <EOF>."),
        ("{ a(b: \"x) }", "Unterminated string."),
        ("{ a ; }", "Unexpected character: \";\"."),
        ("mutate { a }", "Syntax Error: Unexpected Name \"mutate\"."),
    ] {
        assert_eq!(parse(text).unwrap_err().message, message, "{text}");
    }
    assert_eq!(parse("{\n  a ; }").unwrap_err().at.column, 5);
    let deep = "{a".repeat(100_000);
    assert!(parse(&deep).unwrap_err().message.contains("too deep"));
}

#[test]
fn a_stricter_variable_fits_a_looser_place_and_not_the_other_way_round() {
    let of = |text: &str| {
        let document = parse(&format!("query ($x: {text}) {{ a }}")).unwrap();
        document.operations[0].variables[0].of.clone()
    };
    assert!(of("ID!").fits(&of("ID")));
    assert!(!of("ID").fits(&of("ID!")));
    assert!(!of("ID!").fits(&of("String!")));
    assert!(of("[Edit!]!").fits(&of("[Edit]!")));
    assert!(!of("Edit!").fits(&of("[Edit]!")));
}
