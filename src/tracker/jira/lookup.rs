//! Is there an issue for this entity already? Asked by the label that only we
//! set, before a create that may have been carried out is sent again.
//!
//! Jira's index lags behind what is stored, and with a bad token Cloud answers
//! a search with nothing: an empty answer proves nothing by itself.

use serde_json::{Value, json};

use super::answers::Expected;
use super::connection::Connection;
use super::request::{self, JiraRequest};
use crate::markup::Flavor;
use crate::model::EntityKey;
use crate::tracker::error::TrackerError;
use crate::tracker::port::Found;

/// More twins than this are not looked at.
const MOST: usize = 10;

/// The entity's issues, the oldest first: a label can be copied with an issue, or
/// typed, so each is asked whose it is.
///
/// # Errors
/// When Jira cannot be asked; an empty answer is only returned after Jira has
/// said who we are.
pub(super) async fn issues_of(
    connection: &Connection<'_>,
    entity: &EntityKey,
    label: &str,
) -> Result<Vec<Found>, TrackerError> {
    let mut ours = Vec::new();
    for (key, id) in by_label(connection, label).await? {
        match owner(connection, &id).await? {
            Some(owner) if owner != *entity => {}
            owner => ours.push(Found {
                key,
                id,
                says_so: owner.is_some(),
            }),
        }
    }
    Ok(ours)
}

/// Key and id of the issues with a label, the oldest first. In all projects: an
/// issue may have been moved.
async fn by_label(
    connection: &Connection<'_>,
    label: &str,
) -> Result<Vec<(String, String)>, TrackerError> {
    let jql = format!("labels = \"{}\" ORDER BY created ASC", quoted(label));
    let flavor = connection.flavor().await?;
    let answer = connection.ask(&search(&jql, flavor)).await?;
    let issues = answer["issues"].as_array().into_iter().flatten();
    let found: Vec<_> = issues.filter_map(name_of).collect();
    if found.is_empty() {
        // That is the proof that the login is good.
        connection.myself().await?;
    }
    Ok(found)
}

/// Cloud: `POST search/jql`, which is bounded and names its fields. Data
/// Center: `POST search`.
fn search(jql: &str, flavor: Flavor) -> JiraRequest {
    let rest = match flavor {
        Flavor::Adf => "search/jql",
        Flavor::Wiki => "search",
    };
    let body = json!({ "jql": jql, "fields": ["labels"], "maxResults": MOST });
    JiraRequest::post(flavor, rest, body, Expected::Members(&["issues"]))
}

/// Whose issue it is, as its property says; `None` if it does not say.
async fn owner(connection: &Connection<'_>, id: &str) -> Result<Option<EntityKey>, TrackerError> {
    let flavor = connection.flavor().await?;
    let request = request::property(id, flavor);
    let property = match connection.do_to_issue(&request).await {
        Ok(answer) => answer,
        Err(TrackerError::Gone { .. }) => return Ok(None),
        Err(error) => return Err(error.harmless()),
    };
    let value = &property["value"];
    let member = |name: &str| value[name].as_str().map(str::to_owned);
    let source = serde_json::from_value(value["source"].clone()).ok();
    Ok(member("entity")
        .zip(source)
        .map(|(id, source)| EntityKey { source, id }))
}

/// Key and id of an issue, if they can be ones: both become parts of addresses.
pub(super) fn name_of(issue: &Value) -> Option<(String, String)> {
    let (key, id) = (issue["key"].as_str()?, issue["id"].as_str()?);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let (project, number) = key.rsplit_once('-')?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let is_key = is_number(number) && !project.is_empty() && project.chars().all(is_word);
    (is_key && is_number(id)).then(|| (key.to_owned(), id.to_owned()))
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_or_an_id_that_would_change_an_address_is_none() {
        let named = |key: &str, id: &str| name_of(&json!({ "key": key, "id": id }));
        assert_eq!(
            named("SOC_2-105", "10105"),
            Some(("SOC_2-105".to_owned(), "10105".to_owned()))
        );
        for (key, id) in [
            ("", "1"),
            ("../..", "1"),
            ("SOC-1/../2", "1"),
            ("SOC-1?x=2", "1"),
            ("-1", "1"),
            ("SOC-", "1"),
            ("SOC-1", ""),
            ("SOC-1", "../1"),
        ] {
            assert_eq!(named(key, id), None, "{key} {id}");
        }
    }
}
