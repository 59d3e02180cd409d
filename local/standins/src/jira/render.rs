//! An issue as Jira answers it.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome};
use super::custom_field::FieldKind;
use super::issue::Issue;
use super::site::{Api, Site};
use super::{adf, links};
use crate::clock::jira_time;
use crate::server::Answer;

/// `GET issue/{key}?fields=…&properties=…&expand=changelog`
pub(crate) fn read(call: &Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let wanted = Wanted::list(
        call.request
            .query_value("fields")
            .as_deref()
            .unwrap_or("*all"),
    );
    let mut shown = shown(call.site, call.api, &issue, &wanted);
    let properties = call.request.query_value("properties").unwrap_or_default();
    if !properties.is_empty() {
        let names: Vec<&str> = properties.split(',').map(str::trim).collect();
        let all = names.contains(&"*all");
        let picked = issue
            .properties
            .iter()
            .filter(|(key, _)| all || names.contains(&key.as_str()));
        shown["properties"] = picked
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
    }
    if call
        .request
        .query_value("expand")
        .is_some_and(|expand| expand.contains("changelog"))
    {
        shown["changelog"] = changelog(&issue);
    }
    Ok(Answer::json(200, &shown))
}

/// Which fields an answer shall hold: those named; `*all` and `*navigable` mean
/// everything, `-x` everything but x.
pub(crate) struct Wanted(pub(crate) Vec<String>);

impl Wanted {
    pub(crate) fn list(text: &str) -> Wanted {
        Wanted(text.split(',').map(|name| name.trim().to_owned()).collect())
    }

    fn has(&self, field: &str) -> bool {
        let names = &self.0;
        let without = names
            .iter()
            .any(|name| name.strip_prefix('-') == Some(field));
        let only_without = names.iter().all(|name| name.starts_with('-'));
        let everything = |name: &String| ["*all", "*navigable", field].contains(&name.as_str());
        !without && (only_without || names.iter().any(everything))
    }
}

/// An issue with the wanted fields.
pub(crate) fn shown(site: &Site, api: Api, issue: &Issue, wanted: &Wanted) -> Value {
    let link = site.link(api, &format!("issue/{}", issue.id));
    let mut fields = fields(site, api, issue);
    fields.retain(|name, _| wanted.has(name));
    json!({"id": issue.id, "self": link, "key": issue.key, "fields": fields})
}

fn fields(site: &Site, api: Api, issue: &Issue) -> Map<String, Value> {
    let mut fields = Map::new();
    let project = site.project(issue.project());
    let empty = [
        "description",
        "assignee",
        "resolution",
        "duedate",
        "environment",
    ];
    for field in empty.into_iter().map(str::to_owned).chain(
        project
            .into_iter()
            .flat_map(|project| &project.custom_fields)
            .map(|field| field.id.clone()),
    ) {
        fields.insert(field, Value::Null);
    }
    for (field, value) in &issue.fields {
        let custom = project.and_then(|project| project.custom_field(field));
        let is_rich = matches!(field.as_str(), "description" | "environment")
            || custom.is_some_and(|custom| custom.kind == FieldKind::Paragraph);
        let value = if is_rich {
            rich(site, api, value)
        } else {
            value.clone()
        };
        fields.insert(field.clone(), value);
    }
    let status = site.status_of(issue);
    let status = status.map(|status| status.json(site.locale()));
    fields.insert("status".to_owned(), json!(status));
    fields.insert("created".to_owned(), json!(jira_time(issue.created)));
    fields.insert("updated".to_owned(), json!(jira_time(issue.updated)));
    fields.insert(
        "issuelinks".to_owned(),
        links::field(&issue.key, &issue.links),
    );
    fields
}

/// Rich text as this version of the API answers it, whichever wrote it.
pub(crate) fn rich(site: &Site, api: Api, value: &Value) -> Value {
    let shown = match (api, value) {
        (Api::V3, Value::String(text)) => adf::wrap(text),
        (Api::V2, Value::Object(_)) => json!(adf::plain(value)),
        _ => value.clone(),
    };
    match shown {
        Value::String(text) if site.options.rewrites_text => {
            let lines = text.trim_end().lines().map(str::trim_end);
            json!(lines.collect::<Vec<_>>().join("\r\n"))
        }
        shown if site.options.rewrites_text => adf::rewritten(&shown, &mut 0),
        shown => shown,
    }
}

fn changelog(issue: &Issue) -> Value {
    let histories: Vec<Value> = issue
        .changes
        .iter()
        .enumerate()
        .map(|(index, change)| {
            json!({
                "id": (index + 1).to_string(),
                "author": {"displayName": change.author},
                "created": jira_time(change.at),
                "items": [{
                    "field": change.field,
                    "fieldId": change.field,
                    "fromString": words(&change.from),
                    "toString": words(&change.to),
                }],
            })
        })
        .collect();
    json!({"startAt": 0, "maxResults": histories.len(), "total": histories.len(),
           "histories": histories})
}

/// A value in words, as a changelog shows it.
fn words(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Object(members) => match members.get("name").or_else(|| members.get("value")) {
            Some(name) => words(name),
            None => adf::plain(value),
        },
        _ => adf::plain(value),
    }
}
