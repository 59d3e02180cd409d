//! Under a claim: one attempt to do what is to be done, and what becomes of it
//! if that fails.

use std::time::Duration;

use super::issue::{Done, end, file, link, update};
use super::verdict::{Verdict, judge};
use super::walk::{outcome, queued, settled};
use super::{Context, Failure};
use crate::answer::{Outcome, OutcomeKind};
use crate::enrich;
use crate::event::{Entity, Event};
use crate::graphql::Platform;
use crate::jira::{Client, JiraError, lookup};
use crate::ledger::{Claim, LedgerError, Pending, Sent, Ticket, breaker};
use crate::log::{Level, rfc3339};
use crate::plan::fields::{self, find_label};
use crate::plan::life::Shown;
use crate::plan::{NoIssue, Target, Written};

/// Tries what is to be done for the claimed entity, unless it is not due or
/// Jira is not to be bothered.
pub(super) async fn work(context: Context<'_>, mut claim: Claim<'_>) -> Result<Outcome, Failure> {
    let Some(pending) = claim.pending().cloned() else {
        return Err(Failure::Ledger(LedgerError::Overtaken));
    };
    let event = pending.event.clone();
    let now = context.ports.clock.now_ms();
    let open = breaker::open(context.ports)?;
    let wait = open.map(|open| (open.until, open.why));
    let wait = wait
        .or_else(|| (pending.not_before > now).then(|| (pending.not_before, pending.why.clone())));
    if let Some((not_before, why)) = wait {
        let pending = Pending {
            not_before,
            why,
            // Nothing was sent this time.
            sent: claim.earlier().cloned(),
            ..pending
        };
        return put_off(context, claim, pending);
    }
    match attempt(context, &mut claim, &event).await {
        Ok(done) => finish(context, claim, &event, done).await,
        Err(Failure::Jira(error)) => failed(context, claim, pending, &error),
        Err(other) => Err(other),
    }
}

async fn finish(
    context: Context<'_>,
    claim: Claim<'_>,
    event: &Event,
    done: Done,
) -> Result<Outcome, Failure> {
    let key = done.ticket.as_ref().map(|ticket| ticket.key.clone());
    context.released(claim.finish(done.ticket)?);
    if let (OutcomeKind::Created, Some(key)) = (done.kind, &key) {
        link(context, event, key).await;
    }
    Ok(outcome(
        context,
        done.kind,
        event,
        key.as_deref(),
        done.reason,
    ))
}

/// Keeps the event for another attempt, or as a dead letter.
fn failed(
    context: Context<'_>,
    claim: Claim<'_>,
    mut pending: Pending,
    error: &JiraError,
) -> Result<Outcome, Failure> {
    let now = context.ports.clock.now_ms();
    pending.attempts += 1;
    pending.why = error.why().to_owned();
    match judge(error, &pending, now) {
        Verdict::Again {
            after,
            pause,
            unsure,
        } => {
            if let Some(pause) = pause {
                let open = breaker::Open {
                    until: now + pause.as_millis() as u64,
                    why: pending.why.clone(),
                };
                breaker::trip(context.ports.store, &open)?;
            }
            pending.not_before = now + after.as_millis() as u64;
            pending.sent = match unsure {
                true => claim
                    .pending()
                    .and_then(|pending| pending.sent.clone())
                    .map(|sent| Sent { at: now, ..sent }),
                false => claim.earlier().cloned(),
            };
            put_off(context, claim, pending)
        }
        Verdict::Dead => {
            pending.sent = claim.earlier().cloned();
            bury(context, claim, pending)
        }
    }
}

fn put_off(context: Context<'_>, claim: Claim<'_>, pending: Pending) -> Result<Outcome, Failure> {
    let key = claim.ticket().map(|ticket| ticket.key.clone());
    let event = pending.event.clone();
    let why = format!(
        "{}; to be tried again at {}",
        pending.why,
        rfc3339(pending.not_before)
    );
    context.released(claim.put_off(pending)?);
    Ok(queued(context, &event, key.as_deref(), why))
}

fn bury(context: Context<'_>, claim: Claim<'_>, pending: Pending) -> Result<Outcome, Failure> {
    let event = pending.event.clone();
    let reason = pending.why.clone();
    context.log.line(
        Level::Error,
        "dead_letter",
        &[
            ("entity", event.entity.id.as_str().into()),
            ("attempts", pending.attempts.into()),
            ("reason", reason.as_str().into()),
        ],
    );
    context.released(claim.bury(pending, &reason)?);
    let why = format!("kept as a dead letter: {reason}");
    Ok(queued(context, &event, None, why))
}

async fn attempt(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
) -> Result<Done, Failure> {
    if claim.ticket().is_none()
        && let Some(sent) = claim.earlier()
    {
        match adopt(context, sent).await? {
            Some(ticket) => claim.adopt(ticket),
            None => claim.disproved()?,
        }
    }
    let ticket = claim.ticket().cloned();
    match event.change.ends() {
        true => end(context, claim, event, ticket).await,
        false => keep(context, claim, event, ticket).await,
    }
}

/// Brings the issue up to date, filing it if there is none.
async fn keep(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
    ticket: Option<Ticket>,
) -> Result<Done, Failure> {
    let target = match Target::pick(event, context.config) {
        Ok(target) => target,
        Err(NoIssue(reason)) => return Ok(Done::nothing(ticket, reason)),
    };
    let wanted = Written::of(&event.entity, &target);
    if let Some(known) = &ticket
        && let Some(reason) = settled(context, event, known, &wanted)
    {
        return Ok(Done::nothing(ticket, reason.to_owned()));
    }
    let mut entity = event.entity.clone();
    complete(context, &mut entity).await;
    let mapped = fields::map(&entity, &target);
    for warning in &mapped.warnings {
        context.warn("template_failed", &entity.id, warning);
    }
    match ticket {
        None => file(context, claim, &entity, wanted, &mapped).await,
        Some(ticket) => update(context, claim, &entity, wanted, &mapped, ticket).await,
    }
}

/// Names that the event has only as ids; without them it goes on.
async fn complete(context: Context<'_>, entity: &mut Entity) {
    let Some(platform) = Platform::configured(context.ports, &context.config.opencti) else {
        return;
    };
    if let Err(error) = enrich::complete(&platform, entity).await {
        context.warn("names_missing", &entity.id, error);
    }
}

/// Looks whether a create that may have been carried out was: its issue
/// becomes the entity's. An empty search counts only once the index has had
/// time to catch up.
async fn adopt(context: Context<'_>, sent: &Sent) -> Result<Option<Ticket>, JiraError> {
    let Ok(target) = Target::pick(&sent.event, context.config) else {
        return Ok(None);
    };
    let client = Client::connect(context.ports, &context.config.jira).await?;
    let mapped = fields::map(&sent.event.entity, &target);
    let label = find_label(&sent.event.entity.id);
    let found = lookup::by_label(&client, &mapped.fields.place.project, &label).await?;
    let Some(found) = found.into_iter().next() else {
        let lag = context.config.jira.index_lag;
        let trusted_from = sent.at + lag.as_millis() as u64;
        let left = trusted_from.saturating_sub(context.ports.clock.now_ms());
        return match left {
            0 => Ok(None),
            ms => Err(JiraError::Retry {
                after: Some(Duration::from_millis(ms.min(10_000))),
                everything: false,
                why: "a create may have been carried out, and Jira's search does not show it yet"
                    .to_owned(),
            }),
        };
    };
    let shown = Shown {
        summary: mapped.fields.summary.clone(),
        description: client.fingerprint(&mapped.fields.description, &[]),
    };
    Ok(Some(Ticket {
        key: found.key,
        id: found.id,
        version: sent.event.entity.version,
        written: Written::of(&sent.event.entity, &target),
        summary: shown.summary,
        description: shown.description,
        attempted: Vec::new(),
        ended: false,
    }))
}
