//! The routes, and what every request goes through before its events are dealt
//! with: method, configuration, authentication, media type, size, shape.

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::json;

use crate::answer::{Problem, results};
use crate::config::{Config, ConfigError};
use crate::delivery::{Context, deliver};
use crate::intake::auth::{self, Denied};
use crate::intake::{IntakeError, Received, opencti};
use crate::log::{Level, Log};
use crate::platform::{Body, BodyError, Ports};

/// Reads one sender's JSON.
type Read = fn(&[u8]) -> Result<Vec<Received>, IntakeError>;

/// The webhooks: a path, and who understands what is posted there.
const WEBHOOKS: [(&str, Read); 1] = [("/webhooks/opencti", opencti::read)];

/// Answers one request.
pub async fn handle(ports: Ports<'_>, head: &Parts, body: &mut dyn Body) -> Response<Vec<u8>> {
    match route(ports, head, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
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
) -> Result<Response<Vec<u8>>, Problem> {
    let path = head.uri.path();
    match WEBHOOKS.iter().find(|(route, _)| *route == path) {
        Some((_, read)) => webhook(ports, head, body, *read).await,
        None => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "there is nothing here; events go to POST /webhooks/opencti",
        )),
    }
}

async fn webhook(
    ports: Ports<'_>,
    head: &Parts,
    body: &mut dyn Body,
    read: Read,
) -> Result<Response<Vec<u8>>, Problem> {
    if head.method != Method::POST {
        return Err(Problem::method_not_allowed("POST"));
    }
    let config = Config::load(ports.variables).map_err(|error| misconfigured(ports, error))?;
    let log = Log::new(ports.log, ports.clock, config.log_level);
    let refuse = |problem: Problem| {
        log.line(
            Level::Warn,
            "refused",
            &[
                ("status", problem.status().as_u16().into()),
                ("reason", problem.detail().into()),
            ],
        );
        problem
    };
    auth::check(head, &config.webhook).map_err(|denied| refuse(unauthorized(denied)))?;
    require_json(head).map_err(refuse)?;
    let limit = config.max_body_bytes;
    let bytes = body
        .read(limit)
        .await
        .map_err(|error| refuse(unread(error, limit)))?;
    let received = read(&bytes).map_err(|error| refuse(not_understood(error)))?;
    let context = Context {
        ports,
        config: &config,
        log,
    };
    let mut outcomes = Vec::new();
    for event in received {
        outcomes.push(deliver(context, event).await?);
    }
    Ok(results(&outcomes))
}

/// Every mistake, to the sender and into the log: an operator sees it at the
/// first request.
fn misconfigured(ports: Ports<'_>, error: ConfigError) -> Problem {
    let log = Log::new(ports.log, ports.clock, Level::Error);
    log.line(
        Level::Error,
        "misconfigured",
        &[("mistakes", json!(error.mistakes))],
    );
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the configuration is wrong; `mistakes` lists all that was found",
    )
    .member("mistakes", json!(error.mistakes))
}

fn unauthorized(denied: Denied) -> Problem {
    Problem::unauthorized(match denied {
        Denied::NoToken => {
            "no token: show webhook_token as `Authorization: Bearer …`, as `X-API-Key: …` or as `?token=…`"
        }
        Denied::WrongToken => "the token is not the configured webhook_token",
    })
}

/// `application/json`, or a type with the suffix `+json`, or none said.
fn require_json(head: &Parts) -> Result<(), Problem> {
    let Some(value) = head.headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let kind = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind == "application/json" || kind.ends_with("+json") {
        true => Ok(()),
        false => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must be application/json",
        )),
    }
}

fn unread(error: BodyError, limit: usize) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than max_body_bytes, {limit} bytes"),
        ),
        BodyError::Broken(why) => Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the body did not arrive whole: {why}"),
        ),
    }
}

fn not_understood(error: IntakeError) -> Problem {
    match error {
        IntakeError::NotJson(why) => Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the body is not JSON: {why}"),
        ),
        IntakeError::NoEvent(why) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the body is JSON, but no event: {why}"),
        ),
    }
}
