//! Whether a value is of a type, and the values of variables.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::graphql::{Mistake, Operation, Type};
use super::schema;

/// The values of an operation's variables by name.
pub(super) type Values = HashMap<String, Value>;

/// Takes what was sent with a request for the variables of an operation.
pub(super) fn variables(
    operation: &Operation,
    sent: &Map<String, Value>,
) -> Result<Values, Mistake> {
    let mut values = Values::new();
    for variable in &operation.variables {
        let name = &variable.name;
        let default = || variable.default.as_ref()?.value(&|_| None);
        match sent.get(name).cloned().or_else(default) {
            Some(value) => {
                if let Err(text) = check(&value, &variable.of) {
                    let text = format!("Variable \"${name}\" got invalid value {value}; {text}");
                    return Err(Mistake::new(variable.at, text));
                }
                values.insert(name.clone(), value);
            }
            None if matches!(variable.of, Type::NonNull(_)) => {
                let of = &variable.of;
                let text =
                    format!("Variable \"${name}\" of required type \"{of}\" was not provided.");
                return Err(Mistake::new(variable.at, text));
            }
            None => {}
        }
    }
    Ok(values)
}

/// Whether a value is of a type.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(value: &Value, wanted: &Type) -> Result<(), String> {
    match (wanted, value) {
        (Type::NonNull(_), Value::Null) => Err(format!(
            "Expected non-nullable type \"{wanted}\" not to be null."
        )),
        (Type::NonNull(inner), value) => check(value, inner),
        (_, Value::Null) => Ok(()),
        (Type::List(inner), Value::Array(items)) => {
            items.iter().try_for_each(|item| check(item, inner))
        }
        // A single value is taken for a list of one.
        (Type::List(inner), value) => check(value, inner),
        (Type::Named(name), value) => check_named(value, name),
    }
}

fn check_named(value: &Value, name: &str) -> Result<(), String> {
    if let Some(members) = schema::input(name) {
        return check_object(value, name, &members);
    }
    let right = match name {
        "String" | "DateTime" => value.is_string(),
        "ID" => value.is_string() || value.is_i64(),
        "Int" => value.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        "Boolean" => value.is_boolean(),
        "Any" => true,
        name => {
            let known = schema::enum_values(name).unwrap_or_default();
            value.as_str().is_some_and(|text| known.contains(&text))
        }
    };
    match right {
        true => Ok(()),
        false => Err(format!("{name} cannot represent value: {value}")),
    }
}

fn check_object(value: &Value, name: &str, members: &[(&str, Type)]) -> Result<(), String> {
    let Some(object) = value.as_object() else {
        return Err(format!("Expected type \"{name}\" to be an object."));
    };
    let unknown = |key: &&String| members.iter().all(|(known, _)| known != key);
    if let Some(key) = object.keys().find(unknown) {
        return Err(format!(
            "Field \"{key}\" is not defined by type \"{name}\"."
        ));
    }
    for (member, of) in members {
        match object.get(*member) {
            Some(value) => check(value, of)?,
            None if matches!(of, Type::NonNull(_)) => {
                return Err(format!(
                    "Field \"{member}\" of required type \"{of}\" was not provided."
                ));
            }
            None => {}
        }
    }
    Ok(())
}
