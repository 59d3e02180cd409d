//! Failures on demand, as every stand-in has them. Jira's tests word theirs
//! their own way (they know its operations).

mod queue;

use std::time::Duration;

use crate::server::{Answer, Request};
pub(crate) use queue::Queue;
pub use queue::{Aim, Injected, Often};

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// The request waits before it is worked on. It is worked on even if the
    /// client gives up meanwhile.
    Latency(Duration),
    /// The work is done at once, the answer waits.
    LateAnswer(Duration),
    /// A status in the service's own error shape, nothing done.
    Status {
        /// The status.
        status: u16,
        /// `Retry-After` in seconds, when it shall be told.
        retry_after: Option<u64>,
    },
    /// This answer, nothing done.
    Answer(Answer),
    /// A status with a gateway's HTML page.
    Html {
        /// 502, 503 or 504.
        status: u16,
        /// Whether the service behind the gateway had done the work.
        done: bool,
    },
    /// The connection is reset.
    Reset {
        /// Whether the service had done the work before.
        done: bool,
    },
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
    /// Only requests whose path contains this.
    pub path: Option<String>,
    /// Only requests whose body contains this.
    pub body: Option<String>,
    /// How many requests it lets pass first.
    pub skip: usize,
    /// How many requests it hits; none means all.
    pub times: Option<usize>,
    /// How likely it hits a request it is for.
    pub probability: f64,
}

impl Fault {
    /// A fault that hits the next request, whatever it is.
    pub fn new(what: FaultKind) -> Fault {
        Fault {
            what,
            path: None,
            body: None,
            skip: 0,
            times: Some(1),
            probability: 1.0,
        }
    }

    /// The request waits this long before it is worked on.
    pub fn latency(time: Duration) -> Fault {
        Fault::new(FaultKind::Latency(time))
    }

    /// A status in the service's own error shape.
    pub fn status(status: u16) -> Fault {
        Fault::new(FaultKind::Status {
            status,
            retry_after: None,
        })
    }

    /// 429 with `Retry-After`, in the service's own error shape.
    pub fn rate_limited(retry_after: u64) -> Fault {
        Fault::new(FaultKind::Status {
            status: 429,
            retry_after: Some(retry_after),
        })
    }

    /// A gateway's HTML page; the service has done nothing.
    pub fn html(status: u16) -> Fault {
        Fault::new(FaultKind::Html {
            status,
            done: false,
        })
    }

    /// A reset before anything is done.
    pub fn reset() -> Fault {
        Fault::new(FaultKind::Reset { done: false })
    }

    /// 200 with a text that is no JSON.
    pub fn garbage() -> Fault {
        Fault::new(FaultKind::Garbage)
    }

    /// Only requests whose path contains this.
    #[must_use]
    pub fn path(mut self, part: &str) -> Fault {
        self.path = Some(part.to_owned());
        self
    }

    /// Only requests whose body contains this.
    #[must_use]
    pub fn body(mut self, part: &str) -> Fault {
        self.body = Some(part.to_owned());
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

    /// Hits by chance, `0.0` never to `1.0` always, the same way in each run.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Fault {
        self.probability = probability;
        self
    }
}

impl From<Fault> for FaultKind {
    fn from(fault: Fault) -> FaultKind {
        fault.what
    }
}

impl Aim for Fault {
    fn is_for(&self, request: &Request) -> bool {
        let in_path = |part: &String| request.path.contains(part);
        let in_body = |part: &String| request.text().contains(part);
        self.path.as_ref().is_none_or(in_path) && self.body.as_ref().is_none_or(in_body)
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

impl FaultKind {
    /// What is answered when nothing shall be done; `refusal` words a status
    /// the way the service does.
    pub(crate) fn instead(&self, refusal: impl Fn(u16) -> Answer) -> Option<Answer> {
        let answer = match self {
            FaultKind::Status {
                status,
                retry_after,
            } => match retry_after {
                Some(seconds) => refusal(*status).header("retry-after", seconds.to_string()),
                None => refusal(*status),
            },
            FaultKind::Answer(answer) => answer.clone(),
            FaultKind::Html {
                status,
                done: false,
            } => gateway_page(*status),
            FaultKind::Reset { done: false } => Answer::reset(),
            FaultKind::Garbage => Answer::text(200, "<<<not json>>>"),
            _ => return None,
        };
        Some(answer)
    }

    /// What becomes of the answer once the work is done.
    pub(crate) async fn spoil(&self, answer: Answer) -> Answer {
        match self {
            FaultKind::LateAnswer(time) => {
                tokio::time::sleep(*time).await;
                answer
            }
            FaultKind::Html { status, .. } => gateway_page(*status),
            FaultKind::Reset { .. } => Answer::reset(),
            FaultKind::SlowBody(time) => answer.slowly(*time),
            FaultKind::CutBody => answer.cut(),
            FaultKind::Endless => answer.endless(),
            _ => answer,
        }
    }
}

fn gateway_page(status: u16) -> Answer {
    let title = match status {
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    };
    page(status, title)
}

/// The HTML page of a server that stands before the service.
pub(crate) fn page(status: u16, title: &str) -> Answer {
    Answer::html(
        status,
        format!("<html><head><title>{status}</title></head><body><h1>{title}</h1></body></html>"),
    )
}
