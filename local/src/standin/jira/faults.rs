//! Failures on demand: one at a time, aimed at a kind of request, or a seeded
//! mixture for a chaos test.

mod chaos;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::chance::Chance;
use super::super::server::{Answer, Request};
use super::operation::Operation;
use super::refusal::Refusal;
use super::routes;
use super::site::Site;
pub use chaos::ChaosRates;

/// Jira Cloud docs, rate limiting, `jira-per-issue-on-write`: 20 writes in 2 s
/// or 100 in 30 s on one issue.
pub(crate) const WRITE_LIMITS: [(usize, Duration); 2] =
    [(20, Duration::from_secs(2)), (100, Duration::from_secs(30))];

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

    fn is_for(&self, request: &Request) -> bool {
        let operation = Operation::of_path(&request.method, &request.path);
        let when = &self.when;
        let has_field = match &self.what {
            FaultKind::RefusedField { field, .. } => has_field(request, field),
            _ => true,
        };
        has_field
            && (when.operations.is_empty() || when.operations.contains(&operation))
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
}

fn has_field(request: &Request, field: &str) -> bool {
    let body = request.json.as_ref();
    ["fields", "update"].iter().any(|place| {
        let members = body.and_then(|body| body.get(place));
        members.and_then(|members| members.get(field)).is_some()
    })
}

/// A fault that was injected: tells how often it has hit.
#[derive(Debug, Clone)]
pub struct Injected(Arc<AtomicUsize>);

impl Injected {
    /// How many requests it has hit.
    pub fn hits(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The faults that wait for their requests.
pub(crate) struct Faults {
    waiting: Vec<Waiting>,
    chance: Chance,
    chaos: Option<(Chance, ChaosRates)>,
}

struct Waiting {
    fault: Fault,
    hits: Arc<AtomicUsize>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Faults {
        Faults {
            waiting: Vec::new(),
            chance: Chance::new(seed),
            chaos: None,
        }
    }

    pub(crate) fn inject(&mut self, fault: Fault) -> Injected {
        let hits = Arc::new(AtomicUsize::new(0));
        self.waiting.push(Waiting {
            fault,
            hits: Arc::clone(&hits),
        });
        Injected(hits)
    }

    pub(crate) fn chaos(&mut self, seed: u64, rates: ChaosRates) {
        self.chaos = Some((Chance::new(seed), rates));
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.chaos = None;
    }

    /// What goes wrong with this request: every delay that is for it, and the
    /// first other fault.
    fn draw(&mut self, request: &Request) -> Vec<FaultKind> {
        let (mut drawn, mut decided) = (Vec::new(), false);
        for waiting in &mut self.waiting {
            let is_delay = matches!(waiting.fault.what, FaultKind::Latency(_));
            if (is_delay || !decided) && waiting.hits(request, &mut self.chance) {
                decided = decided || !is_delay;
                drawn.push(waiting.fault.what.clone());
            }
        }
        self.waiting
            .retain(|waiting| waiting.fault.times != Some(0));
        if !decided && let Some((chance, rates)) = &mut self.chaos {
            drawn.extend(rates.draw(chance));
        }
        drawn
    }
}

impl Waiting {
    fn hits(&mut self, request: &Request, chance: &mut Chance) -> bool {
        if !self.fault.is_for(request) {
            return false;
        }
        if self.fault.skip > 0 {
            self.fault.skip -= 1;
            return false;
        }
        if self.fault.probability < 1.0 && chance.unit() >= self.fault.probability {
            return false;
        }
        if let Some(times) = &mut self.fault.times {
            if *times == 0 {
                return false;
            }
            *times -= 1;
        }
        self.hits.fetch_add(1, Ordering::SeqCst);
        true
    }
}

/// Answers a request, with the faults that wait for it.
pub(crate) async fn respond(site: Arc<Site>, request: Request) -> Answer {
    let drawn = site.faults().draw(&request);
    for fault in &drawn {
        match fault {
            FaultKind::Latency(time) => tokio::time::sleep(*time).await,
            fault => {
                if let Some(answer) = instead(fault) {
                    return answer;
                }
            }
        }
    }
    let mut answer = routes::answer(&site, &request);
    for fault in &drawn {
        answer = match fault {
            FaultKind::LateAnswer(time) => {
                tokio::time::sleep(*time).await;
                answer
            }
            FaultKind::ResetAfter => Answer::reset(),
            FaultKind::BadGateway { .. } => page(502, "Bad Gateway"),
            FaultKind::GatewayTimeout { .. } => page(504, "Gateway Timeout"),
            FaultKind::SlowBody(time) => answer.slowly(*time),
            FaultKind::CutBody => answer.cut(),
            _ => answer,
        };
    }
    answer
}

/// The answer of a fault that keeps Jira from doing anything.
fn instead(fault: &FaultKind) -> Option<Answer> {
    let answer = match fault {
        FaultKind::Status(401) => page(401, "Unauthorized"),
        FaultKind::Status(status) => {
            Refusal::message(*status, format!("Injected fault {status}.")).answer()
        }
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
        FaultKind::BadGateway { done: false } => page(502, "Bad Gateway"),
        FaultKind::GatewayTimeout { done: false } => page(504, "Gateway Timeout"),
        FaultKind::RefusedField { field, text } => {
            let errors = json!({field.as_str(): text});
            Answer::json(
                400,
                &json!({"errorMessages": Value::Array(vec![]), "errors": errors}),
            )
        }
        FaultKind::ResetBefore => Answer::reset(),
        FaultKind::Garbage => Answer::json(200, &Value::Null).with_body("<<<not json>>>"),
        _ => return None,
    };
    Some(answer)
}

/// 429 as Jira sends it.
pub(crate) fn rate_limited(retry_after: u64, reason: &str) -> Answer {
    page(429, "Too Many Requests")
        .header("retry-after", retry_after.to_string())
        .header("ratelimit-reason", reason)
        .header("x-ratelimit-limit", "100")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-nearlimit", "true")
}

fn page(status: u16, title: &str) -> Answer {
    Answer::html(
        status,
        format!("<html><head><title>{status}</title></head><body><h1>{title}</h1></body></html>"),
    )
}

#[cfg(test)]
mod tests;
