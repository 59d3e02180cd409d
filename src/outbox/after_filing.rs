//! What an issue still calls for once it is filed: begun at once, and made good
//! later where it failed.

use std::time::Duration;

use super::run::{About, begin, later, run};
use super::{back, enrichment};
use crate::context::Context;
use crate::model::{Event, IssueRecord, OutboxTask, Scope, TaskKind, Timestamp};
use crate::store::{Lease, RecordError, hold, pause};

/// Tasks take at most so long.
const TASKS: Duration = Duration::from_secs(15);

/// What a new issue calls for is done at once, as far as it can be; the rest
/// stays in the outbox.
pub async fn after_filing(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    event: &Event,
    issue: &IssueRecord,
    tasks: Vec<TaskKind>,
) {
    let mut outbox = lease.outbox_about(event);
    if !event.change.ends() {
        // As it is now: it may have been marked more strictly.
        outbox.event = event.clone();
    }
    if !tasks.is_empty() {
        let about = About {
            event,
            issue: Some(issue),
            dead: None,
        };
        let left = match lease.has_time(TASKS) {
            true => begin(context, about, tasks).await,
            false => later(context, tasks),
        };
        // Once is enough, however often the entity changes while Jira is down.
        let settles = |task: &OutboxTask| task.kind == TaskKind::SyncStatus;
        if left.iter().any(settles) {
            outbox.tasks.retain(|task| !settles(task));
        }
        outbox.tasks.extend(left);
    }
    let asked = |kind: &TaskKind| *kind == TaskKind::Enrichment;
    if !outbox.tasks.iter().any(|task| asked(&task.kind)) {
        let now = context.ports.clock.now();
        outbox
            .tasks
            .extend(enrichment::task(&issue.enrichment, now));
    }
    lease.set_outbox(outbox);
}

/// What an issue calls for, before anybody has tried it.
pub fn owe(context: Context<'_>, lease: &mut Lease<'_>, event: &Event, tasks: &[TaskKind]) {
    let mut outbox = lease.outbox_about(event);
    outbox.tasks.extend(later(context, tasks.to_vec()));
    lease.set_outbox(outbox);
}

/// The same: it is done now, or is not to be done any more.
pub fn take_back(lease: &mut Lease<'_>, tasks: &[TaskKind]) {
    if let Some(mut outbox) = lease.outbox().cloned() {
        let is_owed = |task: &OutboxTask| task.attempts == 0 && tasks.contains(&task.kind);
        outbox.tasks.retain(|task| !is_owed(task));
        lease.set_outbox(outbox);
    }
}

/// Does what is in the outbox and due; what is left, in words. Enrichment waits
/// until nothing else is due: it takes long, and what was told must be written
/// down before.
///
/// # Errors
/// When the store fails, or the lease is not ours any more.
pub async fn run_due(context: Context<'_>, lease: &mut Lease<'_>) -> Result<String, RecordError> {
    let Some(mut outbox) = lease.outbox().cloned() else {
        return Ok(String::new());
    };
    lease.declare()?;
    let now = context.ports.clock.now();
    let holds = hold::all(context.ports.store)?;
    let held = holds
        .iter()
        .filter(|hold| hold.scope == Scope::Everything && hold.lasts(now));
    let held = held.map(|hold| hold.until).max();
    let (mut due, mut enrichments, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let mut back_tasks = Vec::new();
    for mut task in std::mem::take(&mut outbox.tasks) {
        let asks_tracker = matches!(
            task.kind,
            TaskKind::Link | TaskKind::Enrichment | TaskKind::Description
        );
        if let Some(until) = held.filter(|_| asks_tracker) {
            task.not_before = task.not_before.max(until);
        }
        if let Some(until) = waits_behind(&task, &left) {
            task.not_before = task.not_before.max(until);
        }
        match task.kind {
            _ if pause::lasts(task.not_before, now) => left.push(task),
            TaskKind::Enrichment => enrichments.push(task),
            TaskKind::SyncStatus | TaskKind::Back(_) => back_tasks.push(task),
            _ => due.push(task),
        }
    }
    let issue = lease.issue().cloned();
    let about = About {
        event: &outbox.event,
        issue: issue.as_ref(),
        dead: None,
    };
    let is_alone = due.is_empty() && back_tasks.is_empty();
    if !due.is_empty() {
        left.extend(run(context, about, due).await);
    }
    left.extend(back::run(context, lease, back_tasks).await?);
    match is_alone {
        true => {
            let attempts = enrichment::attempts(context, lease, &mut outbox, enrichments);
            left.extend(attempts.await?);
        }
        false => left.append(&mut enrichments),
    }
    let still = left.iter().map(|task| task.kind.to_string());
    let still = still.collect::<Vec<_>>().join(", ");
    outbox.tasks = left;
    lease.set_outbox(outbox);
    Ok(still)
}

/// Until when an earlier task about the same thing waits: an edit must not overtake its
/// comment, or the comment's lost answer would become a second note.
fn waits_behind(task: &OutboxTask, waiting: &[OutboxTask]) -> Option<Timestamp> {
    let before = waiting.iter().filter(|it| it.is_about_the_same(task));
    before.map(|it| it.not_before).max()
}

/// The next issue of an alert is filed: what was still to be done around the one
/// before is let go.
pub fn drop_all(context: Context<'_>, lease: &Lease<'_>) {
    let issue = lease.issue().map_or("", |issue| &issue.key);
    for task in lease.outbox().into_iter().flat_map(|outbox| &outbox.tasks) {
        let why = format!("{} of {issue} was never done", task.kind);
        context.warn("task_dropped", lease.entity(), why);
    }
}
