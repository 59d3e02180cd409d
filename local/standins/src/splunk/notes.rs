//! The notes of a finding: listed, the newest first, written, changed and deleted, as
//! the Ansible collection splunk.es 5.1.0 does.

use serde_json::{Value, json};

use super::findings::{check_time, object, string};
use super::notable::Note;
use super::wording::{Refusal, bad, of_status};
use super::{Outcome, Splunk};
use crate::server::{Answer, Request};

/// What the list shows if nobody says how many.
const LISTED: usize = 100;

/// What follows `notes`: nothing, or the id of one. Deleting one needs no
/// `notable_time`.
pub(super) fn route(
    splunk: &Splunk,
    request: &Request,
    method: &str,
    (id, note): (&str, &[&str]),
) -> Outcome {
    splunk.may_edit()?;
    if method != "DELETE" {
        check_time(request, id)?;
    }
    match (method, note) {
        ("GET", []) => list(splunk, request, id),
        ("POST", []) => add(splunk, request, id),
        ("POST", [note]) => change(splunk, request, id, note),
        ("DELETE", [note]) => delete(splunk, id, note),
        _ => Err(of_status(404)),
    }
}

fn list(splunk: &Splunk, request: &Request, id: &str) -> Outcome {
    let limit = request.query_value("limit");
    let limit = limit.map_or(Ok(LISTED), |limit| limit.parse());
    let limit = limit.map_err(|_| bad("limit must be a number"))?;
    on_notes(splunk, id, |notes| {
        let newest = notes.iter().rev().take(limit).map(shown);
        let items: Vec<Value> = newest.collect();
        Ok(Answer::json(200, &json!({ "items": items })))
    })
}

/// Not idempotent: the same note twice is two notes.
fn add(splunk: &Splunk, request: &Request, id: &str) -> Outcome {
    let content = content(request)?;
    let number = {
        let mut store = splunk.store();
        store.notes += 1;
        store.notes
    };
    on_notes(splunk, id, |notes| {
        let id = format!("note-{number}");
        let note = Note { id, content };
        notes.push(note.clone());
        Ok(Answer::json(200, &shown(&note)))
    })
}

fn change(splunk: &Splunk, request: &Request, id: &str, note: &str) -> Outcome {
    let content = content(request)?;
    on_notes(splunk, id, |notes| {
        let note = notes.iter_mut().find(|known| known.id == note);
        let note = note.ok_or_else(|| of_status(404))?;
        note.content = content;
        Ok(Answer::json(200, &shown(note)))
    })
}

fn delete(splunk: &Splunk, id: &str, note: &str) -> Outcome {
    on_notes(splunk, id, |notes| {
        let place = notes.iter().position(|known| known.id == note);
        notes.remove(place.ok_or_else(|| of_status(404))?);
        Ok(Answer::empty(204))
    })
}

fn on_notes(splunk: &Splunk, id: &str, work: impl FnOnce(&mut Vec<Note>) -> Outcome) -> Outcome {
    let mut store = splunk.store();
    let notable = store.notables.get_mut(id).ok_or_else(|| of_status(404))?;
    work(&mut notable.notes)
}

fn content(request: &Request) -> Result<String, Refusal> {
    let body = object(request)?;
    if let Some(other) = body.keys().find(|name| *name != "content") {
        return Err(bad(format!("Unknown field: {other}")));
    }
    let content = string("content", body.get("content").unwrap_or(&Value::Null))?;
    match content.trim().is_empty() {
        true => Err(bad("content must not be empty")),
        false => Ok(content),
    }
}

fn shown(note: &Note) -> Value {
    json!({"id": note.id, "content": note.content})
}
