//! What is nearly JSON becomes JSON, and what is JSON stays what it is.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, json};

use super::*;
use crate::platform::fake::cpu_time;

fn whole(body: &[u8]) -> Option<Value> {
    let repaired = repair(body, Extent::Whole)?;
    Some(serde_json::from_str(&repaired.json).unwrap())
}

fn beginning(body: &[u8]) -> Option<Value> {
    let repaired = repair(body, Extent::Beginning)?;
    Some(serde_json::from_str(&repaired.json).unwrap())
}

#[test]
fn what_can_be_repaired_is() {
    for (body, expected) in [
        (&br#"{"a":"x\ud83d"}"#[..], json!({"a": "x\u{fffd}"})),
        (br#"{"a":"\ud83d y"}"#, json!({"a": "\u{fffd} y"})),
        (br#"{"a":"\ud83d\n"}"#, json!({"a": "\u{fffd}\n"})),
        (br#"{"a":"\ud83d\u0041"}"#, json!({"a": "\u{fffd}A"})),
        (br#"{"a":"\ud83d\ud83d\ude00"}"#, json!({"a": "\u{fffd}😀"})),
        (br#"{"a":"\uDE00"}"#, json!({"a": "\u{fffd}"})),
        (br#"{"\ud83d":1}"#, json!({"\u{fffd}": 1})),
        (
            b"{\"a\":\"x\xffy\xc3\"}",
            json!({"a": "x\u{fffd}y\u{fffd}"}),
        ),
        (b"\xef\xbb\xbf{\"a\":1}", json!({"a": 1})),
        (b"\xef\xbb\xbf [1]", json!([1])),
        (
            br#"{"a":NaN,"b":[Infinity,-Infinity,1]}"#,
            json!({"a": null, "b": [null, null, 1]}),
        ),
        (
            b"[nan, None, undefined, True, FALSE]",
            json!([null, null, null, true, false]),
        ),
        (
            b"[1e999, -1E400, 01, +5, .5, 1.]",
            json!(["1e999", "-1E400", "01", "+5", ".5", "1."]),
        ),
        (
            b"{\"a\":\"x\ny\tz\x00\x1f\"}",
            json!({"a": "x\ny\tz\u{0}\u{1f}"}),
        ),
        (
            br#"{"a":"C:\Temp\x \u12 \uzzzz"}"#,
            json!({"a": "C:\\Temp\\x \\u12 \\uzzzz"}),
        ),
        (br#"{"a":"\u1"}"#, json!({"a": "\\u1"})),
        (br#"{"a":[1,2,],}"#, json!({"a": [1, 2]})),
        (b"{\"a\":1}\x00\x00", json!({"a": 1})),
        ("\u{a0}{\u{a0}\"a\":1}".as_bytes(), json!({"a": 1})),
    ] {
        let found = whole(body);
        assert_eq!(found, Some(expected), "{}", String::from_utf8_lossy(body));
        assert!(serde_json::from_slice::<Value>(body).is_err());
        assert!(!repair(body, Extent::Whole).unwrap().repairs.is_empty());
    }
}

#[test]
fn text_in_utf_16_is_read_with_and_without_a_mark() {
    let text = "{\"a\":\"ü😀\"}";
    let mut units: Vec<u16> = text.encode_utf16().collect();
    units.insert(6, 0xd83d);
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for body in [
        [&[0xff, 0xfe], &little[..]].concat(),
        [&[0xfe, 0xff], &big[..]].concat(),
        little,
        big,
    ] {
        assert_eq!(whole(&body), Some(json!({"a": "\u{fffd}ü😀"})));
        assert!(begins_as_json(&body));
    }
}

#[test]
fn what_would_be_guessing_is_left() {
    for body in [
        "",
        "x",
        "NaN",
        "\"a\"",
        "{",
        "[1",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":}",
        "{a:1}",
        "{'a':1}",
        "[1 2]",
        "[1,,2]",
        "[,]",
        "{,}",
        "{\"a\":1]",
        "[}",
        "{\"a\":1}{",
        "{\"a\":oops}",
        "{\"a\":\"x}",
        "{\"a\" 1}",
        "{\"a\":0x1f}",
        "{\"a\":1}}",
        "[]1",
        "{1:2}",
    ] {
        assert_eq!(whole(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn only_what_begins_as_json_is_kept_for_a_person() {
    for (body, expected) in [
        (&b"{"[..], true),
        (b" \r\n\t[", true),
        (b"\xef\xbb\xbf {oops", true),
        (b"", false),
        (b"a=b", false),
        (b"<html>{", false),
        (b"\"{\"", false),
        (b"\xff\xfe\x00", false),
    ] {
        assert_eq!(begins_as_json(body), expected, "{body:?}");
    }
}

#[test]
fn too_deep_values_are_left_out_and_the_rest_is_read() {
    for depth in [128, 200, 1_000_000] {
        let deep = format!("{}{}", "[{\"x\":".repeat(depth / 2), "}]".repeat(depth / 2));
        let deep = deep.replace(":}", ":1}");
        let body = format!("{{\"a\":1,\"deep\":{deep},\"b\":2}}");
        let found = whole(body.as_bytes()).unwrap();
        assert_eq!((&found["a"], &found["b"]), (&json!(1), &json!(2)));
        assert!(found["deep"][0]["x"].is_array());
    }
    // As deep as it is read anyway.
    let body = format!("{}1{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let read: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(whole(body.as_bytes()), Some(read));
    let body = format!("[{body}]");
    assert!(serde_json::from_str::<Value>(&body).is_err());
    assert!(
        whole(body.as_bytes())
            .unwrap()
            .to_string()
            .contains("[null]")
    );
    assert!(beginning("[".repeat(100_000).as_bytes()).is_some());
}

#[test]
fn what_is_open_at_the_end_of_a_beginning_is_closed() {
    for (body, expected) in [
        (r#"{"a":"x"#, json!({"a": "x"})),
        (r#"{"a":"x\"#, json!({"a": "x"})),
        (r#"{"a":"x\u00"#, json!({"a": "x"})),
        (r#"{"a":1,"b"#, json!({"a": 1})),
        (r#"{"a":1,"b":"#, json!({"a": 1})),
        (r#"{"a":1,"b":12"#, json!({"a": 1})),
        (r#"{"a":1,"b":tr"#, json!({"a": 1})),
        (r#"{"a":1,"#, json!({"a": 1})),
        (r#"{"a":[1,{"b":["x"],"c"#, json!({"a": [1, {"b": ["x"]}]})),
        (r#"{"a":{"#, json!({"a": {}})),
        (r#"{"a":1}"#, json!({"a": 1})),
        ("{", json!({})),
    ] {
        assert_eq!(beginning(body.as_bytes()), Some(expected), "{body}");
    }
    assert_eq!(
        beginning(b"{\"a\":\"x\xf0\x9f\x98"),
        Some(json!({"a": "x"}))
    );
    for body in ["", "x", "{]", "{\"a\":oops,"] {
        assert_eq!(beginning(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn the_work_grows_with_the_body_alone() {
    let size = 300_000;
    for part in [
        "[",
        "{\"a\":",
        "\"\\ud83d",
        "[\"\\",
        "NaN,",
        "[1e999,",
        "\u{0}",
        "[,",
        "\\u",
        "é",
    ] {
        let body = format!("[{}", part.repeat(size / part.len()));
        for extent in [Extent::Whole, Extent::Beginning] {
            let started = cpu_time();
            repair(body.as_bytes(), extent);
            assert!((cpu_time() - started).as_secs() < 5, "{part}");
        }
    }
}

/// A text as JSON has it, with damage in it, and what is read of it.
fn damaged_text() -> impl Strategy<Value = (Vec<u8>, String)> {
    let sound = "\\PC{0,4}".prop_map(|text| {
        let quoted = json!(text).to_string();
        (quoted.as_bytes()[1..quoted.len() - 1].to_vec(), text)
    });
    let broken = select(vec![
        (&b"\\ud83d."[..], "\u{fffd}."),
        (b"\\uDC00", "\u{fffd}"),
        (b"\\ud83d\\ude00", "😀"),
        (b"\xff", "\u{fffd}"),
        (b"\x00\n\x1f", "\u{0}\n\u{1f}"),
        (b"\\x", "\\x"),
        (b"\\u00g", "\\u00g"),
    ]);
    let broken = broken.prop_map(|(bytes, text)| (bytes.to_vec(), text.to_owned()));
    vec(prop_oneof![sound, broken], 0..5).prop_map(|parts| {
        let bytes = parts.iter().flat_map(|(bytes, _)| bytes.clone());
        let bytes = [b"\"".to_vec(), bytes.collect(), b"\"".to_vec()].concat();
        (bytes, parts.into_iter().map(|(_, text)| text).collect())
    })
}

/// A value with damage in it, and what is read of it.
fn damaged() -> impl Strategy<Value = (Vec<u8>, Value)> {
    let words = select(vec!["NaN", "Infinity", "-Infinity", "null"]);
    let leaf = prop_oneof![
        damaged_text().prop_map(|(bytes, text)| (bytes, json!(text))),
        words.prop_map(|word| (word.as_bytes().to_vec(), Value::Null)),
        any::<i64>().prop_map(|it| (it.to_string().into_bytes(), json!(it))),
        any::<bool>().prop_map(|it| (it.to_string().into_bytes(), json!(it))),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let list = vec(inner.clone(), 0..5).prop_map(|items| {
            let bytes: Vec<_> = items.iter().map(|(bytes, _)| bytes.clone()).collect();
            let values = items.into_iter().map(|(_, value)| value).collect();
            (
                [b"[", &bytes.join(&b", "[..])[..], b"]"].concat(),
                Value::Array(values),
            )
        });
        let object = vec((damaged_text(), inner), 0..5).prop_map(|members| {
            let (mut bytes, mut object) = (Vec::new(), Map::new());
            for ((name, key), (value, read)) in members {
                bytes.push([&name[..], b" :", &value].concat());
                object.insert(key, read);
            }
            (
                [b"{", &bytes.join(&b",\n"[..])[..], b"}"].concat(),
                Value::Object(object),
            )
        });
        prop_oneof![list, object]
    })
}

fn sound() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((any::<String>(), inner), 0..5).prop_map(|members| {
                let members: Map<String, Value> = members.into_iter().collect();
                Value::Object(members)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_taken(body: Vec<u8>, extent in select(vec![Extent::Whole, Extent::Beginning])) {
        begins_as_json(&body);
        if let Some(repaired) = repair(&body, extent) {
            prop_assert!(serde_json::from_str::<Value>(&repaired.json).is_ok());
        }
    }

    #[test]
    fn what_looks_like_json_is_repaired_to_json_or_left(
        body in "[{\\[](\"|\\\\|\\\\u|d83d|[{}\\[\\],:]|NaN|-|1|e9|true|\n|é|\u{0}){0,30}",
        extent in select(vec![Extent::Whole, Extent::Beginning]),
    ) {
        if let Some(repaired) = repair(body.as_bytes(), extent) {
            prop_assert!(serde_json::from_str::<Value>(&repaired.json).is_ok(), "{}", repaired.json);
        }
    }

    #[test]
    fn what_is_json_stays_what_it_is(value in sound()) {
        let body = json!([value]).to_string();
        let expected: Value = serde_json::from_str(&body).unwrap();
        let repaired = repair(body.as_bytes(), Extent::Whole).unwrap();
        prop_assert_eq!(&repaired.json, &body);
        prop_assert_eq!(repaired.repairs, Vec::<&str>::new());
        prop_assert_eq!(beginning(body.as_bytes()), Some(expected));
    }

    #[test]
    fn damage_changes_nothing_but_what_is_damaged((bytes, expected) in damaged()) {
        let body = [b"{\"x\":", &bytes[..], b"}"].concat();
        prop_assert_eq!(whole(&body), Some(json!({ "x": expected })));
    }

    #[test]
    fn every_beginning_of_an_object_is_read((bytes, _) in damaged(), at in any::<prop::sample::Index>()) {
        let body = [b"{\"x\":", &bytes[..], b"}"].concat();
        let cut = &body[..at.index(body.len()) + 1];
        prop_assert!(beginning(cut).is_some_and(|it| it.is_object()));
    }
}
