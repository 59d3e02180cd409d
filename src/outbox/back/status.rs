//! The status of both sides: the latest change that people made counts.

use super::task::Back;
use super::words::{plain, said};
use crate::decide::sync::{self, Course};
use crate::markup::{Document, Inline};
use crate::model::{
    BackTask, EntityState, Goal, IssueRecord, IssueStatus, KnownBy, Named, Side, StatusChange,
};
use crate::outbox::policy::Setback;
use crate::platform::log::Level;
use crate::settings::SettingsError;

/// Somebody moved the issue.
pub(super) async fn moved(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
    to: &IssueStatus,
) -> Result<(), Setback> {
    let mut to = to.clone();
    if to.category.is_empty() {
        let now = back.context.tracker.status(&issue.name()).await?;
        if now.id == to.id {
            to.category = now.category;
        }
    }
    let Some(image) = back.upstream.image(&to).await? else {
        log(back, issue, "status_not_mapped", &to.name);
        return Ok(());
    };
    let mut synced = issue.synced.clone();
    let change = StatusChange {
        at: task.at,
        side: Side::Issue,
        entity: image.clone(),
        issue: Some(to.clone()),
    };
    let course = sync::issue_moved(&mut synced, change);
    if course.follow {
        // Whoever gave it that status already is still to be heard.
        let is_other = is_other(back, &image).await?;
        if is_other.unwrap_or_else(|| !is_written(issue, &image, task)) {
            let what = format!("set the status to {}", plain(&to.name));
            let said = said(back.context, issue, task, &what);
            write(back, issue, &image, &said).await?;
            synced.states.clone_from(&issue.synced.states);
        }
        let what = format!("{} set to {}", back.upstream.name(), shown(&image));
        back.context.ports.journal.decided(&what);
    }
    let before = std::mem::replace(&mut issue.synced, synced);
    let done = finish(back, issue, course, task).await;
    if done.is_err() {
        // The next attempt takes it in again, and does all of this.
        issue.synced.latest = before.latest;
        issue.synced.heard = before.heard;
    }
    done
}

async fn finish(
    back: Back<'_>,
    issue: &mut IssueRecord,
    course: Course,
    task: &BackTask,
) -> Result<(), Setback> {
    told(back, issue, course, task).await?;
    match course.settle {
        true => settle(back, issue).await,
        false => Ok(()),
    }
}

/// People learn that both sides changed within the same minutes, and which counts.
async fn told(
    back: Back<'_>,
    issue: &IssueRecord,
    course: Course,
    task: &BackTask,
) -> Result<(), Setback> {
    let Some(counts) = course.conflict else {
        return Ok(());
    };
    let text = sync::conflict_text(back.upstream.name(), counts);
    log(back, issue, "status_conflict", &text);
    let document = Document::new().paragraph(vec![Inline::text(text)]);
    let key = format!("conflict/{}", task.at);
    let (tracker, name) = (back.context.tracker, issue.name());
    if tracker.find_comment(&name, &key).await?.is_none() {
        tracker.comment(&name, &document, &key).await?;
    }
    Ok(())
}

/// Looks at both sides, and brings them to the latest change.
pub(super) async fn settle(back: Back<'_>, issue: &mut IssueRecord) -> Result<(), Setback> {
    let Some(latest) = issue.synced.latest.clone() else {
        return Ok(());
    };
    if is_other(back, &latest.entity).await? == Some(true) {
        let link = super::words::link(back.context, issue);
        let said = format!(
            "The later change of Jira issue {} counts: {}",
            link.key, link.url
        );
        write(back, issue, &latest.entity, &said).await?;
    }
    let goal = match &latest.issue {
        Some(status) => Some(status.name.clone()),
        None => transition(back, &latest.entity)?,
    };
    let Some(goal) = goal else {
        return Ok(());
    };
    let name = issue.name();
    let shown = back.context.tracker.status(&name).await?;
    let is_there = match &latest.issue {
        Some(status) => shown.id == status.id,
        None => shown.name.to_lowercase() == goal.to_lowercase(),
    };
    if !is_there {
        let goal = Goal::Named(goal);
        back.context.tracker.transition(&name, &goal).await?;
        issue.synced.moved = back.context.ports.clock.now();
    }
    Ok(())
}

/// Whether the entity has another status; `None`: the platform does not tell.
async fn is_other(back: Back<'_>, status: &Named) -> Result<Option<bool>, Setback> {
    let now = back.upstream.status().await?;
    Ok(now.map(|now| now != status.id))
}

/// Whether an earlier attempt gave the entity that status, for a platform that does not
/// tell.
fn is_written(issue: &IssueRecord, status: &Named, task: &BackTask) -> bool {
    let last = issue.synced.states.last();
    last.is_some_and(|last| {
        let is_ours = last.known != KnownBy::Heard && last.status == status.id;
        is_ours && last.at.after(sync::CLOCKS) >= task.at
    })
}

/// Gives the entity a status, and remembers that it was us.
async fn write(
    back: Back<'_>,
    issue: &mut IssueRecord,
    status: &Named,
    said: &str,
) -> Result<(), Setback> {
    let at = back.upstream.set_status(status, said).await?;
    let state = EntityState {
        at: at.unwrap_or_else(|| back.context.ports.clock.now()),
        status: status.id.clone(),
        known: match at {
            Some(_) => KnownBy::Written,
            None => KnownBy::WrittenAbout,
        },
    };
    issue.synced.has(state, issue.applied.status.as_deref());
    issue.applied.status = Some(status.id.clone());
    Ok(())
}

/// The transition that the entity's status drives.
fn transition(back: Back<'_>, status: &Named) -> Result<Option<String>, Setback> {
    let later = |error: SettingsError| Setback::Later(None, error.to_string());
    let settings = back.context.settings.lifecycle().map_err(later)?;
    let names = [Some(status.id.as_str()), status.name.as_deref()];
    let transition = settings.transition_for(names.into_iter().flatten());
    Ok(transition.map(str::to_owned))
}

fn shown(status: &Named) -> &str {
    status.name.as_deref().unwrap_or(&status.id)
}

fn log(back: Back<'_>, issue: &IssueRecord, event: &str, what: &str) {
    let fields = [("issue", issue.key.as_str().into()), ("what", what.into())];
    back.context.log.line(Level::Info, event, &fields);
}
