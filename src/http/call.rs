//! One request to somebody, and the answer.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, DATE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;

use super::retry_after;
use crate::model::Timestamp;
use crate::platform::journal::{Sending, path_of};
use crate::platform::{Limits, Ports, SendError};

/// What we send as `User-Agent`.
pub const AGENT: &str = concat!("jira-intake/", env!("CARGO_PKG_VERSION"));

/// The longest answer of a chat, in bytes: theirs are one word or one code.
pub const CHAT_ANSWER: usize = 4 * 1024;
/// The longest answer of one who is asked about an entity, in bytes.
/// VirusTotal's reports have some 50 KB, a model's answer far less.
pub const ENRICHMENT_ANSWER: usize = 1024 * 1024;
/// The longest answer of Jira or OpenCTI, in bytes. A large Jira's field list
/// has some 2 MB.
pub const PLATFORM_ANSWER: usize = 8 * 1024 * 1024;

/// A request to somebody, before it is one.
pub struct Call<'a> {
    /// Who is asked, as a trace names it.
    pub service: &'static str,
    /// Whether a trace may show the address's path: it holds no secret.
    pub shows_path: bool,
    /// The method.
    pub method: Method,
    /// The whole address. It may hold a secret and is never repeated.
    pub address: &'a str,
    /// What proves who we are: headers and their values, secrets.
    pub login: Vec<(HeaderName, String)>,
    /// What to send, if anything: JSON, or a form.
    pub body: Option<Vec<u8>>,
    /// How long it may take, and how much of the answer is read.
    pub limits: Limits,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The address is none. Nothing was sent.
    Address,
    /// The login holds a character that no HTTP header can carry. Nothing was
    /// sent.
    Login,
    /// It was sent or not; the variants of [`SendError`] say which.
    Unanswered(SendError),
}

/// Somebody's answer, whatever it means.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers that the platform hands over.
    pub headers: HeaderMap,
    /// The body, within the limit.
    pub body: Vec<u8>,
}

impl Call<'_> {
    /// Sends the request once and reads the answer, within the limits.
    ///
    /// # Errors
    /// When no whole answer came. One that is longer than the limit is none:
    /// the request may have been carried out.
    pub async fn send(self, ports: Ports<'_>) -> Result<Answer, CallError> {
        self.send_as(ports, "application/json").await
    }

    /// The same for a body that is a form, not JSON.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn send_form(self, ports: Ports<'_>) -> Result<Answer, CallError> {
        self.send_as(ports, "application/x-www-form-urlencoded")
            .await
    }

    async fn send_as(self, ports: Ports<'_>, kind: &'static str) -> Result<Answer, CallError> {
        let (limits, service, shows_path) = (self.limits, self.service, self.shows_path);
        let request = self.into_request(kind)?;
        let sending = Sending {
            service,
            method: request.method().to_string(),
            path: match shows_path {
                true => path_of(request.uri()),
                false => String::new(),
            },
            at: ports.clock.now(),
        };
        let response = ports.http.send(request, limits).await;
        let status = response.as_ref().map(|answer| answer.status().as_u16());
        let status = status.map_err(SendError::to_string);
        ports.journal.called(sending, status, ports.clock.now());
        response.map(Answer::from).map_err(CallError::Unanswered)
    }

    fn into_request(self, kind: &'static str) -> Result<Request<Vec<u8>>, CallError> {
        let address = self.address.parse().map_err(|_| CallError::Address)?;
        let has_body = self.body.is_some();
        let mut request = Request::new(self.body.unwrap_or_default());
        *request.method_mut() = self.method;
        *request.uri_mut() = address;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, secret) in self.login {
            let mut value = HeaderValue::try_from(secret).map_err(|_| CallError::Login)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(request)
    }
}

impl From<Response<Vec<u8>>> for Answer {
    fn from(response: Response<Vec<u8>>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// How long it wants to be left alone, if it says so: `Retry-After` in
    /// seconds or as a date (RFC 9110, 10.2.3), from a second to a day.
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let value = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        retry_after::read(value, now)
    }

    /// When it was sent, by the clock of who sent it: `Date` (RFC 9110, 6.6.1), to the
    /// second.
    pub fn date(&self) -> Option<Timestamp> {
        retry_after::date(self.headers.get(DATE)?.to_str().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::{Fake, block_on};

    fn call(address: &str) -> Call<'_> {
        Call {
            service: "Jira",
            shows_path: true,
            method: Method::POST,
            address,
            login: Vec::new(),
            body: Some(b"{}".to_vec()),
            limits: Limits {
                time: Duration::from_secs(1),
                answer: 10,
            },
        }
    }

    fn send(fake: &Fake, call: Call<'_>) -> Result<Answer, CallError> {
        block_on(call.send(fake.ports()))
    }

    #[test]
    fn a_call_says_who_asks_for_what() {
        let fake = Fake::default();
        fake.reply(200, &[], "[1]");
        let login = (HeaderName::from_static("x-apikey"), "k".to_owned());
        let answer = send(
            &fake,
            Call {
                login: vec![login],
                ..call("https://example.com/x")
            },
        );
        assert_eq!(answer.unwrap().json()[0], 1);
        let sent = fake.requests.borrow();
        assert_eq!(sent[0].method(), Method::POST);
        assert_eq!(sent[0].headers()["content-type"], "application/json");
        assert_eq!(sent[0].headers()["x-apikey"], "k");
        assert!(sent[0].headers()["x-apikey"].is_sensitive());
    }

    #[test]
    fn a_form_says_that_it_is_one() {
        let fake = Fake::default();
        fake.reply(200, &[], "{}");
        let form = Call {
            body: Some(b"a=1".to_vec()),
            ..call("https://example.com/x")
        };
        block_on(form.send_form(fake.ports())).unwrap();
        let sent = fake.requests.borrow();
        assert_eq!(
            sent[0].headers()["content-type"],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(sent[0].headers()["accept"], "application/json");
    }

    #[test]
    fn what_cannot_be_sent_is_not_sent() {
        let fake = Fake::default();
        let broken = send(&fake, call("https://example.com/a b"));
        assert_eq!(broken.unwrap_err(), CallError::Address);
        let login = (HeaderName::from_static("x-apikey"), "a\nb".to_owned());
        let broken = send(
            &fake,
            Call {
                login: vec![login],
                ..call("https://example.com/")
            },
        );
        assert_eq!(broken.unwrap_err(), CallError::Login);
        assert!(fake.requests.borrow().is_empty());
    }

    #[test]
    fn an_answer_past_the_limit_is_none() {
        let fake = Fake::default();
        fake.reply(200, &[], "0123456789");
        fake.reply(200, &[], "0123456789a");
        assert!(send(&fake, call("https://example.com/")).is_ok());
        let error = send(&fake, call("https://example.com/")).unwrap_err();
        assert!(
            matches!(&error, CallError::Unanswered(SendError::Unclear(why)) if why.contains("10 bytes")),
            "{error:?}"
        );
    }
}
