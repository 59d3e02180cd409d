//! For whatever watches over the process: is it up, and can it work?
//! Both routes are open to everyone, as probes can show no token.

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::access::{Told, check_settings, only};
use super::answer::{Problem, ok};
use super::auth;
use super::session::Session;
use crate::platform::log::Level;
use crate::settings::WebhookAuth;
use crate::store;

/// `GET /healthz`: the component answers. No setting is looked at.
pub(super) fn healthz(head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    look_only(head)?;
    Ok(ok(&json!({ "status": "ok" })))
}

/// `GET /readyz`: 200 when the settings are valid and the store can be written.
/// Else 500 or 503, with every mistake, or what the store said, for one who shows a token.
pub(super) fn readyz(session: &Session<'_>, head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    look_only(head)?;
    let told = told(session, head);
    check_settings(session, told)?;
    store::probe(session.ports.store, session.ports.clock).map_err(|error| {
        let reason = error.to_string();
        session
            .log(Level::Error)
            .line(Level::Error, "not_ready", &[("reason", json!(reason))]);
        let detail = match told {
            Told::All => format!("the store cannot be written: {reason}"),
            Told::Nothing => {
                "the store cannot be written; the log line `not_ready` says why, and so does the answer to one who shows the token".to_owned()
            }
        };
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })?;
    Ok(ok(&json!({ "status": "ready" })))
}

/// Mistakes are told to whoever shows the token of senders or of operators, and to
/// everyone where everyone may post.
fn told(session: &Session<'_>, head: &Parts) -> Told {
    let is_sender = match session.settings.webhook_auth() {
        Ok(WebhookAuth::Token(tokens)) => auth::check(head, tokens).is_ok(),
        Ok(WebhookAuth::None) => true,
        Ok(WebhookAuth::Signature(_)) | Err(_) => false,
    };
    let admin = || session.settings.admin_token();
    match is_sender || admin().is_some_and(|tokens| auth::check(head, &tokens).is_ok()) {
        true => Told::All,
        false => Told::Nothing,
    }
}

fn look_only(head: &Parts) -> Result<(), Problem> {
    only(head, &[Method::GET, Method::HEAD], "GET, HEAD")
}
