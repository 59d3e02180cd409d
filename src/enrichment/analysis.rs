//! What a language model makes of an entity, asked as OpenAI is. Whoever writes
//! an alert's fields may be the attacker, and may talk to the model: its answer
//! is a stranger's text, and nothing is done because of it.

mod answer;
mod prompt;

use std::time::Duration;

use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::service::{Answer, Lack, Service};
use crate::model::{Analysis, Entity, Missing, SourceProfile};
use crate::platform::Ports;
use crate::settings::{Ai, Secret};
use crate::text;

/// What people call it.
const NAME: &str = "AI analysis";
/// Whom we ask.
static SERVICE: Service = Service {
    address: "ai_url",
    key: "ai_api_key",
    header: AUTHORIZATION,
};
/// As much of the server's own words as is repeated.
const QUOTE_LIMIT: usize = 200;

/// What is missing without a model's word.
pub(super) fn missing(lack: Lack) -> Missing {
    let (why, again_after) = lack.into_parts();
    Missing {
        part: NAME.to_owned(),
        about: Vec::new(),
        why,
        again_after,
    }
}

/// Whether it is the model that did not tell.
pub(super) fn is_about(missing: &Missing) -> bool {
    missing.part == NAME
}

/// Asks the model about all that is known.
pub(super) async fn ask(
    ports: Ports<'_>,
    ai: &Ai,
    entity: &Entity,
    profile: &SourceProfile,
    time: Duration,
) -> Result<Analysis, Lack> {
    let address = format!("{}/chat/completions", ai.url);
    let key = ai.key.as_ref();
    let key = key.map(|key| format!("Bearer {}", key.expose()));
    let body = Some(question(ai, entity, profile));
    let asked = SERVICE.ask(ports, &address, key, body, time);
    let answer = asked.await?;
    match answer.status {
        200 => answer::read(&ai.model, &answer.json),
        _ => Err(refused(&answer, ai.key.as_ref())),
    }
}

/// The question. An answer of a few sentences has no more tokens, and shall say
/// what is likely, not what is new.
fn question(ai: &Ai, entity: &Entity, profile: &SourceProfile) -> String {
    let question = json!({
        "model": ai.model,
        "messages": [
            { "role": "system", "content": prompt::SYSTEM },
            { "role": "user", "content": prompt::user(entity, profile) },
        ],
        "max_tokens": 700,
        "temperature": 0.2,
    });
    question.to_string()
}

/// What an answer means that is no success.
fn refused(answer: &Answer, key: Option<&Secret>) -> Lack {
    if let Some(failure) = SERVICE.failure(answer) {
        return failure;
    }
    let error = &answer.json["error"];
    match answer.status {
        404 => Lack::lasting("the server does not know what ai_url or ai_model says"),
        429 if error["code"] == "insufficient_quota" => {
            Lack::lasting("the account's quota is used up: insufficient_quota")
        }
        429 => Lack::Passing("too many requests".to_owned(), answer.retry_after),
        status => Lack::Lasting(format!("it answered {status}{}", said(error, key))),
    }
}

/// The server's own words: a stranger's, and not if they repeat the key.
fn said(error: &Value, key: Option<&Secret>) -> String {
    let message = error["message"].as_str().or_else(|| error.as_str());
    let message = message.unwrap_or_default();
    let is_secret = key.is_some_and(|key| message.contains(key.expose()));
    let message = text::short(message, QUOTE_LIMIT);
    match message.is_empty() || is_secret {
        true => String::new(),
        false => format!(": {}", text::defang(&message)),
    }
}

#[cfg(test)]
mod tests;
