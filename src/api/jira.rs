//! `POST /webhooks/jira`: what people do in Jira, as its webhooks tell it.
//!
//! Jira sends again after 408, 409, 425, 429 and 5xx only, so a message that is merely
//! not ours is never answered with another 4xx.

use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::access::{only, problem, refuse, wrong_settings, wrong_settings_told};
use super::answer::{Problem, results};
use super::proof::Proof;
use super::session::Session;
use crate::context::Context;
use crate::model::Outcome;
use crate::pipeline::{self, Failure, JIRA};
use crate::platform::log::Level;
use crate::platform::{Body, BodyError};
use crate::sources::{SourceError, jira};

/// Jira sends no more than 25 MB; a change of one issue is far smaller.
const LONGEST: usize = 4 * 1024 * 1024;

/// Takes one message.
pub(super) async fn take(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::POST], "POST")?;
    let early = session.log(Level::Warn);
    let refused = |problem| refuse(&early, head, problem);
    let proof = Proof::of_jira(session, head).map_err(refused)?;
    let bytes = read(session, &proof, body).await.map_err(refused)?;
    proof.check(&bytes).map_err(refused)?;
    let context = session
        .context()
        .map_err(|error| wrong_settings(session, &error))?;
    let context = Context {
        source: JIRA,
        ..context
    };
    let heard = Box::pin(hear(context, &bytes));
    match pipeline::take_message(context, heard).await {
        Ok(outcome) => Ok(results(&[outcome])),
        Err(failure) => Err(problem(session, failure)),
    }
}

async fn hear(context: Context<'_>, bytes: &[u8]) -> Result<Outcome, Failure> {
    match jira::read(bytes) {
        Ok(change) => pipeline::hear(context, change).await,
        Err(SourceError::Misconfigured(error)) => Err(error.into()),
        // Sending it again would not help.
        Err(
            SourceError::NotJson(why) | SourceError::Unreadable(why) | SourceError::NoEvent(why),
        ) => Ok(Outcome::ignored(None, format!("no message of Jira: {why}"))),
    }
}

async fn read(
    session: &Session<'_>,
    proof: &Proof,
    body: &mut dyn Body,
) -> Result<Vec<u8>, Problem> {
    let requests = session.settings.requests();
    let requests = requests.map_err(|error| wrong_settings_told(session, &error, proof.told()))?;
    let limit = requests.max_body_bytes.min(LONGEST);
    body.read(limit).await.map_err(|error| match error {
        BodyError::TooLarge { .. } => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {limit} bytes"),
        ),
        BodyError::Broken(why) => Problem::new(
            // Jira sends it again.
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the body did not arrive whole: {why}"),
        ),
    })
}
