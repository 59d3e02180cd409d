//! What the stand-ins have in common beside the server: a service that
//! answers, faults in front of it, and one handle to both.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::chance::Chance;
use crate::faults::{Aim, FaultKind, Injected, Queue};
use crate::server::{Answer, Request, Server};

/// No service here says how much it takes; none of them is sent this much.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Faults by chance come the same way in each run.
const SEED: u64 = 5;

/// A service that a stand-in plays.
pub trait Service: Send + Sync + 'static {
    /// A fault as this service's tests describe it.
    type Fault: Aim + Into<FaultKind> + Send + 'static;

    /// Answers a request, faults aside.
    fn answer(&self, request: &Request) -> Answer;

    /// How the service words a status it did not come to by a request.
    fn refusal(&self, status: u16) -> Answer;

    /// Bodies above so many bytes are not kept.
    fn max_body(&self) -> usize {
        MAX_BODY
    }

    /// Where the chance of faults starts.
    fn seed(&self) -> u64 {
        SEED
    }

    /// Whether a fault is for this request, as far as only the service's own
    /// data can tell.
    fn concerns(&self, _fault: &Self::Fault, _request: &Request) -> bool {
        true
    }

    /// What goes wrong with a request for which no fault waits.
    fn mishaps(&self) -> Vec<FaultKind> {
        Vec::new()
    }
}

/// A running stand-in. Cloning gives another handle to the same one; it stops
/// when the last handle is gone.
pub struct StandIn<S: Service> {
    desk: Arc<Desk<S>>,
    server: Server,
}

impl<S: Service> Clone for StandIn<S> {
    fn clone(&self) -> StandIn<S> {
        StandIn {
            desk: Arc::clone(&self.desk),
            server: self.server.clone(),
        }
    }
}

/// The service and what goes wrong on the way to it.
struct Desk<S: Service> {
    service: S,
    faults: Mutex<(Queue<S::Fault>, Chance)>,
}

impl<S: Service> Desk<S> {
    fn faults(&self) -> MutexGuard<'_, (Queue<S::Fault>, Chance)> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, request: &Request) -> Vec<FaultKind> {
        let (queue, chance) = &mut *self.faults();
        let concerns = |fault: &S::Fault| self.service.concerns(fault, request);
        let drawn = queue.draw(request, chance, concerns);
        let decided = drawn.iter().any(|fault| !fault.is_delay());
        let mut drawn: Vec<FaultKind> = drawn.into_iter().map(Into::into).collect();
        if !decided {
            drawn.extend(self.service.mishaps());
        }
        drawn
    }

    async fn respond(self: Arc<Self>, request: Request) -> Answer {
        let drawn = self.draw(&request);
        for fault in &drawn {
            if let FaultKind::Latency(time) = fault {
                tokio::time::sleep(*time).await;
            } else if let Some(answer) = fault.instead(|status| self.service.refusal(status)) {
                return answer;
            }
        }
        let mut answer = self.service.answer(&request);
        for fault in &drawn {
            answer = fault.spoil(answer).await;
        }
        answer
    }
}

impl<S: Service> StandIn<S> {
    /// Starts on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(service: impl Into<S>) -> anyhow::Result<StandIn<S>> {
        StandIn::start_on(0, service).await
    }

    /// Starts on this loopback port.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start_on(port: u16, service: impl Into<S>) -> anyhow::Result<StandIn<S>> {
        let service = service.into();
        let desk = Arc::new(Desk {
            faults: Mutex::new((Queue::new(), Chance::new(service.seed()))),
            service,
        });
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let answering = Arc::clone(&desk);
        let handler = move |request| Arc::clone(&answering).respond(request);
        let server = Server::start(addr, desk.service.max_body(), handler).await?;
        Ok(StandIn { desk, server })
    }

    /// The service behind the server.
    pub(crate) fn service(&self) -> &S {
        &self.desk.service
    }

    /// Its origin: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// How many requests came so far.
    pub fn count(&self) -> usize {
        self.look(<[Request]>::len)
    }

    /// Looks at the requests without copying them.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&[Request]) -> T) -> T {
        self.server.look(at)
    }

    /// Forgets the requests so far (not what they did).
    pub fn clear_requests(&self) {
        self.server.clear_requests();
    }

    /// Lets something go wrong.
    pub fn inject(&self, fault: S::Fault) -> Injected {
        self.desk.faults().0.inject(fault)
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.desk.faults().0.clear();
    }

    /// An outage: connections are refused until [`StandIn::resume`].
    pub async fn pause(&self) {
        self.server.pause().await;
    }

    /// Comes back on the same port with the same data.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub async fn resume(&self) -> anyhow::Result<()> {
        self.server.resume().await
    }

    /// Stops for good.
    pub fn stop(&self) {
        self.server.stop();
    }
}

/// What is wrong with a request that should bring JSON, before its content is
/// looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// No length was told before the body: some proxies answer 411.
    Chunked,
    /// The body was too large to be kept.
    TooLarge,
    /// Another content type.
    OtherType,
    /// It is no JSON.
    NoJson,
}

/// The JSON of a request.
pub(crate) fn read_json(request: &Request) -> Result<&serde_json::Value, Unread> {
    if request.is_chunked() {
        return Err(Unread::Chunked);
    }
    if request.too_large {
        return Err(Unread::TooLarge);
    }
    if !request.says_json() {
        return Err(Unread::OtherType);
    }
    request.json.as_ref().ok_or(Unread::NoJson)
}

/// Whether a request shows this bearer token.
pub(crate) fn has_bearer(request: &Request, token: &str) -> bool {
    let given = request.header("authorization").unwrap_or_default();
    given.split_once(' ').is_some_and(|(scheme, rest)| {
        scheme.eq_ignore_ascii_case("bearer") && rest.trim_start() == token
    })
}

#[cfg(test)]
mod tests;
