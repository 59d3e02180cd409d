//! A dry run of an event that somebody pastes.

use serde_json::Value;

use crate::api::session::Session;
use crate::model::Outcome;
use crate::page::{EntityName, RehearsalView, RequestView, ResultView};
use crate::pipeline;
use crate::sources::{self, SOURCES, SourceError};

/// What would become of it.
pub(super) fn rehearse(session: &Session<'_>, source: &str, text: &str) -> RehearsalView {
    let mut view = RehearsalView {
        sources: source_names(),
        source: source.to_owned(),
        text: text.to_owned(),
        ..RehearsalView::default()
    };
    match outcomes(session, source, text) {
        Ok(outcomes) => view.results = outcomes.iter().map(|it| show(source, it)).collect(),
        Err(problem) => view.problem = Some(problem),
    }
    view
}

/// The sources, as addresses call them.
pub(super) fn source_names() -> Vec<String> {
    let names = SOURCES.into_iter().map(|source| source.profile.key);
    names.map(str::to_owned).collect()
}

fn outcomes(session: &Session<'_>, source: &str, text: &str) -> Result<Vec<Outcome>, String> {
    let source = sources::source(source).ok_or("There is no such source")?;
    let context = session.quiet_context().map_err(|error| error.to_string())?;
    let reading = source.read_whole(text.as_bytes(), session.settings);
    let reading = reading.map_err(not_understood)?;
    let mut outcomes = Vec::new();
    for received in &reading.received {
        let dry = pipeline::dry_run(context, received);
        outcomes.extend(dry.map_err(|failure| failure.to_string())?);
    }
    match outcomes.is_empty() {
        true => Err("It holds no event".to_owned()),
        false => Ok(outcomes),
    }
}

fn not_understood(error: SourceError) -> String {
    match error {
        SourceError::NotJson(why) | SourceError::Unreadable(why) => {
            format!("This is not JSON: {why}")
        }
        SourceError::NoEvent(why) => format!("This is JSON, but no event: {why}"),
        SourceError::Misconfigured(error) => error.to_string(),
    }
}

fn show(source: &str, outcome: &Outcome) -> ResultView {
    let entity = outcome.entity.as_ref();
    let dry = outcome.dry_run.as_ref().unwrap_or(&Value::Null);
    let word = |name: &str| dry[name].as_str().unwrap_or_default().to_owned();
    let requests = dry["requests"].as_array().map_or(&[][..], Vec::as_slice);
    ResultView {
        outcome: outcome.kind.word().to_owned(),
        entity: entity.map_or_else(EntityName::default, |entity| EntityName {
            id: entity.id.clone(),
            source: source.to_owned(),
            name: entity.name.clone(),
        }),
        issue: outcome
            .issue
            .as_ref()
            .map_or_else(String::new, |it| it.key.clone()),
        reason: outcome.reason.clone().unwrap_or_default(),
        route: word("route"),
        standing: word("standing"),
        requests: requests.iter().map(request).collect(),
    }
}

fn request(request: &Value) -> RequestView {
    let word = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let body = match &request["body"] {
        Value::Null => String::new(),
        body => serde_json::to_string_pretty(body).unwrap_or_default(),
    };
    RequestView {
        method: word("method"),
        url: word("url"),
        body,
    }
}
