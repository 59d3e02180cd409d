//! Comments become notes on the entity, and follow their edits.

use super::task::Back;
use super::words::{link, who};
use crate::decide::back::{Fate, fate, tag};
use crate::model::{Audience, BackTask, IssueComment, IssueRecord, NoteTold, note_title};
use crate::outbox::policy::Setback;
use crate::settings::{BackWords, CommentsBack, SettingsError};
use crate::upstream::Note;

/// A comment was made or edited.
pub(super) async fn told(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
    comment: &IssueComment,
) -> Result<(), Setback> {
    let words = words(back)?;
    let known = issue.synced.note(&comment.id).cloned();
    if known
        .as_ref()
        .is_some_and(|it| it.deleted || it.at >= comment.updated)
    {
        return Ok(());
    }
    let fate = match fate(comment, words) {
        Fate::IfPublic => ask(back, issue, &comment.id).await?,
        fate => fate,
    };
    let mut after = known.clone().unwrap_or_default();
    comment.id.clone_into(&mut after.comment);
    after.at = comment.updated;
    match (fate, known.filter(|it| !it.withdrawn)) {
        (Fate::NotTold | Fate::IfPublic, Some(told)) => {
            withdraw(back, &told).await?;
            after.note = None;
            after.withdrawn = true;
        }
        (Fate::NotTold | Fate::IfPublic, None) => after.withdrawn = true,
        (Fate::Told, told) => {
            let note = note(back, issue, comment, words, task);
            after.withdrawn = false;
            match told {
                Some(told) => {
                    let id = told.note.unwrap_or_default();
                    back.upstream.change_note(&id, &note).await?;
                }
                None => after.note = back.upstream.say(&note).await?,
            }
        }
    }
    issue.synced.set_note(after);
    Ok(())
}

/// A comment was deleted: its note goes, and a message that comes late brings it back
/// no more.
pub(super) async fn deleted(
    back: Back<'_>,
    issue: &mut IssueRecord,
    task: &BackTask,
    id: &str,
) -> Result<(), Setback> {
    let told = issue.synced.note(id).cloned();
    if let Some(told) = told.filter(|it| !it.withdrawn) {
        withdraw(back, &told).await?;
    }
    issue.synced.set_note(NoteTold {
        comment: id.to_owned(),
        at: task.at,
        note: None,
        withdrawn: true,
        deleted: true,
    });
    Ok(())
}

async fn withdraw(back: Back<'_>, told: &NoteTold) -> Result<(), Setback> {
    match &told.note {
        Some(note) => Ok(back.upstream.delete_note(note).await?),
        // The platform lets nobody change what was said.
        None => Ok(()),
    }
}

/// Jira is asked who may read a comment: Data Center's messages do not say it.
async fn ask(back: Back<'_>, issue: &IssueRecord, comment: &str) -> Result<Fate, Setback> {
    let audience = back
        .context
        .tracker
        .audience(&issue.name(), comment)
        .await?;
    Ok(match audience {
        Some(Audience::Public) => Fate::Told,
        Some(Audience::Internal | Audience::Unknown) | None => Fate::NotTold,
    })
}

fn note(
    back: Back<'_>,
    issue: &IssueRecord,
    comment: &IssueComment,
    words: &BackWords,
    task: &BackTask,
) -> Note {
    let link = link(back.context, issue);
    let author = who(comment.author.as_ref().or(task.actor.as_ref()));
    let text = match words.comments {
        CommentsBack::Tagged => tag(&comment.text, &words.tags),
        _ => None,
    };
    let text = text.unwrap_or(&comment.text);
    Note {
        title: note_title::of_comment(&link.key),
        text: format!("{author} wrote on [{}]({}):\n\n{text}", link.key, link.url),
        created: comment.created,
    }
}

fn words(back: Back<'_>) -> Result<&BackWords, Setback> {
    let later = |error: SettingsError| Setback::Later(None, error.to_string());
    back.context.settings.back_words().map_err(later)
}
