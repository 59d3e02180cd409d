//! Comments, with their properties: one of them makes a comment internal.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::fields::{Purpose, Screen};
use super::issue::{Comment, Issue};
use super::options::User;
use super::refusal::{Flaw, Refusal};
use super::site::{Api, Site};
use super::{adf, properties, render};
use crate::clock::jira_time;
use crate::server::Answer;

/// A comment that was checked, not yet kept.
pub(crate) struct Draft {
    body: Value,
    properties: BTreeMap<String, Value>,
}

impl Draft {
    /// What a person writes in the browser; Cloud's editor makes a document of
    /// it.
    pub(crate) fn by_hand(site: &Site, text: &str, internal: bool) -> Draft {
        let body = match site.is_cloud() {
            true => adf::wrap(text),
            false => json!(text),
        };
        let mut properties = BTreeMap::new();
        if internal {
            let value = json!({"internal": true});
            properties.insert("sd.public.comment".to_owned(), value);
        }
        Draft { body, properties }
    }
}

/// `POST issue/{key}/comment`
pub(crate) fn add(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let draft = draft(call, &issue)?;
    let (id, me) = (call.site.store().next(), call.site.me());
    let comment = call.change(|issue| keep(issue, id, &me, draft))?;
    Ok(Answer::json(201, &shown(call, &issue, &comment)))
}

/// A comment that is written or changed.
fn draft(call: &Call<'_>, issue: &Issue) -> Result<Draft, Refusal> {
    let screen = call.screen(call.project_of(issue)?, Purpose::Edit);
    let body = call.body.get("body").unwrap_or(&Value::Null);
    let mut refusal = Refusal::nothing();
    if body.as_str().is_some_and(|text| text.trim().is_empty()) || body.is_null() {
        let text = call.say(
            "Comment body can not be empty!",
            "Der Kommentar darf nicht leer sein!",
        );
        refusal.add("comment", Flaw::Field(text));
    } else if let Err(flaw) = screen.rich(body) {
        refusal.add("comment", flaw);
    }
    let properties = properties::given(call, &call.body, &mut refusal);
    refusal.if_any()?;
    Ok(Draft {
        body: body.clone(),
        properties,
    })
}

/// A comment that comes with something else: `{"add": {"body", "properties"}}`.
pub(crate) fn draft_of(
    call: &Call<'_>,
    screen: Screen<'_>,
    verb: &Value,
    refusal: &mut Refusal,
) -> Option<Draft> {
    let added = verb.get("add").unwrap_or(&Value::Null);
    let taken = match added.get("body") {
        Some(body) if screen.purpose != Purpose::Locked => screen.rich(body),
        _ => Err(screen.off_screen("comment")),
    };
    let properties = properties::given(call, added, refusal);
    match taken {
        Ok(body) => Some(Draft { body, properties }),
        Err(flaw) => {
            refusal.add("comment", flaw);
            None
        }
    }
}

/// Adds a checked comment.
pub(crate) fn keep(issue: &mut Issue, id: u64, by: &User, draft: Draft) -> Comment {
    let now = SystemTime::now();
    let comment = Comment {
        id: id.to_string(),
        author: by.display_name.clone(),
        updated_by: by.display_name.clone(),
        body: draft.body,
        properties: draft.properties,
        created: now,
        updated: now,
    };
    issue.updated = now;
    issue.comments.push(comment.clone());
    comment
}

/// `GET issue/{key}/comment?orderBy=-created&expand=properties`
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let (start, most) = (call.number("startAt", 0), call.number("maxResults", 50));
    let order = call.request.query_value("orderBy").unwrap_or_default();
    let mut all: Vec<&Comment> = issue.comments.iter().collect();
    if order == "-created" {
        all.reverse();
    }
    let page = all.into_iter().skip(start).take(most);
    let page: Vec<Value> = page.map(|comment| shown(call, &issue, comment)).collect();
    let total = issue.comments.len();
    let answer = json!({"startAt": start, "maxResults": most, "total": total, "comments": page});
    Ok(Answer::json(200, &answer))
}

/// `GET issue/{key}/comment/{id}`
pub(crate) fn one(call: &Call<'_>) -> Outcome {
    let mut issue = call.issue()?;
    let comment = named(call, &mut issue)?.clone();
    Ok(Answer::json(200, &shown(call, &issue, &comment)))
}

/// `PUT issue/{key}/comment/{id}`: its author and its time stay.
pub(crate) fn update(call: &Call<'_>) -> Outcome {
    let mut issue = call.issue()?;
    named(call, &mut issue)?;
    let draft = draft(call, &issue)?;
    let me = call.site.me();
    let comment = call.change(|issue| {
        let comment = rewrite(named(call, issue)?, &me, draft);
        issue.updated = comment.updated;
        Ok(comment)
    })??;
    Ok(Answer::json(200, &shown(call, &issue, &comment)))
}

/// Changes a comment.
pub(crate) fn rewrite(comment: &mut Comment, by: &User, draft: Draft) -> Comment {
    (comment.body, comment.updated) = (draft.body, SystemTime::now());
    comment.updated_by.clone_from(&by.display_name);
    comment.properties.extend(draft.properties);
    comment.clone()
}

/// The comment a path names, if it is one of this issue's.
fn named<'a>(call: &Call<'_>, issue: &'a mut Issue) -> Result<&'a mut Comment, Refusal> {
    let id = call.part(3);
    let found = issue.comments.iter_mut().find(|comment| comment.id == id);
    found.ok_or_else(|| {
        let text = call.say(
            format!("Can not find a comment for the id: {id}."),
            format!("Für die ID {id} wurde kein Kommentar gefunden."),
        );
        Refusal::message(404, text)
    })
}

/// A comment as every answer shows it.
pub(crate) fn plain(site: &Site, api: Api, issue: &Issue, comment: &Comment) -> Value {
    let path = format!("issue/{}/comment/{}", issue.id, comment.id);
    let mut shown = json!({
        "self": site.link(api, &path),
        "id": comment.id,
        "author": site.user_named(&comment.author),
        "body": render::rich(site, api, &comment.body),
        "created": jira_time(comment.created),
        "updated": jira_time(comment.updated),
    });
    // Cloud tells it of every comment, Data Center of none (facts/two-way.md,
    // section 1).
    if site.is_cloud() {
        shown["jsdPublic"] = json!(!comment.is_internal());
    }
    shown
}

fn shown(call: &Call<'_>, issue: &Issue, comment: &Comment) -> Value {
    let mut shown = plain(call.site, call.api, issue, comment);
    if call.expands("properties") {
        let properties = comment.properties.iter();
        let properties = properties.map(|(key, value)| json!({"key": key, "value": value}));
        shown["properties"] = properties.collect();
    }
    shown
}
