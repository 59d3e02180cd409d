//! The routes, one line each.
//!
//! | route | what it does |
//! |---|---|
//! | `POST /webhooks/<source>` | takes events: `opencti`, `splunk`, `generic` |
//! | `POST /webhooks/jira` | takes what people do in Jira |
//! | `GET /doctor` | checks the configuration against the live services |
//! | `GET /healthz`, `GET /readyz` | say whether it is up, and whether it can work |
//! | `GET`, `POST /tasks/retry` | works off what was put off |
//! | `GET`, `POST /tasks/stream` | reads OpenCTI's live stream |
//! | `GET`, `DELETE /dead-letters`, `POST /dead-letters/replay` | all of them |
//! | `GET`, `DELETE /dead-letters/{number}`, `POST /dead-letters/{number}/replay` | one |
//! | `GET /troubles` | what went wrong lately |
//! | `GET /entities/{id}` | what became of one entity |
//! | `GET /metrics` | counts and figures, as OpenMetrics |
//! | `GET /holds`, `DELETE /holds/{id}` | what is held back, and letting it go |
//! | `GET /` and what it leads to | the status page, for people: see `page` |

mod access;
mod answer;
mod auth;
mod body;
mod dead_letters;
mod doctor;
mod entities;
mod health;
mod jira;
mod metrics;
mod operators;
mod page;
mod paging;
mod proof;
mod query;
mod search;
mod session;
mod signature;
mod stream;
mod trace;
mod webhook;

use http::request::Parts;
use http::{Response, StatusCode};

use crate::platform::Body;
use crate::{pipeline, sources};
use answer::{Problem, nothing_here};

pub use session::Session;

/// Answers one request.
pub async fn handle(session: &Session<'_>, head: &Parts, body: &mut dyn Body) -> Response<Vec<u8>> {
    match route(session, head, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// Goes on after the answer was sent.
pub async fn after_response(session: &Session<'_>) {
    if let Some(context) = session.unfinished() {
        pipeline::after_response(context).await;
    }
}

/// The answer to a request whose head is no valid HTTP.
pub fn unreadable() -> Response<Vec<u8>> {
    Problem::new(StatusCode::BAD_REQUEST, "the request's head cannot be read").into_response()
}

async fn route(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
) -> Result<Response<Vec<u8>>, Problem> {
    let path = head.uri.path();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["webhooks", "jira"] => jira::take(session, head, body).await,
        ["webhooks", key] => match sources::source(key) {
            Some(source) => webhook::take(session, source, head, body).await,
            None => Err(nothing_here()),
        },
        ["healthz"] => health::healthz(head),
        ["readyz"] => health::readyz(session, head),
        ["tasks", "retry"] => operators::retry(session, head).await,
        ["tasks", "stream"] => stream::read(session, head).await,
        ["dead-letters", rest @ ..] => dead_letters::route(session, head, rest).await,
        ["troubles"] => operators::troubles(session, head),
        ["entities", id] => entities::one(session, head, id).await,
        ["metrics"] => metrics::metrics(session, head),
        ["doctor"] => doctor::examine(session, head).await,
        ["holds"] => operators::holds(session, head),
        ["holds", id] => operators::let_go(session, head, id),
        ours if page::is_ours(ours) => page::route(session, head, body).await,
        _ => Err(nothing_here()),
    }
}

#[cfg(test)]
mod tests;
