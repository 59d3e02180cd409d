//! What an issue's field is called by in a query.

use std::time::SystemTime;

use serde_json::Value;

use super::super::issue::Issue;
use super::super::workflow;
use crate::clock::query_time;

/// Fields that hold a time.
pub(super) const TIMES: [&str; 3] = ["created", "updated", "duedate"];

/// Other names of fields.
pub(super) fn canonical(field: &str) -> String {
    let lower = field.to_lowercase();
    let custom = lower
        .strip_prefix("cf[")
        .and_then(|rest| rest.strip_suffix(']'));
    match (custom, lower.as_str()) {
        (Some(number), _) => format!("customfield_{number}"),
        (None, "issuekey" | "issue" | "id") => "key".to_owned(),
        (None, "type") => "issuetype".to_owned(),
        (None, "component") => "components".to_owned(),
        (None, "createddate") => "created".to_owned(),
        (None, "updateddate") => "updated".to_owned(),
        (None, "due") => "duedate".to_owned(),
        (None, "label") => "labels".to_owned(),
        _ => lower,
    }
}

/// The names by which a query may call the field's values, in lower case.
pub(super) fn of(issue: &Issue, field: &str) -> Vec<String> {
    let mut names = Vec::new();
    match field {
        "key" => names.extend([issue.key.clone(), issue.id.clone()]),
        "status" => names.push(issue.status.clone()),
        "statuscategory" => names.extend(workflow::category_names(&issue.status_category)),
        "text" => names.extend([issue.summary().to_owned(), issue.description()]),
        "description" => names.extend(Some(issue.description()).filter(|text| !text.is_empty())),
        _ => collect(issue.field(field), &mut names),
    }
    names.iter().map(|name| name.to_lowercase()).collect()
}

fn collect(value: &Value, names: &mut Vec<String>) {
    const NAMING: [&str; 7] = [
        "id",
        "key",
        "name",
        "value",
        "accountId",
        "displayName",
        "emailAddress",
    ];
    match value {
        Value::String(text) => names.push(text.clone()),
        Value::Number(number) => names.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(members) => {
            NAMING
                .iter()
                .filter_map(|name| members.get(*name))
                .for_each(|it| collect(it, names));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// A field's time.
pub(super) fn time(issue: &Issue, field: &str) -> Option<SystemTime> {
    match field {
        "created" => Some(issue.created),
        "updated" => Some(issue.updated),
        _ => query_time(issue.field(field).as_str()?),
    }
}
