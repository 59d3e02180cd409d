//! What every webhook request goes through before its events are dealt with:
//! method, authentication, media type, size, shape.

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::access::{only, problem, refuse, wrong_settings};
use super::answer::{Problem, dry_results, results};
use super::body::{self, Arrived};
use super::proof::Proof;
use super::query::is_dry_run;
use super::session::Session;
use crate::context::Context;
use crate::model::{Outcome, OutcomeKind};
use crate::pipeline::{self, dry_run};
use crate::platform::Body;
use crate::platform::log::Level;
use crate::sources::{Received, Source};

/// Takes the events of one request.
pub(super) async fn take(
    session: &Session<'_>,
    source: &Source,
    head: &Parts,
    request_body: &mut dyn Body,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::POST], "POST")?;
    let early = session.log(Level::Warn);
    let refused = |problem| refuse(&early, head, problem);
    let proof = Proof::of(session, head).map_err(refused)?;
    let is_dry = is_dry_run(head).map_err(refused)?;
    require_json(head).map_err(refused)?;
    let taken = body::take(session, &proof, source, request_body).await;
    let taken = taken.map_err(refused)?;
    // Whoever comes so far may have something done.
    let context = match is_dry {
        true => session.quiet_context(),
        false => session.context(),
    };
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let context = Context {
        source: source.profile.key,
        ..context
    };
    let arrived = body::receive(session, &context.log, source, taken)
        .map_err(|problem| refuse(&context.log, head, problem))?;
    match is_dry {
        true => rehearse(session, context, &arrived),
        false => deal_with(session, context, arrived).await,
    }
}

fn rehearse(
    session: &Session<'_>,
    context: Context<'_>,
    arrived: &Arrived,
) -> Result<Response<Vec<u8>>, Problem> {
    let mut outcomes = Vec::new();
    for received in &arrived.received {
        let dry = dry_run(context, received);
        outcomes.extend(dry.map_err(|failure| problem(session, failure))?);
    }
    outcomes.extend(arrived.unread.as_ref().map(body::rehearse));
    Ok(dry_results(&outcomes))
}

/// One result each: an event that fails does not spoil the others. A request
/// of which everything failed is answered with the first failure.
async fn deal_with(
    session: &Session<'_>,
    context: Context<'_>,
    arrived: Arrived,
) -> Result<Response<Vec<u8>>, Problem> {
    let mut outcomes = Vec::new();
    let mut first_failure = None;
    // What is kept stands in the store before anything else is begun.
    let kept = arrived
        .unread
        .map(|unread| pipeline::keep_unread(context, &unread));
    let received = arrived.received;
    let mut entities: Vec<_> = received.iter().map(Received::entity).collect();
    let mut results_of_each = pipeline::process_all(context, received).await;
    entities.extend(kept.as_ref().map(|_| None));
    results_of_each.extend(kept);
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
