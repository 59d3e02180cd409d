//! Bodies that nobody sends.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::read;
use crate::model::{IssueAction, IssueChange};

/// The members that are looked at.
const MEMBERS: [&str; 34] = [
    "webhookEvent",
    "issue_event_type_name",
    "timestamp",
    "user",
    "issue",
    "comment",
    "changelog",
    "items",
    "histories",
    "field",
    "fieldId",
    "fieldtype",
    "from",
    "fromString",
    "to",
    "toString",
    "tmpToAccountId",
    "id",
    "key",
    "self",
    "name",
    "fields",
    "status",
    "statusCategory",
    "resolution",
    "assignee",
    "labels",
    "accountId",
    "displayName",
    "emailAddress",
    "body",
    "jsdPublic",
    "visibility",
    "updateAuthor",
];

const WORDS: [&str; 20] = [
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "issue_comment_deleted",
    "status",
    "Key",
    "resolution",
    "assignee",
    "SOC-1",
    "IR-99999999999999999999",
    "10148",
    "https://j.example/rest/api/2/issue/7/comment/8",
    "/issue//comment/",
    "2025-01-31T12:00:00.000+0100",
    "{code}<script>{quote}*[a|http://b.c]",
    "é",
    "",
    "doc",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => select(&WORDS[..]).prop_map(|word| json!(word)),
        1 => any::<String>().prop_map(Value::String),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(|it| json!(it)),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(6, 80, 8, |inner| {
        let members = vec((select(&MEMBERS[..]), inner.clone()), 0..8);
        let object = members.prop_map(|members| {
            let members = members.into_iter();
            Value::Object(members.map(|(name, it)| (name.to_owned(), it)).collect())
        });
        prop_oneof![3 => object, 1 => vec(inner, 0..4).prop_map(Value::Array)]
    })
}

/// A sample in which one member is something else.
fn bent() -> impl Strategy<Value = Value> {
    let sample = include_str!("../../../../tests/samples/jira-webhook.cloud-status.json");
    let comment = include_str!("../../../../tests/samples/jira-webhook.cloud-comment-created.json");
    let samples = [sample, comment].map(|text| serde_json::from_str::<Value>(text).unwrap());
    (
        select(samples.to_vec()),
        vec(select(&MEMBERS[..]), 1..4),
        json(),
    )
        .prop_map(|(mut sample, path, other)| {
            let mut at = &mut sample;
            for member in path {
                if !at.is_object() {
                    break;
                }
                at = &mut at[member];
            }
            *at = other;
            sample
        })
}

/// What holds for every change.
fn is_sane(change: &IssueChange) -> Result<(), TestCaseError> {
    let issue = &change.issue;
    prop_assert!(issue.id.bytes().all(|c| c.is_ascii_digit()));
    prop_assert!(
        issue
            .key
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || b"_-".contains(&c))
    );
    prop_assert!(!issue.address().is_empty() || change.actions.is_empty());
    prop_assert!(change.actions.len() <= 5);
    for action in &change.actions {
        if let IssueAction::Commented(comment) = action {
            prop_assert!(comment.text.encode_utf16().count() <= 32_768);
            prop_assert!(comment.id.bytes().all(|c| c.is_ascii_digit()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn known_members_at_any_place_are_read(body in prop_oneof![json(), bent()]) {
        if let Ok(change) = read(body.to_string().as_bytes()) {
            is_sane(&change)?;
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(body: Vec<u8>) {
        if let Ok(change) = read(&body) {
            is_sane(&change)?;
        }
    }
}

#[test]
fn deep_and_large_bodies_are_bounded() {
    let deep = format!(
        r#"{{"webhookEvent":"comment_created","comment":{}1{}}}"#,
        "{\"body\":[".repeat(50_000),
        "]}".repeat(50_000)
    );
    let cut = &deep[..deep.len() / 2];
    for body in [&*deep, cut] {
        if let Ok(change) = read(body.as_bytes()) {
            assert!(change.actions.is_empty());
        }
    }
    let items = vec![json!({"field": "status", "to": "1", "toString": "x".repeat(500)}); 5_000];
    let change = super::told(&super::updated(&json!(items), &json!({})));
    assert!(matches!(change.actions.as_slice(), [IssueAction::Status(it)] if it.name.len() <= 260));
}
