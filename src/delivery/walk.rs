//! One event: is it news, whose work is it, what is to be done, do it,
//! remember it.

use super::{Context, Failure};
use crate::answer::{IssueRef, Outcome, OutcomeKind};
use crate::config::OnUpdate;
use crate::enrich;
use crate::event::{Change, Entity, Event};
use crate::graphql::Platform;
use crate::jira::client::browse_url;
use crate::jira::{Client, Dropped, JiraError};
use crate::ledger::{self, Claim, Claimed, Ticket};
use crate::plan::fields::{self, Mapped};
use crate::plan::life::{self, Shown};
use crate::plan::steps::{Edit, RemoteLink, Step};
use crate::plan::{self, NoIssue, Standing, Target, Written, standing};
use crate::report;

/// Deals with one event.
pub(super) async fn walk(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    if let Err(NoIssue(reason)) = plan::accept(event, context.config) {
        return Ok(ignored(event, reason));
    }
    if event.change == Change::Delete {
        return end(context, &event.entity.id, event, None).await;
    }
    let outcome = keep(context, event).await?;
    for id in &event.absorbed {
        let survivor = outcome.issue.as_ref().map(|issue| issue.key.as_str());
        end(context, id, event, survivor).await?;
    }
    Ok(outcome)
}

/// Brings the entity's issue up to date, filing it if there is none.
async fn keep(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let target = match Target::pick(event, context.config) {
        Ok(target) => target,
        Err(NoIssue(reason)) => return Ok(ignored(event, reason)),
    };
    let wanted = Written::of(&event.entity, &target);
    let settled = |ticket: &Ticket| settled(context, event, ticket, &wanted).is_some();
    match ledger::claim(context.ports, &event.entity.id, settled).await? {
        Claimed::Settled(ticket) => Ok(settled_outcome(context, event, &ticket, &wanted)),
        Claimed::Busy => Err(Failure::Busy),
        Claimed::Mine(claim) => work(context, event, &target, wanted, claim).await,
    }
}

/// Why nothing is to be done for an entity that has an issue; an empty reason
/// for what is simply known.
fn settled(
    context: Context<'_>,
    event: &Event,
    ticket: &Ticket,
    wanted: &Written,
) -> Option<&'static str> {
    match standing(event, Some(ticket), wanted) {
        Standing::Known => Some(""),
        Standing::Outdated => Some("the issue shows a later state already"),
        Standing::Ended => Some("the entity was deleted or merged"),
        Standing::News if context.config.life.on_update == OnUpdate::Ignore => {
            Some("on_update = ignore")
        }
        Standing::News | Standing::New => None,
    }
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
    outcome(context, kind, event, &ticket.key, reason)
}

/// What was done under a claim.
struct Done {
    kind: OutcomeKind,
    ticket: Ticket,
    reason: Option<String>,
}

async fn work(
    context: Context<'_>,
    event: &Event,
    target: &Target<'_>,
    wanted: Written,
    claim: Claim<'_>,
) -> Result<Outcome, Failure> {
    let mut entity = event.entity.clone();
    complete(context, &mut entity).await;
    let mapped = fields::map(&entity, target);
    for warning in &mapped.warnings {
        context.warn("template_failed", &entity.id, warning);
    }
    let done = match claim.ticket().cloned() {
        None => file(context, &entity, wanted, &mapped).await,
        Some(ticket) => update(context, &entity, wanted, &mapped, ticket).await,
    };
    match done {
        Ok(done) => {
            let (key, kind) = (done.ticket.key.clone(), done.kind);
            claim.finish(done.ticket)?;
            if kind == OutcomeKind::Created {
                link(context, &entity, target, &mapped, &key).await;
            }
            Ok(outcome(context, kind, event, &key, done.reason))
        }
        Err(error) => {
            claim.release()?;
            Err(error.into())
        }
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

async fn file(
    context: Context<'_>,
    entity: &Entity,
    wanted: Written,
    mapped: &Mapped,
) -> Result<Done, JiraError> {
    let client = Client::connect(context.ports, &context.config.jira).await?;
    let created = client.create(&mapped.fields).await?;
    Ok(Done {
        kind: OutcomeKind::Created,
        reason: said_of(&created.dropped),
        ticket: Ticket {
            key: created.key,
            id: created.id,
            version: entity.version,
            written: wanted,
            summary: created.shown.summary,
            description: created.shown.description,
            ended: false,
        },
    })
}

async fn update(
    context: Context<'_>,
    entity: &Entity,
    wanted: Written,
    mapped: &Mapped,
    mut ticket: Ticket,
) -> Result<Done, JiraError> {
    let edit = ticket.written.changes(&wanted, &mapped.fields);
    let before = ticket.written.status.take();
    let transition = life::status_change(&context.config.life, entity, before.as_deref());
    ticket.written = wanted;
    ticket.version = ticket.version.max(entity.version);
    ticket.ended = false;
    if edit.is_empty() && transition.is_none() {
        return Ok(Done {
            kind: OutcomeKind::Duplicate,
            reason: Some("nothing that the issue shows has changed".to_owned()),
            ticket,
        });
    }
    let client = Client::connect(context.ports, &context.config.jira).await?;
    let reason = match change(context, &client, edit, transition, &mut ticket).await {
        Err(JiraError::Gone { why }) => {
            return Ok(Done {
                kind: OutcomeKind::Ignored,
                reason: Some(format!("{} is gone or hidden: {why}", ticket.key)),
                ticket,
            });
        }
        other => other?,
    };
    Ok(Done {
        kind: OutcomeKind::Updated,
        reason,
        ticket,
    })
}

/// Makes the edit, or tells it; then follows the workflow.
async fn change(
    context: Context<'_>,
    client: &Client<'_>,
    edit: Edit,
    transition: Option<Step>,
    ticket: &mut Ticket,
) -> Result<Option<String>, JiraError> {
    let mut notes = Vec::new();
    if !edit.is_empty() {
        match context.config.life.on_update {
            OnUpdate::Comment => client.comment(&ticket.key, &life::tell(&edit)).await?,
            OnUpdate::Ignore => {}
            OnUpdate::Fields => notes.extend(apply(context, client, edit, ticket).await?),
        }
    }
    if let Some(step) = transition {
        notes.extend(carry_out(client, &ticket.key, step).await?);
    }
    Ok((!notes.is_empty()).then(|| notes.join("; ")))
}

/// One PUT; before it one GET if people may have edited what it changes.
async fn apply(
    context: Context<'_>,
    client: &Client<'_>,
    edit: Edit,
    ticket: &mut Ticket,
) -> Result<Option<String>, JiraError> {
    let mut edit = edit;
    let mut comment = None;
    if edit.touches_text() && !context.config.life.overwrite_edits {
        let ours = Shown {
            summary: ticket.summary.clone(),
            description: ticket.description.clone(),
        };
        let now = client.shown(&ticket.key).await?;
        (edit, comment) = life::respect_people(edit, &ours, &now);
    }
    let mut notes = Vec::new();
    if !edit.is_empty() {
        let dropped = client.edit(&ticket.key, &edit).await?;
        if let Some(summary) = edit.summary {
            ticket.summary = summary;
        }
        if let Some(description) = &edit.description {
            ticket.description = client.fingerprint(description, &[]);
        }
        notes.extend(said_of(&dropped));
    }
    if let Some(comment) = comment {
        client.comment(&ticket.key, &comment).await?;
        notes.push("people edited the issue, so the change is in a comment".to_owned());
    }
    Ok((!notes.is_empty()).then(|| notes.join("; ")))
}

/// The entity's end: it was deleted, or merged into the event's entity.
async fn end(
    context: Context<'_>,
    id: &str,
    event: &Event,
    survivor: Option<&str>,
) -> Result<Outcome, Failure> {
    let settled = |ticket: &Ticket| ticket.ended;
    if ledger::look(context.ports.store, id)?.is_none() {
        return Ok(ignored(event, "no issue was filed for it".to_owned()));
    }
    let claim = match ledger::claim(context.ports, id, settled).await? {
        Claimed::Settled(ticket) => {
            return Ok(outcome(
                context,
                OutcomeKind::Duplicate,
                event,
                &ticket.key,
                None,
            ));
        }
        Claimed::Busy => return Err(Failure::Busy),
        Claimed::Mine(claim) => claim,
    };
    let Some(mut ticket) = claim.ticket().cloned() else {
        claim.release()?;
        return Ok(ignored(event, "no issue was filed for it".to_owned()));
    };
    match close(context, event, &ticket, survivor).await {
        Ok(reason) => {
            ticket.ended = true;
            ticket.version = ticket.version.max(event.entity.version);
            let key = ticket.key.clone();
            claim.finish(ticket)?;
            Ok(outcome(context, OutcomeKind::Updated, event, &key, reason))
        }
        Err(error) => {
            claim.release()?;
            Err(error.into())
        }
    }
}

async fn close(
    context: Context<'_>,
    event: &Event,
    ticket: &Ticket,
    survivor: Option<&str>,
) -> Result<Option<String>, JiraError> {
    let life = &context.config.life;
    let target = Target::pick(event, context.config).ok();
    let steps = match (event.change, target) {
        (Change::Merge, Some(target)) => life::merged(life, &event.entity, &target, survivor),
        _ => life::deleted(life),
    };
    if steps.is_empty() {
        return Ok(Some("on_delete = ignore".to_owned()));
    }
    let client = Client::connect(context.ports, &context.config.jira).await?;
    let mut notes = Vec::new();
    for step in steps {
        match carry_out(&client, &ticket.key, step).await {
            Err(JiraError::Gone { why }) => notes.push(format!("{} is gone: {why}", ticket.key)),
            other => notes.extend(other?),
        }
    }
    Ok((!notes.is_empty()).then(|| notes.join("; ")))
}

/// Does one step on an existing issue; a note if it could not be done as
/// asked.
async fn carry_out(
    client: &Client<'_>,
    key: &str,
    step: Step,
) -> Result<Option<String>, JiraError> {
    match step {
        Step::Comment(document) => client.comment(key, &document).await.map(|()| None),
        Step::Duplicates { survivor } => client.duplicates(key, &survivor).await.map(|()| None),
        Step::RemoteLink(link) => client.remote_link(key, &link).await.map(|()| None),
        Step::Edit(edit) => client
            .edit(key, &edit)
            .await
            .map(|dropped| said_of(&dropped)),
        Step::Create(fields) => client.create(&fields).await.map(|_| None),
        Step::Transition(target) => {
            let moved = client.transition(key, &target).await?;
            Ok((!moved).then(|| format!("no transition leads there now: {target:?}")))
        }
    }
}

/// Links both ways; neither can fail the delivery.
async fn link(
    context: Context<'_>,
    entity: &Entity,
    target: &Target<'_>,
    mapped: &Mapped,
    key: &str,
) {
    if let Some(link) = remote_link(entity, target, mapped)
        && let Ok(client) = Client::connect(context.ports, &context.config.jira).await
        && let Err(error) = client.remote_link(key, &link).await
    {
        context.warn("remote_link_failed", &entity.id, error.why());
    }
    if let Some(platform) = Platform::configured(context.ports, &context.config.opencti) {
        let url = browse_url(&context.config.jira, key);
        if let Err(error) = report::opencti::link_issue(&platform, &entity.id, key, &url).await {
            context.warn("write_back_failed", &entity.id, error);
        }
    }
}

/// The link from an issue to its entity's page.
pub(super) fn remote_link(
    entity: &Entity,
    target: &Target<'_>,
    mapped: &Mapped,
) -> Option<RemoteLink> {
    Some(RemoteLink {
        global_id: format!("jira-intake:{}", entity.id),
        url: target.entity_url()?.to_owned(),
        title: mapped.fields.summary.clone(),
    })
}

fn said_of(dropped: &[Dropped]) -> Option<String> {
    let each = dropped
        .iter()
        .map(|dropped| format!("{} ({})", dropped.field, dropped.why));
    let all = each.collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| format!("Jira did not take: {all}"))
}

fn ignored(event: &Event, reason: String) -> Outcome {
    Outcome::ignored(Some((&event.entity).into()), reason)
}

fn outcome(
    context: Context<'_>,
    kind: OutcomeKind,
    event: &Event,
    key: &str,
    reason: Option<String>,
) -> Outcome {
    Outcome {
        kind,
        entity: Some((&event.entity).into()),
        issue: Some(IssueRef {
            key: key.to_owned(),
            url: browse_url(&context.config.jira, key),
        }),
        reason,
        dry_run: None,
    }
}
