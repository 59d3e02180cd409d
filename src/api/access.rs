//! Who is let in, and who is told of mistakes in the settings.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::json;

use super::answer::{Problem, nothing_here};
use super::auth::{self, Denied};
use super::session::Session;
use crate::notify;
use crate::pipeline::Failure;
use crate::platform::log::{Level, Log};
use crate::settings::{Settings, SettingsError};

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
    wrong_settings_told(session, found, Told::All)
}

/// The same, to one who may not know of them yet.
pub(super) fn wrong_settings_told(
    session: &Session<'_>,
    found: &SettingsError,
    told: Told,
) -> Problem {
    match check_settings(session, told) {
        Err(problem) => problem,
        // A provider of variables that is there again at the second look.
        Ok(()) => misconfigured(session, found, told),
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

/// A setting that says who is let in cannot be read. Nobody can show then that he may
/// be told more. Nobody is let in either where a provider of variables is there again at
/// the second look.
pub(super) fn unreadable(session: &Session<'_>, setting: &str) -> Problem {
    match check_settings(session, Told::Nothing) {
        Err(problem) => problem,
        Ok(()) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{setting} could not be read; send it again"),
        )
        .retry_after(1),
    }
}

/// Lets in one who shows the admin token; without one configured there is
/// nothing here.
pub(super) fn admit_operator(session: &Session<'_>, head: &Parts) -> Result<(), Problem> {
    let Some(tokens) = session.settings.admin_token() else {
        return Err(not_set_up(session, head));
    };
    auth::check(head, &tokens).map_err(|denied| {
        let problem = unauthorized(denied, "admin_token");
        refuse(&session.log(Level::Warn), head, problem)
    })
}

/// Without `admin_token` there is nothing here; only the log says why.
pub(super) fn not_set_up(session: &Session<'_>, head: &Parts) -> Problem {
    let why = "admin_token is not set: without it, this route does not exist";
    let why = Problem::new(StatusCode::NOT_FOUND, why);
    refuse(&session.log(Level::Warn), head, why);
    nothing_here()
}

/// Says in the log that a request is turned away, and why: never what it showed.
pub(super) fn refuse(log: &Log<'_>, head: &Parts, problem: Problem) -> Problem {
    let fields = [
        ("status", problem.status().as_u16().into()),
        ("reason", problem.detail().into()),
        ("route", head.uri.path().into()),
    ];
    log.line(Level::Warn, "refused", &fields);
    problem
}

/// Only these methods, named as `Allow` has them.
pub(super) fn only(head: &Parts, methods: &[Method], allow: &'static str) -> Result<(), Problem> {
    match methods.contains(&head.method) {
        true => Ok(()),
        false => Err(Problem::method_not_allowed(allow)),
    }
}

/// 401: what is wrong with the token of this setting.
pub(super) fn unauthorized(denied: Denied, token: &str) -> Problem {
    Problem::unauthorized(match denied {
        Denied::NoToken => format!(
            "no token: show {token} as `Authorization: Bearer …`, as `X-API-Key: …` or as `?token=…`"
        ),
        Denied::WrongToken => format!("the token is not the configured {token}"),
    })
}
