//! What the way back asks of Jira: where an issue stands, who may read a comment, who
//! we are.

use std::time::Duration;

use serde_json::Value;

use super::answers::Expected;
use super::connection::Connection;
use super::moving;
use super::request::{self, JiraRequest, encoded};
use crate::model::{Audience, IssueName, IssueStatus, Person};
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;

/// How long it is remembered who we are.
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);
/// What tells people from others: Cloud's account id; Data Center's user name and key.
const IDS: [&str; 3] = ["accountId", "name", "key"];

/// Where an issue stands in its workflow.
pub(super) async fn status(
    connection: &Connection<'_>,
    issue: &IssueName,
) -> Result<IssueStatus, TrackerError> {
    let status = moving::status(connection, issue).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(IssueStatus {
        id: text(&status["id"]),
        name: text(&status["name"]),
        category: text(&status["statusCategory"]["key"]),
    })
}

/// Who may read a comment; `None`: it is gone.
pub(super) async fn audience(
    connection: &Connection<'_>,
    issue: &IssueName,
    comment: &str,
) -> Result<Option<Audience>, TrackerError> {
    let flavor = connection.flavor().await?;
    let rest = format!(
        "{}/comment/{}?expand=properties",
        request::path_of(issue),
        encoded(comment)
    );
    let request = JiraRequest::get(flavor, &rest, Expected::Members(&["id"]));
    match connection.do_to_issue(&request).await {
        Ok(comment) => Ok(Some(audience_of(&comment))),
        Err(TrackerError::Gone { .. }) => Ok(None),
        Err(error) => Err(error.harmless()),
    }
}

/// A service desk says in a property that a comment is internal, Cloud in a member as
/// well; `visibility` names a role or a group.
fn audience_of(comment: &Value) -> Audience {
    let mut properties = comment["properties"].as_array().into_iter().flatten();
    let is_internal = comment["jsdPublic"] == false
        || comment["visibility"].is_object()
        || properties
            .any(|it| it["key"] == "sd.public.comment" && is_true(&it["value"]["internal"]));
    match is_internal {
        true => Audience::Internal,
        false => Audience::Public,
    }
}

/// Some write the word.
fn is_true(value: &Value) -> bool {
    *value == true || *value == "true"
}

/// Who we are: asked once a day for each login.
pub(super) async fn myself(connection: &Connection<'_>) -> Result<Person, TrackerError> {
    let name = format!("myself-{}", digest(connection.login().as_bytes()));
    if let Some(known) = memory::recall(connection.ports, &name, MAX_AGE)
        && let Ok(person) = serde_json::from_value(known)
    {
        return Ok(person);
    }
    let me = connection.who().await?;
    let ids = IDS.iter().filter_map(|id| me[*id].as_str());
    let person = Person {
        ids: ids.map(str::to_owned).collect(),
        name: me["displayName"].as_str().unwrap_or_default().to_owned(),
        email: None,
    };
    memory::remember(connection.ports, &name, serde_json::json!(person));
    Ok(person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_comment_is_internal_if_anything_says_so() {
        let property = |internal: Value| json!({"properties": [{"key": "sd.public.comment", "value": {"internal": internal}}]});
        for (comment, expected) in [
            (json!({}), Audience::Public),
            (json!({"jsdPublic": true}), Audience::Public),
            (json!({"jsdPublic": false}), Audience::Internal),
            (property(true.into()), Audience::Internal),
            (property("true".into()), Audience::Internal),
            (property(false.into()), Audience::Public),
            (
                json!({"visibility": {"type": "role", "value": "Administrators"}}),
                Audience::Internal,
            ),
        ] {
            assert_eq!(audience_of(&comment), expected, "{comment}");
        }
    }
}
