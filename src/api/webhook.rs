//! What every webhook request goes through before its events are dealt with:
//! method, authentication, media type, size, shape.

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::access::{admit, only, problem, wrong_settings};
use super::answer::{Problem, dry_results, results};
use super::session::Session;
use crate::context::Context;
use crate::model::{Outcome, OutcomeKind};
use crate::pipeline::{self, dry_run};
use crate::platform::log::{Level, Log};
use crate::platform::{Body, BodyError};
use crate::sources::{Received, Source, SourceError};

/// Takes the events of one request.
pub(super) async fn take(
    session: &Session<'_>,
    source: &Source,
    head: &Parts,
    body: &mut dyn Body,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::POST], "POST")?;
    let early = session.log(Level::Warn);
    admit(session, head).map_err(|problem| refuse(&early, problem))?;
    let is_dry = is_dry_run(head);
    let context = match is_dry {
        true => session.quiet_context(),
        false => session.context(),
    };
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let received = receive(session, source, head, body)
        .await
        .map_err(|problem| refuse(&context.log, problem))?;
    match is_dry {
        true => rehearse(session, context, &received),
        false => deal_with(session, context, received).await,
    }
}

async fn receive(
    session: &Session<'_>,
    source: &Source,
    head: &Parts,
    body: &mut dyn Body,
) -> Result<Vec<Received>, Problem> {
    require_json(head)?;
    let requests = session.settings.requests();
    let requests = requests.map_err(|error| wrong_settings(session, &error))?;
    let limit = requests.max_body_bytes;
    let bytes = body
        .read(limit)
        .await
        .map_err(|error| unread(error, limit))?;
    (source.read)(&bytes, session.settings).map_err(|error| not_understood(session, error))
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

fn rehearse(
    session: &Session<'_>,
    context: Context<'_>,
    received: &[Received],
) -> Result<Response<Vec<u8>>, Problem> {
    let mut outcomes = Vec::new();
    for received in received {
        let dry = dry_run(context, received);
        outcomes.extend(dry.map_err(|failure| problem(session, failure))?);
    }
    Ok(dry_results(&outcomes))
}

/// One result each: an event that fails does not spoil the others. A request
/// of which everything failed is answered with the first failure.
async fn deal_with(
    session: &Session<'_>,
    context: Context<'_>,
    received: Vec<Received>,
) -> Result<Response<Vec<u8>>, Problem> {
    let mut outcomes = Vec::new();
    let mut first_failure = None;
    let entities: Vec<_> = received.iter().map(Received::entity).collect();
    let results_of_each = pipeline::process_all(context, received).await;
    for (entity, result) in entities.into_iter().zip(results_of_each) {
        match result {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) => {
                let problem = problem(session, failure);
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

fn not_understood(session: &Session<'_>, error: SourceError) -> Problem {
    match error {
        SourceError::NotJson(why) => Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the body is not JSON: {why}"),
        ),
        SourceError::NoEvent(why) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the body is JSON, but no event: {why}"),
        ),
        SourceError::Misconfigured(error) => wrong_settings(session, &error),
    }
}
