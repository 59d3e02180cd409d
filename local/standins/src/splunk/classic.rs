//! What every Enterprise Security has: `notable_update` and the list of
//! statuses.

use serde_json::{Value, json};

use super::notable::{LAST_DISPOSITION, Notable, Update};
use super::wording::{bad, xml};
use super::{Outcome, Splunk};
use crate::server::{Answer, Request};

/// The dispositions by number (facts/two-way.md, section 3); the facts give their
/// meaning, not the exact words.
const DISPOSITIONS: [&str; LAST_DISPOSITION as usize + 1] = [
    "Unassigned",
    "True Positive - Suspicious Activity",
    "Benign Positive - Suspicious But Expected",
    "False Positive - Incorrect Analytic Logic",
    "False Positive - Inaccurate Data",
    "Other",
    "Undetermined",
];

/// Which notables are meant.
#[derive(Default)]
struct Wanted {
    ids: Vec<String>,
    search: Option<String>,
}

/// `POST /services/notable_update`
pub(super) fn update(splunk: &Splunk, request: &Request) -> Outcome {
    splunk.may_edit()?;
    // Another type of body, JSON too, is not read: no parameter is there.
    let form = request.form().unwrap_or_default();
    let (mut wanted, mut update) = (Wanted::default(), Update::default());
    for (name, value) in form {
        match name.as_str() {
            "ruleUIDs" => wanted.ids.push(value),
            "searchID" => wanted.search = Some(value),
            "newOwner" => update.owner = Some(value),
            "urgency" => update.urgency = Some(value),
            "status" => update.status = Some(value),
            "disposition" => update.disposition = Some(value),
            "comment" => update.comment = Some(value),
            _ => {
                let text = format!("Argument \"{name}\" is not supported by this handler.");
                return Err(bad(text));
            }
        }
    }
    if wanted.ids.is_empty() && wanted.search.is_none() {
        return Err(bad("Either ruleUIDs or a searchID must be given."));
    }
    let ids = ids(splunk, wanted);
    let flaw = match update.is_empty() {
        true => Some("No changes were given".to_owned()),
        false => update.flaw(&splunk.options),
    };
    if let Some(flaw) = flaw {
        return Ok(told(false, &flaw, 0, ids.len()));
    }
    for id in &ids {
        take(splunk, id, &update);
    }
    let count = ids.len();
    let events = if count == 1 { "event" } else { "events" };
    let text = format!("{count} {events} updated successfully");
    Ok(told(true, &text, count, 0))
}

/// The ids themselves, and those that the search found.
fn ids(splunk: &Splunk, wanted: Wanted) -> Vec<String> {
    let Wanted { mut ids, search } = wanted;
    let store = splunk.store();
    let found = search.and_then(|sid| store.searches.get(&sid).cloned());
    for id in found.unwrap_or_default() {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Ids are not checked: one that nobody knows is a success too.
fn take(splunk: &Splunk, id: &str, update: &Update) {
    let mut store = splunk.store();
    match store.notables.get_mut(id) {
        Some(notable) => Notable::take(notable, update),
        None => store.unknown.push(id.to_owned()),
    }
}

/// A status of 200 even when nothing was done: only `success` tells.
fn told(success: bool, message: &str, done: usize, failed: usize) -> Answer {
    let body = json!({
        "success": success, "message": message, "success_count": done, "failure_count": failed,
    });
    Answer::json(200, &body)
}

/// `GET /services/alerts/reviewstatuses`. The facts name it without its shape;
/// this is the shape of every splunkd collection, Atom unless JSON is asked
/// for.
pub(super) fn statuses(splunk: &Splunk, request: &Request) -> Answer {
    let statuses = splunk.options.statuses.iter();
    let statuses = statuses.map(|(id, label)| (id.clone(), label.as_str(), "notable"));
    let dispositions = DISPOSITIONS.iter().enumerate();
    let dispositions = dispositions
        .map(|(number, label)| (format!("disposition:{number}"), *label, "disposition"));
    let all: Vec<(String, &str, &str)> = statuses.chain(dispositions).collect();
    if request.query_value("output_mode").as_deref() == Some("json") {
        let entries = all.iter().map(|(name, label, kind)| {
            let content = json!({"label": label, "status_type": kind, "disabled": false});
            json!({"name": name, "content": content})
        });
        let entries: Vec<Value> = entries.collect();
        return Answer::json(200, &json!({"entry": entries}));
    }
    let entries = all.iter().map(|(name, label, _)| {
        format!("<entry><title>{name}</title><content>{label}</content></entry>\n")
    });
    let entries: String = entries.collect();
    let feed = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n{entries}</feed>\n");
    xml(200, &feed)
}
