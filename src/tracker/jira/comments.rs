//! Says things on an issue, and finds again what was said.

use std::time::Duration;

use super::connection::Connection;
use super::fields;
use super::request::{self, Said};
use super::text_size::{TextSize, length};
use crate::markup::Document;
use crate::model::IssueName;
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;

/// How long it is remembered that a project is a service desk.
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
        let done = connection.do_to_issue(&request).await;
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
    let done = connection.do_to_issue(&request).await;
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
    let answer = connection.do_to_issue(&request).await;
    let answer = answer.map_err(TrackerError::harmless)?;
    let mut comments = answer["comments"].as_array().into_iter().flatten();
    let found = comments.find(|comment| request::has_key(comment, key));
    Ok(found.and_then(|comment| comment["id"].as_str().map(str::to_owned)))
}

/// Whether a comment is hidden from a service desk's customers: asked of the issue,
/// which may have been moved. Where Jira does not say, it is: that harms nobody.
async fn is_internal(connection: &Connection<'_>, issue: &IssueName) -> Result<bool, TrackerError> {
    if let Some(is_internal) = connection.internal_comments()? {
        return Ok(is_internal);
    }
    let about = format!("{}/{}", connection.base_url(), issue.project());
    let name = format!("desk-{}", digest(about.as_bytes()));
    if memory::recall(connection.ports, &name, MAX_AGE).is_some() {
        return Ok(true);
    }
    let flavor = connection.flavor().await?;
    let request = request::project_of(issue, flavor);
    let shown = match connection.ask(&request).await {
        Ok(shown) => shown,
        Err(error) if fields::is_forbidden(&error) => return Ok(true),
        Err(error) => return Err(error),
    };
    let project = &shown["fields"]["project"];
    let kind = project["projectTypeKey"].as_str();
    let is_desk = kind == Some("service_desk");
    if is_desk && project["key"] == issue.project() {
        memory::remember(connection.ports, &name, true.into());
    }
    Ok(is_desk || kind.is_none())
}
