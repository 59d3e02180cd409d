//! For operators: the retry pass and the dead letters. All ask for
//! `admin_token`; without one configured there is nothing here.

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Session, Told, configuration, context, nothing_here, only, unauthorized};
use crate::answer::{Problem, ok, results};
use crate::config::{Config, WebhookAuth, admin_token};
use crate::delivery::{self, Context, Failure};
use crate::intake::{Received, auth};
use crate::ledger::{DeadLetter, dead};
use crate::log::rfc3339;
use crate::platform::Ports;

/// `GET` and `POST /tasks/retry`: crons of some platforms can only get.
pub(super) async fn retry(
    ports: Ports<'_>,
    head: &Parts,
    session: &Session,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET, Method::POST], "GET, POST")?;
    let config = admitted(ports, head)?;
    let pass = delivery::retry_pass(context(ports, &config, session)).await?;
    Ok(ok(&pass))
}

/// `/dead-letters` and what is below it.
pub(super) async fn dead_letters(
    ports: Ports<'_>,
    head: &Parts,
    session: &Session,
    rest: &[&str],
) -> Result<Response<Vec<u8>>, Problem> {
    let config = admitted(ports, head)?;
    let context = context(ports, &config, session);
    let response = match rest {
        [] => {
            only(head, &[Method::GET, Method::DELETE], "GET, DELETE")?;
            let letters = all(context)?;
            if head.method == Method::DELETE {
                discard(context, &letters)?;
            }
            ok(&json!({ "dead_letters": letters.iter().map(show).collect::<Value>() }))
        }
        ["replay"] => {
            only(head, &[Method::POST], "POST")?;
            replay(context, all(context)?).await?
        }
        [id] => {
            only(head, &[Method::GET, Method::DELETE], "GET, DELETE")?;
            let letter = one(context, id)?;
            if head.method == Method::DELETE {
                discard(context, std::slice::from_ref(&letter))?;
            }
            ok(&show(&letter))
        }
        [id, "replay"] => {
            only(head, &[Method::POST], "POST")?;
            replay(context, vec![one(context, id)?]).await?
        }
        _ => return Err(nothing_here()),
    };
    session.config.replace(Some(config.clone()));
    Ok(response)
}

/// The configuration, for one who shows the admin token.
fn admitted(ports: Ports<'_>, head: &Parts) -> Result<Config, Problem> {
    let Some(token) = admin_token(ports.variables) else {
        return Err(nothing_here());
    };
    auth::check(head, &WebhookAuth::Token(token))
        .map_err(|denied| unauthorized(denied, "admin_token"))?;
    configuration(ports, Told::All)
}

fn all(context: Context<'_>) -> Result<Vec<DeadLetter>, Problem> {
    Ok(dead::list(context.ports.store).map_err(Failure::from)?)
}

fn one(context: Context<'_>, id: &str) -> Result<DeadLetter, Problem> {
    let found = dead::read(context.ports.store, id).map_err(Failure::from)?;
    found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is no such dead letter"))
}

fn discard(context: Context<'_>, letters: &[DeadLetter]) -> Result<(), Problem> {
    for letter in letters {
        dead::discard(context.ports.store, &letter.id).map_err(Failure::from)?;
    }
    Ok(())
}

/// Each is mapped anew, with the configuration as it is now.
async fn replay(
    context: Context<'_>,
    letters: Vec<DeadLetter>,
) -> Result<Response<Vec<u8>>, Problem> {
    let mut outcomes = Vec::new();
    for letter in letters {
        let event = Received::Event(Box::new(letter.pending.event));
        outcomes.push(delivery::deliver(context, event).await?);
    }
    Ok(results(&outcomes))
}

fn show(letter: &DeadLetter) -> Value {
    let event = &letter.pending.event;
    json!({
        "id": letter.id,
        "entity": { "type": event.entity.kind.as_str(), "id": event.entity.id, "name": event.entity.name },
        "reason": letter.reason,
        "attempts": letter.pending.attempts,
        "accepted": rfc3339(letter.pending.since),
        "given_up": rfc3339(letter.at),
        "event": event,
    })
}
