//! Failures on demand: one at a time, aimed at a kind of request, or a seeded
//! mixture for a chaos test.

mod chaos;
mod fault;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::chance::Chance;
pub use super::super::faults::Injected;
use super::super::faults::{Aim as _, Queue, page};
use super::super::server::{Answer, Request};
use super::refusal::Refusal;
use super::routes;
use super::site::Site;
pub use chaos::ChaosRates;
pub use fault::{Fault, FaultKind, Match};

/// Jira Cloud docs, rate limiting, `jira-per-issue-on-write`: 20 writes in 2 s
/// or 100 in 30 s on one issue.
pub(crate) const WRITE_LIMITS: [(usize, Duration); 2] =
    [(20, Duration::from_secs(2)), (100, Duration::from_secs(30))];

/// The faults that wait for their requests.
pub(crate) struct Faults {
    waiting: Queue<Fault>,
    chance: Chance,
    chaos: Option<(Chance, ChaosRates)>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Faults {
        Faults {
            waiting: Queue::new(),
            chance: Chance::new(seed),
            chaos: None,
        }
    }

    pub(crate) fn inject(&mut self, fault: Fault) -> Injected {
        self.waiting.inject(fault)
    }

    pub(crate) fn chaos(&mut self, seed: u64, rates: ChaosRates) {
        self.chaos = Some((Chance::new(seed), rates));
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.chaos = None;
    }

    /// What goes wrong with this request: what waits for it, or else what
    /// chaos draws.
    fn draw(&mut self, request: &Request) -> Vec<FaultKind> {
        let drawn = self.waiting.draw(request, &mut self.chance);
        let decided = drawn.iter().any(|fault| !fault.is_delay());
        let mut drawn: Vec<_> = drawn.into_iter().map(|fault| fault.what).collect();
        if !decided && let Some((chance, rates)) = &mut self.chaos {
            drawn.extend(rates.draw(chance));
        }
        drawn
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
            FaultKind::Endless => answer.endless(),
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
            Answer::json(400, &json!({"errorMessages": [], "errors": errors}))
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
