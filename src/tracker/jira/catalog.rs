//! Custom fields by the names that people know them by, and values in the
//! types that Jira wants: read from Jira's own field list, remembered for an
//! hour.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::request::JiraRequest;
use super::screen;
use crate::markup::Flavor;
use crate::model::{Place, Scope};
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;
use crate::tracker::port::Dropped;

/// How long Jira's field list is remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// A field, as far as setting it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    id: String,
    name: String,
    /// `string`, `number`, `option`, `array`, …; of an array, what is in it.
    kind: String,
    items: Option<String>,
}

/// Fields that can be set, by id, with what could not be resolved.
pub(super) struct Resolved {
    pub(super) fields: Map<String, Value>,
    pub(super) dropped: Vec<Dropped>,
}

/// Puts every field under its id, its value in its type. Fields given by id
/// are taken as they are; only names ask Jira (`GET field`), and only a name
/// that several fields have asks which of them a new issue shows.
pub(super) async fn resolve(
    connection: &Connection<'_>,
    custom: &Map<String, Value>,
    place: &Place,
    flavor: Flavor,
) -> Result<Resolved, TrackerError> {
    let mut resolved = Resolved {
        fields: Map::new(),
        dropped: Vec::new(),
    };
    let mut names = Vec::new();
    for (name, value) in custom {
        match is_id(name) {
            true => drop(resolved.fields.insert(name.clone(), value.clone())),
            false => names.push((name, value)),
        }
    }
    if names.is_empty() {
        return Ok(resolved);
    }
    let mut catalog = match load(connection, flavor).await {
        Ok(catalog) => catalog,
        Err(error) => return without(resolved, names, error),
    };
    if names
        .iter()
        .any(|(name, _)| named(&catalog, name).nth(1).is_some())
    {
        match screen::fields(connection, place, flavor).await {
            Ok(shown) => catalog.retain(|field| shown.contains(&field.id)),
            Err(error) => return without(resolved, names, error),
        }
    }
    for (name, value) in names {
        match set(&catalog, name, value, flavor) {
            Ok((id, value)) => drop(resolved.fields.insert(id, value)),
            Err(why) => resolved.dropped.push(Dropped {
                field: name.clone(),
                why,
            }),
        }
    }
    Ok(resolved)
}

/// Without a lookup that is forbidden, or that something in between answers, an
/// issue does without the fields given by name.
fn without(
    mut resolved: Resolved,
    names: Vec<(&String, &Value)>,
    error: TrackerError,
) -> Result<Resolved, TrackerError> {
    let is_forbidden = match &error {
        TrackerError::Denied { .. } => true,
        TrackerError::Misconfigured {
            is_login, scope, ..
        } => !is_login && *scope == Scope::Event,
        _ => false,
    };
    if !is_forbidden {
        return Err(error);
    }
    for (name, _) in names {
        resolved.dropped.push(Dropped {
            field: name.clone(),
            why: format!("it could not be looked up: {}", error.why()),
        });
    }
    Ok(resolved)
}

/// `customfield_10039`, or a system field such as `duedate`.
fn is_id(name: &str) -> bool {
    name.starts_with("customfield_") || SYSTEM_FIELDS.contains(&name)
}

/// System fields that may stand among the custom ones.
const SYSTEM_FIELDS: [&str; 8] = [
    "duedate",
    "environment",
    "fixVersions",
    "parent",
    "reporter",
    "security",
    "timetracking",
    "versions",
];

async fn load(connection: &Connection<'_>, flavor: Flavor) -> Result<Vec<Field>, TrackerError> {
    let name = format!("fields-{}", digest(connection.base_url().as_bytes()));
    if let Some(known) = memory::recall(connection.ports, &name, MAX_AGE) {
        return Ok(read_all(&known));
    }
    let answer = connection.ask(&JiraRequest::get(flavor, "field")).await?;
    let fields = read_all(&answer);
    let known = fields.iter().map(Field::to_json).collect();
    memory::remember(connection.ports, &name, Value::Array(known));
    Ok(fields)
}

fn read_all(fields: &Value) -> Vec<Field> {
    let fields = fields.as_array().into_iter().flatten();
    fields.filter_map(read).collect()
}

impl Field {
    /// The same form as Jira's, without what is not needed.
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "schema": { "type": self.kind, "items": self.items },
        })
    }
}

/// `{"id", "name", "schema": {"type", "items"}}`; only custom fields count.
fn read(field: &Value) -> Option<Field> {
    let id = field["id"].as_str()?;
    if !id.starts_with("customfield_") {
        return None;
    }
    Some(Field {
        id: id.to_owned(),
        name: field["name"].as_str()?.to_owned(),
        kind: field["schema"]["type"].as_str()?.to_owned(),
        items: field["schema"]["items"].as_str().map(str::to_owned),
    })
}

/// The fields that people call so.
fn named<'a>(catalog: &'a [Field], name: &str) -> impl Iterator<Item = &'a Field> {
    let wanted = name.trim().to_lowercase();
    catalog
        .iter()
        .filter(move |field| field.name.trim().to_lowercase() == wanted)
}

fn set(
    catalog: &[Field],
    name: &str,
    value: &Value,
    flavor: Flavor,
) -> Result<(String, Value), String> {
    let mut found = named(catalog, name);
    let Some(field) = found.next() else {
        return Err("Jira has no custom field of this name".to_owned());
    };
    if let Some(other) = found.next() {
        return Err(format!(
            "Jira has several fields of this name; use the id, such as {} or {}",
            field.id, other.id
        ));
    }
    let typed = typed(field, value, flavor)?;
    Ok((field.id.clone(), typed))
}

/// A plain value in the form that the field's type has; a value that is an
/// object already is taken as it is.
fn typed(field: &Field, value: &Value, flavor: Flavor) -> Result<Value, String> {
    if field.kind != "array" {
        return one(&field.kind, value, flavor);
    }
    let kind = field.items.as_deref().unwrap_or("string");
    let items: Vec<Value> = match value {
        Value::Array(items) => items.clone(),
        Value::String(text) => text.split(',').map(|item| item.trim().into()).collect(),
        other => vec![other.clone()],
    };
    let items = items.iter().filter(|item| *item != "");
    items
        .map(|item| one(kind, item, flavor))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}

fn one(kind: &str, value: &Value, flavor: Flavor) -> Result<Value, String> {
    let text = match value {
        Value::Object(_) | Value::Array(_) | Value::Null => return Ok(value.clone()),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    Ok(match kind {
        "number" => {
            let number: f64 = text
                .parse()
                .map_err(|_| "the field takes a number, but the value is none".to_owned())?;
            json!(number)
        }
        "option" => json!({ "value": text }),
        "option-with-child" => match text.split_once('>') {
            Some((parent, child)) => {
                json!({ "value": parent.trim(), "child": { "value": child.trim() } })
            }
            None => json!({ "value": text }),
        },
        "user" => match flavor {
            Flavor::Adf => json!({ "accountId": text }),
            Flavor::Wiki => json!({ "name": text }),
        },
        "group" | "version" | "component" | "priority" => json!({ "name": text }),
        // A date is the first part of a date-time.
        "date" => json!(text.get(..10).unwrap_or(&text)),
        _ => json!(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, name: &str, kind: &str, items: Option<&str>) -> Field {
        Field {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            items: items.map(str::to_owned),
        }
    }

    #[test]
    fn a_plain_text_takes_the_form_of_its_fields_type() {
        for (kind, items, text, expected) in [
            ("string", None, "x", json!("x")),
            ("number", None, "4.5", json!(4.5)),
            ("option", None, "SOC", json!({"value": "SOC"})),
            (
                "array",
                Some("option"),
                "a, b",
                json!([{"value": "a"}, {"value": "b"}]),
            ),
            ("array", Some("string"), "a,,b", json!(["a", "b"])),
            (
                "option-with-child",
                None,
                "A > B",
                json!({"value": "A", "child": {"value": "B"}}),
            ),
            ("user", None, "ada", json!({"name": "ada"})),
            ("date", None, "2025-10-27T12:48:23Z", json!("2025-10-27")),
        ] {
            let field = field("customfield_1", "x", kind, items);
            let found = typed(&field, &json!(text), Flavor::Wiki).unwrap();
            assert_eq!(found, expected, "{kind}");
        }
        let number = field("customfield_1", "x", "number", None);
        assert!(typed(&number, &json!("many"), Flavor::Wiki).is_err());
        assert_eq!(typed(&number, &json!(7), Flavor::Wiki).unwrap(), json!(7.0));
    }

    #[test]
    fn a_name_is_found_in_any_case_and_must_be_the_only_one() {
        let catalog = [
            field("customfield_1", "Affected user", "string", None),
            field("customfield_2", "Team", "option", None),
            field("customfield_3", "team", "string", None),
        ];
        let value = json!("x");
        let found = set(&catalog, "affected USER", &value, Flavor::Wiki).unwrap();
        assert_eq!(found.0, "customfield_1");
        let twice = set(&catalog, "Team", &value, Flavor::Wiki).unwrap_err();
        assert!(twice.contains("customfield_2") && twice.contains("customfield_3"));
        assert!(set(&catalog, "None", &value, Flavor::Wiki).is_err());
    }
}
