//! Under a lease: one attempt to do what is to be done, and what becomes of it
//! if that fails.

use super::execute::{Done, execute};
use super::facts::{MappedBefore, decided};
use super::failure::Failure;
use super::held;
use super::look_first::{Adopted, look_first};
use super::outcomes::{outcome, queued};
use super::retry::{Retry, retry};
use super::turn;
use crate::context::Context;
use crate::decide::not_understood;
use crate::model::{Event, IssueRecord, Outcome, OutcomeKind, Scope, TaskKind, Timestamp};
use crate::notify;
use crate::outbox::{self, About};
use crate::platform::journal;
use crate::platform::log::Level;
use crate::settings::SettingsError;
use crate::store::{Hold, Lease, Pending, RecordError, Sent, hold, issues, pause};
use crate::tracker::TrackerError;

/// Tries what is to be done for the leased entity, unless it is not due or the
/// tracker is not to be bothered. The record keeps what was done.
pub(super) async fn work(
    context: Context<'_>,
    lease: Lease<'_>,
    before: MappedBefore<'_>,
) -> Result<Outcome, Failure> {
    context.ports.journal.begin(turn::of(context, &lease));
    tries(context, lease, before).await
}

async fn tries(
    context: Context<'_>,
    mut lease: Lease<'_>,
    before: MappedBefore<'_>,
) -> Result<Outcome, Failure> {
    let Some(pending) = lease.pending().cloned() else {
        return only_outbox(context, lease).await;
    };
    let event = pending.event.clone();
    let now = context.ports.clock.now();
    let held = held::held(context, &mut lease, &event).await?;
    let is_early = pause::lasts(pending.not_before, now) && pending.held.is_none();
    if held.is_some() || is_early {
        outbox::run_due(context, &mut lease).await?;
        let ends = held.as_ref().map_or(pending.not_before, |held| held.ends);
        let pending = match held {
            Some(held) => Pending {
                not_before: held.until,
                why: held.why,
                held: Some(held.hold),
                ..pending
            },
            None => pending,
        };
        let pending = Pending {
            // Nothing was sent this time.
            sent: lease.earlier().cloned(),
            ..pending
        };
        return put_off(context, lease, pending, ends);
    }
    let mut event = event;
    match attempt(context, &mut lease, &mut event, before).await {
        Ok((done, tasks)) => finish(context, lease, &event, done, tasks).await,
        Err(Failure::Tracker(error)) => {
            if let Err(error) = settings_behind(context, &error) {
                return give_back(context, lease, error);
            }
            // Firings and steps may have been noted meanwhile.
            let pending = lease.pending().cloned().unwrap_or(pending);
            failed(context, lease, pending, &error).await
        }
        // The sender is told; nothing of it may be in the way of its next try.
        Err(Failure::Settings(error)) => give_back(context, lease, error),
        Err(Failure::Record(error)) => Err(Failure::Record(error)),
    }
}

/// Settings are wrong, and nothing was done.
fn give_back(
    context: Context<'_>,
    mut lease: Lease<'_>,
    error: SettingsError,
) -> Result<Outcome, Failure> {
    let reason = error.to_string();
    turn::ends(context, &mut lease, "failed", Some(&reason));
    context.released(lease.give_back()?);
    Err(Failure::Settings(error))
}

/// Spin denies every call where the setting of any host is wrong, also of one
/// that nothing needs. So where nothing gets through, all settings are looked at.
fn settings_behind(context: Context<'_>, error: &TrackerError) -> Result<(), SettingsError> {
    match error {
        TrackerError::Misconfigured {
            scope: Scope::Everything,
            is_login: false,
            ..
        } => context.settings.check(&notify::keys()),
        _ => Ok(()),
    }
}

/// There is no event, only what is to be done around the issue.
async fn only_outbox(context: Context<'_>, mut lease: Lease<'_>) -> Result<Outcome, Failure> {
    let Some(event) = lease.outbox().map(|outbox| outbox.event.clone()) else {
        return Err(Failure::Record(RecordError::Overtaken));
    };
    let still = outbox::run_due(context, &mut lease).await?;
    let key = lease.issue().map(|issue| issue.key.clone());
    let (kind, reason) = match still.is_empty() {
        true => (OutcomeKind::Updated, None),
        false => {
            let reason = format!("still to be done: {still}");
            (OutcomeKind::Queued, Some(reason))
        }
    };
    turn::ends(context, &mut lease, kind.word(), reason.as_deref());
    context.released(lease.finish(None)?);
    Ok(outcome(context, kind, &event, key.as_deref(), reason))
}

async fn finish(
    context: Context<'_>,
    mut lease: Lease<'_>,
    event: &Event,
    mut done: Done,
    tasks: Vec<TaskKind>,
) -> Result<Outcome, Failure> {
    let key = done.issue.as_ref().map(|issue| issue.key.clone());
    if let Some(issue) = &mut done.issue {
        leads_back(context, &lease, event, issue)?;
    }
    if let Some(issue) = &done.issue {
        outbox::after_filing(context, &mut lease, event, issue, tasks).await;
    }
    let (word, reason) = (done.outcome.word(), done.reason.as_deref());
    turn::ends(context, &mut lease, word, reason);
    context.released(lease.finish(done.issue)?);
    Ok(outcome(
        context,
        done.outcome,
        event,
        key.as_deref(),
        done.reason,
    ))
}

/// The issue's id leads to its entity, where what people do there goes back.
fn leads_back(
    context: Context<'_>,
    lease: &Lease<'_>,
    event: &Event,
    issue: &mut IssueRecord,
) -> Result<(), Failure> {
    if !goes_back(context) || issue.id.is_empty() {
        return Ok(());
    }
    if !event.entity.kind.is_empty() {
        issue.kind.clone_from(&event.entity.kind);
    }
    issue.take_handles(&event.entity);
    if !issue.synced.indexed && !issue.synced.deleted.is_known() {
        issues::remember(context.ports.store, &issue.id, lease.entity())?;
        issue.synced.indexed = true;
    }
    Ok(())
}

fn goes_back(context: Context<'_>) -> bool {
    context.settings.sync_back().is_ok_and(|on| on.is_on())
}

/// The next issue of an alert is filed: the one before leads nowhere any more.
fn renew(context: Context<'_>, lease: &mut Lease<'_>) -> Result<(), Failure> {
    outbox::drop_all(context, lease);
    // A webhook or the upkeep may have made it lead here: its record does not say.
    let may_lead = |issue: &&IssueRecord| issue.synced.indexed || goes_back(context);
    let before = lease.issue().filter(may_lead).map(|it| it.id.clone());
    lease.renew()?;
    if let Some(id) = before {
        issues::forget(context.ports.store, &id)?;
    }
    Ok(())
}

/// Keeps the event for another attempt, or as a dead letter.
async fn failed(
    context: Context<'_>,
    lease: Lease<'_>,
    mut pending: Pending,
    error: &TrackerError,
) -> Result<Outcome, Failure> {
    let now = context.ports.clock.now();
    pending.attempts += 1;
    pending.failures += u32::from(!is_waiting(error));
    pending.why = error.why().to_owned();
    pending.held = None;
    pending.sent = match error {
        // It may have been carried out: the next one looks first.
        TrackerError::Ambiguous { .. } => pending.sent.map(|sent| Sent {
            at: now,
            missed: Timestamp::UNKNOWN,
            ..sent
        }),
        _ => lease.earlier().cloned(),
    };
    match retry(error, &pending, now) {
        Retry::After { wait, hold } => {
            pending.not_before = now.after(wait);
            let mut next = pending.not_before;
            if let Some((scope, time)) = hold {
                let is_login = matches!(error, TrackerError::Misconfigured { is_login: true, .. });
                let hold = Hold {
                    scope,
                    since: now,
                    until: now.after(time),
                    why: pending.why.clone(),
                    login: is_login.then(|| context.tracker.login()),
                };
                pending.held = Some(Hold::id(&hold.scope));
                next = next.max(hold.until);
                hold::set(context.ports, hold)?;
            }
            put_off(context, lease, pending, next)
        }
        Retry::Never => to_dead_letter(context, lease, pending).await,
    }
}

/// Waiting is not failing: where the tracker says how long, the pause that we
/// choose ourselves does not grow.
fn is_waiting(error: &TrackerError) -> bool {
    matches!(error, TrackerError::Retry { after: Some(_), .. })
}

fn put_off(
    context: Context<'_>,
    mut lease: Lease<'_>,
    pending: Pending,
    next: Timestamp,
) -> Result<Outcome, Failure> {
    let reason = Some(pending.why.as_str());
    turn::ends(context, &mut lease, OutcomeKind::Queued.word(), reason);
    let key = lease.issue().map(|issue| issue.key.clone());
    let event = pending.event.clone();
    let why = format!("{}; to be tried again at {next}", pending.why);
    context.released(lease.put_off(pending)?);
    Ok(queued(context, &event, key.as_deref(), why))
}

async fn to_dead_letter(
    context: Context<'_>,
    mut lease: Lease<'_>,
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
    lease.declare()?;
    let about = About {
        event: &event,
        issue: lease.issue(),
        dead: Some(&reason),
    };
    let left = outbox::begin(context, about, outbox::of_dead_letter(context)).await;
    let mut outbox = lease.outbox_about(&event);
    outbox.tasks.extend(left);
    lease.set_outbox(outbox);
    turn::ends(context, &mut lease, journal::DEAD, Some(&reason));
    context.released(lease.to_dead_letter(pending, &reason)?);
    let why = format!("kept as a dead letter: {reason}");
    Ok(queued(context, &event, None, why))
}

/// What was done, and what a new issue calls for.
async fn attempt(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    event: &mut Event,
    before: MappedBefore<'_>,
) -> Result<(Done, Vec<TaskKind>), Failure> {
    let owed = adopt(context, lease, event).await?;
    // In a box: unoptimized, futures that nest this deep fill a test's stack.
    let decision = match Box::pin(decided(context, lease, event, before)).await {
        Err(Failure::Tracker(TrackerError::Gone { why })) => {
            outbox::take_back(lease, owed.as_deref().unwrap_or_default());
            return Ok((Done::gone(lease, &why)?, Vec::new()));
        }
        decision => decision?,
    };
    turn::decided(context, event, &decision);
    // What is done around the issue later must understand its markings as well.
    if let Some(issue) = &decision.issue {
        event.entity.name_markings(&issue.markings);
    }
    let is_new = decision.files() || (owed.is_some() && !event.change.ends());
    if is_new && let Some(why) = not_understood(&event.entity, context.settings)? {
        let fields = [
            ("entity", event.entity.id.as_str().into()),
            ("reason", why.into()),
        ];
        let what = "marking_not_understood";
        context.log.line(Level::Warn, what, &fields);
    }
    let adopts = lease.issue().is_some_and(|issue| issue.adopting);
    let adopts = adopts && decision.issue.as_ref().is_some_and(|it| !it.adopting);
    // Before anything is sent: a mistake in the settings must not leave half.
    context.settings.sync_back()?;
    let mut tasks = match decision.files() {
        true => outbox::of_creation(context, event)?,
        false if adopts && !event.change.ends() => outbox::of_adoption(context, event)?,
        false => Vec::new(),
    };
    for warning in &decision.warnings {
        context.ports.journal.decided(warning);
        context.warn("template_failed", &event.entity.key(), warning);
    }
    let (settles, begins_anew) = (decision.settles, decision.begins_anew);
    if begins_anew {
        renew(context, lease)?;
    }
    let done = Box::pin(execute(context, lease, decision)).await?;
    if done.lacks_text {
        tasks.push(TaskKind::Description);
    }
    if let Some(owed) = owed.filter(|_| !begins_anew) {
        outbox::take_back(lease, &owed);
        tasks.extend(owed);
    }
    if settles {
        tasks.push(TaskKind::SyncStatus);
    }
    Ok((done, tasks))
}

/// A create that may have been carried out: was it? Then what the issue calls for, which
/// stands in the outbox until it is done: a later step may fail, and nobody would know.
async fn adopt(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    event: &Event,
) -> Result<Option<Vec<TaskKind>>, Failure> {
    if lease.issue().is_some() {
        return Ok(None);
    }
    let Some(sent) = lease.earlier().cloned() else {
        return Ok(None);
    };
    let enrichment = lease.pending().and_then(|it| it.enrichment.clone());
    let found = look_first(context, lease, &sent, enrichment.unwrap_or_default()).await?;
    let Some(Adopted {
        mut issue,
        lacks_text,
    }) = found
    else {
        lease.disproved()?;
        return Ok(None);
    };
    let mut owed = match event.change.ends() {
        true => Vec::new(),
        false => outbox::of_creation(context, event)?,
    };
    if lacks_text {
        owed.push(TaskKind::Description);
    }
    leads_back(context, lease, event, &mut issue)?;
    lease.adopt(issue);
    outbox::owe(context, lease, event, &owed);
    Ok(Some(owed))
}
