//! Filters of what is no entity: by whole values.

use serde_json::Value;

use super::failure::Failure;
use super::platform::texts;

/// Whether a `FilterGroup` (null: none) asks for these keys only, and in a way that the
/// stand-in knows.
///
/// # Errors
/// As the platform refuses a key that it does not have.
pub(super) fn check(group: &Value, known: &[&str]) -> Result<(), Failure> {
    if group["filterGroups"]
        .as_array()
        .is_some_and(|groups| !groups.is_empty())
    {
        return Err(Failure::functional(
            "The stand-in filters by one group only.",
        ));
    }
    for filter in filters(group) {
        if let Some(key) = texts(&filter["key"]).find(|key| !known.contains(key)) {
            return Err(Failure::filter_key(key));
        }
        if !matches!(filter["operator"].as_str(), None | Some("eq")) {
            return Err(Failure::functional("The stand-in filters by eq only."));
        }
    }
    Ok(())
}

/// Whether something passes that has these values: by any of a filter's keys, any of
/// its values, and all filters unless the group says `or`.
pub(super) fn passes(group: &Value, value: &dyn Fn(&str) -> Option<String>) -> bool {
    let fits = |filter: &Value| {
        texts(&filter["key"]).any(|key| {
            let value = value(key);
            texts(&filter["values"]).any(|wanted| Some(wanted) == value.as_deref())
        })
    };
    match group["mode"].as_str() {
        Some("or") => filters(group).any(fits),
        _ => filters(group).all(fits),
    }
}

/// How many are asked for: all where nobody says.
pub(super) fn at_most(first: &Value) -> usize {
    let first = first.as_u64().and_then(|it| usize::try_from(it).ok());
    first.unwrap_or(usize::MAX)
}

fn filters(group: &Value) -> impl Iterator<Item = &Value> {
    group["filters"].as_array().into_iter().flatten()
}
