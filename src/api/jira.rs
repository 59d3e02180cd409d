//! `POST /webhooks/jira`: what people do in Jira, as its webhooks tell it.
//!
//! Jira sends again after 408, 409, 425, 429 and 5xx only, so a message that is merely
//! not ours is never answered with another 4xx.

use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::access::{admit, only, problem, wrong_settings};
use super::answer::{Problem, results};
use super::session::Session;
use super::signature;
use crate::context::Context;
use crate::model::Outcome;
use crate::pipeline::{self, Failure};
use crate::platform::log::{Level, Log};
use crate::platform::{Body, BodyError, X_HUB_SIGNATURE};
use crate::settings::{Secret, WebhookAuth};
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
    let refused = |problem| refuse(&early, problem);
    let signature = Signed::of(session, head).map_err(refused)?;
    let bytes = read(session, body).await.map_err(refused)?;
    signature.check(&bytes).map_err(refused)?;
    let context = session
        .context()
        .map_err(|error| wrong_settings(session, &error))?;
    let context = Context {
        source: "jira",
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

/// How a message shows that it is Jira's.
enum Signed {
    /// By the token, which was right.
    ByToken,
    /// By its signature with this secret.
    With { secret: Secret, shown: String },
}

impl Signed {
    /// A signature counts where a secret is set; without one, as Automation and older
    /// Data Centers send it, the token must be shown. With a secret, `webhook_auth =
    /// none` lets nobody in who shows neither.
    fn of(session: &Session<'_>, head: &Parts) -> Result<Self, Problem> {
        let secret = session.settings.jira_webhook_secret();
        let secret = secret.map_err(|_| unread_secret())?;
        let shown = head.headers.get(X_HUB_SIGNATURE);
        match (secret, shown) {
            (Some(secret), Some(shown)) => Ok(Self::With {
                secret,
                shown: shown.to_str().unwrap_or_default().to_owned(),
            }),
            (Some(_), None) => admit_by_token(session, head).map(|()| Self::ByToken),
            (None, _) => admit(session, head).map(|()| Self::ByToken),
        }
    }

    fn check(&self, body: &[u8]) -> Result<(), Problem> {
        match self {
            Self::ByToken => Ok(()),
            Self::With { secret, shown } if signature::is_signed(body, shown, secret.expose()) => {
                Ok(())
            }
            Self::With { .. } => Err(Problem::unauthorized(
                "the signature is not one of this body with jira_webhook_secret",
            )),
        }
    }
}

fn admit_by_token(session: &Session<'_>, head: &Parts) -> Result<(), Problem> {
    match session.settings.webhook_auth() {
        Ok(WebhookAuth::None) => Err(Problem::unauthorized(
            "no signature: Jira must sign with jira_webhook_secret (X-Hub-Signature)",
        )),
        _ => admit(session, head),
    }
}

fn unread_secret() -> Problem {
    let why = "jira_webhook_secret could not be read; send it again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, why).retry_after(1)
}

async fn read(session: &Session<'_>, body: &mut dyn Body) -> Result<Vec<u8>, Problem> {
    let requests = session.settings.requests();
    let requests = requests.map_err(|error| wrong_settings(session, &error))?;
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

fn refuse(log: &Log<'_>, problem: Problem) -> Problem {
    let fields = [
        ("status", problem.status().as_u16().into()),
        ("reason", problem.detail().into()),
    ];
    log.line(Level::Warn, "refused", &fields);
    problem
}
