//! Is there an issue for this entity already? Asked by the label that only we
//! set, before a create that may have been carried out is sent again; and by the
//! summary, where issues of another program become ours.
//!
//! Jira's index lags behind what is stored, and with a bad token Cloud answers
//! a search with nothing: an empty answer proves nothing by itself.

use serde_json::{Value, json};

use super::answers::Expected;
use super::connection::Connection;
use super::jql::{phrase, quoted};
use super::request::{self, JiraRequest};
use crate::markup::Flavor;
use crate::model::{EntityKey, IssueName, OpenIssue, SameSummary, Scope};
use crate::tracker::error::TrackerError;
use crate::tracker::port::Found;

const OLDEST_FIRST: &str = " ORDER BY created ASC";
/// More twins than this are not looked at.
const MOST: usize = 10;
/// As many issues are asked for at a time; Cloud gives no more with their fields.
const PAGE: usize = 100;
/// A search for a summary finds the words anywhere in it: this many pages are read.
const PAGES: usize = 5;

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
    // In all projects: an issue may have been moved.
    let jql = ["labels = ", &quoted(label), OLDEST_FIRST].concat();
    let flavor = connection.flavor().await?;
    let mut ours = Vec::new();
    for issue in found(connection, Search::new(&jql, MOST, flavor), 1).await? {
        let IssueName { key, id } = issue.name;
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

/// What a search finds, on so many pages at most.
async fn found(
    connection: &Connection<'_>,
    mut search: Search,
    pages: usize,
) -> Result<Vec<OpenIssue>, TrackerError> {
    let mut found = Vec::new();
    for page in 1..=pages {
        let answer = connection.ask(&search.request()).await?;
        let issues = answer["issues"].as_array().map_or(&[][..], Vec::as_slice);
        found.extend(issues.iter().filter_map(open_issue));
        // Cloud names the next page, Data Center counts.
        match &answer["nextPageToken"] {
            Value::Null if answer["total"].is_null() || issues.len() < PAGE => break,
            Value::Null => search.body["startAt"] = (page * PAGE).into(),
            token => search.body["nextPageToken"] = token.clone(),
        }
    }
    if found.is_empty() {
        // That is the proof that the login is good.
        connection.myself().await?;
    }
    Ok(found)
}

/// A search for issues.
#[derive(Debug)]
pub(super) struct Search {
    flavor: Flavor,
    body: Value,
}

impl Search {
    /// By a query, so many on a page.
    fn new(jql: &str, most: usize, flavor: Flavor) -> Self {
        Self {
            flavor,
            body: json!({ "jql": jql, "fields": ["summary", "labels"], "maxResults": most }),
        }
    }

    /// Cloud: `POST search/jql`, which is bounded and names its fields. Data
    /// Center: `POST search`.
    pub(super) fn request(&self) -> JiraRequest {
        let rest = match self.flavor {
            Flavor::Adf => "search/jql",
            Flavor::Wiki => "search",
        };
        let found = Expected::Members(&["issues"]);
        JiraRequest::post(self.flavor, rest, &self.body, found)
    }
}

/// The search for the open issues of a project that have the words of a summary, the
/// oldest first.
pub(super) fn with_summary(same: &SameSummary, flavor: Flavor) -> Search {
    let mut jql = [
        "project = ",
        &quoted(&same.project),
        " AND statusCategory != Done",
    ]
    .concat();
    let mut word = " AND (";
    for summary in &same.summaries {
        jql.extend([word, "summary ~ ", &quoted(&phrase(summary))]);
        word = " OR ";
    }
    jql.extend([")", OLDEST_FIRST]);
    Search::new(&jql, PAGE, flavor)
}

/// The open issues with the same summary, letter by letter.
///
/// # Errors
/// When Jira cannot be asked, or refuses the search: then nobody knows, and a person
/// must mend it.
pub(super) async fn open_issues(
    connection: &Connection<'_>,
    same: &SameSummary,
) -> Result<Vec<OpenIssue>, TrackerError> {
    let flavor = connection.flavor().await?;
    let search = with_summary(same, flavor);
    let mut found = found(connection, search, PAGES).await.map_err(refused)?;
    found.retain(|issue| same.summaries.iter().any(|it| it == issue.summary.trim()));
    Ok(found)
}

fn refused(error: TrackerError) -> TrackerError {
    match error {
        TrackerError::Refused { why, .. } | TrackerError::Denied { why } => {
            let why = format!("Jira refuses to search for an issue to take over (`adopt`): {why}");
            TrackerError::misconfigured(Scope::Event, why)
        }
        error => error,
    }
}

fn open_issue(issue: &Value) -> Option<OpenIssue> {
    let (key, id) = name_of(issue)?;
    let labels = issue["fields"]["labels"].as_array().into_iter().flatten();
    let summary = issue["fields"]["summary"].as_str();
    Some(OpenIssue {
        name: IssueName { key, id },
        summary: summary.unwrap_or_default().to_owned(),
        labels: labels
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
}

/// Whose issue it is, as its property says; `None` if it does not say.
pub(super) async fn owner(
    connection: &Connection<'_>,
    id: &str,
) -> Result<Option<EntityKey>, TrackerError> {
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
