//! One request to a platform's REST, and what its answer means whatever was asked.

use std::time::Duration;

use ::http::{HeaderName, Method, StatusCode};
use serde_json::Value;

use super::port::UpstreamError;
use crate::http::{Answer, Call, CallError, ENRICHMENT_ANSWER};
use crate::platform::{Limits, Ports, SendError};
use crate::settings::Secret;
use crate::text;

/// What one request may cost. The longest answer is a list of notes.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(5),
    answer: ENRICHMENT_ANSWER,
};
/// As much of others' words as is repeated, in UTF-16 units.
const QUOTE_LIMIT: usize = 200;
/// What stands for the token where an answer repeats it.
const HIDDEN: &str = "<secret>";

/// What people need to know of a platform's REST when something is wrong.
pub(super) struct Manual {
    /// What people call the platform.
    pub(super) name: &'static str,
    /// The setting that holds the address.
    pub(super) url: &'static str,
    /// The one that holds the token.
    pub(super) token: &'static str,
    /// What the token's user lacks where it may not do something.
    pub(super) right: &'static str,
    /// A code in an answer of any status that says: there is no such thing.
    pub(super) gone: Option<&'static str>,
}

/// The REST of one platform.
pub(super) struct Rest<'a> {
    pub(super) ports: Ports<'a>,
    /// Its origin.
    pub(super) url: &'a str,
    /// What lets us in.
    pub(super) token: &'a Secret,
    /// The header that carries it.
    pub(super) header: HeaderName,
    /// What stands before it there, such as `Bearer `.
    pub(super) scheme: &'static str,
    pub(super) manual: &'static Manual,
}

/// What a request brings.
pub(super) enum Sent<'t> {
    Nothing,
    Json(&'t Value),
    Form(&'t [(&'t str, &'t str)]),
}

impl Rest<'_> {
    /// Sends a request; `path` begins with a slash and is encoded already.
    ///
    /// # Errors
    /// When no answer came, or one that is none of 2xx. 404 is
    /// [`UpstreamError::Gone`]: what is missing, the caller knows.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        sent: Sent<'_>,
    ) -> Result<Answer, UpstreamError> {
        let call = Call {
            service: self.manual.name,
            shows_path: true,
            method,
            address: &format!("{}{path}", self.url),
            login: vec![(
                self.header.clone(),
                format!("{}{}", self.scheme, self.token.expose()),
            )],
            body: None,
            limits: LIMITS,
        };
        let answer = match sent {
            Sent::Nothing => call.send(self.ports).await,
            Sent::Json(json) => {
                let body = Some(text::to_json(json));
                Call { body, ..call }.send(self.ports).await
            }
            Sent::Form(fields) => {
                let body = Some(form(fields).into_bytes());
                Call { body, ..call }.send_form(self.ports).await
            }
        };
        let answer = answer.map_err(|error| self.unanswered(&error, path))?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(self.refusal(&answer)),
        }
    }

    /// The JSON object of an answer.
    ///
    /// # Errors
    /// When it is none: a page for people to log in, say, comes with status 200.
    pub(super) fn object(&self, answer: &Answer) -> Result<Value, UpstreamError> {
        let json = answer.json();
        match json.is_object() {
            true => Ok(json),
            false => Err(self.somebody_else(answer.status)),
        }
    }

    /// It will not do this; in its own words, if it has any.
    pub(super) fn refused(&self, words: Option<&str>) -> UpstreamError {
        let words = self.quoted(words.unwrap_or("no reason was given"));
        let why = format!("{} refused: {words}", self.manual.name);
        UpstreamError::Refused { why }
    }

    /// Whatever answered is not the platform, or not yet.
    pub(super) fn somebody_else(&self, status: StatusCode) -> UpstreamError {
        let Manual { name, url, .. } = self.manual;
        later(format!(
            "{name}: something else answered, with status {}. Check {url}",
            status.as_u16()
        ))
    }

    fn refusal(&self, answer: &Answer) -> UpstreamError {
        let Manual {
            name, token, right, ..
        } = self.manual;
        let status = answer.status.as_u16();
        let words = self.quoted(&said_in(&answer.body));
        let what = match words.is_empty() {
            true => format!("{name} answered {status}"),
            false => format!("{name} answered {status}: {words}"),
        };
        if status == 404 || self.is_gone(&answer.body) {
            return UpstreamError::Gone { why: what };
        }
        match status {
            300..=399 => self.somebody_else(answer.status),
            401 => later(format!("{what}. Check {token}")),
            403 => later(format!("{what}. The user of {token} needs {right}")),
            408 | 429 | 500.. => UpstreamError::Later {
                after: answer.retry_after(self.ports.clock.now()),
                why: what,
            },
            _ => UpstreamError::Refused { why: what },
        }
    }

    fn is_gone(&self, body: &[u8]) -> bool {
        let code = self.manual.gone.map(str::as_bytes);
        code.is_some_and(|code| body.windows(code.len()).any(|words| words == code))
    }

    fn unanswered(&self, error: &CallError, path: &str) -> UpstreamError {
        let Manual {
            name, url, token, ..
        } = self.manual;
        match error {
            CallError::Unanswered(SendError::Denied) => later(format!(
                "{name}: the host denied the request. Check {url} and allowed_outbound_hosts"
            )),
            CallError::Unanswered(error) => {
                later(format!("{name}: {}", self.quoted(&error.to_string())))
            }
            CallError::Login => later(format!(
                "{token} holds a character that no HTTP header can carry"
            )),
            CallError::Address => UpstreamError::Refused {
                why: format!("{name}: {} makes no address", self.quoted(path)),
            },
        }
    }

    /// Others' words on one line, without the token.
    fn quoted(&self, words: &str) -> String {
        let token = self.token.expose();
        match token.is_empty() {
            true => text::short(words, QUOTE_LIMIT),
            false => text::short(&words.replace(token, HIDDEN), QUOTE_LIMIT),
        }
    }
}

/// Another attempt may help, nobody says when.
pub(super) fn later(why: String) -> UpstreamError {
    UpstreamError::Later { after: None, why }
}

/// A part of a path or of a query, in which nothing ends it. A blank is `%20`: in a
/// path, `+` is a plus sign.
pub(super) fn encoded(part: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(part.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// A form of these fields; nothing in a value begins another one.
fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

/// What an answer says is wrong: `message`, the texts of `messages`, or the text of
/// splunkd's `<msg>`. Of a page for people, nothing.
fn said_in(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(message) = json["message"].as_str() {
        return message.to_owned();
    }
    if let Some(messages) = json["messages"].as_array() {
        let texts = messages.iter().filter_map(|one| one["text"].as_str());
        return texts.collect::<Vec<_>>().join("; ");
    }
    let body = String::from_utf8_lossy(body);
    let message = body.split_once("<msg").and_then(|(_, after)| {
        let (_, text) = after.split_once('>')?;
        Some(text.split_once("</msg>")?.0)
    });
    message.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
