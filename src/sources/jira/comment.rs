//! Comments: their words and their readers.

use serde_json::Value;

use super::issue::{id, is_id, issue_at, time};
use super::person::person;
use crate::markup::{self, Ending};
use crate::model::{Audience, IssueComment, IssueName};
use crate::sources::json::{items, prose};

/// Longer texts are cut; in UTF-16 units, as all limits here. Jira's own limit for a
/// comment is 32,767.
const TEXT_LIMIT: usize = 32_768;

/// The property by which Jira Service Management keeps a comment from customers.
const INTERNAL: &str = "sd.public.comment";

/// A comment, if it has an id.
pub(super) fn comment(json: &Value) -> Option<IssueComment> {
    let created = time(&json["created"]);
    Some(IssueComment {
        id: comment_id(json)?,
        author: person(&json["author"]),
        text: text(&json["body"]),
        created,
        updated: time(&json["updated"]).max(created),
        audience: audience(json),
    })
}

/// A comment's id, also from its address.
pub(super) fn comment_id(json: &Value) -> Option<String> {
    let in_link = || {
        let (_, comment) = ids_in_link(json)?;
        is_id(comment).then(|| comment.to_owned())
    };
    id(&json["id"]).or_else(in_link)
}

/// The issue of a comment that comes alone: its address is
/// `…/rest/api/2/issue/{id}/comment/{id}`.
pub(super) fn issue_of(json: &Value) -> IssueName {
    let link = ids_in_link(json).map(|(issue, _)| issue);
    link.map(issue_at).unwrap_or_default()
}

/// The part of a comment's address up to its issue, and the comment's id.
fn ids_in_link(json: &Value) -> Option<(&str, &str)> {
    json["self"].as_str()?.rsplit_once("/comment/")
}

/// The text as Markdown, from wiki markup or ADF.
fn text(body: &Value) -> String {
    let document = match body {
        Value::Object(_) => markup::from_adf(body),
        other => markup::from_wiki(&prose(other).unwrap_or_default()),
    };
    let ending = Ending {
        text: "…".to_owned(),
        url: None,
    };
    document.to_markdown(TEXT_LIMIT, &ending)
}

/// Who may read a comment. `jsdPublic` is also true outside of service projects, where
/// only `visibility` keeps anybody away; Data Center does not tell it.
fn audience(json: &Value) -> Audience {
    let is_internal = |property: &Value| {
        property["key"] == INTERNAL && property["value"]["internal"] != Value::Bool(false)
    };
    let is_limited = !json["visibility"].is_null();
    if is_limited || items(&json["properties"]).iter().any(is_internal) {
        return Audience::Internal;
    }
    match json["jsdPublic"].as_bool() {
        Some(true) => Audience::Public,
        Some(false) => Audience::Internal,
        None => Audience::Unknown,
    }
}
