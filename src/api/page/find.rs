//! The search: all that is known of an entity, by its id or its issue's key.

use http::request::Parts;

use super::answer::Stop;
use super::gate;
use super::overview::unnamed;
use crate::api::session::Session;
use crate::context::Context;
use crate::model::{EntityKey, IssueName, OutboxTask, SourceKey};
use crate::page::{
    EntityFile, EntityName, EntityView, IssueView, LONGEST_ID, TaskView, Tone, TurnView,
};
use crate::sources::SOURCES;
use crate::store::{self, Inspected, dead_letter};

/// `GET /page/find?q=…`
///
/// # Errors
/// When the store fails.
pub(super) async fn find(session: &Session<'_>, head: &Parts) -> Result<EntityView, Stop> {
    let asked = gate::query(head, "q").unwrap_or_default();
    let asked = asked.trim().to_owned();
    let mut view = EntityView::default();
    if asked.is_empty() || asked.len() > LONGEST_ID {
        return Ok(EntityView { asked, ..view });
    }
    let context = session.quiet_context()?;
    for source in SOURCES {
        let key = EntityKey {
            source: SourceKey::of(source.profile),
            id: asked.clone(),
        };
        view.found.extend(file(context, &key)?);
    }
    if view.found.is_empty() && is_issue_key(&asked) {
        by_issue(context, &asked, &mut view).await?;
    }
    Ok(EntityView { asked, ..view })
}

/// Whether a text can be the key of an issue, such as `SOC-105`: it becomes a part of an
/// address.
fn is_issue_key(text: &str) -> bool {
    let Some((project, number)) = text.rsplit_once('-') else {
        return false;
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_project = project.starts_with(|c: char| c.is_ascii_alphabetic());
    is_project
        && project.chars().all(is_word)
        && !number.is_empty()
        && number.bytes().all(|c| c.is_ascii_digit())
}

/// The issue says itself whose it is: Jira is asked.
async fn by_issue(context: Context<'_>, key: &str, view: &mut EntityView) -> Result<(), Stop> {
    let issue = IssueName {
        key: key.to_ascii_uppercase(),
        id: String::new(),
    };
    match context.tracker.owner(&issue).await {
        Ok(Some(entity)) => {
            view.found.extend(file(context, &entity)?);
            if view.found.is_empty() {
                let id = &entity.id;
                let why = format!("The issue is of {id}, of which nothing is remembered any more.");
                view.trouble = Some(why);
            }
        }
        Ok(None) => {}
        Err(error) => {
            let why = error.why();
            view.trouble = Some(format!("Jira could not be asked whose issue it is: {why}."));
        }
    }
    Ok(())
}

fn file(context: Context<'_>, key: &EntityKey) -> Result<Option<EntityFile>, Stop> {
    let known = store::inspect(context.ports.store, key)?;
    Ok(known.map(|known| file_of(context, key, known)))
}

fn file_of(context: Context<'_>, key: &EntityKey, known: Inspected) -> EntityFile {
    let (tone, state) = standing(context, &known);
    let issue = known.issue.as_ref();
    let name = name_of(context, &known);
    EntityFile {
        entity: EntityName {
            name,
            ..unnamed(key)
        },
        tone,
        state,
        issue: issue.map(|issue| IssueView {
            key: issue.key.clone(),
            url: context.tracker.browse_url(&issue.key),
            summary: issue.summary.clone(),
            filed: issue.filed,
        }),
        letter: known.dead.as_ref().map(|dead| dead.letter),
        tasks: known.tasks.iter().map(task).collect(),
        turns: turns(&known),
        touched: known.touched,
    }
}

/// What people call it: as its latest event says, or its issue, or its dead letter.
fn name_of(context: Context<'_>, known: &Inspected) -> String {
    if !known.name.is_empty() {
        return known.name.clone();
    }
    if let Some(issue) = &known.issue {
        return issue.summary.clone();
    }
    let letter = known.dead.as_ref().map(|dead| dead.letter);
    let letter = letter.and_then(|number| dead_letter::read(context.ports.store, number).ok()?);
    let pending = letter.and_then(|letter| letter.pending);
    pending.map_or_else(String::new, |pending| pending.event.entity.name)
}

/// Where an entity stands.
fn standing(context: Context<'_>, known: &Inspected) -> (Tone, String) {
    if let Some(dead) = &known.dead {
        let (number, why) = (dead.letter, &dead.reason);
        return (
            Tone::Bad,
            format!("Its event is dead letter {number}: {why}"),
        );
    }
    if known.leased_until > context.ports.clock.now() {
        return (Tone::Well, "It is being worked on right now.".to_owned());
    }
    if let Some(waits) = &known.waits {
        let tried = waits.attempts;
        let what = match &waits.held {
            Some(hold) => format!("Its event waits for the hold {hold}"),
            None => format!("Its event waits, tried {tried} times"),
        };
        let why = &waits.why;
        return (Tone::Look, format!("{what}: {why}"));
    }
    if known.inbox > 0 {
        let sentence = "Changes that arrived meanwhile are still to be dealt with.";
        return (Tone::Look, sentence.to_owned());
    }
    match (&known.issue, known.tasks.is_empty()) {
        (Some(_), false) => (
            Tone::Look,
            "Its issue is filed; something around it is still to be done.".to_owned(),
        ),
        (Some(issue), true) if issue.ended => (
            Tone::Well,
            "Its issue is filed. The entity was deleted or merged away.".to_owned(),
        ),
        (Some(_), true) => (Tone::Well, "Its issue is filed; nothing waits.".to_owned()),
        (None, _) => (Tone::Well, "It has no issue, and nothing waits.".to_owned()),
    }
}

fn task(task: &OutboxTask) -> TaskView {
    TaskView {
        what: task.kind.to_string(),
        since: task.since,
        not_before: task.not_before,
        attempts: task.attempts,
        reason: task.why.clone(),
    }
}

/// What became of its latest events, the newest first.
fn turns(known: &Inspected) -> Vec<TurnView> {
    let newest_first = known.trace.iter().rev();
    let turn = |trace: &store::Trace| TurnView {
        at: trace.at,
        outcome: trace.what.clone(),
        ..TurnView::default()
    };
    newest_first.map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_an_issue_is_told_from_other_texts() {
        for key in ["SOC-105", "soc-1", "A_B2-77"] {
            assert!(is_issue_key(key), "{key}");
        }
        for text in [
            "", "SOC", "SOC-", "-1", "1-1", "SOC-1/..", "../SOC-1", "S C-1", "é-1", "a-b-1",
        ] {
            assert!(!is_issue_key(text), "{text}");
        }
    }
}
