//! What a language model makes of an entity, asked as OpenAI is. Whoever writes
//! an alert's fields may be the attacker, and may talk to the model: its answer
//! is a stranger's text, and nothing is done because of it.

mod answer;
mod objects;
mod prompt;
mod question;
mod refusal;
mod thoughts;

use std::time::Duration;

use http::HeaderName;
use http::header::AUTHORIZATION;
use question::{FORMAT, Parameter, Refused, question};
use refusal::Refusal;

use super::service::{Answer, Lack, Service};
use crate::model::{Analysis, Entity, Missing, SourceProfile};
use crate::platform::Ports;
use crate::settings::{Ai, AiAuth, Secret};
use crate::store::memory;
use crate::text::{self, digest};

/// What people call it.
const NAME: &str = "AI analysis";
/// What carries the key at Azure.
const API_KEY: HeaderName = HeaderName::from_static("api-key");
/// So long it is remembered what a model does not take.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
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

/// Asks the model about all that is known. What its server does not take is left
/// out, and it is asked again at once.
pub(super) async fn ask(
    ports: Ports<'_>,
    ai: &Ai,
    entity: &Entity,
    profile: &SourceProfile,
    time: Duration,
) -> Result<Analysis, Lack> {
    let (began, service) = (ports.clock.now(), service(ai.auth));
    let name = remembered_as(ai);
    let known = memory::recall(ports, &name, REMEMBERED);
    let mut refused = Refused::recalled(&known.unwrap_or_default());
    let mut is_guess = false;
    loop {
        let body = question(ai, entity, profile, refused);
        let rest = time.saturating_sub(ports.clock.now().since(began));
        let asked = service.ask(ports, ai.address.expose(), secret(ai), Some(body), rest);
        let unsaid = match judge(ai, asked.await?, refused) {
            Ok(analysis) => {
                if is_guess {
                    memory::remember(ports, &name, refused.to_json());
                }
                return Ok(analysis);
            }
            Err(unsaid) => unsaid,
        };
        let Some(parameter) = unsaid.refused else {
            return Err(unsaid.lack);
        };
        refused.add(parameter);
        match unsaid.is_guess {
            true => is_guess = true,
            false => memory::remember(ports, &name, refused.to_json()),
        }
    }
}

/// Why an answer holds no analysis.
struct Unsaid {
    /// What it means if it is not asked again.
    lack: Lack,
    /// The parameter that is not taken.
    refused: Option<Parameter>,
    /// It may be that one: of all that is asked, servers lack it most often.
    is_guess: bool,
}

impl Unsaid {
    /// Nothing that could be left out.
    fn lasting(lack: Lack) -> Self {
        Self {
            lack,
            refused: None,
            is_guess: false,
        }
    }
}

/// Whom we ask.
pub(super) fn service(auth: AiAuth) -> Service {
    Service {
        name: "model",
        shows_path: false,
        address: "ai_url",
        key: "ai_api_key",
        header: match auth {
            AiAuth::ApiKey => API_KEY,
            AiAuth::Bearer | AiAuth::None => AUTHORIZATION,
        },
    }
}

/// What a server is shown.
pub(super) fn secret(ai: &Ai) -> Option<String> {
    let key = ai.key.as_ref()?.expose();
    match ai.auth {
        AiAuth::Bearer => Some(format!("Bearer {key}")),
        AiAuth::ApiKey => Some(key.to_owned()),
        AiAuth::None => None,
    }
}

/// Under this name it is remembered what a model does not take.
fn remembered_as(ai: &Ai) -> String {
    let whose = format!("{} {}", ai.address.expose(), ai.model);
    format!("model-{}", digest(whose.as_bytes()))
}

/// What an answer says: some servers tell of an error with 200.
fn judge(ai: &Ai, answer: Answer, refused: Refused) -> Result<Analysis, Unsaid> {
    let mut answer = answer;
    let choice = &answer.json["choices"][0];
    let error = match choice["error"].is_null() {
        true => Refusal::in_answer(&answer.json),
        false => Refusal::in_answer(choice),
    };
    if answer.status == 200 {
        match answer::read(&ai.model, &answer.json) {
            Ok(analysis) => return Ok(analysis),
            Err(lack) if error.words.is_empty() => return Err(Unsaid::lasting(lack)),
            Err(_) => answer.status = error.status.unwrap_or(200),
        }
    }
    let unsaid = Unsaid::lasting(meaning(&answer, &error, ai));
    if !matches!(answer.status, 200 | 400 | 422) {
        return Err(unsaid);
    }
    let named = error.parameter(refused);
    let is_guess = named.is_none() && error.is_vague();
    let guessed = Some(FORMAT).filter(|it| is_guess && refused.is_sent(*it));
    Err(Unsaid {
        refused: named.or(guessed),
        is_guess,
        ..unsaid
    })
}

/// What an answer means that is no success.
fn meaning(answer: &Answer, error: &Refusal, ai: &Ai) -> Lack {
    if let Some(failure) = service(ai.auth).failure(answer) {
        return failure;
    }
    let said = said(&error.words, ai.key.as_ref());
    match answer.status {
        200 => Lack::passing(&format!("it answered with an error{said}")),
        404 => Lack::lasting("the server does not know what ai_url or ai_model says"),
        429 if error.code == "insufficient_quota" => {
            Lack::lasting("the account's quota is used up: insufficient_quota")
        }
        429 => Lack::Passing("too many requests".to_owned(), answer.retry_after),
        status => Lack::Lasting(format!("it answered {status}{said}")),
    }
}

/// The server's own words: a stranger's, and not if they repeat the key.
fn said(words: &str, key: Option<&Secret>) -> String {
    let is_secret = key.is_some_and(|key| words.contains(key.expose()));
    let words = text::short(words, QUOTE_LIMIT);
    match words.is_empty() || is_secret {
        true => String::new(),
        false => format!(": {}", text::defang(&words)),
    }
}

#[cfg(test)]
mod tests;
