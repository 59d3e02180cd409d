//! The items of a changelog (facts/two-way.md, section 1).

use serde_json::{Value, json};

use super::super::adf;
use super::super::issue::{Change, Issue};
use super::super::names;
use super::super::site::Site;

/// An end of an item: the id, if the field has ids, and the words.
struct End {
    id: Value,
    words: Value,
}

const NOTHING: End = End {
    id: Value::Null,
    words: Value::Null,
};

/// One item for each change, and those of a move to another project.
pub(super) fn items(
    site: &Site,
    issue: &Issue,
    changes: &[Change],
    moved_from: Option<&str>,
) -> Vec<Value> {
    let mut items: Vec<Value> = changes.iter().map(|it| item(site, issue, it)).collect();
    if let Some(old) = moved_from {
        let project = old.rsplit_once('-').map_or(old, |(project, _)| project);
        items.push(bare(
            "Workflow",
            &workflow_of(project),
            &workflow_of(issue.project()),
        ));
        items.push(bare("Key", &words(old), &words(&issue.key)));
    }
    items
}

/// An item without a `fieldId`: Key and Workflow have none even on Cloud.
fn bare(field: &str, from: &End, to: &End) -> Value {
    json!({
        "field": field, "fieldtype": "jira",
        "from": from.id, "fromString": from.words, "to": to.id, "toString": to.words,
    })
}

fn words(text: &str) -> End {
    End {
        id: Value::Null,
        words: json!(text),
    }
}

/// The facts show no example of this item; the words are made up.
fn workflow_of(project: &str) -> End {
    words(&format!("{project}: workflow"))
}

fn item(site: &Site, issue: &Issue, change: &Change) -> Value {
    let id = change.field.as_str();
    let project = site.project(issue.project());
    let custom = project.and_then(|project| project.custom_field(id));
    let ends = [&change.from, &change.to].map(|value| end(site, issue, id, value));
    let [from, to] = &ends;
    let name = match (custom, project) {
        (Some(_), Some(project)) => names::name_of(project, id),
        _ if id == "components" => "Component",
        _ => id,
    };
    let mut item = bare(name, from, to);
    if custom.is_some() {
        item["fieldtype"] = json!("custom");
    }
    if !site.is_cloud() {
        // All known payloads of Data Center lack it (they are from 2019–20).
        return item;
    }
    item["fieldId"] = json!(id);
    if id == "assignee" {
        item["tmpFromAccountId"] = from.id.clone();
        item["tmpToAccountId"] = to.id.clone();
    }
    item
}

/// A value as one end of an item.
fn end(site: &Site, issue: &Issue, field: &str, value: &Value) -> End {
    let id_and = |id: Option<&Value>, words: Option<&Value>| End {
        id: id.cloned().unwrap_or_default(),
        words: words.cloned().unwrap_or_default(),
    };
    match (field, value) {
        (_, Value::Null) => NOTHING,
        ("status", Value::String(name)) => status(site, issue, name),
        (_, Value::Array(_)) => words(&joined(value)),
        ("description" | "environment", _) => words(&adf::plain(value)),
        (_, Value::Object(user)) if user.contains_key("displayName") => {
            let id = user.get("accountId").or_else(|| user.get("name"));
            id_and(id, user.get("displayName"))
        }
        (_, Value::Object(named)) => {
            let name = named.get("name").or_else(|| named.get("value"));
            match name.or_else(|| named.get("key")) {
                Some(name) => id_and(named.get("id"), Some(name)),
                None => words(&adf::plain(value)),
            }
        }
        (_, Value::Number(_) | Value::Bool(_)) => words(&value.to_string()),
        _ => words(&adf::plain(value)),
    }
}

fn status(site: &Site, issue: &Issue, name: &str) -> End {
    let own = site.workflow(issue.project()).status(name);
    match own.or_else(|| site.status_named(name)) {
        Some(status) => {
            let shown = status.json(site.locale());
            let name = shown.get("name").cloned().unwrap_or_default();
            End {
                id: json!(status.id),
                words: name,
            }
        }
        None => words(name),
    }
}

/// A list as one string, as labels are shown.
fn joined(list: &Value) -> String {
    let items = list.as_array().into_iter().flatten();
    let items = items.map(
        |item| match item.get("name").or_else(|| item.get("value")) {
            Some(name) => adf::plain(name),
            None => adf::plain(item),
        },
    );
    items.collect::<Vec<_>>().join(" ")
}
