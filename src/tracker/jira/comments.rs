//! Says things on an issue, and finds again what was said.

use std::time::Duration;

use super::answers::Expected;
use super::connection::Connection;
use super::fields;
use super::request::{self, Said};
use super::text_size::{TextSize, length};
use crate::markup::Document;
use crate::model::IssueName;
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;

/// How long it is remembered whether a project is a service desk.
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// Adds a comment; its id, if it is told. A text that Jira finds too long is made
/// shorter.
pub(super) async fn add(
    connection: &Connection<'_>,
    issue: &IssueName,
    text: &Document,
    key: &str,
) -> Result<Option<String>, TrackerError> {
    let flavor = connection.flavor().await?;
    let is_internal = is_internal(connection, issue).await?;
    let mut size = TextSize::new(connection.text_limit());
    loop {
        let said = Said {
            text,
            limit: size.limit,
            key: Some(key),
            is_internal,
        };
        let request = request::comment(issue, &said, flavor);
        let done = connection.do_to_issue(&request, Expected::Json).await;
        match done {
            Ok(comment) => return Ok(comment["id"].as_str().map(str::to_owned)),
            Err(TrackerError::Refused { why, .. })
                if size.shrink(length(&said.render(flavor)), &why) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Says something else in a comment of ours. Who may see it stays as it is.
pub(super) async fn edit(
    connection: &Connection<'_>,
    issue: &IssueName,
    id: &str,
    text: &Document,
) -> Result<(), TrackerError> {
    let flavor = connection.flavor().await?;
    let said = Said {
        text,
        limit: connection.text_limit(),
        key: None,
        is_internal: false,
    };
    let request = request::edit_comment(issue, id, &said, flavor);
    let done = connection.do_to_issue(&request, Expected::Json).await;
    done.map(drop).map_err(TrackerError::harmless)
}

/// The id of our comment with a key, among the latest ones.
pub(super) async fn find(
    connection: &Connection<'_>,
    issue: &IssueName,
    key: &str,
) -> Result<Option<String>, TrackerError> {
    let flavor = connection.flavor().await?;
    let request = request::comments(issue, flavor);
    let answer = connection.do_to_issue(&request, Expected::Json).await;
    let answer = answer.map_err(TrackerError::harmless)?;
    let mut comments = answer["comments"].as_array().into_iter().flatten();
    let found = comments.find(|comment| request::has_key(comment, key));
    Ok(found.and_then(|comment| comment["id"].as_str().map(str::to_owned)))
}

/// Whether a comment is hidden from a service desk's customers. Where Jira does
/// not say what the project is, it is: that harms nobody.
async fn is_internal(connection: &Connection<'_>, issue: &IssueName) -> Result<bool, TrackerError> {
    if let Some(is_internal) = connection.internal_comments()? {
        return Ok(is_internal);
    }
    let project = issue.project();
    let about = format!("{}/{project}", connection.base_url());
    let name = format!("desk-{}", digest(about.as_bytes()));
    if let Some(known) = memory::recall(connection.ports, &name, MAX_AGE) {
        return Ok(known != false);
    }
    let flavor = connection.flavor().await?;
    let request = request::project(project, flavor);
    let is_desk = match connection.ask(&request).await {
        Ok(project) => project["projectTypeKey"] == "service_desk",
        Err(error) if fields::is_forbidden(&error) => true,
        Err(error) => return Err(error),
    };
    memory::remember(connection.ports, &name, is_desk.into());
    Ok(is_desk)
}
