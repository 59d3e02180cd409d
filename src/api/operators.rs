//! For operators: the retry pass, and what went wrong lately. Both ask for
//! `admin_token`; without one configured there is nothing here.

use std::ops::RangeInclusive;
use std::time::Duration;

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::access::{admit_operator, only, problem, wrong_settings};
use super::answer::{Problem, ok};
use super::paging::Paging;
use super::query::{flag, percent_decoded, seconds};
use super::session::Session;
use crate::pipeline::{self, Failure, PassOptions};
use crate::store::hold;
use crate::store::trouble::{self, Trouble};

/// How long a retry pass may take if nothing is said: managed clouds end a request
/// after 30 s.
const PASS: Duration = Duration::from_secs(20);
/// How long it may take at all.
const SECONDS: RangeInclusive<u64> = 1..=600;

/// `GET` and `POST /tasks/retry`: crons of some platforms can only get.
pub(super) async fn retry(
    session: &Session<'_>,
    head: &Parts,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET, Method::POST], "GET, POST")?;
    admit_operator(session, head)?;
    let context = session.quiet_context();
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let pass = pipeline::retry_pass(context, options(head)?).await;
    Ok(ok(&pass.map_err(|failure| problem(session, failure))?))
}

/// `?seconds=40`: how long a pass may take; `?upkeep=true`: the whole store is looked
/// after.
fn options(head: &Parts) -> Result<PassOptions, Problem> {
    let mut options = PassOptions {
        time: PASS,
        upkeep: false,
    };
    let query = head.uri.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "seconds" => options.time = seconds(&value, SECONDS)?,
            "upkeep" => options.upkeep = flag(&name, &value)?,
            _ => {}
        }
    }
    Ok(options)
}

/// `GET /troubles`: what went wrong lately, the newest first.
pub(super) fn troubles(session: &Session<'_>, head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET], "GET")?;
    admit_operator(session, head)?;
    let Paging { before, limit } = Paging::read(head)?;
    let found = trouble::page(session.ports.store, before, limit);
    let found = found.map_err(|error| problem(session, Failure::Record(error)))?;
    let next = found.last().map(|last| last.number);
    let next = next.filter(|_| found.len() == limit);
    let shown = found.iter().map(show).collect::<Value>();
    Ok(ok(&json!({ "troubles": shown, "next": next })))
}

/// `GET /holds`: what is held back, why, since when, until when.
pub(super) fn holds(session: &Session<'_>, head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET], "GET")?;
    admit_operator(session, head)?;
    let holds = hold::all(session.ports.store);
    let holds = holds.map_err(|error| problem(session, Failure::Record(error)))?;
    let now = session.ports.clock.now();
    let shown = holds.iter().filter(|hold| hold.lasts(now));
    let shown = shown.map(|hold| {
        json!({
            "id": hold.scope.id(),
            "scope": hold.scope,
            "since": hold.since.to_string(),
            "until": hold.until.to_string(),
            "reason": hold.why,
            "is_login": hold.login.is_some(),
        })
    });
    Ok(ok(&json!({ "holds": shown.collect::<Value>() })))
}

/// `DELETE /holds/{id}`: lets go at once.
pub(super) fn let_go(
    session: &Session<'_>,
    head: &Parts,
    id: &str,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::DELETE], "DELETE")?;
    admit_operator(session, head)?;
    let id = percent_decoded(id);
    let is_lifted = hold::lift(session.ports, &id);
    match is_lifted.map_err(|error| problem(session, Failure::Record(error)))? {
        true => Ok(ok(&json!({ "let_go": id }))),
        false => Err(Problem::new(StatusCode::NOT_FOUND, "there is no such hold")),
    }
}

fn show(trouble: &Trouble) -> Value {
    json!({
        "number": trouble.number,
        "at": trouble.at.to_string(),
        "what": trouble.what,
        "entity": trouble.entity,
        "reason": trouble.reason,
    })
}
