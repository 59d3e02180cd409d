//! `GET /metrics`: counts and figures for whatever scrapes them, as OpenMetrics.

mod openmetrics;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Response};

use super::access::{only, problem, refuse};
use super::answer::{Problem, nothing_here};
use super::auth;
use super::session::Session;
use crate::model::Timestamp;
use crate::notify;
use crate::pipeline::{Failure, JIRA};
use crate::platform::log::Level;
use crate::settings::Settings;
use crate::sources::SOURCES;
use crate::store;
use crate::store::figures::{self, Figures};
use crate::store::tally::{self, Totals};
use openmetrics::{CONTENT, Text};

/// `GET /metrics`: for one who shows `admin_token` or `metrics_token`; with neither set
/// there is nothing here.
pub(super) fn metrics(session: &Session<'_>, head: &Parts) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET, Method::HEAD], "GET, HEAD")?;
    admit(session, head)?;
    let failed = |error| problem(session, Failure::Record(error));
    let ports = session.ports;
    let totals = match session.settings.counts() {
        true => tally::totals(ports, &sources()).map_err(failed)?,
        false => Totals::default(),
    };
    let figures = figures::read(ports).map_err(failed)?;
    let text = text(&totals, &figures, is_ready(session), ports.clock.now());
    let mut response = Response::new(text.into_bytes());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// As `GET /readyz` has it: the settings are valid, and the store can be written.
fn is_ready(session: &Session<'_>) -> bool {
    let (ports, chats) = (session.ports, notify::keys());
    let settings = Settings::new(ports.variables);
    settings.check(&chats).is_ok() && store::probe(ports.store, ports.clock).is_ok()
}

/// The sources whose events are counted.
pub(super) fn sources() -> Vec<&'static str> {
    let sources = SOURCES.iter().map(|source| source.profile.key);
    sources.chain([JIRA]).collect()
}

/// Lets in one who shows either token.
fn admit(session: &Session<'_>, head: &Parts) -> Result<(), Problem> {
    let tokens = [
        session.settings.metrics_token().unwrap_or_default(),
        session.settings.admin_token(),
    ];
    let tokens: Vec<_> = tokens.into_iter().flatten().collect();
    if tokens.is_empty() {
        return Err(nothing_here());
    }
    // Each is compared, so that the time tells nothing.
    let checked = tokens
        .iter()
        .map(|tokens| auth::check(head, tokens).is_ok());
    match checked.fold(false, |found, is_right| is_right | found) {
        true => Ok(()),
        false => {
            let problem = Problem::unauthorized(
                "show metrics_token or admin_token as `Authorization: Bearer …`",
            );
            Err(refuse(&session.log(Level::Warn), head, problem))
        }
    }
}

fn text(totals: &Totals, figures: &Figures, is_ready: bool, now: Timestamp) -> String {
    let mut text = Text::default();
    text.info(
        "jira_intake_build",
        "The version.",
        &[("version", env!("CARGO_PKG_VERSION"))],
    );
    text.gauge(
        "jira_intake_ready",
        "1 if the settings are valid and the store can be written, else 0.",
        u64::from(is_ready),
    );
    text.family(
        "jira_intake_events",
        "counter",
        "Events by what became of them.",
    );
    for total in &totals.events {
        let labels = [("source", &*total.source), ("outcome", &*total.outcome)];
        text.sample("jira_intake_events_total", &labels, total.events);
    }
    let help = "Requests to Jira, by the class of the answer; an event whose requests failed counts them under the worst class.";
    text.family("jira_intake_jira_requests", "counter", help);
    for (class, number) in &totals.requests {
        let labels = [("class", class.word())];
        text.sample("jira_intake_jira_requests_total", &labels, *number);
    }
    let age = |at: Timestamp| now.since(at).as_secs();
    text.gauge(
        "jira_intake_waiting",
        "Entities that wait.",
        figures.waiting,
    );
    text.seconds(
        "jira_intake_oldest_waiting_seconds",
        "How long the one has waited that has waited longest; 0 if nothing waits.",
        figures.oldest.map_or(0, age),
    );
    text.gauge(
        "jira_intake_dead_letters",
        "Dead letters.",
        figures.dead_letters,
    );
    text.gauge("jira_intake_holds", "Holds that last.", figures.holds);
    // An age that nobody knows is left out.
    for (name, help, at) in [
        (
            "jira_intake_waiting_age_seconds",
            "How long ago a retry pass has looked at what waits.",
            figures.waiting_at,
        ),
        (
            "jira_intake_dead_letters_age_seconds",
            "How long ago the dead letters were counted; newer ones are added.",
            figures.dead_letters_at,
        ),
    ] {
        if at.is_known() {
            text.seconds(name, help, age(at));
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests;
