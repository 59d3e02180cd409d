//! The status page: who may see it, what it shows, what its forms do.
//!
//! | route | what it does |
//! |---|---|
//! | `GET /` | the first page |
//! | `GET /page.css` | its style |
//! | `GET`, `POST /sign-in`, `POST /sign-out` | begins and ends a session |
//! | `GET /page/find?q=` | an entity, by its id or its issue's key |
//! | `GET /page/dead-letters?before=` | all dead letters |
//! | `POST /page/…` | what a form does: see [`Action`] |
//!
//! A `GET` changes nothing. Without `admin_token` there is nothing here.

mod actions;
mod answer;
mod doctor;
mod find;
mod form;
mod gate;
mod last_day;
mod overview;
mod rehearsal;
mod session_cookie;
mod sign_in;
mod signed_in;

use http::request::Parts;
use http::{Method, Response, StatusCode};

use self::answer::Stop;
use super::session::Session;
use crate::api::answer::Problem;
use crate::page::{self, Action};
use crate::platform::Body;
use gate::Visit;

/// Whether a path is one of the page's.
pub(super) fn is_ours(segments: &[&str]) -> bool {
    matches!(
        segments,
        ["" | "page.css" | "sign-in" | "sign-out"] | ["page", ..]
    )
}

/// Answers a request for the page.
///
/// # Errors
/// Without `admin_token` there is nothing here.
pub(super) async fn route(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
) -> Result<Response<Vec<u8>>, Problem> {
    let tokens = gate::tokens(session, head)?;
    let answer = match head.uri.path() {
        "/page.css" => gate::only(head, &[Method::GET, Method::HEAD]).map(|()| answer::style()),
        "/sign-in" => sign_in::route(session, head, body, &tokens).await,
        path => match gate::visit(session, head, &tokens) {
            Ok(visit) => inside(session, head, body, &visit, path).await,
            Err(stop) => Err(stop),
        },
    };
    Ok(answer.unwrap_or_else(Stop::into_response))
}

/// What only one who is signed in gets.
async fn inside(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
    visit: &Visit,
    path: &str,
) -> Result<Response<Vec<u8>>, Stop> {
    if let Some(action) = Action::of(path) {
        gate::only(head, &[Method::POST])?;
        return actions::act(session, head, body, visit, action).await;
    }
    gate::only(head, &[Method::GET, Method::HEAD])?;
    let now = session.ports.clock.now();
    let token = |action| visit.token(action);
    let frame = page::Frame {
        now,
        notice: gate::notice(head),
        token: &token,
    };
    match path {
        "/" => Ok(answer::html(page::overview(
            &frame,
            &overview::overview(session),
        ))),
        "/page/dead-letters" => {
            let letters = overview::all_letters(session, head)?;
            Ok(answer::html(page::all_letters(&frame, &letters)))
        }
        "/page/find" => {
            let view = find::find(session, head).await?;
            Ok(answer::html(page::entity(&frame, &view)))
        }
        _ => Err(Stop::Refused(
            StatusCode::NOT_FOUND,
            "There is no such page".to_owned(),
        )),
    }
}
