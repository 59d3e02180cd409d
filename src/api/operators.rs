//! For operators: the retry pass, and what went wrong lately. Both ask for
//! `admin_token`; without one configured there is nothing here.

use http::request::Parts;
use http::{Method, Response};
use serde_json::{Value, json};

use super::access::{admit_operator, only, problem, wrong_settings};
use super::answer::{Problem, ok};
use super::paging::Paging;
use super::session::Session;
use crate::pipeline::{self, Failure};
use crate::store::trouble::{self, Trouble};

/// `GET` and `POST /tasks/retry`: crons of some platforms can only get.
pub(super) async fn retry(
    session: &Session<'_>,
    head: &Parts,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET, Method::POST], "GET, POST")?;
    admit_operator(session, head)?;
    let context = session.quiet_context();
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let pass = pipeline::retry_pass(context).await;
    Ok(ok(&pass.map_err(|failure| problem(session, failure))?))
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

fn show(trouble: &Trouble) -> Value {
    json!({
        "number": trouble.number,
        "at": trouble.at.to_string(),
        "what": trouble.what,
        "entity": trouble.entity,
        "reason": trouble.reason,
    })
}
