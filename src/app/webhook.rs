//! What every webhook request goes through before its events are dealt with:
//! method, configuration, authentication, media type, size, shape.

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::{Session, admitted, context, only};
use crate::answer::{Outcome, OutcomeKind, Problem, dry_results, results};
use crate::config::Config;
use crate::delivery::{Context, deliver, dry_run};
use crate::intake::{IntakeError, Received};
use crate::log::{Level, Log};
use crate::platform::{Body, BodyError, Ports};

/// Reads one sender's JSON.
pub(super) type Read = fn(&[u8], &Config) -> Result<Vec<Received>, IntakeError>;

/// Takes the events of one request.
pub(super) async fn take(
    ports: Ports<'_>,
    head: &Parts,
    body: &mut dyn Body,
    session: &Session,
    read: Read,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::POST], "POST")?;
    let early = Log::new(ports.log, ports.clock, Level::Warn);
    let config = admitted(ports, head).map_err(|problem| refuse(&early, problem))?;
    let response = {
        let context = context(ports, &config, session);
        let received = receive(&config, head, body, read)
            .await
            .map_err(|problem| refuse(&context.log, problem))?;
        if is_dry_run(head) {
            return rehearse(context, &received);
        }
        deliver_all(context, received).await
    };
    session.config.replace(Some(config));
    response
}

async fn receive(
    config: &Config,
    head: &Parts,
    body: &mut dyn Body,
    read: Read,
) -> Result<Vec<Received>, Problem> {
    require_json(head)?;
    let limit = config.max_body_bytes;
    let bytes = body
        .read(limit)
        .await
        .map_err(|error| unread(error, limit))?;
    read(&bytes, config).map_err(not_understood)
}

fn refuse(log: &Log<'_>, problem: Problem) -> Problem {
    log.line(
        Level::Warn,
        "refused",
        &[
            ("status", problem.status().as_u16().into()),
            ("reason", problem.detail().into()),
        ],
    );
    problem
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

/// `application/json`, or a type with the suffix `+json`, or none said.
fn require_json(head: &Parts) -> Result<(), Problem> {
    let Some(value) = head.headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
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
