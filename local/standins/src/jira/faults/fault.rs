//! A fault as a test describes it.

use std::time::Duration;

use serde_json::Value;

use super::super::operation::Operation;
use super::super::refusal::{Refusal, rate_limited};
use super::retry_after::RetryAfter;
use crate::faults::{self, Aim, Often, page};
use crate::server::{Answer, Request};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// The request waits before it is worked on. It is worked on even if the
    /// client gives up meanwhile.
    Latency(Duration),
    /// The work is done at once, the answer waits.
    LateAnswer(Duration),
    /// A status in Jira's own error shape (401 as HTML), nothing done.
    Status(u16),
    /// 429, refused before any work was done.
    RateLimited {
        /// `Retry-After` in seconds; Data Center may send 0.
        retry_after: u64,
        /// `RateLimit-Reason`, such as `jira-burst-based`.
        reason: String,
    },
    /// 500 with a JSON body, nothing done.
    ServerError,
    /// 503 with an HTML page, nothing done.
    UnavailableHtml {
        /// `Retry-After` in seconds, when it shall be told.
        retry_after: Option<u64>,
    },
    /// 502 with an HTML page.
    BadGateway {
        /// Whether Jira behind the gateway had done the work.
        done: bool,
    },
    /// 504 with an HTML page.
    GatewayTimeout {
        /// Whether Jira behind the gateway had done the work.
        done: bool,
    },
    /// Not now: an HTML page with `Retry-After`, nothing done.
    Later {
        /// 429 or 503, say.
        status: u16,
        /// When to come back.
        retry_after: RetryAfter,
    },
    /// This answer, nothing done.
    Answer(Answer),
    /// 400 naming this field, as long as the request has it.
    RefusedField {
        /// The field's id.
        field: String,
        /// What is said about it.
        text: String,
    },
    /// The connection is reset, nothing done.
    ResetBefore,
    /// The work is done, then the connection is reset without an answer.
    ResetAfter,
    /// 200 with a text that is no JSON, nothing done.
    Garbage,
    /// The work is done; the answer's body drips over this time.
    SlowBody(Duration),
    /// The work is done; the connection breaks in the middle of the body.
    CutBody,
    /// The work is done; the answer never ends.
    Endless,
}

/// A fault: which requests it waits for, and what it does to them.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What goes wrong.
    pub what: FaultKind,
    /// Which requests it is for.
    pub when: Match,
    /// How many requests it lets pass first.
    pub skip: usize,
    /// How many requests it hits; none means all.
    pub times: Option<usize>,
    /// How likely it hits a request it is for.
    pub probability: f64,
}

/// Which requests a fault is for; what is not said is any.
#[derive(Debug, Clone, Default)]
pub struct Match {
    /// The operation is one of these.
    pub operations: Vec<Operation>,
    /// The operation is none of these.
    pub except: Vec<Operation>,
    /// The issue, by key or id, however the request names it.
    pub issue: Option<String>,
    /// The key of the project, named by the request or by its issue.
    pub project: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// A part of the path.
    pub path: Option<String>,
    /// A part of the body.
    pub body: Option<String>,
}

impl Fault {
    /// A fault that hits the next request, whatever it is.
    pub fn new(what: FaultKind) -> Fault {
        Fault {
            what,
            when: Match::default(),
            skip: 0,
            times: Some(1),
            probability: 1.0,
        }
    }

    /// A status in Jira's own error shape.
    pub fn status(status: u16) -> Fault {
        Fault::new(FaultKind::Status(status))
    }

    /// 429 with a burst as its reason.
    pub fn rate_limited(retry_after: u64) -> Fault {
        let reason = "jira-burst-based".to_owned();
        Fault::new(FaultKind::RateLimited {
            retry_after,
            reason,
        })
    }

    /// 400 that names a field.
    pub fn refused_field(field: &str, text: &str) -> Fault {
        let (field, text) = (field.to_owned(), text.to_owned());
        Fault::new(FaultKind::RefusedField { field, text })
    }

    /// Only requests for this operation; may be said more than once.
    #[must_use]
    pub fn on(mut self, operation: Operation) -> Fault {
        self.when.operations.push(operation);
        self
    }

    /// All but requests for this operation; may be said more than once.
    #[must_use]
    pub fn except(mut self, operation: Operation) -> Fault {
        self.when.except.push(operation);
        self
    }

    /// Only requests for this issue, by key or id, whichever of its keys or its
    /// id the request's path has.
    #[must_use]
    pub fn issue(mut self, key_or_id: &str) -> Fault {
        self.when.issue = Some(key_or_id.to_owned());
        self
    }

    /// Only requests for this project: they name it, or one of its issues.
    #[must_use]
    pub fn project(mut self, key: &str) -> Fault {
        self.when.project = Some(key.to_owned());
        self
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Fault {
        self.when.method = Some(method.to_owned());
        self
    }

    /// Only requests whose path contains this.
    #[must_use]
    pub fn path(mut self, part: &str) -> Fault {
        self.when.path = Some(part.to_owned());
        self
    }

    /// Only requests whose body contains this.
    #[must_use]
    pub fn body(mut self, part: &str) -> Fault {
        self.when.body = Some(part.to_owned());
        self
    }

    /// Lets so many requests pass first.
    #[must_use]
    pub fn skip(mut self, count: usize) -> Fault {
        self.skip = count;
        self
    }

    /// Hits so many requests.
    #[must_use]
    pub fn times(mut self, count: usize) -> Fault {
        self.times = Some(count);
        self
    }

    /// Hits every request it is for, until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Fault {
        self.times = None;
        self
    }

    /// Hits by chance, `0.0` never to `1.0` always; the site's seed decides.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Fault {
        self.probability = probability;
        self
    }
}

impl From<Fault> for faults::FaultKind {
    fn from(fault: Fault) -> faults::FaultKind {
        fault.what.into()
    }
}

/// As every stand-in words it.
impl From<FaultKind> for faults::FaultKind {
    fn from(fault: FaultKind) -> faults::FaultKind {
        use faults::FaultKind as Common;
        match fault {
            FaultKind::Latency(time) => Common::Latency(time),
            FaultKind::LateAnswer(time) => Common::LateAnswer(time),
            FaultKind::BadGateway { done } => Common::Html { status: 502, done },
            FaultKind::GatewayTimeout { done } => Common::Html { status: 504, done },
            FaultKind::ResetBefore => Common::Reset { done: false },
            FaultKind::ResetAfter => Common::Reset { done: true },
            FaultKind::SlowBody(time) => Common::SlowBody(time),
            FaultKind::CutBody => Common::CutBody,
            FaultKind::Endless => Common::Endless,
            FaultKind::Status(status) if status != 401 => Common::Status {
                status,
                retry_after: None,
            },
            instead => Common::Answer(answer(&instead)),
        }
    }
}

/// The answer of a fault that Jira words itself.
fn answer(fault: &FaultKind) -> Answer {
    match fault {
        FaultKind::RateLimited {
            retry_after,
            reason,
        } => rate_limited(*retry_after, reason),
        FaultKind::ServerError => Refusal::message(500, "Internal server error").answer(),
        FaultKind::UnavailableHtml { retry_after } => {
            let answer = page(503, "Service Unavailable");
            match retry_after {
                Some(seconds) => answer.header("retry-after", seconds.to_string()),
                None => answer,
            }
        }
        FaultKind::Later {
            status,
            retry_after,
        } => page(*status, "Not now").header("retry-after", retry_after.header()),
        FaultKind::Answer(answer) => answer.clone(),
        FaultKind::RefusedField { field, text } => Refusal::field(field, text).answer(),
        FaultKind::Garbage => Answer::json(200, &Value::Null).with_body("<<<not json>>>"),
        _ => page(401, "Unauthorized"),
    }
}

impl Aim for Fault {
    fn is_for(&self, request: &Request) -> bool {
        let operation = Operation::of_path(&request.method, &request.path);
        let when = &self.when;
        let has_field = match &self.what {
            FaultKind::RefusedField { field, .. } => has_field(request, field),
            _ => true,
        };
        has_field
            && (when.operations.is_empty() || when.operations.contains(&operation))
            && !when.except.contains(&operation)
            && when
                .method
                .as_ref()
                .is_none_or(|method| *method == request.method)
            && when
                .path
                .as_ref()
                .is_none_or(|part| request.path.contains(part))
            && when
                .body
                .as_ref()
                .is_none_or(|part| request.text().contains(part))
    }

    fn is_delay(&self) -> bool {
        matches!(self.what, FaultKind::Latency(_))
    }

    fn often(&mut self) -> Often<'_> {
        Often {
            skip: &mut self.skip,
            times: &mut self.times,
            probability: self.probability,
        }
    }
}

fn has_field(request: &Request, field: &str) -> bool {
    let body = request.json.as_ref();
    ["fields", "update"].iter().any(|place| {
        let members = body.and_then(|body| body.get(place));
        members.and_then(|members| members.get(field)).is_some()
    })
}
