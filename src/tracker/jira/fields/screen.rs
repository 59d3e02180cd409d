//! Which fields a new issue shows: asked of Jira's create metadata when a
//! field's name alone does not say which field is meant, and remembered for an
//! hour.

use std::time::Duration;

use serde_json::Value;

use crate::model::Place;
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;
use crate::tracker::jira::answers::Expected;
use crate::tracker::jira::connection::Connection;
use crate::tracker::jira::request::{self, JiraRequest};

/// How long the answer is remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);
/// Metadata is paged; one page of this size holds any sane screen.
const PAGE: &str = "maxResults=200";

/// Cloud names the lists, Data Center calls both `values`.
const TYPES: Expected = Expected::Members(&["issueTypes", "values"]);
const FIELDS: Expected = Expected::Members(&["fields", "values"]);

/// The ids of the fields on the screen of new issues in this place.
pub(in crate::tracker::jira) async fn fields(
    connection: &Connection<'_>,
    place: &Place,
) -> Result<Vec<String>, TrackerError> {
    let site = format!(
        "{}/{}/{}",
        connection.base_url(),
        place.project,
        place.issue_type
    );
    let name = format!("screen-{}", digest(site.as_bytes()));
    if let Some(known) = memory::recall(connection.ports, &name, MAX_AGE) {
        return Ok(ids(&known));
    }
    let flavor = connection.flavor().await?;
    let project = request::encoded(&place.project);
    let base = format!("issue/createmeta/{project}/issuetypes");
    let types = connection
        .ask(&JiraRequest::get(flavor, &format!("{base}?{PAGE}"), TYPES))
        .await?;
    let mut types = entries(&types, "issueTypes");
    let id = types.find(|kind| kind["name"] == place.issue_type);
    let Some(id) = id.and_then(|kind| kind["id"].as_str()) else {
        return Ok(Vec::new());
    };
    let fields = connection
        .ask(&JiraRequest::get(
            flavor,
            &format!("{base}/{id}?{PAGE}"),
            FIELDS,
        ))
        .await?;
    let mut shown = Vec::new();
    for field in entries(&fields, "fields") {
        shown.push(field["fieldId"].clone());
    }
    let known = Value::Array(shown);
    let ids = ids(&known);
    memory::remember(connection.ports, &name, known);
    Ok(ids)
}

/// Cloud names the list by what is in it, Data Center calls it `values`.
fn entries<'a>(answer: &'a Value, cloud: &str) -> impl Iterator<Item = &'a Value> {
    let list = answer[cloud].as_array().or(answer["values"].as_array());
    list.into_iter().flatten()
}

fn ids(known: &Value) -> Vec<String> {
    let ids = known.as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}
