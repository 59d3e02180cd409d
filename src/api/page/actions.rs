//! What the forms do. Afterwards the browser goes to a page that says so, and loading
//! that again does nothing twice.

use std::time::Duration;

use http::Response;
use http::request::Parts;

use super::answer::{Stop, html, see_other};
use super::form::{self, Form};
use super::gate::Visit;
use super::{doctor, rehearsal, sign_in};
use crate::api::dead_letters;
use crate::api::session::Session;
use crate::model::{Outcome, OutcomeKind};
use crate::page::{self, Action, Notice};
use crate::pipeline::{self, PassOptions};
use crate::platform::Body;
use crate::store::{DeadLetter, dead_letter, hold, unread};

/// How long a retry pass may take: a person waits for it.
const PASS: Duration = Duration::from_secs(15);

/// Does what a form asks for.
///
/// # Errors
/// If it is no form of this session, or it fails.
pub(super) async fn act(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
    visit: &Visit,
    action: Action,
) -> Result<Response<Vec<u8>>, Stop> {
    let form = form::read(head, body, Some(action)).await?;
    visit.check(action, form.get("csrf"))?;
    let token = |action| visit.token(action);
    let frame = page::Frame {
        now: session.ports.clock.now(),
        notice: None,
        token: &token,
    };
    match action {
        Action::SignOut => Ok(sign_in::end(head)),
        Action::Retry => retry(session).await.map(told),
        Action::Replay => replay(session, &form).await.map(told),
        Action::Discard => discard(session, &form).map(told),
        Action::LetGo => let_go(session, &form).map(told),
        Action::Rehearse => {
            let view = rehearsal::rehearse(session, form.get("source"), form.get("event"));
            Ok(html(page::rehearsal(&frame, &view)))
        }
        Action::Doctor => {
            let view = doctor::examine(session).await;
            Ok(html(page::doctor(&frame, &view)))
        }
    }
}

fn told(notice: Notice) -> Response<Vec<u8>> {
    see_other(&format!("/?done={}", notice.word()))
}

async fn retry(session: &Session<'_>) -> Result<Notice, Stop> {
    let options = PassOptions {
        time: PASS,
        upkeep: false,
    };
    pipeline::retry_pass(session.quiet_context()?, options).await?;
    Ok(Notice::Retried)
}

async fn replay(session: &Session<'_>, form: &Form) -> Result<Notice, Stop> {
    let context = session.context()?;
    let Some(letter) = letter(session, form)? else {
        return Ok(Notice::Gone);
    };
    let outcomes = dead_letters::replay(session, context, letter).await?;
    Ok(notice_of(&outcomes))
}

/// The best that happened.
fn notice_of(outcomes: &[Outcome]) -> Notice {
    let any = |kind| outcomes.iter().any(|outcome| outcome.kind == kind);
    if any(OutcomeKind::Created) {
        Notice::Created
    } else if any(OutcomeKind::Updated) {
        Notice::Updated
    } else if any(OutcomeKind::Queued) {
        Notice::Queued
    } else if any(OutcomeKind::Failed) {
        Notice::Failed
    } else {
        Notice::Unchanged
    }
}

fn discard(session: &Session<'_>, form: &Form) -> Result<Notice, Stop> {
    let Some(letter) = letter(session, form)? else {
        return Ok(Notice::Gone);
    };
    unread::discard(session.ports.store, &letter)?;
    Ok(Notice::Discarded)
}

fn letter(session: &Session<'_>, form: &Form) -> Result<Option<DeadLetter>, Stop> {
    match form.get("number").parse() {
        Ok(number) => Ok(dead_letter::look(session.ports.store, number)?),
        Err(_) => Ok(None),
    }
}

fn let_go(session: &Session<'_>, form: &Form) -> Result<Notice, Stop> {
    Ok(match hold::lift(session.ports, form.get("id"))? {
        true => Notice::LetGo,
        false => Notice::Gone,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_happened_is_told() {
        let of = |kinds: &[OutcomeKind]| {
            let outcome = |kind: &OutcomeKind| Outcome {
                kind: *kind,
                ..Outcome::queued("")
            };
            notice_of(&kinds.iter().map(outcome).collect::<Vec<_>>())
        };
        use OutcomeKind::{Created, Duplicate, Failed, Ignored, Queued, Updated};
        assert_eq!(of(&[Queued, Created]), Notice::Created);
        assert_eq!(of(&[Duplicate, Updated]), Notice::Updated);
        assert_eq!(of(&[Ignored, Queued]), Notice::Queued);
        assert_eq!(of(&[Failed]), Notice::Failed);
        assert_eq!(of(&[Duplicate, Ignored]), Notice::Unchanged);
        assert_eq!(of(&[]), Notice::Unchanged);
    }
}
