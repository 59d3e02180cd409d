//! Links: to the outside (an upsert by `globalId`) and between issues.

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::issue::{IssueLink, RemoteLink};
use super::refusal::{Flaw, Refusal};
use crate::server::Answer;

/// Jira REST v3 docs, remote links: a globalId has at most 255 characters.
const MAX_GLOBAL_ID: usize = 255;

/// Id, name, inward and outward description of each link type.
const LINK_TYPES: [(&str, &str, &str, &str); 4] = [
    ("10000", "Blocks", "is blocked by", "blocks"),
    ("10001", "Cloners", "is cloned by", "clones"),
    ("10002", "Duplicate", "is duplicated by", "duplicates"),
    ("10003", "Relates", "relates to", "relates to"),
];

/// `POST issue/{key}/remotelink`: 201 when new, 200 when one with the same
/// `globalId` was there.
pub(crate) fn add_remote(call: &Call<'_>) -> Outcome {
    let mut store = call.site.store();
    if store.get(call.part(1)).is_none() {
        return Err(call.no_issue());
    }
    check_remote(call)?;
    let text = |name: &str| {
        call.body
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let mut link = RemoteLink {
        id: store.next(),
        global_id: text("globalId"),
        object: call.body.get("object").cloned().unwrap_or_default(),
        relationship: text("relationship"),
    };
    let Some(issue) = store.get_mut(call.part(1)) else {
        return Err(call.no_issue());
    };
    let same =
        |known: &&mut RemoteLink| link.global_id.is_some() && known.global_id == link.global_id;
    let status = match issue.remote_links.iter_mut().find(same) {
        Some(known) => {
            link.id = known.id;
            *known = link.clone();
            200
        }
        None => {
            issue.remote_links.push(link.clone());
            201
        }
    };
    let path = format!("issue/{}/remotelink/{}", issue.key, link.id);
    let answer = json!({"id": link.id, "self": call.site.link(call.api, &path)});
    Ok(Answer::json(status, &answer))
}

fn check_remote(call: &Call<'_>) -> Result<(), Refusal> {
    let mut refusal = Refusal::nothing();
    for member in ["url", "title"] {
        let value = call
            .body
            .get("object")
            .and_then(|object| object.get(member));
        if value
            .and_then(Value::as_str)
            .is_none_or(|text| text.trim().is_empty())
        {
            let text = call.say(
                format!("'{member}' is required."),
                format!("'{member}' ist erforderlich."),
            );
            refusal.add(member, Flaw::Field(text));
        }
    }
    let global_id = call
        .body
        .get("globalId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if global_id.chars().count() > MAX_GLOBAL_ID {
        let text = call.say("'globalId' is too long.", "'globalId' ist zu lang.");
        refusal.add("globalId", Flaw::Field(text));
    }
    refusal.if_any()
}

/// `GET issue/{key}/remotelink`
pub(crate) fn remotes(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let shown = |link: &RemoteLink| {
        let path = format!("issue/{}/remotelink/{}", issue.key, link.id);
        let mut shown = json!({
            "id": link.id,
            "self": call.site.link(call.api, &path),
            "object": link.object,
        });
        for (name, value) in [
            ("globalId", &link.global_id),
            ("relationship", &link.relationship),
        ] {
            if let Some(value) = value {
                shown[name] = json!(value);
            }
        }
        shown
    };
    let Some(wanted) = call.request.query_value("globalId") else {
        let all: Vec<Value> = issue.remote_links.iter().map(shown).collect();
        return Ok(Answer::json(200, &json!(all)));
    };
    let mut links = issue.remote_links.iter();
    let found = links.find(|link| link.global_id.as_ref() == Some(&wanted));
    found
        .map(|link| Answer::json(200, &shown(link)))
        .ok_or_else(|| call.no_issue())
}

/// `POST issueLink`: 201 without a body.
pub(crate) fn add(call: &Call<'_>) -> Outcome {
    let wanted = call.body.get("type").unwrap_or(&Value::Null);
    let known = LINK_TYPES
        .iter()
        .find(|(id, name, ..)| match wanted.get("id") {
            Some(wanted) => wanted == id,
            None => wanted.get("name").is_some_and(|wanted| wanted == name),
        });
    let Some((_, kind, ..)) = known else {
        let name = wanted
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = call.say(
            format!("No issue link type with name '{name}' found."),
            format!("Kein Verknüpfungstyp mit dem Namen '{name}' gefunden."),
        );
        return Err(Refusal::message(404, text));
    };
    let mut store = call.site.store();
    let end = |name: &str| {
        let given = call
            .body
            .get(name)
            .and_then(|end| end.get("key").or_else(|| end.get("id")));
        let issue = given.and_then(Value::as_str).and_then(|key| store.get(key));
        issue
            .map(|issue| issue.key.clone())
            .ok_or_else(|| call.no_issue())
    };
    let (inward, outward) = (end("inwardIssue")?, end("outwardIssue")?);
    let link = IssueLink {
        kind: (*kind).to_owned(),
        inward,
        outward,
    };
    for key in [&link.inward, &link.outward] {
        if let Some(issue) = store.get_mut(key)
            && !issue.links.contains(&link)
        {
            issue.links.push(link.clone());
        }
        store.index(key, &call.site.me().display_name);
    }
    Ok(Answer::empty(201))
}

/// `GET issueLinkType`
pub(crate) fn types(call: &Call<'_>) -> Outcome {
    let types: Vec<Value> = LINK_TYPES
        .iter()
        .map(|(id, name, inward, outward)| {
            let link = call.site.link(call.api, &format!("issueLinkType/{id}"));
            json!({"id": id, "name": name, "inward": inward, "outward": outward, "self": link})
        })
        .collect();
    Ok(Answer::json(200, &json!({"issueLinkTypes": types})))
}

/// An issue's links as its `issuelinks` field shows them: each names the other end.
pub(crate) fn field(key: &str, links: &[IssueLink]) -> Value {
    let shown = links.iter().map(|link| {
        let (end, other) = match link.inward == key {
            true => ("outwardIssue", &link.outward),
            false => ("inwardIssue", &link.inward),
        };
        json!({"type": {"name": link.kind}, end: {"key": other}})
    });
    Value::Array(shown.collect())
}
