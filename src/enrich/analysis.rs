//! What a language model makes of an entity, asked as OpenAI is. Whoever writes
//! an alert's fields may be the attacker, and may talk to the model: its answer
//! is a stranger's text, and nothing is done because of it.

mod answer;
mod prompt;

use std::time::Duration;

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::service::{self, Answer, Lack};
use super::words;
use crate::config::{Ai, Secret};
use crate::event::{Analysis, Entity, Missing};
use crate::platform::Ports;

/// What people call it.
const NAME: &str = "AI analysis";
/// An answer of a few sentences has no more tokens.
const MAX_TOKENS: u32 = 700;
/// It shall say what is likely, not what is new.
const TEMPERATURE: f64 = 0.2;
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
    time: Duration,
) -> Result<Analysis, Lack> {
    let turn = |role: &str, content: &str| json!({ "role": role, "content": content });
    let body = json!({
        "model": ai.model,
        "messages": [turn("system", prompt::SYSTEM), turn("user", &prompt::user(entity))],
        "max_tokens": MAX_TOKENS,
        "temperature": TEMPERATURE,
    });
    let mut request = Request::post(format!("{}/chat/completions", ai.url))
        .header(CONTENT_TYPE, "application/json");
    if let Some(key) = &ai.key {
        let bearer = format!("Bearer {}", key.expose());
        request = request.header(
            AUTHORIZATION,
            service::secret_header(&bearer, "ai_api_key")?,
        );
    }
    let body = body.to_string().into_bytes();
    let answer = service::ask(ports, request, body, "ai_url", time).await?;
    match answer.status {
        200 => answer::read(&ai.model, &answer.json),
        _ => Err(refused(&answer, ai.key.as_ref())),
    }
}

/// What an answer means that is no success.
fn refused(answer: &Answer, key: Option<&Secret>) -> Lack {
    let status = answer.status;
    let error = &answer.json["error"];
    match status {
        401 | 403 => Lack::lasting("ai_api_key was refused"),
        404 => Lack::lasting("the server does not know what ai_url or ai_model says"),
        429 if error["code"] == "insufficient_quota" => {
            Lack::lasting("the account's quota is used up: insufficient_quota")
        }
        429 => Lack::Passing("too many requests".to_owned(), answer.retry_after),
        408 | 500.. => Lack::Passing(format!("it answered {status}"), answer.retry_after),
        _ => Lack::Lasting(format!("it answered {status}{}", said(error, key))),
    }
}

/// The server's own words: a stranger's, and not if they repeat the key.
fn said(error: &Value, key: Option<&Secret>) -> String {
    let message = error["message"].as_str().or_else(|| error.as_str());
    let message = words::line(message.unwrap_or_default(), QUOTE_LIMIT);
    let is_secret = key.is_some_and(|key| message.contains(key.expose()));
    match message.is_empty() || is_secret {
        true => String::new(),
        false => format!(": {}", words::harmless(&message)),
    }
}

#[cfg(test)]
mod tests;
