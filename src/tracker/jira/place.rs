//! A create that is refused as it is: is it the login, the place, or the content?

use super::connection::Connection;
use super::request;
use crate::model::{Place, Scope};
use crate::tracker::error::{Refusal, TrackerError};

/// What the refusal of an issue in a place means.
pub(super) async fn refused(
    connection: &Connection<'_>,
    place: &Place,
    fields: Vec<Refusal>,
    why: String,
) -> TrackerError {
    let is_place = fields
        .iter()
        .any(|(name, _)| ["project", "pid", "issuetype"].contains(&name.as_str()));
    if !is_place && !fields.is_empty() {
        return TrackerError::Refused { fields, why };
    }
    // With a bad token Cloud knows no project.
    if let Err(error) = connection.myself().await {
        return error;
    }
    let why = match is_place {
        true => format!("{why}. Check jira_project_key and jira_issue_type_name, and the routes"),
        false if may_create(connection, place).await == Some(false) => format!(
            "{why}. The account may not create issues in {}",
            place.project
        ),
        false => return TrackerError::Refused { fields, why },
    };
    TrackerError::misconfigured(Scope::Place(place.clone()), why)
}

/// Whether the account may create issues in a project; `None` if Jira does not
/// say.
async fn may_create(connection: &Connection<'_>, place: &Place) -> Option<bool> {
    let flavor = connection.flavor().await.ok()?;
    let request = request::create_permission(&place.project, flavor);
    let answer = connection.ask(&request).await.ok()?;
    answer["permissions"]["CREATE_ISSUES"]["havePermission"].as_bool()
}
