//! One question to a service, and what it means when there is no answer.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderValue, Method, Request};
use serde_json::Value;

use super::words;
use crate::platform::{Ports, SendError};

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
    /// What it means, if it means the same whoever gives it; `setting` holds
    /// the key.
    pub(super) fn failure(&self, setting: &str) -> Option<Lack> {
        match self.status {
            401 | 403 => Some(Lack::Lasting(format!("{setting} was refused"))),
            408 | 500.. => {
                let why = format!("it answered {}", self.status);
                Some(Lack::Passing(why, self.retry_after))
            }
            _ => None,
        }
    }
}

/// A secret as a header's value; `setting` holds it.
pub(super) fn secret_header(secret: &str, setting: &str) -> Result<HeaderValue, Lack> {
    let mut value = HeaderValue::try_from(secret).map_err(|_| {
        Lack::Lasting(format!(
            "{setting} holds a character that no HTTP header can carry"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A question to an address, which `setting` holds. With a body, which is JSON,
/// it is posted.
pub(super) fn question(
    address: &str,
    body: Option<String>,
    setting: &str,
) -> Result<Request<Vec<u8>>, Lack> {
    let Ok(address) = address.parse() else {
        return Err(Lack::Lasting(format!("{setting} makes no address")));
    };
    let is_posted = body.is_some();
    let mut request = Request::new(body.unwrap_or_default().into_bytes());
    *request.uri_mut() = address;
    if is_posted {
        *request.method_mut() = Method::POST;
    }
    let json = HeaderValue::from_static("application/json");
    let headers = request.headers_mut();
    headers.append(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.append(ACCEPT, json.clone());
    if is_posted {
        headers.append(CONTENT_TYPE, json);
    }
    Ok(request)
}

/// Asks, and takes whatever comes back for an answer; `setting` holds the
/// service's address.
pub(super) async fn ask(
    ports: Ports<'_>,
    request: Request<Vec<u8>>,
    setting: &str,
    time: Duration,
) -> Result<Answer, Lack> {
    if time.is_zero() {
        return Err(Lack::passing("no time was left"));
    }
    let sent = ports.http.send(request, time).await;
    let response = sent.map_err(|error| Lack::unanswered(error, setting))?;
    let wait = response.headers().get(RETRY_AFTER);
    let wait = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
    Ok(Answer {
        status: response.status().as_u16(),
        json: serde_json::from_slice(response.body()).unwrap_or_default(),
        retry_after: wait.unwrap_or(AGAIN).clamp(1, LONGEST_WAIT),
    })
}
