//! The search: all that is known of an entity, by its id or its issue's key.

use http::request::Parts;

use super::answer::Stop;
use super::gate;
use super::overview::unnamed;
use crate::api::access::problem;
use crate::api::search::find as search;
use crate::api::session::Session;
use crate::context::Context;
use crate::model::OutboxTask;
use crate::model::trace::{CallNote, How, Turn};
use crate::page::{
    CallView, EntityFile, EntityName, EntityView, IssueView, LONGEST_ID, TaskView, Tone, TurnView,
};
use crate::pipeline::Failure;
use crate::store::dead_letter;
use crate::store::whole::Whole;

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
    match search(context, &asked, None).await {
        Ok(found) => {
            let files = found.into_iter().map(|known| file_of(context, known));
            view.found.extend(files);
        }
        Err(Failure::Tracker(error)) => {
            let why = error.why();
            view.trouble = Some(format!("Jira could not be asked whose issue it is: {why}."));
        }
        Err(failure) => return Err(problem(session, failure).into()),
    }
    Ok(EntityView { asked, ..view })
}

fn file_of(context: Context<'_>, known: Whole) -> EntityFile {
    let (tone, state) = standing(&known);
    let issue = known.issue.as_ref();
    let name = name_of(context, &known);
    EntityFile {
        entity: EntityName {
            name,
            ..unnamed(&known.entity)
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
fn name_of(context: Context<'_>, known: &Whole) -> String {
    if let Some(name) = &known.name {
        return name.clone();
    }
    if let Some(issue) = &known.issue {
        return issue.summary.clone();
    }
    let letter = known.dead.as_ref().map(|dead| dead.letter);
    let letter = letter.and_then(|number| dead_letter::look(context.ports.store, number).ok()?);
    let pending = letter.and_then(|letter| letter.pending);
    pending.map_or_else(String::new, |pending| pending.event.entity.name)
}

/// Where an entity stands.
fn standing(known: &Whole) -> (Tone, String) {
    if let Some(dead) = &known.dead {
        let (number, why) = (dead.letter, &dead.reason);
        return (
            Tone::Bad,
            format!("Its event is dead letter {number}: {why}"),
        );
    }
    if known.leased_until.is_some() {
        return (Tone::Well, "It is being worked on right now.".to_owned());
    }
    if let Some(waits) = &known.waiting {
        let tried = waits.attempts;
        let what = match &waits.held {
            Some(hold) => format!("Its event waits for the hold {hold}"),
            None => format!("Its event waits, tried {tried} times"),
        };
        let why = &waits.why;
        return (Tone::Look, format!("{what}: {why}"));
    }
    if known.arrived > 0 {
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

/// What was done about it lately, the newest first.
fn turns(known: &Whole) -> Vec<TurnView> {
    known.trace.iter().rev().map(turn).collect()
}

fn turn(turn: &Turn) -> TurnView {
    let mut decisions = turn.decisions.clone();
    if turn.again > 0 {
        let (again, last) = (turn.again, turn.last);
        decisions.push(format!(
            "the same happened {again} times more, last at {last}"
        ));
    }
    TurnView {
        at: turn.at,
        how: how(turn),
        route: turn.route.clone(),
        decisions,
        calls: turn.calls.iter().map(call).collect(),
        more_calls: turn.more_calls,
        outcome: turn.outcome.clone(),
        reason: turn.reason.clone(),
        ms: turn.how.map(|_| turn.ms),
    }
}

/// What came, and how; of a repeated attempt, which.
fn how(turn: &Turn) -> String {
    let by = turn.how.map(|how| match how {
        How::Webhook => "by webhook".to_owned(),
        How::Stream => "by the live stream".to_owned(),
        How::Retry => "taken up by a retry pass".to_owned(),
        How::Replay => "replayed".to_owned(),
        How::Afterwards => "taken along after another request".to_owned(),
    });
    let change = Some(turn.change.clone()).filter(|change| !change.is_empty());
    let attempt = (turn.attempt > 1).then(|| format!("attempt {}", turn.attempt));
    let parts = [change, by, attempt];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn call(call: &CallNote) -> CallView {
    CallView {
        service: call.service.clone(),
        method: call.method.clone(),
        path: call.path.clone(),
        status: match call.status {
            0 => call.error.clone(),
            status => status.to_string(),
        },
        ms: call.ms,
    }
}
