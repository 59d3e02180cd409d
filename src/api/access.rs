//! Who is let in, and who is told of mistakes in the settings.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::json;

use super::answer::{Problem, nothing_here};
use super::auth::{self, Denied};
use super::session::Session;
use crate::notify;
use crate::pipeline::Failure;
use crate::platform::log::Level;
use crate::settings::{Settings, SettingsError, WebhookAuth};

/// What the sender of a request may know of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It has shown the token, or nobody needs one.
    All,
    /// It could be anyone.
    Nothing,
}

/// Reads all settings. Every mistake goes into the log, and to one who has shown
/// the token.
pub(super) fn check_settings(session: &Session<'_>, told: Told) -> Result<(), Problem> {
    let chats = notify::keys();
    // Anew: a provider of variables may be there again.
    let checked = Settings::new(session.ports.variables).check(&chats);
    checked.map_err(|error| misconfigured(session, &error, told))
}

/// Settings that a request needs are wrong: all that is wrong is told.
pub(super) fn wrong_settings(session: &Session<'_>, found: &SettingsError) -> Problem {
    match check_settings(session, Told::All) {
        Err(problem) => problem,
        // A provider of variables that is there again at the second look.
        Ok(()) => misconfigured(session, found, Told::All),
    }
}

/// What a sender is told of an event that was neither done nor kept.
pub(super) fn problem(session: &Session<'_>, failure: Failure) -> Problem {
    if let Failure::Settings(error) = &failure {
        return wrong_settings(session, error);
    }
    let status = StatusCode::from_u16(failure.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = Problem::new(status, format!("{failure}. The event was not kept"));
    match failure.retry_after() {
        Some(after) => problem.retry_after(after.as_secs()),
        None => problem,
    }
}

fn misconfigured(session: &Session<'_>, error: &SettingsError, told: Told) -> Problem {
    let mistakes = json!(error.mistakes);
    session.log(Level::Error).line(
        Level::Error,
        "misconfigured",
        &[("mistakes", mistakes.clone())],
    );
    let problem = |detail| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
    match told {
        Told::All => problem("the configuration is wrong; `mistakes` lists all that was found")
            .member("mistakes", mistakes),
        Told::Nothing => problem(
            "the configuration is wrong; the log line `misconfigured` lists all that was found, and so does the answer to one who shows the token",
        ),
    }
}

/// Lets in one who may post. The token comes first: nothing else is read, and
/// no mistake told, for one who does not show it.
pub(super) fn admit(session: &Session<'_>, head: &Parts) -> Result<(), Problem> {
    match session.settings.webhook_auth() {
        Ok(auth) => auth::check(head, auth).map_err(|denied| unauthorized(denied, "webhook_token")),
        // Without a valid token nobody can show it. Nobody is let in either
        // where a provider of variables is there again at the second look.
        Err(_) => Err(match check_settings(session, Told::Nothing) {
            Err(problem) => problem,
            Ok(()) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "webhook_token could not be read; send it again",
            )
            .retry_after(1),
        }),
    }
}

/// Lets in one who shows the admin token; without one configured there is
/// nothing here.
pub(super) fn admit_operator(session: &Session<'_>, head: &Parts) -> Result<(), Problem> {
    let Some(token) = session.settings.admin_token() else {
        return Err(nothing_here());
    };
    auth::check(head, &WebhookAuth::Token(token))
        .map_err(|denied| unauthorized(denied, "admin_token"))
}

/// Only these methods, named as `Allow` has them.
pub(super) fn only(head: &Parts, methods: &[Method], allow: &'static str) -> Result<(), Problem> {
    match methods.contains(&head.method) {
        true => Ok(()),
        false => Err(Problem::method_not_allowed(allow)),
    }
}

fn unauthorized(denied: Denied, token: &str) -> Problem {
    Problem::unauthorized(match denied {
        Denied::NoToken => format!(
            "no token: show {token} as `Authorization: Bearer …`, as `X-API-Key: …` or as `?token=…`"
        ),
        Denied::WrongToken => format!("the token is not the configured {token}"),
    })
}
