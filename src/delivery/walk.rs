//! One event arrives: is it anybody's business, is it news, whose work is it.

use super::work::work;
use super::{Context, Failure};
use crate::answer::{IssueRef, Outcome, OutcomeKind};
use crate::config::OnUpdate;
use crate::event::{Change, Event};
use crate::jira::client::browse_url;
use crate::ledger::{self, Claimed, LedgerError, Ticket};
use crate::plan::{self, NoIssue, Standing, Target, Written, standing};

/// A claim that was lost to its lease is asked for again; so often in all.
const CLAIMS: usize = 3;

/// Deals with one event. On a merge, what it says of the entities that are
/// gone is dealt with too.
pub(super) async fn walk(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    if let Err(NoIssue(reason)) = plan::accept(event, context.config) {
        return Ok(ignored(event, reason));
    }
    let mut outcome = bring_about(context, event).await?;
    let mut merged = Vec::new();
    for id in &event.absorbed {
        let ended = bring_about(context, &event.of_absorbed(id)).await?;
        if ended.kind == OutcomeKind::Updated {
            merged.extend(ended.issue.map(|issue| issue.key));
        }
    }
    if !merged.is_empty() {
        outcome.kind = OutcomeKind::Updated;
        outcome.reason = Some(format!("merged into it: {}", merged.join(", ")));
    }
    Ok(outcome)
}

async fn bring_about(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let wanted = match event.change.ends() {
        true if !ledger::is_known(context.ports.store, &event.entity.id)? => {
            return Ok(ignored(event, "no issue was filed for it".to_owned()));
        }
        true => Written::default(),
        false => match Target::pick(event, context.config) {
            Ok(target) => Written::of(&event.entity, &target),
            Err(NoIssue(reason)) => return Ok(ignored(event, reason)),
        },
    };
    let is_settled = |ticket: &Ticket| settled(context, event, ticket, &wanted).is_some();
    for _ in 0..CLAIMS {
        return match ledger::claim(context.ports, event, is_settled).await? {
            Claimed::Settled(ticket) => Ok(settled_outcome(context, event, &ticket, &wanted)),
            Claimed::Kept(why) => Ok(queued(context, event, None, why)),
            Claimed::Nothing => Ok(ignored(event, "there is nothing to do".to_owned())),
            Claimed::Mine(claim) => {
                match Box::pin(work(context, *claim, Some((event, &wanted)))).await {
                    // The lease ran out: whoever took the entity over may or may
                    // not have seen the event, and nobody may have.
                    Err(Failure::Ledger(LedgerError::Overtaken)) => continue,
                    other => other,
                }
            }
        };
    }
    Err(Failure::Ledger(LedgerError::Overtaken))
}

/// Why nothing is to be done for an entity that has an issue; an empty reason
/// for what is simply known.
pub(super) fn settled(
    context: Context<'_>,
    event: &Event,
    ticket: &Ticket,
    wanted: &Written,
) -> Option<&'static str> {
    match standing(event, Some(ticket), wanted) {
        Standing::Known => Some(""),
        Standing::Outdated => Some("the issue shows a later state already"),
        Standing::Ended => Some("the entity was deleted or merged"),
        Standing::News if is_ignored(context, event) => Some("on_update = ignore"),
        Standing::News | Standing::New => None,
    }
}

/// An alert that fires again is news whatever becomes of changes.
fn is_ignored(context: Context<'_>, event: &Event) -> bool {
    let changes = !event.change.ends() && event.change != Change::Firing;
    changes && context.config.life.on_update == OnUpdate::Ignore
}

fn settled_outcome(
    context: Context<'_>,
    event: &Event,
    ticket: &Ticket,
    wanted: &Written,
) -> Outcome {
    let reason = settled(context, event, ticket, wanted).unwrap_or_default();
    let kind = match reason.is_empty() {
        true => OutcomeKind::Duplicate,
        false => OutcomeKind::Ignored,
    };
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    outcome(context, kind, event, Some(&ticket.key), reason)
}

pub(super) fn ignored(event: &Event, reason: String) -> Outcome {
    Outcome::ignored(Some((&event.entity).into()), reason)
}

/// The event is in the store, and will be dealt with.
pub(super) fn queued(
    context: Context<'_>,
    event: &Event,
    key: Option<&str>,
    reason: String,
) -> Outcome {
    outcome(context, OutcomeKind::Queued, event, key, Some(reason))
}

pub(super) fn outcome(
    context: Context<'_>,
    kind: OutcomeKind,
    event: &Event,
    key: Option<&str>,
    reason: Option<String>,
) -> Outcome {
    Outcome {
        kind,
        entity: Some((&event.entity).into()),
        issue: key.map(|key| IssueRef {
            key: key.to_owned(),
            url: browse_url(&context.config.jira, key),
        }),
        reason,
        dry_run: None,
    }
}
