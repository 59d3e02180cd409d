//! How many rows of the database a query finds.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::hub::Hub;
use super::stix;
use crate::clock;

/// Why a filter is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::opencti) enum Refused {
    /// The stand-in does not filter by this.
    Key(String),
    /// Not a date.
    Date(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Key(key) => write!(
                out,
                "The stand-in filters by updated_at and entity_type only, not by {key}."
            ),
            Refused::Date(text) => write!(out, "{text} is no date."),
        }
    }
}

impl Hub {
    /// Counts the rows of these types (null: of any) that a `FilterGroup` (null:
    /// none) lets through.
    ///
    /// # Errors
    /// When the filter is not one that the stand-in knows.
    pub(in crate::opencti) fn count(
        &self,
        types: &Value,
        filters: &Value,
    ) -> Result<usize, Refused> {
        // A mistake is one even if there is no row.
        passes(&Value::Null, filters)?;
        let state = self.state();
        let mut count = 0;
        for object in state.rows.objects() {
            let is_of_type = |types: &Vec<Value>| types.iter().any(|it| it == of_type(object));
            let is_asked = types.as_array().is_none_or(is_of_type);
            // The filter is read even if no row needs it: a mistake is one.
            if is_asked && passes(object, filters)? {
                count += 1;
            }
        }
        Ok(count)
    }
}

fn of_type(object: &Value) -> &str {
    stix::entity_type(object)
}

/// Whether a group of filters lets an object through.
fn passes(object: &Value, group: &Value) -> Result<bool, Refused> {
    let mut found = Vec::new();
    for filter in items(&group["filters"]) {
        found.push(fits(object, filter)?);
    }
    for group in items(&group["filterGroups"]) {
        found.push(passes(object, group)?);
    }
    Ok(found.is_empty() || combined(&group["mode"], &found))
}

/// Whether an object fits one filter: by any of its keys, and by any of its
/// values unless its mode is `and`.
fn fits(object: &Value, filter: &Value) -> Result<bool, Refused> {
    let operator = filter["operator"].as_str().unwrap_or("eq");
    let mut by_key = Vec::new();
    for key in items(&filter["key"]) {
        let mut by_value = Vec::new();
        for value in items(&filter["values"]) {
            let order = compared(object, key, value)?;
            by_value.push(order.is_some_and(|order| holds(operator, order)));
        }
        by_key.push(combined(&filter["mode"], &by_value));
    }
    Ok(by_key.contains(&true))
}

fn combined(mode: &Value, found: &[bool]) -> bool {
    match mode.as_str() {
        Some("and") => !found.contains(&false),
        _ => found.contains(&true),
    }
}

/// How what an object has under a key stands to a value; none if it has nothing.
fn compared(object: &Value, key: &Value, value: &Value) -> Result<Option<Ordering>, Refused> {
    let text = value.as_str().unwrap_or_default();
    match key.as_str().unwrap_or_default() {
        "entity_type" => Ok(Some(of_type(object).cmp(text))),
        "updated_at" => {
            let value = clock::utc_millis(text).ok_or_else(|| Refused::Date(value.to_string()))?;
            Ok(stix::updated_at(object).map(|at| at.cmp(&value)))
        }
        key => Err(Refused::Key(key.to_owned())),
    }
}

fn holds(operator: &str, order: Ordering) -> bool {
    match operator {
        "not_eq" => order.is_ne(),
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "lt" => order.is_lt(),
        "lte" => order.is_le(),
        _ => order.is_eq(),
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
