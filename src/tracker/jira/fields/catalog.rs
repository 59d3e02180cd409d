//! Jira's own list of fields (`GET field`), remembered for an hour: what people
//! call a field, and what it holds.

use std::time::Duration;

use serde_json::{Value, json};

use super::kind::Kind;
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;
use crate::tracker::jira::answers::Expected;
use crate::tracker::jira::connection::Connection;
use crate::tracker::jira::request::JiraRequest;

/// How long Jira's field list is remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// A field, as far as setting it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tracker::jira) struct Field {
    pub(in crate::tracker::jira) id: String,
    name: String,
    schema: Value,
}

impl Field {
    /// What it holds.
    pub(in crate::tracker::jira) fn kind(&self) -> Kind {
        Kind::system(&self.id).unwrap_or_else(|| Kind::of(&self.schema))
    }

    /// `{"id", "name", "schema": {"type", "items", "custom"}}`. Only custom fields
    /// and the system fields that may be set count.
    fn read(field: &Value) -> Option<Self> {
        let id = field["id"].as_str()?;
        let may_be_set = id.starts_with("customfield_") || Kind::system(id).is_some();
        let schema = &field["schema"];
        may_be_set.then(|| {
            Some(Self {
                id: id.to_owned(),
                name: field["name"].as_str()?.to_owned(),
                schema: json!({
                    "type": schema["type"],
                    "items": schema["items"],
                    "custom": schema["custom"],
                }),
            })
        })?
    }

    /// The same form as Jira's, without what is not needed.
    fn to_json(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "schema": self.schema })
    }

    /// Whether it is called so: by its id, by its name in any case, or by the type
    /// that only one field of a Jira has.
    fn is_called(&self, name: &str) -> bool {
        self.id == name
            || self.name.trim().to_lowercase() == name.trim().to_lowercase()
            || self.schema["custom"] == name
    }
}

/// Jira's list, asked for at most once an hour. One that lacks a wanted field is
/// believed only of a Jira that knows us: to strangers Cloud lists fewer.
pub(super) async fn load(
    connection: &Connection<'_>,
    wanted: &[&str],
) -> Result<Vec<Field>, TrackerError> {
    let name = format!("catalog-{}", digest(connection.base_url().as_bytes()));
    if let Some(known) = memory::recall(connection.ports, &name, MAX_AGE) {
        return Ok(read_all(&known));
    }
    let flavor = connection.flavor().await?;
    let request = JiraRequest::get(flavor, "field", Expected::List);
    let answer = connection.ask(&request).await?;
    let fields = read_all(&answer);
    if fields.is_empty() {
        return Err(TrackerError::later("Jira listed no fields at all"));
    }
    if wanted
        .iter()
        .any(|name| named(&fields, name).next().is_none())
    {
        connection.myself().await?;
    }
    let known = fields.iter().map(Field::to_json).collect();
    memory::remember(connection.ports, &name, Value::Array(known));
    Ok(fields)
}

/// The fields of Jira's list that may be set.
pub(in crate::tracker::jira) fn read_all(fields: &Value) -> Vec<Field> {
    let fields = fields.as_array().into_iter().flatten();
    fields.filter_map(Field::read).collect()
}

/// The fields that are called so.
pub(in crate::tracker::jira) fn named<'a>(
    catalog: &'a [Field],
    name: &'a str,
) -> impl Iterator<Item = &'a Field> {
    catalog.iter().filter(move |field| field.is_called(name))
}

/// The one field that is called so.
///
/// # Errors
/// Why there is no such field, in a sentence.
pub(super) fn only<'a>(catalog: &'a [Field], name: &'a str) -> Result<&'a Field, String> {
    let mut found = named(catalog, name);
    let Some(field) = found.next() else {
        return Err("Jira has no field of this name".to_owned());
    };
    match found.next() {
        None => Ok(field),
        Some(other) => Err(format!(
            "Jira has several fields of this name; use the id, such as {} or {}",
            field.id, other.id
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, name: &str, kind: &str) -> Value {
        let schema = json!({ "type": "option", "custom": format!("x:{kind}") });
        json!({ "id": id, "name": name, "schema": schema })
    }

    #[test]
    fn a_field_is_found_by_id_name_or_type_and_must_be_the_only_one() {
        let catalog = read_all(&json!([
            field("customfield_1", "Affected user", "textfield"),
            field("customfield_2", "Team", "select"),
            field("customfield_3", "team", "textfield"),
            field("customfield_4", "Anfragetyp", "vp-origin"),
            field("duedate", "Fällig am", "x"),
            field("summary", "Summary", "x"),
        ]));
        let found = |name: &str| only(&catalog, name).map(|field| field.id.clone());
        assert_eq!(found("affected USER"), Ok("customfield_1".to_owned()));
        assert_eq!(found("customfield_2"), Ok("customfield_2".to_owned()));
        assert_eq!(found("x:vp-origin"), Ok("customfield_4".to_owned()));
        assert_eq!(found("fällig am"), Ok("duedate".to_owned()));
        let twice = found("Team").unwrap_err();
        assert!(twice.contains("customfield_2") && twice.contains("customfield_3"));
        assert!(found("None").is_err() && found("Summary").is_err());
    }
}
