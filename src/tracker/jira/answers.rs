//! What an answer of Jira means, and whether it is Jira's at all. Pure.
//!
//! Jira's texts are localised and its 401, 429 and 5xx bodies are often HTML,
//! so only the status, the headers, and the keys of its JSON decide. A login
//! page, a proxy or a firewall can answer with any status: what is not in the
//! form of Jira's answers is not believed.

use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Map, Value};

use super::said::Said;
use crate::http::Answer;
use crate::markup::{from_html, plain_text};
use crate::model::{Scope, Timestamp};
use crate::platform::{LOGIN_DENIED, LOGIN_REASON, RATELIMIT_REASON, SendError};
use crate::text::{defang, short, without_logins};
use crate::tracker::error::TrackerError;

/// As much of another's words as a reason repeats.
const QUOTE_LIMIT: usize = 100;

/// What a success looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// An object that has one of these members.
    Members(&'static [&'static str]),
    /// A list.
    List,
    /// Nothing at all, with the status that says so; 201 may come with an empty object.
    Nothing,
    /// Something with an id, or nothing.
    IdOrNothing,
}

impl Expected {
    fn fits(self, json: &Value, status: StatusCode) -> bool {
        match self {
            Self::Members(any) => any.iter().any(|member| !json[*member].is_null()),
            Self::List => json.is_array(),
            Self::Nothing => {
                let is_bare = json.as_object().is_some_and(Map::is_empty);
                is_bare && status == StatusCode::CREATED
            }
            Self::IdOrNothing => !json["id"].is_null(),
        }
    }

    fn may_be_nothing(self, status: StatusCode) -> bool {
        match self {
            // An empty page has 200 as well.
            Self::Nothing => matches!(status, StatusCode::NO_CONTENT | StatusCode::CREATED),
            Self::IdOrNothing => true,
            Self::Members(_) | Self::List => false,
        }
    }
}

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    /// What it means is certain.
    Certain(TrackerError),
    /// It is not Jira's.
    NotJira(String),
    /// Jira says that there is no such thing.
    Missing(String),
    /// Cloud's gateway lets this token do something, but not this.
    NoScope(String),
}

impl From<TrackerError> for Doubt {
    fn from(error: TrackerError) -> Self {
        Self::Certain(error)
    }
}

/// What an answer means: its JSON (null for none), or why it is no success.
pub(super) fn read(answer: &Answer, expected: Expected, now: Timestamp) -> Result<Value, Doubt> {
    let json = jiras(answer);
    match answer.status.as_u16() {
        200..=299 => match json {
            Some(json) if expected.fits(&json, answer.status) => Ok(json),
            None if expected.may_be_nothing(answer.status) && is_empty(answer) => Ok(Value::Null),
            None if says_json(answer) && !is_empty(answer) => Err(broken(answer)),
            _ => Err(Doubt::NotJira(foreign(answer))),
        },
        _ => Err(refusal(answer, json.as_ref(), now)),
    }
}

/// The body as JSON that Jira can have written.
fn jiras(answer: &Answer) -> Option<Value> {
    let json: Value = serde_json::from_slice(&answer.body).ok()?;
    (json.is_object() || json.is_array()).then_some(json)
}

fn says_json(answer: &Answer) -> bool {
    let media = answer.headers.get(CONTENT_TYPE);
    media.is_some_and(|media| media.as_bytes().starts_with(b"application/json"))
}

/// Called JSON, but none: cut short on the way. It says nothing about the others.
fn broken(answer: &Answer) -> Doubt {
    let why = format!("Jira answered {} with broken JSON", answer.status);
    TrackerError::Ambiguous { why }.into()
}

fn is_empty(answer: &Answer) -> bool {
    matches!(answer.body.trim_ascii(), b"" | b"null")
}

/// An answer that is not Jira's, in words: where it leads, or how it begins.
fn foreign(answer: &Answer) -> String {
    let status = answer.status;
    if let Some(place) = answer.headers.get(LOCATION) {
        let place = without_logins(place.to_str().unwrap_or_default());
        let place = short(&place, QUOTE_LIMIT);
        return format!(
            "a proxy or a login page answered {status}, not Jira: it leads to {}. Check jira_url",
            defang(&place)
        );
    }
    let body = String::from_utf8_lossy(&answer.body);
    let words = short(&plain_text(&from_html(&body)), QUOTE_LIMIT);
    let words = match words.is_empty() {
        true => String::new(),
        false => format!(" (\"{}\")", defang(&words)),
    };
    format!("a login page or a proxy answered {status}, not Jira{words}")
}

/// What an answer means that is no success.
fn refusal(answer: &Answer, json: Option<&Value>, now: Timestamp) -> Doubt {
    let status = answer.status;
    let said = json.map(Said::read).unwrap_or_default();
    let why = format!("Jira answered {status}{said}");
    if is_scope(status, json) {
        return Doubt::NoScope(format!("{why}. Check the scopes of jira_api_token"));
    }
    if status == StatusCode::UNAUTHORIZED || login_is_bad(answer) {
        return login(answer, &why).into();
    }
    match (status.as_u16(), json) {
        (503, None) if was_passed_on(answer) => TrackerError::Ambiguous { why }.into(),
        (429 | 503, _) => TrackerError::Retry {
            after: answer.retry_after(now),
            scope: limited(answer),
            why,
        }
        .into(),
        // These may come from behind a request that went through.
        (408 | 500..=599, _) => TrackerError::Ambiguous { why }.into(),
        // Only Jira's own form is Jira's word.
        (_, json) if !is_refusal(json) && status != StatusCode::PAYLOAD_TOO_LARGE => {
            Doubt::NotJira(foreign(answer))
        }
        (404, _) => Doubt::Missing(why),
        (409 | 423 | 425, _) => TrackerError::later(why).into(),
        (413, _) => TrackerError::Refused {
            fields: vec![("description".to_owned(), "it is too large".to_owned())],
            why,
        }
        .into(),
        (400, _) => TrackerError::Refused {
            fields: said.fields,
            why,
        }
        .into(),
        _ => TrackerError::Denied { why }.into(),
    }
}

/// Envoy, and so Istio and many gateways, answers 503 also where it passed the request on
/// and lost the connection then. It says why; these reasons alone mean that nothing was
/// passed on. (Envoy's `source/common/http/utility.cc` has the words.)
fn was_passed_on(answer: &Answer) -> bool {
    let body = String::from_utf8_lossy(&answer.body);
    let not_passed_on = [
        "connection failure",
        "connection timeout",
        "overflow",
        "refused stream reset",
    ];
    body.starts_with("upstream connect error or disconnect/reset before headers")
        && !not_passed_on.iter().any(|reason| body.contains(reason))
}

/// `{"errorMessages": […], "errors": {field: text}}`, or a part of it.
fn is_refusal(json: Option<&Value>) -> bool {
    json.is_some_and(|json| json["errorMessages"].is_array() || json["errors"].is_object())
}

/// The gateway of scoped tokens answers `{"code": 401, "message"}`, also where only
/// this request needs another scope. Jira itself has no `code`.
fn is_scope(status: StatusCode, json: Option<&Value>) -> bool {
    let code = json.map(|json| &json["code"]);
    status == StatusCode::UNAUTHORIZED && code.is_some_and(Value::is_number)
}

/// Jira says `OK` on any answer of a good login.
fn login_is_bad(answer: &Answer) -> bool {
    let reason = answer.headers.get(LOGIN_REASON);
    let is_bad = reason.is_some_and(|reason| !reason.as_bytes().eq_ignore_ascii_case(b"ok"));
    is_bad || answer.headers.contains_key(LOGIN_DENIED)
}

fn login(answer: &Answer, why: &str) -> TrackerError {
    let mut why = format!("Authentication failed: {why}");
    for name in [LOGIN_REASON, LOGIN_DENIED] {
        if let Some(reason) = answer.headers.get(&name) {
            let reason = short(reason.to_str().unwrap_or_default(), QUOTE_LIMIT);
            why = format!("{why}; {name}: {}", defang(&reason));
        }
    }
    let captcha = match answer.headers.contains_key(LOGIN_DENIED) {
        true => ". Jira asks for a CAPTCHA: a person must log in once with this account",
        false => "",
    };
    TrackerError::Misconfigured {
        scope: Scope::Everything,
        is_login: true,
        why: format!(
            "{why}{captcha}. Check jira_login_email (set for Cloud, empty for a personal access token) and jira_api_token"
        ),
    }
}

/// Jira Cloud says which of its limits was reached; only one of them is about
/// a single issue.
fn limited(answer: &Answer) -> Scope {
    let reason = answer.headers.get(RATELIMIT_REASON);
    match reason.is_some_and(|reason| reason == "jira-per-issue-on-write") {
        true => Scope::Event,
        false => Scope::Everything,
    }
}

/// No answer came.
pub(super) fn unanswered(error: &SendError) -> TrackerError {
    let why = format!("Jira: {error}");
    match error {
        SendError::Denied => TrackerError::misconfigured(Scope::Everything, why),
        SendError::NotSent(_) => TrackerError::later(why),
        SendError::Unclear(_) => TrackerError::Ambiguous { why },
    }
}

#[cfg(test)]
mod tests;
