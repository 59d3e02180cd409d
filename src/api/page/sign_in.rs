//! Signing in and out.

use std::time::Duration;

use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::answer::{Stop, html, see_other, set_cookie};
use super::signed_in::{self, SignedIn};
use super::{form, session_cookie};
use crate::api::session::Session;
use crate::page;
use crate::platform::Body;
use crate::platform::log::Level;
use crate::settings::Secrets;

/// An answer to a wrong token takes so long: who guesses is slowed down, and nothing
/// has to be remembered. Who guesses in parallel is stopped by the token's length alone.
const PAUSE: Duration = Duration::from_secs(1);

/// `GET` and `POST /sign-in`.
pub(super) async fn route(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
    tokens: &Secrets,
) -> Result<Response<Vec<u8>>, Stop> {
    match head.method {
        Method::GET | Method::HEAD => Ok(html(page::sign_in(view(head, false)))),
        Method::POST => begin(session, head, body, tokens).await,
        _ => Err(Stop::Method("GET, HEAD, POST")),
    }
}

fn view(head: &Parts, is_wrong: bool) -> page::SignIn {
    page::SignIn {
        is_wrong,
        is_open: !session_cookie::is_https(head) && !session_cookie::is_local(head),
    }
}

async fn begin(
    session: &Session<'_>,
    head: &Parts,
    body: &mut dyn Body,
    tokens: &Secrets,
) -> Result<Response<Vec<u8>>, Stop> {
    let form = form::read(head, body, None).await?;
    // What is pasted often ends with a line break.
    let shown = form.get("token").trim();
    let Some(token) = tokens.matching(shown.as_bytes()) else {
        let fields = [(
            "reason",
            "the token is not the configured admin_token".into(),
        )];
        session
            .log(Level::Warn)
            .line(Level::Warn, "sign_in_refused", &fields);
        session.ports.clock.sleep(PAUSE).await;
        let mut response = html(page::sign_in(view(head, true)));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return Ok(response);
    };
    let now = session.ports.clock.now();
    let begun = SignedIn::begin(token, now, &signed_in::nonce(now));
    let begun = begun.unwrap_or_default();
    session.log(Level::Info).line(Level::Info, "signed_in", &[]);
    let cookie = session_cookie::begin(head, &begun);
    Ok(set_cookie(see_other("/"), &cookie))
}

/// `POST /sign-out`: the browser forgets the session. It would be valid until its end
/// if somebody had kept it; another `admin_token` ends it at once.
pub(super) fn end(head: &Parts) -> Response<Vec<u8>> {
    set_cookie(see_other("/sign-in"), &session_cookie::end(head))
}
