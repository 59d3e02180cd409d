//! The things that are done to one issue: filed, brought up to date, ended.

use super::{Context, Failure};
use crate::answer::OutcomeKind;
use crate::config::OnUpdate;
use crate::event::{Entity, Event};
use crate::jira::{Client, Dropped, JiraError};
use crate::ledger::{self, Claim, LedgerError, Ticket};
use crate::plan::fields::{self, Mapped};
use crate::plan::life::{self, Shown};
use crate::plan::steps::{Edit, RemoteLink, Step};
use crate::plan::{Target, Written};

/// What was done.
pub(super) struct Done {
    pub(super) kind: OutcomeKind,
    pub(super) ticket: Option<Ticket>,
    pub(super) reason: Option<String>,
    /// The issue is new to us: it is to be linked and told.
    pub(super) fresh: bool,
}

impl Done {
    /// There was nothing to do; without a reason because it is known.
    pub(super) fn nothing(ticket: Option<Ticket>, reason: String) -> Self {
        Self {
            kind: match reason.is_empty() {
                true => OutcomeKind::Duplicate,
                false => OutcomeKind::Ignored,
            },
            ticket,
            reason: (!reason.is_empty()).then_some(reason),
            fresh: false,
        }
    }
}

/// A holder that was held up must not touch what others may have taken over.
pub(super) fn still_ours(claim: &Claim<'_>) -> Result<(), Failure> {
    match claim.is_ours()? {
        true => Ok(()),
        false => Err(Failure::Ledger(LedgerError::Overtaken)),
    }
}

/// Files a new issue.
pub(super) async fn file(
    context: Context<'_>,
    claim: &Claim<'_>,
    event: &Event,
    entity: &Entity,
    wanted: Written,
    mapped: &Mapped,
) -> Result<Done, Failure> {
    let client = Client::connect(context.ports, &context.config.jira).await?;
    still_ours(claim)?;
    let created = client.create(&mapped.fields).await?;
    note_fresh(context, entity, mapped);
    let mut firings = event.firings.clone();
    firings.recall(claim.past());
    Ok(Done {
        kind: OutcomeKind::Created,
        reason: said_of(&created.dropped),
        ticket: Some(Ticket {
            key: created.key,
            id: created.id,
            version: entity.version,
            written: wanted,
            summary: created.shown.summary,
            description: created.shown.description,
            attempted: Vec::new(),
            ended: false,
            filed: context.ports.clock.now_ms(),
            firings,
            counting: None,
            findings: entity.findings.clone(),
        }),
        fresh: true,
    })
}

/// Without atomic counters, a new issue is looked at for twins later.
#[cfg(not(feature = "atomics"))]
fn note_fresh(context: Context<'_>, entity: &Entity, mapped: &Mapped) {
    let fresh = ledger::fresh::Fresh {
        id: entity.id.clone(),
        round: entity.round,
        project: mapped.fields.place.project.clone(),
        at: context.ports.clock.now_ms(),
    };
    if let Err(error) = ledger::fresh::note(context.ports.store, &fresh) {
        context.warn("twins_unwatched", &entity.id, error);
    }
}

/// With atomic counters there are no twins.
#[cfg(feature = "atomics")]
fn note_fresh(_: Context<'_>, _: &Entity, _: &Mapped) {}

/// Brings an issue up to date.
pub(super) async fn update(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    entity: &Entity,
    wanted: Written,
    mapped: &Mapped,
    mut ticket: Ticket,
) -> Result<Done, Failure> {
    let edit = ticket.written.changes(&wanted, &mapped.fields);
    let before = ticket.written.status.take();
    let transition = life::status_change(&context.config.life, entity, before.as_deref());
    ticket.written = wanted;
    ticket.version = ticket.version.max(entity.version);
    ticket.ended = false;
    ticket.findings = entity.findings.clone();
    if edit.is_empty() && transition.is_none() {
        return Ok(Done {
            kind: OutcomeKind::Duplicate,
            reason: Some("nothing that the issue shows has changed".to_owned()),
            ticket: Some(ticket),
            fresh: false,
        });
    }
    let client = Client::connect(context.ports, &context.config.jira).await?;
    still_ours(claim)?;
    let work = Change { edit, transition };
    let (kind, reason) = match change(context, claim, &client, entity, work, &mut ticket).await {
        Err(Failure::Jira(JiraError::Gone { why })) => {
            let reason = format!("{} is gone or hidden: {why}", ticket.key);
            (OutcomeKind::Ignored, Some(reason))
        }
        other => (OutcomeKind::Updated, other?),
    };
    Ok(Done {
        kind,
        reason,
        ticket: Some(ticket),
        fresh: false,
    })
}

/// What a change calls for.
struct Change {
    edit: Edit,
    transition: Option<Step>,
}

/// Makes the edit, or tells it; then follows the workflow.
async fn change(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    client: &Client<'_>,
    entity: &Entity,
    Change { edit, transition }: Change,
    ticket: &mut Ticket,
) -> Result<Option<String>, Failure> {
    let mut notes = Vec::new();
    if !edit.is_empty() {
        match context.config.life.on_update {
            OnUpdate::Comment => {
                let told = life::tell(entity.source, &edit);
                client.comment(&ticket.key, &told).await?;
            }
            OnUpdate::Ignore => {}
            OnUpdate::Fields => {
                notes.extend(apply(context, claim, client, entity, edit, ticket).await?);
            }
        }
    }
    if let Some(step) = transition {
        notes.extend(carry_out(client, &ticket.key, step).await?);
    }
    Ok(said(notes))
}

/// Notes as one reason.
pub(super) fn said(notes: Vec<String>) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// One PUT; before it one GET if people may have edited what it changes.
async fn apply(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    client: &Client<'_>,
    entity: &Entity,
    mut edit: Edit,
    ticket: &mut Ticket,
) -> Result<Option<String>, Failure> {
    let mut comment = None;
    if edit.touches_text() && !context.config.life.overwrite_edits {
        let now = client.shown(&ticket.key).await?;
        (edit, comment) = life::respect_people(entity.source, edit, &ticket.ours(), &now);
    }
    let mut notes = Vec::new();
    if !edit.is_empty() {
        if edit.touches_text() {
            // Should the answer be lost, what Jira shows then is still ours.
            claim.attempt(will_show(client, &edit, ticket))?;
        }
        let dropped = client.edit(&ticket.key, &edit).await?;
        let shown = will_show(client, &edit, ticket);
        (ticket.summary, ticket.description) = (shown.summary, shown.description);
        notes.extend(said_of(&dropped));
    }
    ticket.attempted.clear();
    if let Some(comment) = comment {
        client.comment(&ticket.key, &comment).await?;
        notes.push("people edited the issue, so the change is in a comment".to_owned());
    }
    Ok(said(notes))
}

/// What Jira shows once the edit is made.
fn will_show(client: &Client<'_>, edit: &Edit, ticket: &Ticket) -> Shown {
    let description = edit.description.as_ref();
    Shown {
        summary: edit.summary.as_ref().unwrap_or(&ticket.summary).clone(),
        description: description.map_or_else(
            || ticket.description.clone(),
            |description| client.fingerprint(description, &[]),
        ),
    }
}

/// The entity's end: it was deleted, or merged into another one.
pub(super) async fn end(
    context: Context<'_>,
    claim: &Claim<'_>,
    event: &Event,
    ticket: Option<Ticket>,
) -> Result<Done, Failure> {
    let Some(mut ticket) = ticket else {
        return Ok(Done::nothing(None, "no issue was filed for it".to_owned()));
    };
    if ticket.ended {
        return Ok(Done::nothing(Some(ticket), String::new()));
    }
    let steps = last_steps(context, event)?;
    let mut notes = Vec::new();
    if steps.is_empty() {
        notes.push("on_delete = ignore".to_owned());
    } else {
        let client = Client::connect(context.ports, &context.config.jira).await?;
        still_ours(claim)?;
        for step in steps {
            match carry_out(&client, &ticket.key, step).await {
                Err(JiraError::Gone { why }) => {
                    notes.push(format!("{} is gone: {why}", ticket.key));
                }
                other => notes.extend(other?),
            }
        }
    }
    ticket.ended = true;
    ticket.version = ticket.version.max(event.entity.version);
    Ok(Done {
        kind: OutcomeKind::Updated,
        ticket: Some(ticket),
        reason: said(notes),
        fresh: false,
    })
}

fn last_steps(context: Context<'_>, event: &Event) -> Result<Vec<Step>, Failure> {
    let life = &context.config.life;
    let Some(survivor) = &event.survivor else {
        return Ok(life::deleted(life));
    };
    let key = ledger::look(context.ports.store, &survivor.id)?.map(|ticket| ticket.key);
    let of_survivor = Event {
        entity: (**survivor).clone(),
        ..event.clone()
    };
    Ok(match Target::pick(&of_survivor, context.config) {
        Ok(target) => life::merged(life, survivor, &target, key.as_deref()),
        Err(_) => life::deleted(life),
    })
}

/// Does one step on an existing issue; a note if it could not be done as
/// asked.
async fn carry_out(
    client: &Client<'_>,
    key: &str,
    step: Step,
) -> Result<Option<String>, JiraError> {
    match step {
        Step::Comment(document) => client.comment(key, &document).await.map(|_| None),
        Step::Duplicates { survivor } => client.duplicates(key, &survivor).await.map(|()| None),
        Step::Transition(target) => {
            let moved = client.transition(key, &target).await?;
            Ok((!moved).then(|| format!("no transition leads there now: {target}")))
        }
    }
}

/// The link from an issue to its entity's page.
pub(super) fn remote_link(entity: &Entity, target: &Target<'_>) -> Option<RemoteLink> {
    Some(RemoteLink {
        global_id: format!("jira-intake:{}", entity.id),
        url: target.entity_url()?.to_owned(),
        title: fields::title(entity, target),
    })
}

fn said_of(dropped: &[Dropped]) -> Option<String> {
    let each = dropped
        .iter()
        .map(|dropped| format!("{} ({})", dropped.field, dropped.why));
    let all = each.collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| format!("Jira did not take: {all}"))
}
