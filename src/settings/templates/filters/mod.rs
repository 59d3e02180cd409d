//! What templates can do to a value: the filters that [`super`] lists. All take
//! any value and read what is missing as empty.

mod markdown;
mod text;

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Value};
use serde_json::{Map, Number, Value as Json};

use super::bounds::{Growing, text_of};

/// Deepest nesting that `tojson` follows.
const JSON_NESTING_LIMIT: usize = 32;

// MiniJinja's own (its feature `builtins`) fail on what is missing (`first`,
// `length`) or know no bounds (`join`, `replace`, `indent`).
pub(super) fn add_to(engine: &mut Environment<'_>) {
    engine.add_filter("upper", on_text(str::to_uppercase));
    engine.add_filter("lower", on_text(str::to_lowercase));
    engine.add_filter("trim", on_text(|text| text.trim().to_owned()));
    engine.add_filter("title", on_text(text::title));
    engine.add_filter("defang", on_text(crate::text::defang));
    engine.add_filter("md", on_text(markdown::plain));
    engine.add_filter("code", on_text(markdown::code));
    engine.add_filter("truncate", text::truncate);
    engine.add_filter("replace", text::replace);
    engine.add_filter("date", text::date);
    engine.add_filter("default", default);
    engine.add_filter("join", join);
    engine.add_filter("length", length);
    engine.add_filter("first", first);
    engine.add_filter("last", last);
    engine.add_filter("tojson", to_json);
}

/// A filter that makes one text from another.
fn on_text(make: fn(&str) -> String) -> impl Fn(&Value) -> Result<String, Error> {
    move |value| Ok(make(&text_of(value)?))
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

fn length(value: &Value) -> usize {
    value.len().unwrap_or_default()
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

fn json(value: &Value, depth: usize) -> Result<Json, Error> {
    if depth > JSON_NESTING_LIMIT {
        let why = format!("the value is nested deeper than {JSON_NESTING_LIMIT} levels");
        return Err(Error::new(ErrorKind::InvalidOperation, why));
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(Json::Null),
        ValueKind::Bool => Ok(Json::from(value.is_true())),
        ValueKind::Number => Ok(number(value).map_or(Json::Null, Json::Number)),
        ValueKind::Seq | ValueKind::Iterable => value
            .try_iter()?
            .map(|item| json(&item, depth + 1))
            .collect(),
        ValueKind::Map => {
            let mut members = Map::new();
            for key in value.try_iter()? {
                let member = json(&value.get_item(&key)?, depth + 1)?;
                members.insert(text_of(&key)?.into_owned(), member);
            }
            Ok(Json::Object(members))
        }
        _ => Ok(Json::from(text_of(value)?)),
    }
}

fn number(value: &Value) -> Option<Number> {
    let whole = i64::try_from(value.clone()).ok().map(Number::from);
    whole.or_else(|| Number::from_f64(f64::try_from(value.clone()).ok()?))
}

#[cfg(test)]
mod tests;
