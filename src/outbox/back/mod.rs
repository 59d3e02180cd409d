//! What people did to an issue is told to the platform of its entity: one thing after
//! the other, because what is known of both sides changes with each.

mod changes;
mod comments;
mod status;
mod task;
mod words;

use std::time::Duration;

use self::task::Back;
use super::policy::{Setback, put_off};
use crate::context::Context;
use crate::model::{EntityKey, IssueAction, IssueRecord, OutboxTask, TaskKind, Timestamp};
use crate::settings::SettingsError;
use crate::store::{Lease, RecordError};
use crate::upstream::Known;

/// As much of the lease is left, or nothing is begun.
const SHORTEST: Duration = Duration::from_secs(25);
/// After so many failures in a row of tasks the platform is taken to be away.
const FAILURES: usize = 2;
/// After this long a change is given up: the same as events.
const GIVE_UP_AFTER: Duration = Duration::from_secs(72 * 3600);

/// Tries tasks, one after the other; those that are left. What is about the same waits
/// for the one that has failed, and after [`FAILURES`] of them all others do.
pub(super) async fn run(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    tasks: Vec<OutboxTask>,
) -> Result<Vec<OutboxTask>, RecordError> {
    let mut left: Vec<OutboxTask> = Vec::new();
    let (mut waits_until, mut failures) = (Timestamp::UNKNOWN, 0);
    let mut tasks = tasks.into_iter().peekable();
    while let Some(mut task) = tasks.next() {
        let Some(mut issue) = lease.issue().cloned() else {
            continue;
        };
        // What was done to one comment is told in its order.
        let is_behind = left.iter().any(|other| other.is_about_the_same(&task));
        if failures == FAILURES || is_behind || !lease.has_time(SHORTEST) {
            task.not_before = task.not_before.max(waits_until);
            left.push(task);
            continue;
        }
        let entity = lease.entity().clone();
        let done = match context.upstream(known(&entity, &issue)) {
            Ok(Some(upstream)) => {
                let back = Back {
                    context,
                    upstream: &*upstream,
                };
                attempt(back, &mut issue, &task.kind).await
            }
            // It may have been taken out of the settings since.
            Ok(None) => Ok(()),
            Err(error) => Err(Setback::Later(None, error.to_string())),
        };
        lease.must_be_ours()?;
        lease.adopt(issue);
        if done.is_ok() {
            failures = 0;
        }
        if done.is_ok() && tasks.peek().is_some() {
            // Should the lease end meanwhile, this is not told once more.
            lease.write_down()?;
        }
        if let Err(setback) = done {
            let put_off = put_off(context, &entity, task, setback, GIVE_UP_AFTER);
            if let Some(task) = &put_off {
                waits_until = task.not_before;
                failures += 1;
            }
            left.extend(put_off);
        }
    }
    Ok(left)
}

/// Whether there is anybody to tell of what people do to an entity's issue.
///
/// # Errors
/// The mistakes in the platform's settings.
pub fn can_tell(
    context: Context<'_>,
    entity: &EntityKey,
    issue: &IssueRecord,
) -> Result<bool, SettingsError> {
    Ok(context.upstream(known(entity, issue))?.is_some())
}

fn known<'k>(entity: &'k EntityKey, issue: &'k IssueRecord) -> Known<'k> {
    Known {
        entity,
        kind: &issue.kind,
        handles: &issue.handles,
    }
}

/// One attempt. What was done stands in the issue's record, also if it failed.
async fn attempt(back: Back<'_>, issue: &mut IssueRecord, kind: &TaskKind) -> Result<(), Setback> {
    let task = match kind {
        TaskKind::SyncStatus => return status::settle(back, issue).await,
        TaskKind::Back(task) => task,
        _ => return Ok(()),
    };
    // Jira could not say so when the change came.
    if let Some(actor) = &task.actor
        && back.context.tracker.myself().await?.is(actor)
    {
        return Ok(());
    }
    match &task.action {
        IssueAction::Status(to) => status::moved(back, issue, task, to).await,
        IssueAction::Assigned(person) => {
            changes::assigned(back, issue, task, person.as_ref()).await
        }
        IssueAction::Resolution(name) => {
            changes::resolved(back, issue, task, name.as_deref()).await
        }
        IssueAction::Commented(comment) => comments::told(back, issue, task, comment).await,
        IssueAction::CommentDeleted(id) => comments::deleted(back, issue, task, id).await,
        IssueAction::Moved => changes::has_moved(back, issue, task).await,
        IssueAction::Deleted => changes::gone(back, issue, task).await,
    }
}
