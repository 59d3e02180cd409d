//! Is there an issue for this entity already? Asked by the label that only we
//! set, before a create that may have been carried out is sent again.
//!
//! Jira's index lags behind what is stored, and with a bad token Cloud answers
//! a search with nothing: an empty answer proves nothing by itself.

use http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::error::JiraError;
use super::request::JiraRequest;
use crate::markup::Flavor;

/// More twins than this are not looked at.
const MOST: usize = 10;

/// An issue that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Such as `SOC-105`.
    pub key: String,
    /// Never changes.
    pub id: String,
}

/// The issues that carry the label in a project, the oldest first.
///
/// # Errors
/// When Jira cannot be asked; an empty answer is only returned after Jira has
/// said who we are.
pub async fn by_label(
    client: &Client<'_>,
    project: &str,
    label: &str,
) -> Result<Vec<Found>, JiraError> {
    let jql = format!(
        "project = \"{}\" AND labels = \"{}\" ORDER BY created ASC",
        quoted(project),
        quoted(label)
    );
    let answer = client.ask(&search(&jql, client.flavor())).await?;
    let Some(issues) = answer["issues"].as_array() else {
        return Err(JiraError::later(
            "Jira's search answered something else than issues",
        ));
    };
    let found: Vec<Found> = issues.iter().filter_map(read).collect();
    if found.is_empty() {
        // 200 from `myself` is the proof that the login is good.
        let myself = JiraRequest::get(client.flavor(), "myself");
        client.ask(&myself).await?;
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
    JiraRequest {
        method: Method::POST,
        body: Some(json!({ "jql": jql, "fields": ["labels"], "maxResults": MOST })),
        ..JiraRequest::get(flavor, rest)
    }
}

fn read(issue: &Value) -> Option<Found> {
    Some(Found {
        key: issue["key"].as_str()?.to_owned(),
        id: issue["id"].as_str()?.to_owned(),
    })
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
