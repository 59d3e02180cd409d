//! One event arrives: is it to be dealt with, is it news, whose work is it.

use super::attempt::work;
use super::failure::{Failure, reason_or_failure};
use super::outcomes::{ignored, outcome, queued};
use crate::context::Context;
use crate::decide::{Wanted, accept, accept_unknown, settled};
use crate::model::{Event, IssueRecord, Outcome, OutcomeKind};
use crate::store::{self, Acquired, Asking, RecordError};

/// A lease that was lost because it ran out is asked for again; so often in all.
const ATTEMPTS: usize = 3;

/// Deals with one event. On a merge, what it says of the entities that are
/// gone is dealt with too.
pub(super) async fn deliver(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    if let Some(outcome) = not_accepted(context, event)? {
        return Ok(outcome);
    }
    let outcome = bring_about(context, event).await?;
    let mut ended = Vec::new();
    for absorbed in event.of_absorbed() {
        ended.push(bring_about(context, &absorbed).await?);
    }
    Ok(merged(outcome, ended))
}

/// What becomes of an event that is not to be dealt with.
pub(super) fn not_accepted(
    context: Context<'_>,
    event: &Event,
) -> Result<Option<Outcome>, Failure> {
    let issues = || context.tracker.issues();
    let profile = context.profile(&event.entity);
    match accept(event, profile, context.settings, issues) {
        Ok(()) => Ok(None),
        Err(not_filed) => Ok(Some(ignored(event, reason_or_failure(not_filed)?))),
    }
}

/// An outcome that names the issues of the entities that were merged into its own.
pub(super) fn merged(mut outcome: Outcome, ended: Vec<Outcome>) -> Outcome {
    let updated = ended
        .into_iter()
        .filter(|it| it.kind == OutcomeKind::Updated);
    let keys: Vec<String> = updated.filter_map(|it| Some(it.issue?.key)).collect();
    if !keys.is_empty() {
        outcome.kind = OutcomeKind::Updated;
        outcome.reason = Some(format!("merged into it: {}", keys.join(", ")));
    }
    outcome
}

/// What an event maps to; `Err` in it: nothing, and why.
pub(super) fn wanted<'a>(
    context: Context<'a>,
    event: &'a Event,
) -> Result<Result<Wanted<'a>, Outcome>, Failure> {
    Ok(match event.change.ends() {
        true if store::look(context.ports.store, &event.entity.key())?.is_none() => {
            Err(ignored(event, "no issue was filed for it"))
        }
        true => Ok(Wanted::default()),
        false => match (unknown(context, event)?, context.target(event)) {
            (Some(outcome), _) => Err(outcome),
            (None, Ok(target)) => Ok(Wanted::of(&event.entity, target)),
            (None, Err(not_filed)) => Err(ignored(event, reason_or_failure(not_filed)?)),
        },
    })
}

/// What becomes of an event that files no issue, and whose entity has none.
pub(super) fn unknown(context: Context<'_>, event: &Event) -> Result<Option<Outcome>, Failure> {
    let profile = context.profile(&event.entity);
    let Err(not_filed) =
        accept_unknown(event, profile, context.settings, context.ports.clock.now())
    else {
        return Ok(None);
    };
    let reason = reason_or_failure(not_filed)?;
    let is_unknown = store::is_unknown(context.ports.store, &event.entity.key())?;
    Ok(is_unknown.then(|| ignored(event, reason)))
}

async fn bring_about(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let wanted = match wanted(context, event)? {
        Ok(wanted) => wanted,
        Err(outcome) => return Ok(outcome),
    };
    let now = context.ports.clock.now();
    // A mistake in the settings is found again where it can be told.
    let is_settled = |issue: &IssueRecord| {
        let settled = settled(event, issue, &wanted, context.settings, now);
        settled.is_ok_and(|settled| settled.is_some())
    };
    for _ in 0..ATTEMPTS {
        let asking = Asking::Event {
            event,
            settled: &is_settled,
        };
        return match store::acquire(context.ports, &event.entity.key(), asking).await? {
            Acquired::Settled(issue) => {
                let settled = settled(event, &issue, &wanted, context.settings, now)?;
                let (kind, reason) = settled.unwrap_or((OutcomeKind::Duplicate, None));
                Ok(outcome(context, kind, event, Some(&issue.key), reason))
            }
            Acquired::Kept(why) => Ok(queued(context, event, None, why)),
            Acquired::Nothing => Ok(ignored(event, "there is nothing to do")),
            Acquired::Mine(lease) => {
                match Box::pin(work(context, *lease, Some((event, &wanted)))).await {
                    // The lease ran out: whoever took the entity over may or may
                    // not have seen the event, and nobody may have.
                    Err(Failure::Record(RecordError::Overtaken)) => continue,
                    other => other,
                }
            }
        };
    }
    Err(Failure::Record(RecordError::Overtaken))
}
