//! What version 8 has besides: notables as findings. The paths and what is sent
//! are those of the Ansible collection splunk.es 5.1.0 (facts/two-way.md,
//! section 3). The facts do not show the answers; neither status nor shape of
//! these should be relied on beyond "2xx".

use serde_json::{Map, Value, json};

use super::notable::{Notable, Update};
use super::notes;
use super::wording::{Refusal, bad, of_status};
use super::{Outcome, Splunk};
use crate::server::{Answer, Request};

/// What follows `servicesNS/nobody`.
pub(super) fn route(splunk: &Splunk, request: &Request, method: &str, rest: &[&str]) -> Outcome {
    match (method, rest) {
        (
            "GET",
            [
                "SplunkEnterpriseSecuritySuite",
                "public",
                "v2",
                "findings",
                id,
            ],
        ) => {
            let notable = splunk.store().notables.get(*id).cloned();
            let notable = notable.ok_or_else(|| of_status(404))?;
            Ok(Answer::json(200, &shown(id, &notable)))
        }
        ("POST", ["missioncontrol", "v1", "investigations", id]) => update(splunk, request, id),
        (
            _,
            [
                "missioncontrol",
                "public",
                "v2",
                "investigations",
                id,
                "notes",
                note @ ..,
            ],
        ) => notes::route(splunk, request, method, (id, note)),
        _ => Err(of_status(404)),
    }
}

fn update(splunk: &Splunk, request: &Request, id: &str) -> Outcome {
    splunk.may_edit()?;
    check_time(request, id)?;
    let body = object(request)?;
    let mut update = Update::default();
    for (name, value) in body {
        let place = match name.as_str() {
            "assignee" => &mut update.owner,
            "status" => &mut update.status,
            "urgency" => &mut update.urgency,
            "disposition" => &mut update.disposition,
            _ => return Err(bad(format!("Unknown field: {name}"))),
        };
        *place = Some(string(name, value)?);
    }
    if update.is_empty() {
        return Err(bad("No changes were given"));
    }
    if let Some(flaw) = update.flaw(&splunk.options) {
        return Err(bad(flaw));
    }
    let mut store = splunk.store();
    let notable = store.notables.get_mut(id).ok_or_else(|| of_status(404))?;
    notable.take(&update);
    Ok(Answer::json(200, &shown(id, notable)))
}

/// `notable_time` is needed, and is the time in the id's end: `@@time<epoch>`.
pub(super) fn check_time(request: &Request, id: &str) -> Result<(), Refusal> {
    let Some(given) = request.query_value("notable_time") else {
        return Err(bad("notable_time is required"));
    };
    let in_id = id.rsplit_once("@@time").map(|(_, time)| time);
    match in_id == Some(given.as_str()) {
        true => Ok(()),
        false => Err(of_status(404)),
    }
}

pub(super) fn object(request: &Request) -> Result<&Map<String, Value>, Refusal> {
    let body = request.json.as_ref().filter(|_| request.says_json());
    let body = body.and_then(Value::as_object);
    body.ok_or_else(|| bad("The body is no JSON object"))
}

/// Numbers are sent as strings: `"status": "5"`.
pub(super) fn string(name: &str, value: &Value) -> Result<String, Refusal> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| bad(format!("{name} must be a string")))
}

fn shown(id: &str, notable: &Notable) -> Value {
    json!({
        "finding_id": id,
        "status": notable.status,
        "owner": notable.owner,
        "urgency": notable.urgency,
        "disposition": notable.disposition,
    })
}
