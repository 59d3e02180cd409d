//! `GET /entities/{id}`: what became of one entity, for a person who has its id or the
//! key of its issue.

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::access::{admit_operator, only, problem, wrong_settings};
use super::answer::{Problem, ok};
use super::query::percent_decoded;
use super::search;
use super::session::Session;
use super::trace::{self, known, without_nulls};
use crate::context::Context;
use crate::model::OutboxTask;
use crate::pipeline::Failure;
use crate::store::hold;
use crate::store::whole::{Waiting, Whole};

/// `GET /entities/{id}`, by the entity's id (of any source, or of the one that
/// `?source=` names), by the issue's key or by the issue's id.
pub(super) async fn one(
    session: &Session<'_>,
    head: &Parts,
    id: &str,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET], "GET")?;
    admit_operator(session, head)?;
    let context = session.quiet_context();
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let id = percent_decoded(id);
    let found = search::find(context, &id, source(head).as_deref()).await;
    let mut found = found.map_err(|failure| problem(session, failure))?;
    match (found.pop(), found.is_empty()) {
        (Some(whole), true) => {
            let shown = show(context, &whole).map_err(|failure| problem(session, failure))?;
            Ok(ok(&shown))
        }
        (Some(_), false) => Err(Problem::new(
            StatusCode::CONFLICT,
            "several sources have an entity with this id; say which with `?source=`",
        )),
        (None, _) => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "nothing is remembered of such an entity, and no issue of this key or id says whose it is. What was ignored or a duplicate leaves nothing here; the log has it",
        )),
    }
}

fn source(head: &Parts) -> Option<String> {
    let query = head.uri.query().unwrap_or_default();
    let mut members = form_urlencoded::parse(query.as_bytes());
    let (_, source) = members.find(|(name, _)| name == "source")?;
    Some(source.into_owned())
}

fn show(context: Context<'_>, whole: &Whole) -> Result<Value, Failure> {
    let now = context.ports.clock.now();
    let held = whole.waiting.as_ref().and_then(|it| it.held.as_ref());
    let holds = hold::all(context.ports.store)?;
    let holds = holds.iter().filter(|hold| hold.lasts(now));
    let holds = holds.filter(|hold| Some(&hold::Hold::id(&hold.scope)) == held);
    let holds = holds.map(|hold| {
        json!({
            "id": hold.scope.id(),
            "since": hold.since.to_string(),
            "until": hold.until.to_string(),
            "reason": hold.why,
        })
    });
    let issue = whole.issue.as_ref().map(|issue| {
        json!({
            "key": issue.key,
            "id": issue.id,
            "url": context.tracker.browse_url(&issue.key),
            "summary": issue.summary,
            "filed": known(issue.filed),
            "ended": issue.ended,
        })
    });
    let dead = whole.dead.as_ref();
    let dead = dead.map(|dead| json!({ "number": dead.letter, "reason": dead.reason }));
    Ok(without_nulls(json!({
        "entity": whole.entity,
        "name": whole.name,
        "state": state(whole),
        "issue": issue,
        "issues_before": Some(whole.sequence).filter(|before| *before > 0),
        "waiting": whole.waiting.as_ref().map(waiting),
        "holds": holds.collect::<Value>(),
        "tasks": whole.tasks.iter().map(task).collect::<Value>(),
        "inbox": whole.arrived,
        "leased_until": whole.leased_until.map(|at| at.to_string()),
        "dead_letter": dead,
        "touched": known(whole.touched),
        "trace": trace::show(&whole.trace),
    })))
}

/// In one word.
fn state(whole: &Whole) -> &'static str {
    match whole {
        Whole {
            leased_until: Some(_),
            ..
        } => "at_work",
        Whole { dead: Some(_), .. } => "dead_letter",
        Whole {
            waiting: Some(_), ..
        } => "waiting",
        Whole { arrived: 1.., .. } => "waiting",
        Whole { tasks, .. } if !tasks.is_empty() => "tasks_left",
        Whole { issue: Some(_), .. } => "filed",
        _ => "no_issue",
    }
}

fn waiting(waiting: &Waiting) -> Value {
    without_nulls(json!({
        "change": waiting.change,
        "since": waiting.since.to_string(),
        "attempts": waiting.attempts,
        "until": known(waiting.not_before),
        "hold": waiting.held,
        "reason": waiting.why,
    }))
}

fn task(task: &OutboxTask) -> Value {
    without_nulls(json!({
        "task": task.kind.to_string(),
        "since": task.since.to_string(),
        "attempts": task.attempts,
        "until": known(task.not_before),
        "reason": task.why,
    }))
}
