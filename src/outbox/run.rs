//! Does outbox tasks: the issue is linked both ways, and chats are told. Nothing
//! of it can fail a delivery; what fails for now is tried again.

use std::cell::RefCell;

use super::policy::{GIVE_UP_AFTER, Setback, put_off};
use crate::context::Context;
use crate::decide::{Target, fields};
use crate::model::{Entity, Event, IssueRecord, OutboxTask, TaskKind};
use crate::notify::{self, CHATS, Message, Occasion};
use crate::platform::concurrent::side_by_side;
use crate::settings::SettingsError;
use crate::store;
use crate::upstream::{IssueLink, Known, Upstream};

/// What a new issue calls for.
///
/// # Errors
/// The mistakes in the settings that say so.
pub fn of_creation(context: Context<'_>, event: &Event) -> Result<Vec<TaskKind>, SettingsError> {
    let mut tasks = of_adoption(context, event)?;
    if context.settings.notify()?.created {
        tasks.extend(chats(context)?.into_iter().map(TaskKind::Created));
    }
    Ok(tasks)
}

/// What an issue calls for that another program filed: it is linked both ways.
///
/// # Errors
/// The mistakes in the settings that say so.
pub fn of_adoption(context: Context<'_>, event: &Event) -> Result<Vec<TaskKind>, SettingsError> {
    let mut tasks = vec![TaskKind::Link];
    if upstream(context, &event.entity)?.is_some() {
        tasks.push(TaskKind::WriteBack);
    }
    Ok(tasks)
}

/// What a dead letter calls for. Mistakes in the settings are told elsewhere.
pub fn of_dead_letter(context: Context<'_>) -> Vec<TaskKind> {
    match context.settings.notify() {
        Ok(notify) if notify.dead_letter => {}
        _ => return Vec::new(),
    }
    let chats = chats(context).unwrap_or_default();
    chats.into_iter().map(TaskKind::DeadLetter).collect()
}

/// The keys of the chats that are set up.
fn chats(context: Context<'_>) -> Result<Vec<String>, SettingsError> {
    let mut keys = Vec::new();
    for chat in CHATS {
        if context.settings.webhook(chat.key)?.is_some() {
            keys.push(chat.key.to_owned());
        }
    }
    Ok(keys)
}

/// Whom tasks are about.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The event that led to them.
    pub event: &'a Event,
    /// The issue, if there is one.
    pub issue: Option<&'a IssueRecord>,
    /// Why the event became a dead letter, if it just did.
    pub dead: Option<&'a str>,
}

/// Tries tasks for the first time, side by side; those that are left.
pub async fn begin(context: Context<'_>, about: About<'_>, all: Vec<TaskKind>) -> Vec<OutboxTask> {
    run(context, about, later(context, all)).await
}

/// Tasks that nobody has tried yet.
pub(super) fn later(context: Context<'_>, all: Vec<TaskKind>) -> Vec<OutboxTask> {
    let now = context.ports.clock.now();
    all.into_iter()
        .map(|kind| OutboxTask::new(kind, now))
        .collect()
}

/// Tries tasks, side by side; those that are left.
pub(super) async fn run(
    context: Context<'_>,
    about: About<'_>,
    tasks: Vec<OutboxTask>,
) -> Vec<OutboxTask> {
    let left = RefCell::default();
    let count = tasks.len();
    let mut tasks = tasks.into_iter();
    side_by_side(count, &mut || {
        let (task, left) = (tasks.next()?, &left);
        Some(Box::pin(async move {
            let task: Option<OutboxTask> = attempt(context, about, task).await;
            Vec::extend(&mut left.borrow_mut(), task);
        }))
    })
    .await;
    left.into_inner()
}

/// One attempt; the task, if it is left.
async fn attempt(context: Context<'_>, about: About<'_>, task: OutboxTask) -> Option<OutboxTask> {
    let done = match &task.kind {
        TaskKind::Link => link(context, about).await,
        TaskKind::WriteBack => write_back(context, about).await,
        TaskKind::Description => describe(context, about).await,
        TaskKind::Created(chat) | TaskKind::DeadLetter(chat) => {
            tell(context, about, &task.kind, chat).await
        }
        // It has a pass of its own.
        TaskKind::Enrichment | TaskKind::SyncStatus | TaskKind::Back(_) => return Some(task),
    };
    let setback = done.err()?;
    let entity = about.event.entity.key();
    put_off(context, &entity, task, setback, GIVE_UP_AFTER)
}

async fn link(context: Context<'_>, about: About<'_>) -> Result<(), Setback> {
    let (Some(issue), Ok(target)) = (about.issue, context.target(about.event)) else {
        return Ok(());
    };
    match fields::remote_link(&about.event.entity, &target) {
        Some(link) => Ok(context.tracker.link(&issue.name(), &link).await?),
        None => Ok(()),
    }
}

/// The description as a comment: it was not taken where it belongs. One that an
/// earlier attempt has made is looked for first.
async fn describe(context: Context<'_>, about: About<'_>) -> Result<(), Setback> {
    let (Some(issue), Ok(target)) = (about.issue, context.target(about.event)) else {
        return Ok(());
    };
    let mut entity = about.event.entity.clone();
    entity.enrichment = issue.enrichment.clone();
    let Some(text) = fields::told_description(&entity, &target) else {
        return Ok(());
    };
    let (name, key) = (issue.name(), "description");
    if context.tracker.find_comment(&name, key).await?.is_none() {
        context.tracker.comment(&name, &text, key).await?;
    }
    Ok(())
}

/// The entity gets to know its issue.
async fn write_back(context: Context<'_>, about: About<'_>) -> Result<(), Setback> {
    let entity = &about.event.entity;
    let upstream = upstream(context, entity).unwrap_or_default();
    let (Some(issue), Some(upstream)) = (about.issue, upstream) else {
        return Ok(());
    };
    let link = IssueLink {
        key: issue.key.clone(),
        url: context.tracker.browse_url(&issue.key),
    };
    Ok(upstream.announce(&link).await?)
}

/// An event's entity on its platform, if we may write there.
fn upstream<'a>(
    context: Context<'a>,
    entity: &Entity,
) -> Result<Option<Box<dyn Upstream + 'a>>, SettingsError> {
    context.upstream(Known {
        entity: &entity.key(),
        kind: &entity.kind,
        handles: &entity.handles,
    })
}

async fn tell(
    context: Context<'_>,
    about: About<'_>,
    kind: &TaskKind,
    chat: &str,
) -> Result<(), Setback> {
    // It may have been taken out of the settings since, or replayed.
    let webhook = context.settings.webhook(chat).unwrap_or_default();
    let (Some(chat), Some(webhook), Some(message)) =
        (notify::chat(chat), webhook, message(context, about, kind))
    else {
        return Ok(());
    };
    Ok(chat.tell(context.ports, &webhook, &message).await?)
}

/// What a chat is told; nothing if there is nothing to tell any more.
fn message(context: Context<'_>, about: About<'_>, kind: &TaskKind) -> Option<Message> {
    let entity = &about.event.entity;
    let occasion = match (kind, about.dead) {
        (TaskKind::DeadLetter(_), Some(reason)) => Occasion::DeadLetter(reason.to_owned()),
        (TaskKind::DeadLetter(_), None) => {
            let known = store::look(context.ports.store, &entity.key()).ok()??;
            Occasion::DeadLetter(known.dead?.reason)
        }
        _ => Occasion::Created,
    };
    let issue = about
        .issue
        .map(|issue| (issue.key.clone(), context.tracker.browse_url(&issue.key)));
    if occasion == Occasion::Created && issue.is_none() {
        return None;
    }
    let target = context.target(about.event).ok();
    let withheld = target.as_ref().is_some_and(Target::is_withheld);
    // A chat is a third party, too.
    let limit = context.settings.enrichment().ok()?.max_tlp;
    let markings = context.settings.markings().ok()?;
    let show_content = !withheld && markings.allow_others(entity, limit);
    let title = target.map(|target| fields::title(entity, &target));
    let title = title.unwrap_or_else(|| entity.name.clone());
    let profile = context.profile(entity);
    Some(Message::of(
        occasion,
        entity,
        &title,
        issue,
        show_content,
        profile,
    ))
}
