//! Properties of issues and comments: JSON under a key.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::refusal::Refusal;
use crate::server::Answer;

/// Jira REST v3 docs, Set issue property: at most 255 characters.
const MAX_KEY: usize = 255;
/// Jira REST v3 docs, Set issue property: at most 32,768 characters.
const MAX_VALUE: usize = 32_768;

/// Checks a property's key and value.
fn check(call: &Call<'_>, key: &str, value: &Value) -> Result<(), Refusal> {
    let length = value.to_string().chars().count();
    let key_ok = !key.trim().is_empty() && key.chars().count() <= MAX_KEY;
    if key_ok && length <= MAX_VALUE && !value.is_null() {
        return Ok(());
    }
    let text = call.say(
        format!("The property key or value is empty or too long ({length} characters)."),
        format!("Schlüssel oder Wert der Eigenschaft ist leer oder zu lang ({length} Zeichen)."),
    );
    Err(Refusal::message(400, text))
}

/// The properties that come along in a body: `[{"key", "value"}, …]`.
pub(crate) fn given(
    call: &Call<'_>,
    body: &Value,
    refusal: &mut Refusal,
) -> BTreeMap<String, Value> {
    let given = body.get("properties").and_then(Value::as_array);
    let mut kept = BTreeMap::new();
    for property in given.into_iter().flatten() {
        let key = property.get("key").and_then(Value::as_str);
        let (key, value) = (key.unwrap_or_default(), property.get("value"));
        let value = value.cloned().unwrap_or_default();
        match check(call, key, &value) {
            Ok(()) => {
                kept.insert(key.to_owned(), value);
            }
            Err(wrong) => refusal.messages.extend(wrong.messages),
        }
    }
    kept
}

/// `PUT issue/{key}/properties/{name}`: 201 when new, else 200.
pub(crate) fn set(call: &Call<'_>) -> Outcome {
    let name = call.part(3);
    call.issue()?;
    check(call, name, &call.body)?;
    let value = call.body.clone();
    let old = call.change(|issue| issue.properties.insert(name.to_owned(), value))?;
    Ok(Answer::empty(if old.is_none() { 201 } else { 200 }))
}

/// `GET issue/{key}/properties/{name}`
pub(crate) fn one(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let name = call.part(3);
    let value = issue.properties.get(name).ok_or_else(|| missing(call))?;
    Ok(Answer::json(200, &json!({"key": name, "value": value})))
}

/// `DELETE issue/{key}/properties/{name}`
pub(crate) fn delete(call: &Call<'_>) -> Outcome {
    let gone = call.change(|issue| issue.properties.remove(call.part(3)))?;
    gone.map(|_| Answer::empty(204))
        .ok_or_else(|| missing(call))
}

/// `GET issue/{key}/properties`
pub(crate) fn keys(call: &Call<'_>) -> Outcome {
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

fn missing(call: &Call<'_>) -> Refusal {
    let text = call.say(
        format!("The property {} does not exist.", call.part(3)),
        format!("Die Eigenschaft {} existiert nicht.", call.part(3)),
    );
    Refusal::message(404, text)
}
