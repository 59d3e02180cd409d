//! What templates can do to a value: the filters that [`super`] lists. All take
//! any value and read what is missing as empty.

mod markdown;
mod text;

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Value};
use serde_json::Number;

use super::engine::{Growing, text_of};

/// Deepest nesting that `tojson` follows.
const JSON_NESTING_LIMIT: usize = 32;

// The engine compiles its glue for each type of a filter, and each function
// has a type of its own. As pointers, filters of one form share it.
type ToText = fn(&Value) -> Result<String, Error>;
type ToTextWith = fn(&Value, Option<&Value>) -> Result<String, Error>;
type ToValue = fn(&Value) -> Result<Value, Error>;

const TO_TEXT: [(&str, ToText); 8] = [
    ("upper", text::upper),
    ("lower", text::lower),
    ("title", text::title),
    ("trim", text::trim),
    ("defang", text::defang),
    ("md", markdown::plain),
    ("code", markdown::code),
    ("tojson", to_json),
];
const TO_TEXT_WITH: [(&str, ToTextWith); 2] = [("date", text::date), ("join", join)];
const TO_VALUE: [(&str, ToValue); 3] = [("length", length), ("first", first), ("last", last)];

pub(super) fn add_to(engine: &mut Environment<'_>) {
    for (name, filter) in TO_TEXT {
        engine.add_filter(name, filter);
    }
    for (name, filter) in TO_TEXT_WITH {
        engine.add_filter(name, filter);
    }
    for (name, filter) in TO_VALUE {
        engine.add_filter(name, filter);
    }
    engine.add_filter("truncate", text::truncate);
    engine.add_filter("replace", text::replace);
    engine.add_filter("default", default);
}

/// Another value for one that is missing or empty. Jinja's third argument,
/// which asks for the latter, is accepted.
fn default(value: &Value, other: Option<Value>, _empty_too: Option<bool>) -> Result<Value, Error> {
    match text_of(value)?.is_empty() {
        true => Ok(other.unwrap_or_else(|| Value::from(""))),
        false => Ok(value.clone()),
    }
}

fn join(value: &Value, separator: Option<&Value>) -> Result<String, Error> {
    let separator = match separator {
        Some(separator) => text_of(separator)?.into_owned(),
        None => String::new(),
    };
    let mut joined = Growing::default();
    for (index, item) in items(value)?.enumerate() {
        if index > 0 {
            joined.push(&separator)?;
        }
        joined.push(&text_of(&item)?)?;
    }
    Ok(joined.0)
}

fn length(value: &Value) -> Result<Value, Error> {
    Ok(Value::from(value.len().unwrap_or_default()))
}

fn first(value: &Value) -> Result<Value, Error> {
    Ok(items(value)?.next().unwrap_or_default())
}

fn last(value: &Value) -> Result<Value, Error> {
    Ok(items(value)?.last().unwrap_or_default())
}

/// The items of a list; a single value is a list of one.
fn items(value: &Value) -> Result<Box<dyn Iterator<Item = Value>>, Error> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(Box::new(std::iter::empty())),
        ValueKind::Seq | ValueKind::Iterable => Ok(Box::new(value.try_iter()?)),
        _ => Ok(Box::new(std::iter::once(value.clone()))),
    }
}

fn to_json(value: &Value) -> Result<String, Error> {
    json(value, 0).map(|json| json.to_string())
}

fn json(value: &Value, depth: usize) -> Result<serde_json::Value, Error> {
    if depth > JSON_NESTING_LIMIT {
        let why = format!("the value is nested deeper than {JSON_NESTING_LIMIT} levels");
        return Err(Error::new(ErrorKind::InvalidOperation, why));
    }
    Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => serde_json::Value::Null,
        ValueKind::Bool => serde_json::Value::Bool(value.is_true()),
        ValueKind::Number => number(value),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut items = Vec::new();
            for item in value.try_iter()? {
                items.push(json(&item, depth + 1)?);
            }
            serde_json::Value::Array(items)
        }
        ValueKind::Map => {
            let mut members = serde_json::Map::new();
            for key in value.try_iter()? {
                let member = json(&value.get_item(&key)?, depth + 1)?;
                members.insert(text_of(&key)?.into_owned(), member);
            }
            serde_json::Value::Object(members)
        }
        _ => serde_json::Value::String(text_of(value)?.into_owned()),
    })
}

fn number(value: &Value) -> serde_json::Value {
    let whole = i64::try_from(value.clone()).ok().map(Number::from);
    let number = whole.or_else(|| Number::from_f64(f64::try_from(value.clone()).ok()?));
    number.map_or(serde_json::Value::Null, serde_json::Value::Number)
}

#[cfg(test)]
mod tests;
