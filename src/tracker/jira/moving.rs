//! Moves an issue along its workflow, over several statuses where done is not one
//! step away.

use serde_json::Value;

use super::connection::Connection;
use super::request;
use super::transitions::{self, Way};
use crate::model::{Goal, IssueName};
use crate::tracker::error::TrackerError;
use crate::tracker::port::Moved;

/// The most transitions that are taken for one goal.
const MOST_STEPS: usize = 3;

/// Moves an issue to a goal.
pub(super) async fn move_issue(
    connection: &Connection<'_>,
    issue: &IssueName,
    goal: &Goal,
) -> Result<Moved, TrackerError> {
    let given = connection.done_fields()?;
    let mut seen = Vec::new();
    let mut via = Vec::new();
    if let Some(wants_done) = goal.wants_done() {
        // A person, or an attempt whose answer was lost, may have moved it.
        let status = status(connection, issue).await?;
        if transitions::is_done(&status) == wants_done {
            return Ok(Moved::Already);
        }
        seen.extend(status["id"].as_str().map(str::to_owned));
    }
    loop {
        let offered = offered(connection, issue).await?;
        if let Some(way) = transitions::choose(&offered, goal, given) {
            take(connection, issue, &way).await?;
            return Ok(Moved::There { via });
        }
        if !goal.is_end() || via.len() + 1 == MOST_STEPS {
            return Ok(Moved::Nowhere { via });
        }
        let Some(way) = transitions::step(&offered, &seen, given) else {
            return Ok(Moved::Nowhere { via });
        };
        take(connection, issue, &way).await?;
        seen.push(way.to);
        via.push(way.name);
    }
}

/// The transitions that can be taken now, with their screens.
async fn offered(connection: &Connection<'_>, issue: &IssueName) -> Result<Value, TrackerError> {
    let flavor = connection.flavor().await?;
    let request = request::transitions(issue, flavor);
    let offered = connection.do_to_issue(&request).await;
    offered.map_err(TrackerError::harmless)
}

async fn take(
    connection: &Connection<'_>,
    issue: &IssueName,
    way: &Way,
) -> Result<(), TrackerError> {
    let flavor = connection.flavor().await?;
    let request = request::transition(issue, way, flavor);
    let done = connection.do_to_issue(&request);
    done.await.map(drop)
}

/// The issue's status as it is now.
pub(super) async fn status(
    connection: &Connection<'_>,
    issue: &IssueName,
) -> Result<Value, TrackerError> {
    let flavor = connection.flavor().await?;
    let request = request::status(issue, flavor);
    let shown = connection.do_to_issue(&request).await;
    let mut shown = shown.map_err(TrackerError::harmless)?;
    Ok(shown["fields"]["status"].take())
}
