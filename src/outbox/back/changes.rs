//! Who works on the issue, how it was resolved, what it is called, and its end.

use super::task::Back;
use super::words::{link, plain, said, who};
use crate::model::{AssigneeTold, BackTask, IssueRecord, Person, note_title};
use crate::outbox::policy::Setback;
use crate::store::issues;
use crate::upstream::{Assigned, Note};

/// Somebody else works on the issue.
pub(super) async fn assigned(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
    person: Option<&Person>,
) -> Result<(), Setback> {
    let before = issue.synced.assignee.clone();
    if before.as_ref().is_some_and(|before| before.at >= task.at) {
        return Ok(());
    }
    let before = before.and_then(|before| before.person);
    let said = said(back.context, issue, task, "changed the assignee");
    let done = back.upstream.assign(person, before.as_ref(), &said).await?;
    let mut person = person.cloned();
    if let Assigned::Unknown(why) = done {
        let entity = issue.key.clone();
        back.context
            .note_trouble("assignee_unknown", None, &format!("{entity}: {why}"));
        person = before;
    }
    issue.synced.assignee = Some(AssigneeTold {
        at: task.at,
        person,
    });
    Ok(())
}

/// The issue has another resolution.
pub(super) async fn resolved(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
    name: Option<&str>,
) -> Result<(), Setback> {
    if issue.synced.resolved >= task.at {
        return Ok(());
    }
    let what = match name {
        Some(name) => format!("set the resolution to {}", plain(name)),
        None => "took the resolution away".to_owned(),
    };
    let said = said(back.context, issue, task, &what);
    back.upstream.resolve(name, task.at, &said).await?;
    issue.synced.resolved = task.at;
    Ok(())
}

/// The issue has another key: its entity leads there.
pub(super) async fn has_moved(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
) -> Result<(), Setback> {
    if task.key.is_empty() || task.key == issue.key || issue.synced.renamed >= task.at {
        return Ok(());
    }
    let before = std::mem::replace(&mut issue.key, task.key.clone());
    let told = back.upstream.announce(&link(back.context, issue)).await;
    match &told {
        Ok(()) => issue.synced.renamed = task.at,
        // The next attempt announces it.
        Err(_) => issue.key = before,
    }
    Ok(told?)
}

/// The issue was deleted: people are told, and nothing of it goes back any more.
pub(super) async fn gone(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
) -> Result<(), Setback> {
    if issue.synced.deleted.is_known() {
        return Ok(());
    }
    let link = link(back.context, issue);
    let who = who(task.actor.as_ref());
    let note = Note {
        title: note_title::of_end(&link.key),
        text: format!("{who} deleted Jira issue {}: {}", link.key, link.url),
        created: task.at,
    };
    back.upstream.say(&note).await?;
    issue.synced.deleted = task.at;
    let forgotten = issues::forget(back.context.ports.store, &issue.id);
    forgotten.map_err(|error| Setback::Later(None, error.to_string()))?;
    issue.synced.indexed = false;
    Ok(())
}
