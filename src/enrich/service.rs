//! One question to a service, and what it means when there is no answer.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use serde_json::Value;

use super::words;
use crate::platform::{LocalFuture, Ports, SendError};

/// When asking again may help, and the service does not say when. A public key
/// of VirusTotal has four lookups a minute.
pub(super) const AGAIN: u64 = 60;
/// No service keeps us waiting for longer.
const LONGEST_WAIT: u64 = 3_600;
/// As much of the host's words as is repeated.
const QUOTE_LIMIT: usize = 100;
/// What we send as `User-Agent`.
const AGENT: &str = concat!("jira-intake/", env!("CARGO_PKG_VERSION"));

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lack {
    /// Asking again may help, after so many seconds.
    Passing(String, u64),
    /// It will not, until a person mends something.
    Lasting(String),
}

/// Someone who is asked.
pub(super) struct Service {
    /// The setting that holds the address.
    pub(super) address: &'static str,
    /// The one that holds the key.
    pub(super) key: &'static str,
    /// What carries the key.
    pub(super) header: HeaderName,
}

/// What a service answered.
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The body; null if it is no JSON.
    pub(super) json: Value,
    /// So many seconds it wants to be left alone.
    pub(super) retry_after: u64,
}

impl Lack {
    /// It may be there in a minute.
    pub(super) fn passing(why: &str) -> Self {
        Self::Passing(why.to_owned(), AGAIN)
    }

    /// It will not come.
    pub(super) fn lasting(why: &str) -> Self {
        Self::Lasting(why.to_owned())
    }

    /// Why, and when asking again may help.
    pub(super) fn into_parts(self) -> (String, Option<u64>) {
        match self {
            Self::Passing(why, after) => (why, Some(after)),
            Self::Lasting(why) => (why, None),
        }
    }

    /// No answer came; `setting` holds the service's address.
    fn unanswered(error: SendError, setting: &str) -> Self {
        match error {
            SendError::Denied => Self::Lasting(format!(
                "the platform denied the request: check {setting} and allowed_outbound_hosts"
            )),
            SendError::Unclear(why) if why.starts_with("timed out") => Self::passing("timed out"),
            other => Self::passing(&words::line(&other.to_string(), QUOTE_LIMIT)),
        }
    }
}

impl Answer {
    fn read(response: &Response<Vec<u8>>) -> Self {
        let wait = response.headers().get(RETRY_AFTER);
        let wait = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
        Self {
            status: response.status().as_u16(),
            json: serde_json::from_slice(response.body()).unwrap_or_default(),
            retry_after: wait.unwrap_or(AGAIN).clamp(1, LONGEST_WAIT),
        }
    }
}

impl Service {
    /// Asks an address, and takes whatever comes back for an answer. With a
    /// body, which is JSON, the question is posted.
    ///
    /// In a box: as a part of those who wait for it, it would be there twice.
    pub(super) fn ask<'a>(
        &'static self,
        ports: Ports<'a>,
        address: &str,
        secret: Option<&str>,
        body: Option<String>,
        time: Duration,
    ) -> LocalFuture<'a, Result<Answer, Lack>> {
        let request = self.request(address, secret, body);
        Box::pin(async move {
            let request = request?;
            if time.is_zero() {
                return Err(Lack::passing("no time was left"));
            }
            match ports.http.send(request, time).await {
                Ok(response) => Ok(Answer::read(&response)),
                Err(error) => Err(Lack::unanswered(error, self.address)),
            }
        })
    }

    fn request(
        &self,
        address: &str,
        secret: Option<&str>,
        body: Option<String>,
    ) -> Result<Request<Vec<u8>>, Lack> {
        let Ok(address) = address.parse() else {
            let why = format!("{} makes no address", self.address);
            return Err(Lack::Lasting(why));
        };
        let is_posted = body.is_some();
        let mut request = Request::new(body.unwrap_or_default().into_bytes());
        *request.uri_mut() = address;
        let json = HeaderValue::from_static("application/json");
        let headers = request.headers_mut();
        headers.append(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.append(ACCEPT, json.clone());
        if let Some(secret) = secret {
            let Ok(mut secret) = HeaderValue::try_from(secret) else {
                let why = "holds a character that no HTTP header can carry";
                return Err(Lack::Lasting(format!("{} {why}", self.key)));
            };
            secret.set_sensitive(true);
            headers.append(&self.header, secret);
        }
        if is_posted {
            headers.append(CONTENT_TYPE, json);
            *request.method_mut() = Method::POST;
        }
        Ok(request)
    }

    /// What an answer means, if it means the same whoever gives it.
    pub(super) fn failure(&self, answer: &Answer) -> Option<Lack> {
        match answer.status {
            401 | 403 => Some(Lack::Lasting(format!("{} was refused", self.key))),
            408 | 500.. => {
                let why = format!("it answered {}", answer.status);
                Some(Lack::Passing(why, answer.retry_after))
            }
            _ => None,
        }
    }
}
