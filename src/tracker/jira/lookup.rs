//! Is there an issue for this entity already? Asked by the label that only we
//! set, before a create that may have been carried out is sent again.
//!
//! Jira's index lags behind what is stored, and with a bad token Cloud answers
//! a search with nothing: an empty answer proves nothing by itself.

use http::Method;
use serde_json::{Value, json};

use super::connection::Connection;
use super::request::JiraRequest;
use crate::markup::Flavor;
use crate::tracker::error::TrackerError;
use crate::tracker::port::Found;

/// More twins than this are not looked at.
const MOST: usize = 10;

/// The issues that carry the label in a project, the oldest first.
///
/// # Errors
/// When Jira cannot be asked; an empty answer is only returned after Jira has
/// said who we are.
pub(super) async fn by_label(
    connection: &Connection<'_>,
    project: &str,
    label: &str,
) -> Result<Vec<Found>, TrackerError> {
    let jql = format!(
        "project = \"{}\" AND labels = \"{}\" ORDER BY created ASC",
        quoted(project),
        quoted(label)
    );
    let flavor = connection.flavor().await?;
    let answer = connection.ask(&search(&jql, flavor)).await?;
    let Some(issues) = answer["issues"].as_array() else {
        return Err(TrackerError::later(
            "Jira's search answered something else than issues",
        ));
    };
    let found: Vec<Found> = issues.iter().filter_map(read).collect();
    if found.is_empty() {
        // 200 from `myself` is the proof that the login is good.
        let myself = JiraRequest::get(flavor, "myself");
        connection.ask(&myself).await?;
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
