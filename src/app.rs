//! The routes, and what every request goes through before its events are dealt
//! with: method, configuration, authentication, media type, size, shape.

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::json;

use crate::answer::{Outcome, OutcomeKind, Problem, dry_results, results};
use crate::config::{Config, ConfigError};
use crate::delivery::{Context, deliver, dry_run};
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
    match is_dry_run(head) {
        true => rehearse(context, &received),
        false => deliver_all(context, received).await,
    }
}

/// `?dry_run=true`, or just `?dry_run`.
fn is_dry_run(head: &Parts) -> bool {
    form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "dry_run" && (value.is_empty() || value == "true"))
}

fn rehearse(context: Context<'_>, received: &[Received]) -> Result<Response<Vec<u8>>, Problem> {
    let outcomes = received.iter().map(|one| dry_run(context, one));
    let outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
    Ok(dry_results(&outcomes))
}

/// One result each: an event that fails does not spoil the others. A request
/// of which everything failed is answered with the first failure.
async fn deliver_all(
    context: Context<'_>,
    received: Vec<Received>,
) -> Result<Response<Vec<u8>>, Problem> {
    let mut outcomes = Vec::new();
    let mut first_failure = None;
    for event in received {
        let entity = event.entity();
        match deliver(context, event).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) => {
                let problem = Problem::from(failure);
                outcomes.push(Outcome::failed(entity, problem.detail()));
                first_failure.get_or_insert(problem);
            }
        }
    }
    let all_failed = outcomes.iter().all(|one| one.kind == OutcomeKind::Failed);
    match first_failure {
        Some(problem) if all_failed => Err(problem),
        _ => Ok(results(&outcomes)),
    }
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
