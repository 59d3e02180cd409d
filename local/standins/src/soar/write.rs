//! Comments and notes.

use serde_json::{Map, Value};

use super::{Note, Outcome, Soar, Store, bad, object, on_container, success};
use crate::server::{Answer, Request};

/// `POST /rest/container_comment`
pub(super) fn comment(soar: &Soar, request: &Request) -> Outcome {
    let body = object(request, &["container_id", "comment"])?;
    let text = text(body, "comment")?;
    let mut store = soar.store();
    on_container(&mut store, container(body), |it| it.comments.push(text))?;
    Ok(numbered(&mut store))
}

/// `POST /rest/note`: for a container, of the type `general`.
pub(super) fn note(soar: &Soar, request: &Request) -> Outcome {
    let members = [
        "container_id",
        "title",
        "content",
        "note_type",
        "note_format",
    ];
    let body = object(request, &members)?;
    let kind = text(body, "note_type")?;
    if kind != "general" {
        return Err(bad(format!("note_type {kind} is not valid")));
    }
    let format = match body.get("note_format") {
        None => "html".to_owned(),
        Some(_) => text(body, "note_format")?,
    };
    if !["html", "markdown"].contains(&format.as_str()) {
        return Err(bad(format!("note_format {format} is not valid")));
    }
    let note = Note {
        title: text(body, "title")?,
        content: text(body, "content")?,
        format,
    };
    let mut store = soar.store();
    on_container(&mut store, container(body), |it| it.notes.push(note))?;
    Ok(numbered(&mut store))
}

/// `POST /rest/container/<id>/comments`: success, and nothing is kept (told in
/// one repository's test).
pub(super) fn lost(soar: &Soar, request: &Request, id: &str) -> Outcome {
    let id: Option<u64> = id.parse().ok();
    let mut store = soar.store();
    store.lost.push((id.unwrap_or_default(), request.text()));
    Ok(success(id.unwrap_or_default()))
}

fn container(body: &Map<String, Value>) -> Option<u64> {
    body.get("container_id").and_then(Value::as_u64)
}

/// A text that is not empty.
fn text(body: &Map<String, Value>, name: &str) -> Result<String, (u16, String)> {
    let text = body.get(name).and_then(Value::as_str);
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| bad(format!("{name} is required")))
}

/// Success, with a new id.
fn numbered(store: &mut Store) -> Answer {
    store.written += 1;
    success(store.written)
}
