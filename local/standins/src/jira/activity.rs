//! What happens to an issue besides its fields: comments, transitions and
//! properties.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::issue::{Comment, Issue};
use super::options::User;
use super::refusal::{Flaw, Refusal};
use super::site::Site;
use super::{render, workflow};
use crate::clock::jira_time;
use crate::server::Answer;

/// Jira REST v3 docs, Set issue property: at most 255 characters.
const MAX_PROPERTY_KEY: usize = 255;
/// Jira REST v3 docs, Set issue property: at most 32,768 characters.
const MAX_PROPERTY_VALUE: usize = 32_768;

/// `POST issue/{key}/comment`
pub(crate) fn comment(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let body = comment_body(call, &issue)?;
    let (id, me) = (call.site.store().next(), call.site.me());
    let comment = call.change(|issue| keep_comment(issue, id, &me, body))?;
    Ok(Answer::json(201, &comment_json(call, &issue, &comment)))
}

/// The body of a comment that is written or changed.
fn comment_body(call: &Call<'_>, issue: &Issue) -> Result<Value, Refusal> {
    let screen = call.screen(call.project_of(issue)?);
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
    refusal.if_any()?;
    Ok(body.clone())
}

/// Adds a checked comment.
pub(crate) fn keep_comment(issue: &mut Issue, id: u64, by: &User, body: Value) -> Comment {
    let now = SystemTime::now();
    let comment = Comment {
        id: id.to_string(),
        author: by.display_name.clone(),
        body,
        created: now,
        updated: now,
    };
    issue.updated = now;
    issue.comments.push(comment.clone());
    comment
}

/// `GET issue/{key}/comment`
pub(crate) fn comments(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let all = issue
        .comments
        .iter()
        .map(|comment| comment_json(call, &issue, comment));
    let (start, most) = (call.number("startAt", 0), call.number("maxResults", 50));
    let page: Vec<Value> = all.skip(start).take(most).collect();
    let total = issue.comments.len();
    let answer = json!({"startAt": start, "maxResults": most, "total": total, "comments": page});
    Ok(Answer::json(200, &answer))
}

/// `GET issue/{key}/comment/{id}`
pub(crate) fn one_comment(call: &Call<'_>) -> Outcome {
    let mut issue = call.issue()?;
    let comment = comment_named(call, &mut issue)?.clone();
    Ok(Answer::json(200, &comment_json(call, &issue, &comment)))
}

/// `PUT issue/{key}/comment/{id}`: its author and its time stay.
pub(crate) fn update_comment(call: &Call<'_>) -> Outcome {
    let mut issue = call.issue()?;
    comment_named(call, &mut issue)?;
    let body = comment_body(call, &issue)?;
    let comment = call.change(|issue| {
        let now = SystemTime::now();
        let comment = comment_named(call, issue)?;
        (comment.body, comment.updated) = (body, now);
        let comment = comment.clone();
        issue.updated = now;
        Ok(comment)
    })??;
    Ok(Answer::json(200, &comment_json(call, &issue, &comment)))
}

/// The comment a path names, if it is one of this issue's.
fn comment_named<'a>(call: &Call<'_>, issue: &'a mut Issue) -> Result<&'a mut Comment, Refusal> {
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

fn comment_json(call: &Call<'_>, issue: &Issue, comment: &Comment) -> Value {
    let known = call
        .site
        .options
        .users
        .iter()
        .find(|user| user.display_name == comment.author);
    let author = match known {
        Some(user) => call.site.user_json(user),
        None => json!({"displayName": comment.author}),
    };
    let path = format!("issue/{}/comment/{}", issue.id, comment.id);
    json!({
        "self": call.site.link(call.api, &path),
        "id": comment.id,
        "author": author,
        "body": render::rich(call, &comment.body),
        "created": jira_time(comment.created),
        "updated": jira_time(comment.updated),
    })
}

/// `GET issue/{key}/transitions`
pub(crate) fn transitions(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let open = workflow::leading_from(&call.site.options, &issue.status);
    let shown: Vec<Value> = open
        .iter()
        .map(|way| way.json(call.site.locale()))
        .collect();
    Ok(Answer::json(
        200,
        &json!({"expand": "transitions", "transitions": shown}),
    ))
}

/// `POST issue/{key}/transitions`: 204, and Data Center calls the nothing HTML.
pub(crate) fn transition(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let id = call.body.pointer("/transition/id").and_then(Value::as_str);
    let Some(id) = id else {
        let text = call.say(
            "Missing 'transition' identifier",
            "Die Kennung 'transition' fehlt",
        );
        return Err(Refusal::message(400, text));
    };
    let comments = transition_comments(call, &issue)?;
    let me = call.site.me();
    let ids: Vec<u64> = {
        let mut store = call.site.store();
        comments.iter().map(|_| store.next()).collect()
    };
    let moved = call.change(|issue| {
        let moved = follow(call.site, issue, id);
        if moved {
            for (id, body) in ids.into_iter().zip(comments) {
                keep_comment(issue, id, &me, body);
            }
        }
        moved
    })?;
    if !moved {
        let text = call.say(
            format!("Transition id '{id}' is not valid for this issue."),
            format!("Die Übergangs-ID '{id}' ist für diesen Vorgang nicht gültig."),
        );
        return Err(Refusal::message(400, text));
    }
    Ok(Answer::html(204, ""))
}

/// The comments that a transition brings along.
fn transition_comments(call: &Call<'_>, issue: &Issue) -> Result<Vec<Value>, Refusal> {
    let screen = call.screen(call.project_of(issue)?);
    let added = call
        .body
        .pointer("/update/comment")
        .and_then(Value::as_array);
    let (mut comments, mut refusal) = (Vec::new(), Refusal::nothing());
    for verb in added.into_iter().flatten() {
        match screen.rich(verb.pointer("/add/body").unwrap_or(&Value::Null)) {
            Ok(body) => comments.push(body),
            Err(flaw) => refusal.add("comment", flaw),
        }
    }
    refusal.if_any()?;
    Ok(comments)
}

/// Moves an issue along a transition; false when it does not lead from here.
pub(crate) fn follow(site: &Site, issue: &mut Issue, id: &str) -> bool {
    let open = workflow::leading_from(&site.options, &issue.status);
    let Some(way) = open.into_iter().find(|way| way.id == id) else {
        return false;
    };
    arrive(issue, &site.me().display_name, way.to);
    true
}

/// Puts an issue into a status.
pub(crate) fn arrive(issue: &mut Issue, author: &str, to: &workflow::Status) {
    let from = std::mem::replace(&mut issue.status, to.name.to_owned());
    issue.status_category = to.category.to_owned();
    issue.note(author, "status", json!(from), json!(to.name));
    match to.category {
        "done" => issue.set(author, "resolution", json!({"id": "10000", "name": "Done"})),
        _ => issue.set(author, "resolution", Value::Null),
    }
}

/// Checks a property's key and value.
pub(crate) fn check_property(call: &Call<'_>, key: &str, value: &Value) -> Result<(), Refusal> {
    let length = value.to_string().chars().count();
    let key_ok = !key.trim().is_empty() && key.chars().count() <= MAX_PROPERTY_KEY;
    if key_ok && length <= MAX_PROPERTY_VALUE && !value.is_null() {
        return Ok(());
    }
    let text = call.say(
        format!("The property key or value is empty or too long ({length} characters)."),
        format!("Schlüssel oder Wert der Eigenschaft ist leer oder zu lang ({length} Zeichen)."),
    );
    Err(Refusal::message(400, text))
}

/// `PUT issue/{key}/properties/{name}`: 201 when new, else 200.
pub(crate) fn set_property(call: &Call<'_>) -> Outcome {
    let name = call.part(3);
    call.issue()?;
    check_property(call, name, &call.body)?;
    let value = call.body.clone();
    let old = call.change(|issue| issue.properties.insert(name.to_owned(), value))?;
    Ok(Answer::empty(if old.is_none() { 201 } else { 200 }))
}

/// `GET issue/{key}/properties/{name}`
pub(crate) fn property(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let name = call.part(3);
    let value = issue
        .properties
        .get(name)
        .ok_or_else(|| no_property(call))?;
    Ok(Answer::json(200, &json!({"key": name, "value": value})))
}

/// `DELETE issue/{key}/properties/{name}`
pub(crate) fn delete_property(call: &Call<'_>) -> Outcome {
    let gone = call.change(|issue| issue.properties.remove(call.part(3)))?;
    gone.map(|_| Answer::empty(204))
        .ok_or_else(|| no_property(call))
}

/// `GET issue/{key}/properties`
pub(crate) fn properties(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let keys: Vec<Value> = issue
        .properties
        .keys()
        .map(|key| {
            let path = format!("issue/{}/properties/{key}", issue.id);
            json!({"self": call.site.link(call.api, &path), "key": key})
        })
        .collect();
    Ok(Answer::json(200, &json!({"keys": keys})))
}

fn no_property(call: &Call<'_>) -> Refusal {
    let text = call.say(
        format!("The property {} does not exist.", call.part(3)),
        format!("Die Eigenschaft {} existiert nicht.", call.part(3)),
    );
    Refusal::message(404, text)
}
