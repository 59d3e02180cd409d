//! Which issue it is, and what its fields show.

use serde_json::Value;

use super::person::person;
use super::words::name;
use crate::model::{IssueName, IssueStatus, Person, Timestamp};
use crate::sources::json::{any_text, items, number};

/// Ids are numbers of 64 bits.
const ID_LIMIT: usize = 20;
/// Jira's limit for a project's key is 255, and a number follows.
const KEY_LIMIT: usize = 300;
/// Jira refuses longer labels.
const LABEL_LIMIT: usize = 255;
/// The year 10000: what is later is no time.
const LAST: u64 = 253_402_300_800_000;

/// The issue that an object is about.
pub(super) fn issue_name(issue: &Value) -> IssueName {
    let own = id(&issue["id"]);
    let link = || issue["self"].as_str().and_then(id_in_link);
    IssueName {
        key: key(&issue["key"]),
        id: own.or_else(link).unwrap_or_default(),
    }
}

/// The issue at an address, `…/rest/api/2/issue/{id}`; its key is not told.
pub(super) fn issue_at(link: &str) -> IssueName {
    IssueName {
        key: String::new(),
        id: id_in_link(link).unwrap_or_default(),
    }
}

fn id_in_link(link: &str) -> Option<String> {
    let (_, id) = link.rsplit_once("/issue/")?;
    is_id(id).then(|| id.to_owned())
}

/// An id, as text or as a number, if it can be one.
pub(super) fn id(value: &Value) -> Option<String> {
    any_text(value).filter(|id| is_id(id))
}

pub(super) fn is_id(id: &str) -> bool {
    (1..=ID_LIMIT).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_digit())
}

/// A key if it can be one, else nothing.
pub(super) fn key(value: &Value) -> String {
    let key = value.as_str().unwrap_or_default();
    match is_key(key) {
        true => key.to_owned(),
        false => String::new(),
    }
}

/// A letter, letters, digits and underscores; a hyphen; digits.
fn is_key(key: &str) -> bool {
    let Some((project, number)) = key.rsplit_once('-') else {
        return false;
    };
    let is_part = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    key.len() <= KEY_LIMIT
        && project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(is_part)
        && is_id(number)
}

/// The status that an issue's fields show.
pub(super) fn status(fields: &Value) -> Option<IssueStatus> {
    let status = &fields["status"];
    let status = IssueStatus {
        id: name(&status["id"]),
        name: name(&status["name"]),
        category: category(status),
    };
    (!status.id.is_empty() || !status.name.is_empty()).then_some(status)
}

/// One of the three categories that every Jira has; `undefined` is none.
fn category(status: &Value) -> String {
    match status["statusCategory"]["key"].as_str() {
        Some(key @ ("new" | "indeterminate" | "done")) => key.to_owned(),
        _ => String::new(),
    }
}

/// The person that an issue's fields show.
pub(super) fn assignee(fields: &Value) -> Option<Person> {
    person(&fields["assignee"])
}

/// The labels, if the message shows them.
pub(super) fn labels(issue: &Value) -> Option<Vec<String>> {
    let labels = &issue["fields"]["labels"];
    labels.is_array().then(|| {
        let labels = items(labels).iter().filter_map(Value::as_str);
        let labels = labels.filter(|label| !label.is_empty() && label.len() <= LABEL_LIMIT);
        labels.map(str::to_owned).collect()
    })
}

/// A time in milliseconds since 1970 or as Jira writes it
/// (`2025-01-31T12:00:00.000+0100`); unknown if there is none.
pub(super) fn time(value: &Value) -> Timestamp {
    let written = value.as_str().and_then(Timestamp::parse);
    let counted = || number(value).map(Timestamp::from_millis);
    let at = written.or_else(counted).unwrap_or_default();
    match at.as_millis() < LAST {
        true => at,
        false => Timestamp::UNKNOWN,
    }
}
