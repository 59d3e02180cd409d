//! A VirusTotal stand-in (API v3): look-ups of files, addresses, domains and
//! URLs, its quota, and a record of what should never have been sent to it.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::virustotal::{
//!     Observable, Verdict, VirusTotalOptions, VirusTotalStandIn,
//! };
//!
//! let virustotal = VirusTotalStandIn::start(VirusTotalOptions::new("a-key")).await?;
//! virustotal.know(Observable::Ip, "42.194.210.177", Verdict::malicious(12));
//! // … let a client work against virustotal.url() …
//! assert!(virustotal.leaks().is_empty());
//! # Ok(())
//! # }
//! ```

mod address;
mod observable;
mod report;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::faults::{Fault, FaultKind, page};
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn};
pub use observable::Observable;
use observable::Unusable;
pub use report::Verdict;

/// VirusTotal docs, "Public vs Premium API": a public key may ask so often in
/// a minute.
const PUBLIC_PER_MINUTE: usize = 4;

/// The time after which a look-up no longer counts.
const MINUTE: Duration = Duration::from_secs(60);

/// How a stand-in VirusTotal is set up.
#[derive(Clone)]
pub struct VirusTotalOptions {
    /// The key that is let in.
    pub key: String,
    /// How many look-ups a minute; none means any number.
    pub per_minute: Option<usize>,
}

impl VirusTotalOptions {
    /// One that lets this key in, as often as it likes.
    pub fn new(key: &str) -> VirusTotalOptions {
        VirusTotalOptions {
            key: key.to_owned(),
            per_minute: None,
        }
    }

    /// With so many look-ups a minute.
    #[must_use]
    pub fn per_minute(mut self, count: usize) -> VirusTotalOptions {
        self.per_minute = Some(count);
        self
    }

    /// With the quota of a public key: four look-ups a minute.
    #[must_use]
    pub fn public(self) -> VirusTotalOptions {
        self.per_minute(PUBLIC_PER_MINUTE)
    }
}

/// A running VirusTotal stand-in.
pub type VirusTotalStandIn = StandIn<VirusTotal>;

/// The service that [`VirusTotalStandIn`] plays.
pub struct VirusTotal {
    options: VirusTotalOptions,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    verdicts: HashMap<(Observable, String), Verdict>,
    /// When the look-ups of the last minute came.
    recent: VecDeque<Instant>,
    leaks: Vec<String>,
}

impl From<VirusTotalOptions> for VirusTotal {
    fn from(options: VirusTotalOptions) -> VirusTotal {
        let known = Mutex::default();
        VirusTotal { options, known }
    }
}

impl StandIn<VirusTotal> {
    /// The key that is let in.
    pub fn key(&self) -> String {
        self.service().options.key.clone()
    }

    /// Makes it know something: a file by any of its hashes, a URL in full.
    pub fn know(&self, kind: Observable, value: &str, verdict: Verdict) {
        let value = kind.normal(value);
        let mut known = self.service().known();
        known.verdicts.insert((kind, value), verdict);
    }

    /// What was asked though it should never have left its network: private and
    /// reserved addresses, alone or in a URL.
    pub fn leaks(&self) -> Vec<String> {
        self.service().known().leaks.clone()
    }

    /// A new minute begins: the whole quota is there again.
    pub fn refill(&self) {
        self.service().known().recent.clear();
    }
}

/// A fault: 429 because a quota is used up, as opposed to
/// `TooManyRequestsError`, which is what [`Fault::status`] with 429 says.
pub fn quota_exceeded() -> Fault {
    Fault::new(FaultKind::Answer(over_quota()))
}

impl Service for VirusTotal {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        let segments = request.segments();
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        if let ["api", "v3", "users", id, "overall_quotas"] = parts.as_slice() {
            return self.quotas(request, id);
        }
        let ["api", "v3", collection, id] = parts.as_slice() else {
            return page(404, "Not Found");
        };
        let Some(kind) = Observable::of_collection(collection) else {
            return error(404, "NotFoundError", "Resource not found.");
        };
        if request.method != "GET" {
            return error(405, "MethodNotAllowedError", "Method not allowed.");
        }
        let read = kind.read(id);
        // Heard is heard, whatever else is wrong with the request.
        if let Err(Unusable::Leak(value)) = &read {
            self.known().leaks.push(value.clone());
        }
        if let Err(answer) = self.admit(request) {
            return answer;
        }
        let value = match read {
            Ok(value) => value,
            Err(Unusable::Leak(value)) => {
                let text = format!("\"{value}\" is a private or reserved address");
                return error(400, "InvalidArgumentError", &text);
            }
            Err(Unusable::Malformed) => {
                let text = format!("\"{id}\" is not a valid {}", kind.noun());
                return error(400, "InvalidArgumentError", &text);
            }
        };
        match self.known().verdicts.get(&(kind, value.clone())) {
            Some(verdict) => Answer::json(200, &report::report(kind, &value, verdict)),
            None => {
                let text = format!("{} \"{id}\" not found", kind.title());
                error(404, "NotFoundError", &text)
            }
        }
    }

    fn refusal(&self, status: u16) -> Answer {
        let (code, text) = match status {
            400 => ("BadRequestError", "Bad request."),
            401 => ("WrongCredentialsError", "Wrong API key"),
            403 => ("ForbiddenError", "You are not authorized to do that."),
            404 => ("NotFoundError", "Resource not found."),
            429 => ("TooManyRequestsError", "Too many requests"),
            503 => ("TransientError", "Transient error, try again later"),
            504 => ("DeadlineExceededError", "Deadline exceeded"),
            _ => ("InternalError", "Internal error"),
        };
        error(status, code, text)
    }
}

impl VirusTotal {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is used of the key's quota; being asked uses none.
    fn quotas(&self, request: &Request, id: &str) -> Answer {
        if let Err(answer) = self.log_in(request) {
            return answer;
        }
        if id != self.options.key {
            return error(403, "ForbiddenError", "You are not authorized to do that.");
        }
        let daily = json!({"user": {"used": self.known().recent.len(), "allowed": 500}});
        Answer::json(200, &json!({"data": {"api_requests_daily": daily}}))
    }

    fn log_in(&self, request: &Request) -> Result<(), Answer> {
        match request.header("x-apikey") {
            Some(key) if key == self.options.key => Ok(()),
            Some(_) => Err(error(401, "WrongCredentialsError", "Wrong API key")),
            None => {
                let text = "X-Apikey header is missing";
                Err(error(401, "AuthenticationRequiredError", text))
            }
        }
    }

    /// Looks at the key, then at the quota.
    fn admit(&self, request: &Request) -> Result<(), Answer> {
        self.log_in(request)?;
        let recent = &mut self.known().recent;
        recent.retain(|at| at.elapsed() < MINUTE);
        if self
            .options
            .per_minute
            .is_some_and(|most| recent.len() >= most)
        {
            return Err(over_quota());
        }
        recent.push_back(Instant::now());
        Ok(())
    }
}

fn over_quota() -> Answer {
    error(429, "QuotaExceededError", "Quota exceeded")
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let error = json!({"code": code, "message": message});
    Answer::json(status, &json!({"error": error}))
}

#[cfg(test)]
mod tests;
