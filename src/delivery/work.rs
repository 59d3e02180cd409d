//! Under a claim: one attempt to do what is to be done, and what becomes of it
//! if that fails.

use super::adopt::adopt;
use super::around::{around, make_good, only_make_good};
use super::errands::{self, About};
use super::issue::{Done, end, file, update};
use super::verdict::{Verdict, judge};
use super::walk::{outcome, queued, settled};
use super::{Context, Failure, repeat};
use crate::answer::Outcome;
use crate::enrich;
use crate::event::{Change, Entity, Event, Source};
use crate::graphql::Platform;
use crate::jira::JiraError;
use crate::ledger::{Claim, LedgerError, Pending, Sent, Ticket, breaker};
use crate::log::{Level, rfc3339};
use crate::plan::fields;
use crate::plan::{NoIssue, Target, Written, repeats};

/// What an event maps to, where that is known already: mapping is most of the
/// work of a large event.
pub(super) type MappedBefore<'a> = Option<(&'a Event, &'a Written)>;

/// Tries what is to be done for the claimed entity, unless it is not due or
/// Jira is not to be bothered.
pub(super) async fn work(
    context: Context<'_>,
    mut claim: Claim<'_>,
    before: MappedBefore<'_>,
) -> Result<Outcome, Failure> {
    let Some(pending) = claim.pending().cloned() else {
        return only_make_good(context, claim).await;
    };
    let event = pending.event.clone();
    let now = context.ports.clock.now_ms();
    let open = breaker::open(context.ports)?;
    let wait = open.map(|open| (open.until, open.why));
    let wait = wait
        .or_else(|| (pending.not_before > now).then(|| (pending.not_before, pending.why.clone())));
    if let Some((not_before, why)) = wait {
        make_good(context, &mut claim).await?;
        let pending = Pending {
            not_before,
            why,
            // Nothing was sent this time.
            sent: claim.earlier().cloned(),
            ..pending
        };
        return put_off(context, claim, pending);
    }
    match attempt(context, &mut claim, &event, before).await {
        Ok(done) => finish(context, claim, &event, done).await,
        Err(Failure::Jira(error)) => {
            // Firings and rounds may have been noted meanwhile.
            let pending = claim.pending().cloned().unwrap_or(pending);
            failed(context, claim, pending, &error).await
        }
        Err(other) => Err(other),
    }
}

async fn finish(
    context: Context<'_>,
    mut claim: Claim<'_>,
    event: &Event,
    done: Done,
) -> Result<Outcome, Failure> {
    let key = done.ticket.as_ref().map(|ticket| ticket.key.clone());
    if let Some(ticket) = &done.ticket {
        around(context, &mut claim, event, ticket, done.fresh).await;
    }
    context.released(claim.finish(done.ticket)?);
    Ok(outcome(
        context,
        done.kind,
        event,
        key.as_deref(),
        done.reason,
    ))
}

/// Keeps the event for another attempt, or as a dead letter.
async fn failed(
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
            bury(context, claim, pending).await
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

async fn bury(
    context: Context<'_>,
    mut claim: Claim<'_>,
    pending: Pending,
) -> Result<Outcome, Failure> {
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
    let about = About {
        event: &event,
        key: claim.ticket().map(|ticket| ticket.key.as_str()),
        dead: Some(&reason),
    };
    let left = errands::begin(context, about, errands::of_dead_letter(context)).await;
    let mut owed = claim.owed_about(&event);
    owed.errands.extend(left);
    claim.owe(owed);
    context.released(claim.bury(pending, &reason)?);
    let why = format!("kept as a dead letter: {reason}");
    Ok(queued(context, &event, None, why))
}

async fn attempt(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
    before: MappedBefore<'_>,
) -> Result<Done, Failure> {
    let mut adopted = false;
    if claim.ticket().is_none()
        && let Some(sent) = claim.earlier()
    {
        let findings = claim.pending().and_then(|it| it.findings.clone());
        match adopt(context, sent, findings.unwrap_or_default()).await? {
            Some(ticket) => {
                claim.adopt(ticket);
                adopted = true;
            }
            None => claim.disproved()?,
        }
    }
    let ticket = claim.ticket().cloned();
    // In boxes: unoptimized, futures that nest this deep fill a test's stack.
    let mut done = match event.change.ends() {
        true => Box::pin(end(context, claim, event, ticket)).await?,
        false => Box::pin(keep(context, claim, event, before, ticket)).await?,
    };
    done.fresh |= adopted && !event.change.ends();
    Ok(done)
}

/// Brings the issue up to date, filing it if there is none.
async fn keep(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
    before: MappedBefore<'_>,
    ticket: Option<Ticket>,
) -> Result<Done, Failure> {
    let target = match Target::pick(event, context.config) {
        Ok(target) => target,
        Err(NoIssue(reason)) => return Ok(Done::nothing(ticket, reason)),
    };
    let mut wanted = match before {
        Some((same, wanted)) if same == event => wanted.clone(),
        _ => Written::of(&event.entity, &target),
    };
    if let Some(known) = &ticket
        && let Some(reason) = settled(context, event, known, &wanted)
    {
        return Ok(Done::nothing(ticket, reason.to_owned()));
    }
    let ticket = match ticket {
        Some(ticket) if event.change == Change::Firing => {
            match repeat::again(context, claim, event, &target, ticket).await? {
                Some(done) => return Ok(done),
                None => None,
            }
        }
        ticket => ticket,
    };
    let mut entity = event.entity.clone();
    if ticket.is_none() && entity.round != claim.round() {
        entity.round = claim.round();
        wanted = Written::of(&entity, &target);
    }
    complete(context, &mut entity).await;
    if let Some(ticket) = &ticket {
        entity.findings = ticket.findings.clone();
    }
    enrich(
        context,
        claim,
        &mut entity,
        &target,
        ticket.as_ref(),
        &wanted,
    )
    .await?;
    repeats::note(&mut entity, &event.firings);
    let mapped = fields::map(&entity, &target);
    for warning in &mapped.warnings {
        context.warn("template_failed", &entity.id, warning);
    }
    match ticket {
        None => file(context, claim, event, &entity, wanted, &mapped).await,
        Some(ticket) => update(context, claim, &entity, wanted, &mapped, ticket).await,
    }
}

/// What others know of the entity; without it, it goes on. Asked for only if
/// the description is to be written, and once: an outage of Jira makes no more
/// questions.
async fn enrich(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    entity: &mut Entity,
    target: &Target<'_>,
    ticket: Option<&Ticket>,
    wanted: &Written,
) -> Result<(), LedgerError> {
    let asked = claim.pending().and_then(|it| it.findings.clone());
    if let Some(findings) = asked {
        entity.findings = findings;
        return Ok(());
    }
    let written = ticket.is_none_or(|ticket| ticket.written.description != wanted.description);
    if !written || target.is_withheld() {
        return Ok(());
    }
    let settings = &context.config.enrichment;
    let round = enrich::Round {
        time: settings.deadline,
        patient: false,
    };
    enrich::ask_others(context.ports, settings, entity, round).await;
    for missing in &entity.findings.missing {
        let why = format!("{}: {}", missing.part, missing.why);
        context.warn("findings_missing", &entity.id, why);
    }
    claim.found(&entity.findings)
}

/// Names that the event has only as ids.
async fn complete(context: Context<'_>, entity: &mut Entity) {
    if entity.source != Source::OpenCti {
        return;
    }
    let Some(platform) = Platform::configured(context.ports, &context.config.opencti) else {
        return;
    };
    if let Err(error) = enrich::complete(&platform, entity).await {
        context.warn("names_missing", &entity.id, error);
    }
}
