//! The routes, one line each.
//!
//! | route | what it does |
//! |---|---|
//! | `POST /webhooks/opencti` | takes events |
//! | `POST /webhooks/splunk` | takes alerts |
//! | `GET /healthz`, `GET /readyz` | say whether it is up, and whether it can work |
//! | `GET`, `POST /tasks/retry` | works off what was put off |
//! | `GET`, `DELETE /dead-letters`, `POST /dead-letters/replay` | all of them |
//! | `GET`, `DELETE /dead-letters/{id}`, `POST /dead-letters/{id}/replay` | one |

mod admin;
mod health;
mod webhook;

use std::cell::RefCell;

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::json;

use crate::answer::Problem;
use crate::config::{Config, ConfigError, WebhookAuth};
use crate::delivery::{self, Context};
use crate::intake::auth::{self, Denied};
use crate::intake::{opencti, splunk};
use crate::ledger::Released;
use crate::log::{Level, Log};
use crate::platform::{Body, Ports};

/// What one request leaves for when its sender has been answered.
#[derive(Default)]
pub struct Session {
    config: RefCell<Option<Config>>,
    released: RefCell<Vec<Released>>,
}

/// Answers one request.
pub async fn handle(
    ports: Ports<'_>,
    head: &Parts,
    body: &mut dyn Body,
    session: &Session,
) -> Response<Vec<u8>> {
    match route(ports, head, body, session).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// Goes on after the answer was sent.
pub async fn afterwards(ports: Ports<'_>, session: &Session) {
    if let Some(config) = session.config.take() {
        delivery::afterwards(context(ports, &config, session)).await;
    }
}

/// The answer to a request whose head is no valid HTTP.
pub fn unreadable() -> Response<Vec<u8>> {
    Problem::new(StatusCode::BAD_REQUEST, "the request's head cannot be read").into_response()
}

async fn route(
    ports: Ports<'_>,
    head: &Parts,
    body: &mut dyn Body,
    session: &Session,
) -> Result<Response<Vec<u8>>, Problem> {
    let path = head.uri.path();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["webhooks", "opencti"] => {
            webhook::take(ports, head, body, session, |body, _| opencti::read(body)).await
        }
        ["webhooks", "splunk"] => {
            let read: webhook::Read = |body, config| splunk::read(body, &config.splunk);
            webhook::take(ports, head, body, session, read).await
        }
        ["healthz"] => health::healthz(head),
        ["readyz"] => health::readyz(ports, head),
        ["tasks", "retry"] => admin::retry(ports, head, session).await,
        ["dead-letters", rest @ ..] => admin::dead_letters(ports, head, session, rest).await,
        _ => Err(nothing_here()),
    }
}

fn nothing_here() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "there is nothing here; events go to POST /webhooks/opencti or /webhooks/splunk",
    )
}

fn context<'a>(ports: Ports<'a>, config: &'a Config, session: &'a Session) -> Context<'a> {
    Context {
        ports,
        config,
        log: Log::new(ports.log, ports.clock, config.log_level),
        released: &session.released,
    }
}

/// The configuration. Every mistake goes into the log, so that an operator sees
/// it at the first request, and to one who has shown the token.
fn configuration(ports: Ports<'_>, told: Told) -> Result<Config, Problem> {
    Config::load(ports.variables).map_err(|ConfigError { mistakes }| {
        let log = Log::new(ports.log, ports.clock, Level::Error);
        log.line(
            Level::Error,
            "misconfigured",
            &[("mistakes", json!(mistakes))],
        );
        let problem = |detail| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
        match told {
            Told::All => problem("the configuration is wrong; `mistakes` lists all that was found")
                .member("mistakes", json!(mistakes)),
            Told::Nothing => problem(
                "the configuration is wrong; the log line `misconfigured` lists all that was found, and so does the answer to one who shows the token",
            ),
        }
    })
}

/// What the sender of a request may know of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It has shown the token, or nobody needs one.
    All,
    /// It could be anyone.
    Nothing,
}

/// The configuration, for one who may post. The token comes first: settings are
/// read, and mistakes told, only for one who shows it.
fn admitted(ports: Ports<'_>, head: &Parts) -> Result<Config, Problem> {
    match WebhookAuth::load(ports.variables) {
        Ok(auth) => {
            auth::check(head, &auth).map_err(|denied| unauthorized(denied, "webhook_token"))?;
            configuration(ports, Told::All)
        }
        // Without a valid token nobody can show it. Nobody is let in either
        // where a provider of variables is there again at the second look.
        Err(_) => Err(match configuration(ports, Told::Nothing) {
            Err(problem) => problem,
            Ok(_) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "webhook_token could not be read; send it again",
            )
            .retry_after(1),
        }),
    }
}

/// Only these methods, named as `Allow` has them.
fn only(head: &Parts, methods: &[Method], allow: &'static str) -> Result<(), Problem> {
    match methods.contains(&head.method) {
        true => Ok(()),
        false => Err(Problem::method_not_allowed(allow)),
    }
}

fn unauthorized(denied: Denied, token: &str) -> Problem {
    Problem::unauthorized(match denied {
        Denied::NoToken => format!(
            "no token: show {token} as `Authorization: Bearer …`, as `X-API-Key: …` or as `?token=…`"
        ),
        Denied::WrongToken => format!("the token is not the configured {token}"),
    })
}

#[cfg(test)]
mod tests;
