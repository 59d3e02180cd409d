//! Comments besides those of the samples.

use serde_json::{Value, json};

use super::{IssueAction, Timestamp, told};
use crate::model::{Audience, IssueComment};

/// The comment of this message, if it is one.
fn comment(comment: Value) -> Option<IssueComment> {
    let body = json!({"webhookEvent": "comment_created", "issue": {"id": "7"}, "comment": comment});
    match told(&body).actions.pop() {
        Some(IssueAction::Commented(comment)) => Some(*comment),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_may_read_it_is_public_only_where_everything_says_so() {
    let internal = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
    let role = json!({"type": "role", "value": "Users"});
    for (members, audience) in [
        (json!({"jsdPublic": true}), Audience::Public),
        (
            json!({"jsdPublic": true, "visibility": null}),
            Audience::Public,
        ),
        (
            json!({"jsdPublic": true, "visibility": role}),
            Audience::Internal,
        ),
        (
            json!({"jsdPublic": true, "properties": internal}),
            Audience::Internal,
        ),
        (json!({"jsdPublic": false}), Audience::Internal),
        (json!({"visibility": {}}), Audience::Internal),
        (json!({"jsdPublic": "true"}), Audience::Unknown),
        (json!({}), Audience::Unknown),
    ] {
        let mut json = json!({"id": "1", "body": "x"});
        json.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        assert_eq!(comment(json.clone()).unwrap().audience, audience, "{json}");
    }
}

#[test]
fn a_comment_without_an_id_is_none() {
    assert_eq!(comment(json!({"id": "x", "body": "y"})), None);
    assert_eq!(comment(json!(null)), None);
    let link = "https://j.example/rest/api/2/issue/9/comment/11";
    let read = comment(json!({"self": link, "body": 1})).unwrap();
    assert_eq!((&*read.id, &*read.text), ("11", ""));
}

#[test]
fn the_time_of_a_comment_stands_for_one_that_is_missing() {
    let json = json!({"id": "1", "created": "2025-01-31T12:00:00.000+0100"});
    let body = json!({"webhookEvent": "comment_created", "issue": {"id": "7"}, "comment": json});
    let at = Timestamp::parse("2025-01-31T11:00:00Z").unwrap();
    assert_eq!(told(&body).at, at);
    let read = comment(json).unwrap();
    assert_eq!((read.created, read.updated), (at, at));
}

#[test]
fn a_comment_comes_with_a_transition_and_a_deleted_one_beside_its_update() {
    let message = |kind: &str| {
        let mut body = super::updated(
            &json!([{"field": "status", "to": "3", "toString": "Busy"}]),
            &json!({}),
        );
        body["issue_event_type_name"] = json!(kind);
        body["comment"] = json!({"id": "5", "body": "done"});
        told(&body).actions
    };
    for kind in ["issue_resolved", "issue_comment_edited"] {
        let actions = message(kind);
        let is_comment = matches!(actions.last(), Some(IssueAction::Commented(_)));
        assert!(is_comment && actions.len() == 2, "{actions:?}");
    }
    let gone = IssueAction::CommentDeleted("5".to_owned());
    assert_eq!(message("issue_comment_deleted").pop(), Some(gone));
}

#[test]
fn a_text_may_be_wiki_markup_or_adf_and_is_bounded() {
    let text = |body: Value| comment(json!({"id": "1", "body": body})).unwrap().text;
    assert_eq!(text(json!("*a* <b>")), "**a** &lt;b>");
    let words = json!({"type": "text", "text": "a", "marks": [{"type": "strong"}]});
    let doc = json!({"type": "doc", "content": [{"type": "paragraph", "content": [words]}]});
    assert_eq!(text(doc), "**a**");
    assert_eq!(text(json!(null)), "");
    let long = text(json!("word < ".repeat(20_000)));
    let length = long.encode_utf16().count();
    assert!((30_000..=32_768).contains(&length), "{length}");
    assert!(long.ends_with("…"));
}
