//! One question to a service, and what it means when there is no answer.

use std::time::Duration;

use ::http::{HeaderName, Method};
use serde_json::Value;

use crate::http::{self, Call, CallError, ENRICHMENT_ANSWER};
use crate::model::Timestamp;
use crate::platform::{Limits, Ports, SendError};
use crate::text;

/// When asking again may help, and the service does not say when. A public key
/// of VirusTotal has four lookups a minute.
pub(super) const AGAIN: Duration = Duration::from_secs(60);
/// No service keeps us waiting for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// As much of the host's words as is repeated.
const QUOTE_LIMIT: usize = 100;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lack {
    /// Asking again may help, after so long.
    Passing(String, Duration),
    /// It will not, until a person mends something.
    Lasting(String),
}

/// Someone who is asked.
pub(super) struct Service {
    /// What people call it.
    pub(super) name: &'static str,
    /// Whether its paths may be shown: they were not set by anybody.
    pub(super) shows_path: bool,
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
    /// So long it wants to be left alone.
    pub(super) retry_after: Duration,
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
    pub(super) fn into_parts(self) -> (String, Option<Duration>) {
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
            other => Self::passing(&text::short(&other.to_string(), QUOTE_LIMIT)),
        }
    }
}

impl Answer {
    fn read(answer: &http::Answer, now: Timestamp) -> Self {
        let wait = answer.retry_after(now);
        Self {
            status: answer.status.as_u16(),
            json: answer.json(),
            retry_after: wait.map_or(AGAIN, |wait| wait.min(LONGEST_WAIT)),
        }
    }
}

impl Service {
    /// Asks an address, and takes whatever comes back for an answer. With a
    /// body, which is JSON, the question is posted.
    ///
    /// # Errors
    /// When no answer came, or one that is longer than any of theirs.
    pub(super) async fn ask(
        &self,
        ports: Ports<'_>,
        address: &str,
        secret: Option<String>,
        body: Option<String>,
        time: Duration,
    ) -> Result<Answer, Lack> {
        if time.is_zero() {
            return Err(Lack::passing("no time was left"));
        }
        let call = Call {
            service: self.name,
            shows_path: self.shows_path,
            method: match body {
                Some(_) => Method::POST,
                None => Method::GET,
            },
            address,
            login: secret
                .map(|secret| (self.header.clone(), secret))
                .into_iter()
                .collect(),
            body: body.map(String::into_bytes),
            limits: Limits {
                time,
                answer: ENRICHMENT_ANSWER,
            },
        };
        match call.send(ports).await {
            Ok(answer) => Ok(Answer::read(&answer, ports.clock.now())),
            Err(CallError::Unanswered(error)) => Err(Lack::unanswered(error, self.address)),
            Err(CallError::Address) => {
                Err(Lack::Lasting(format!("{} makes no address", self.address)))
            }
            Err(CallError::Login) => Err(Lack::Lasting(format!(
                "{} holds a character that no HTTP header can carry",
                self.key
            ))),
        }
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
