//! For operators: the dead letters. All routes ask for `admin_token`; without
//! one configured there is nothing here.

use std::time::Duration;

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::access::{admit_operator, only, problem, wrong_settings};
use super::answer::{Problem, nothing_here, ok, results};
use super::paging::Paging;
use super::session::Session;
use super::trace;
use crate::context::Context;
use crate::model::trace::How;
use crate::model::{Event, Outcome, UnreadBody};
use crate::pipeline::{self, Failure};
use crate::sources::{self, Received};
use crate::store::{self, DeadLetter, RecordError, dead_letter, unread};

/// All letters are gone through so many at a time.
const PAGE: usize = 100;
/// All of them may take so long: managed clouds end a request after 30 s.
const TIME: Duration = Duration::from_secs(20);

/// `/dead-letters` and what is below it.
pub(super) async fn route(
    session: &Session<'_>,
    head: &Parts,
    rest: &[&str],
) -> Result<Response<Vec<u8>>, Problem> {
    admit_operator(session, head)?;
    let failed = |error: RecordError| problem(session, Failure::Record(error));
    let context = session.context();
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let context = Context {
        how: How::Replay,
        ..context
    };
    match rest {
        [] => {
            only(head, &[Method::GET, Method::DELETE], "GET, DELETE")?;
            match head.method == Method::DELETE {
                true => discard_all(context).map_err(failed),
                false => list(context, Paging::read(head)?).map_err(failed),
            }
        }
        ["replay"] => {
            only(head, &[Method::POST], "POST")?;
            replay_all(session, context).await
        }
        [number] => {
            only(head, &[Method::GET, Method::DELETE], "GET, DELETE")?;
            let letter = one(context, number, failed)?;
            if head.method == Method::DELETE {
                unread::discard(context.ports.store, &letter).map_err(failed)?;
            }
            Ok(ok(&show(&letter)))
        }
        [number, "replay"] => {
            only(head, &[Method::POST], "POST")?;
            let letter = one(context, number, failed)?;
            Ok(results(&replay(session, context, letter).await?))
        }
        _ => Err(nothing_here()),
    }
}

fn one(
    context: Context<'_>,
    number: &str,
    failed: impl Fn(RecordError) -> Problem,
) -> Result<DeadLetter, Problem> {
    let none = || Problem::new(StatusCode::NOT_FOUND, "there is no such dead letter");
    let number = number.parse().map_err(|_| none())?;
    let letter = dead_letter::look(context.ports.store, number).map_err(failed)?;
    letter.ok_or_else(none)
}

/// One page, the newest first.
fn list(context: Context<'_>, paging: Paging) -> Result<Response<Vec<u8>>, RecordError> {
    let page = dead_letter::page(context.ports.store, paging.before, paging.limit)?;
    let letters = page.letters.iter().map(show).collect::<Value>();
    Ok(ok(&json!({ "dead_letters": letters, "next": page.next })))
}

/// Goes through all letters, page by page, as far as the time allows; `next` is
/// where to go on.
fn discard_all(context: Context<'_>) -> Result<Response<Vec<u8>>, RecordError> {
    let ends = context.ports.clock.now().after(TIME);
    let (mut discarded, mut next) = (0, None);
    loop {
        let page = dead_letter::page(context.ports.store, next, PAGE)?;
        for letter in &page.letters {
            unread::discard(context.ports.store, letter)?;
            discarded += 1;
        }
        next = page.next;
        if next.is_none() || context.ports.clock.now() > ends {
            return Ok(ok(&json!({ "discarded": discarded, "next": next })));
        }
    }
}

/// Each is mapped anew, with the settings as they are now. The newest go first;
/// what fails again keeps its number.
async fn replay_all(
    session: &Session<'_>,
    context: Context<'_>,
) -> Result<Response<Vec<u8>>, Problem> {
    let ends = context.ports.clock.now().after(TIME);
    let (mut outcomes, mut next) = (Vec::new(), None);
    loop {
        let page = dead_letter::page(context.ports.store, next, PAGE);
        let page = page.map_err(|error| problem(session, Failure::Record(error)))?;
        for letter in page.letters {
            if context.ports.clock.now() > ends {
                return Ok(results(&outcomes));
            }
            outcomes.extend(replay(session, context, letter).await?);
        }
        next = page.next;
        if next.is_none() {
            return Ok(results(&outcomes));
        }
    }
}

/// One letter again.
pub(super) async fn replay(
    session: &Session<'_>,
    context: Context<'_>,
    letter: DeadLetter,
) -> Result<Vec<Outcome>, Problem> {
    let outcomes = match (&letter.pending, &letter.body) {
        (Some(pending), _) => {
            let outcome = replay_event(context, letter.number, pending.event.clone()).await;
            outcome.map(|outcome| vec![outcome])
        }
        (None, Some(body)) => replay_body(session, context, &letter, body).await,
        (None, None) => Ok(vec![stays(&letter)]),
    };
    outcomes.map_err(|failure| problem(session, failure))
}

/// One event again. Its letter goes unless it failed again, also where a holder
/// died before it could note the letter's number.
async fn replay_event(context: Context<'_>, number: u64, event: Event) -> Result<Outcome, Failure> {
    let entity = event.entity.key();
    let event = Received::Event(Box::new(event));
    let outcome = pipeline::process(context, event).await?;
    let known = store::look(context.ports.store, &entity)?.unwrap_or_default();
    if known.dead.is_none_or(|dead| dead.letter != number) {
        dead_letter::discard(context.ports.store, number)?;
    }
    Ok(outcome)
}

/// A body again: it may be readable by now. Its letter goes once all that it tells
/// is done or kept.
async fn replay_body(
    session: &Session<'_>,
    context: Context<'_>,
    letter: &DeadLetter,
    body: &UnreadBody,
) -> Result<Vec<Outcome>, Failure> {
    let source = sources::source(body.source.as_str());
    let reading = source.map(|source| {
        let bytes = body.text.as_bytes();
        match body.is_cut {
            true => source.read_beginning(bytes),
            false => source.read_whole(bytes, session.settings),
        }
    });
    let Some(Ok(reading)) = reading else {
        return Ok(vec![stays(letter)]);
    };
    let mut outcomes = Vec::new();
    let context = Context {
        source: source.map_or("", |source| source.profile.key),
        ..context
    };
    for result in pipeline::process_all(context, reading.received).await {
        outcomes.push(result?);
    }
    // What was not read may hold more events: a person says that it can go.
    if !reading.may_miss_events {
        unread::discard(context.ports.store, letter)?;
    }
    Ok(outcomes)
}

/// What becomes of a letter of which there is nothing to replay.
fn stays(letter: &DeadLetter) -> Outcome {
    let (reason, number) = (&letter.reason, letter.number);
    Outcome::queued(format!("{reason}; it stays dead letter {number}"))
}

fn show(letter: &DeadLetter) -> Value {
    let pending = letter.pending.as_ref();
    let event = pending.map(|pending| &pending.event);
    let entity = event.map(|event| {
        json!({
            "source": event.entity.source,
            "type": event.entity.kind.as_str(),
            "id": event.entity.id,
            "name": event.entity.name,
        })
    });
    let since = pending.map_or(letter.at, |pending| pending.since);
    json!({
        "number": letter.number,
        "entity": entity,
        "reason": letter.reason,
        "attempts": pending.map_or(0, |pending| pending.attempts),
        "accepted": since.to_string(),
        "given_up": letter.at.to_string(),
        "trace": trace::show(&letter.trace),
        "event": event,
        "body": letter.body,
    })
}
