//! Fields by the names that people know them by, and plain values in the form
//! that each field takes.

pub(super) mod catalog;
pub(super) mod kind;
pub(super) mod people;
pub(super) mod screen;

use serde_json::{Map, Value};

use self::catalog::Field;
use self::kind::{Item, Kind, typed};
use super::connection::Connection;
use crate::markup::Flavor;
use crate::model::Place;
use crate::tracker::error::TrackerError;
use crate::tracker::port::Dropped;

/// Fields that can be set, by id, with what could not be resolved.
#[derive(Default)]
pub(super) struct Resolved {
    pub(super) fields: Map<String, Value>,
    pub(super) dropped: Vec<Dropped>,
    /// The ids of those, as far as they are known, else their names.
    pub(super) unset: Vec<String>,
    /// What each field was called where it was configured, by id.
    names: Map<String, Value>,
}

impl Resolved {
    /// What the operator called the field with this id.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).and_then(Value::as_str).unwrap_or(id)
    }

    fn set(&mut self, name: &str, id: &str, value: Value) {
        self.names.insert(id.to_owned(), name.into());
        self.fields.insert(id.to_owned(), value);
    }

    fn drop(&mut self, name: &str, id: &str, why: String) {
        self.unset.push(id.to_owned());
        self.dropped.push(Dropped {
            field: name.to_owned(),
            why,
        });
    }
}

/// Puts every field under its id, its value in its form. Jira is asked (`GET
/// field`) where a name or a plain value of a custom field needs it; only a name
/// that several fields have asks which of them a new issue shows.
pub(super) async fn resolve(
    connection: &Connection<'_>,
    custom: &Map<String, Value>,
    place: &Place,
) -> Result<Resolved, TrackerError> {
    let mut resolved = Resolved::default();
    let mut unknown = Vec::new();
    for (name, value) in custom {
        match Kind::system(name) {
            Some(kind) => set(connection, &mut resolved, name, name, kind, value).await?,
            None if is_custom_id(name) && is_in_form(value) => {
                resolved.set(name, name, value.clone());
            }
            None => unknown.push((name, value)),
        }
    }
    if unknown.is_empty() {
        return Ok(resolved);
    }
    let catalog = match catalog(connection, &unknown, place).await {
        Ok(catalog) => catalog,
        Err(error) if is_forbidden(&error) => {
            without(&mut resolved, unknown, &error);
            return Ok(resolved);
        }
        Err(error) => return Err(error),
    };
    for (name, value) in unknown {
        match catalog::only(&catalog, name) {
            Ok(field) => {
                let (id, kind) = (field.id.as_str(), field.kind());
                set(connection, &mut resolved, name, id, kind, value).await?;
            }
            // A project's own field may not be listed.
            Err(_) if is_custom_id(name) => resolved.set(name, name, value.clone()),
            Err(why) => resolved.drop(name, name, why),
        }
    }
    Ok(resolved)
}

/// Jira's fields; of several with one name, those that a new issue shows.
async fn catalog(
    connection: &Connection<'_>,
    wanted: &[(&String, &Value)],
    place: &Place,
) -> Result<Vec<Field>, TrackerError> {
    let names: Vec<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    let mut catalog = catalog::load(connection, &names).await?;
    let is_double = |name: &&&str| catalog::named(&catalog, name).nth(1).is_some();
    if names.iter().any(|name| is_double(&name)) {
        match screen::fields(connection, place).await {
            Ok(shown) => catalog.retain(|field| shown.contains(&field.id)),
            // Those with a name of their own are known all the same.
            Err(error) if is_forbidden(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(catalog)
}

/// Whether Jira itself refuses a lookup: optional fields do without it. What
/// something in between answers says nothing; the event is tried again.
pub(super) fn is_forbidden(error: &TrackerError) -> bool {
    matches!(
        error,
        TrackerError::Denied { .. } | TrackerError::Refused { .. }
    )
}

/// Without Jira's list, ids stand for themselves, and names for nothing.
fn without(resolved: &mut Resolved, fields: Vec<(&String, &Value)>, error: &TrackerError) {
    for (name, value) in fields {
        match is_custom_id(name) {
            true => resolved.set(name, name, value.clone()),
            false => {
                let why = format!("it could not be looked up: {}", error.why());
                resolved.drop(name, name, why);
            }
        }
    }
}

/// `customfield_10039`
fn is_custom_id(name: &str) -> bool {
    name.starts_with("customfield_")
}

/// Whether a value has its form already.
fn is_in_form(value: &Value) -> bool {
    match value {
        Value::Object(_) | Value::Null => true,
        Value::Array(items) => items.iter().all(Value::is_object),
        _ => false,
    }
}

/// Sets a field, unless its value does not fit.
async fn set(
    connection: &Connection<'_>,
    resolved: &mut Resolved,
    name: &str,
    id: &str,
    kind: Kind,
    value: &Value,
) -> Result<(), TrackerError> {
    let flavor = connection.flavor().await?;
    match in_form(connection, kind, value, flavor).await {
        Ok(value) => resolved.set(name, id, value),
        Err(Unfit::Value(why)) => resolved.drop(name, id, why),
        Err(Unfit::Unknown(error)) if is_forbidden(&error) => {
            resolved.drop(name, id, error.why().to_owned());
        }
        Err(Unfit::Unknown(error)) => return Err(error),
    }
    Ok(())
}

/// Why a value has no form.
enum Unfit {
    /// The field does not hold such values.
    Value(String),
    /// Jira could not be asked.
    Unknown(TrackerError),
}

async fn in_form(
    connection: &Connection<'_>,
    kind: Kind,
    value: &Value,
    flavor: Flavor,
) -> Result<Value, Unfit> {
    // What a template leaves empty clears the field.
    if value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(Value::Null);
    }
    if !kind.is_list && value.is_array() {
        return Ok(value.clone());
    }
    let limit = connection.text_limit();
    let mut items = Vec::new();
    for item in kind.texts(value) {
        let item = match (&item, kind.of) {
            (Value::String(who), Item::User) => account(connection, who.trim()).await?,
            _ => item,
        };
        items.push(typed(kind.of, &item, flavor, limit).map_err(Unfit::Value)?);
    }
    Ok(match kind.is_list {
        true => Value::Array(items),
        false => items.pop().unwrap_or_default(),
    })
}

async fn account(connection: &Connection<'_>, who: &str) -> Result<Value, Unfit> {
    let account = people::account(connection, who).await;
    let account = account.map_err(Unfit::Unknown)?;
    account
        .map(Value::from)
        .ok_or_else(|| Unfit::Value("Jira knows nobody with this e-mail address".to_owned()))
}
