//! A container, and what can be changed about it.

use serde_json::{Value, json};

use super::{Outcome, Soar, bad, object, on_container, success};
use crate::server::{Answer, Request};

/// The severities that a new SOAR has.
const SEVERITIES: [&str; 3] = ["high", "medium", "low"];

/// A container as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// `New`, `Open`, `Closed` or one of the options' own.
    pub status: String,
    /// `high`, `medium` or `low`.
    pub severity: String,
    /// The id of the user who owns it.
    pub owner: Option<u64>,
    /// Its comments, oldest first; nobody can change one.
    pub comments: Vec<String>,
    /// Its notes, oldest first.
    pub notes: Vec<Note>,
    /// How many updates it has had, comments and notes aside.
    pub updates: usize,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its title.
    pub title: String,
    /// What was written.
    pub content: String,
    /// `markdown` or `html`.
    pub format: String,
}

impl Container {
    pub(super) fn new() -> Container {
        Container {
            status: "New".to_owned(),
            severity: "medium".to_owned(),
            owner: None,
            comments: Vec::new(),
            notes: Vec::new(),
            updates: 0,
        }
    }
}

/// `GET /rest/container/<id>`: of its many members, those that can be changed.
pub(super) fn show(soar: &Soar, id: &str) -> Outcome {
    let number = id.parse().ok();
    let mut store = soar.store();
    let container = on_container(&mut store, number, |container| container.clone())?;
    let shown = json!({"id": number, "status": container.status, "severity": container.severity,
        "owner": container.owner});
    Ok(Answer::json(200, &shown))
}

/// `POST /rest/container/<id>`: all or nothing.
pub(super) fn update(soar: &Soar, request: &Request, id: &str) -> Outcome {
    let body = object(request, &["status", "severity", "owner_id"])?;
    if body.is_empty() {
        return Err(bad("Nothing to change"));
    }
    let id = id.parse().ok();
    let mut store = soar.store();
    let mut after = on_container(&mut store, id, |container| container.clone())?;
    for (name, value) in body {
        let known = match (name.as_str(), value) {
            ("status", Value::String(status)) => {
                after.status.clone_from(status);
                soar.options.all_statuses().any(|known| known == status)
            }
            ("severity", Value::String(severity)) => {
                after.severity.clone_from(severity);
                SEVERITIES.contains(&severity.as_str())
            }
            ("owner_id", Value::Number(owner)) => {
                after.owner = owner.as_u64();
                after
                    .owner
                    .is_some_and(|id| soar.options.owners.contains(&id))
            }
            _ => false,
        };
        if !known {
            return Err(bad(format!("{name} {value} is not valid")));
        }
    }
    after.updates += 1;
    on_container(&mut store, id, |container| *container = after)?;
    Ok(success(id.unwrap_or_default()))
}
