//! The part every stand-in shares: a loopback HTTP server that owns its
//! accept loop, so it can vanish (connection refused), cut a connection with a
//! reset before or after the work is done, and remember every request.

mod exchange;
mod log;
mod payload;
mod written;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

pub use exchange::{Answer, Request};
use log::Log;
use payload::{Manner, Payload};
pub(crate) use written::BodyWriter;

/// How long [`Server::resume`] tries to get its port back.
const REBIND_PATIENCE: Duration = Duration::from_secs(2);

type Reply = Pin<Box<dyn Future<Output = Answer> + Send>>;
type Handler = Arc<dyn Fn(Request) -> Reply + Send + Sync>;

/// A running stand-in server. Cloning gives another handle to the same server;
/// it stops when the last handle is gone.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    addr: SocketAddr,
    log: Arc<Log>,
    handler: Handler,
    max_body: usize,
    running: Mutex<Option<Running>>,
}

/// The accept loop and the means to cut every open connection: a change of
/// `alive`, or its end, ends them all.
struct Running {
    accept: JoinHandle<()>,
    alive: watch::Sender<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.accept.abort();
    }
}

impl Server {
    /// Listens on `addr` (port 0 picks a free one) and answers each request
    /// with what `handler` says. Bodies above `max_body` bytes are not kept;
    /// the request then says [`Request::too_large`].
    ///
    /// A handler runs to its end even when the client has hung up: that is
    /// what a real server does, and what makes a timeout ambiguous.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start<H, F>(
        addr: SocketAddr,
        max_body: usize,
        handler: H,
    ) -> anyhow::Result<Server>
    where
        H: Fn(Request) -> F + Send + Sync + 'static,
        F: Future<Output = Answer> + Send + 'static,
    {
        let listener = bind(addr).await?;
        let inner = Inner {
            addr: listener.local_addr()?,
            log: Arc::default(),
            handler: Arc::new(move |request| Box::pin(handler(request))),
            max_body,
            running: Mutex::new(None),
        };
        inner.run(listener);
        Ok(Server(Arc::new(inner)))
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.0.addr
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.0.addr)
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.look(<[Request]>::to_vec)
    }

    /// Looks at every request so far without copying them.
    pub fn look<T>(&self, at: impl FnOnce(&[Request]) -> T) -> T {
        self.0.log.look(at)
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.0.log.clear();
    }

    /// An outage: closes the port (connection refused) and resets every open
    /// connection. Work already begun is still finished, without an answer.
    pub async fn pause(&self) {
        let running = self.0.running().take();
        if let Some(mut running) = running {
            running.accept.abort();
            // The port is closed once the loop is gone, not before.
            let _ = (&mut running.accept).await;
            running.alive.send_replace(());
            running.alive.closed().await;
        }
    }

    /// Ends the outage: listens on the same port again.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub async fn resume(&self) -> anyhow::Result<()> {
        if self.is_paused() {
            let started = Instant::now();
            let listener = loop {
                match bind(self.0.addr).await {
                    Ok(listener) => break listener,
                    Err(error) if started.elapsed() > REBIND_PATIENCE => return Err(error),
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            };
            self.0.run(listener);
        }
        Ok(())
    }

    /// Whether the server is down, by [`Server::pause`] or [`Server::stop`].
    pub fn is_paused(&self) -> bool {
        self.0.running().is_none()
    }

    /// Stops at once, without waiting for the port to be closed.
    pub fn stop(&self) {
        self.0.running().take();
    }
}

impl Inner {
    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, listener: TcpListener) {
        let (alive, gone) = watch::channel(());
        let worker = Worker {
            log: Arc::clone(&self.log),
            handler: Arc::clone(&self.handler),
            max_body: self.max_body,
        };
        let accept = tokio::spawn(accept(listener, worker, gone));
        *self.running() = Some(Running { accept, alive });
    }
}

async fn bind(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr)
        .await
        .with_context(|| format!("a stand-in cannot listen on {addr}"))
}

/// What a connection needs; it holds no handle to the server, so that the
/// server can end.
#[derive(Clone)]
struct Worker {
    log: Arc<Log>,
    handler: Handler,
    max_body: usize,
}

async fn accept(listener: TcpListener, worker: Worker, gone: watch::Receiver<()>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                tokio::spawn(worker.clone().connection(stream, gone.clone()));
            }
            // Out of file descriptors, most likely: wait for some to be freed.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

impl Worker {
    /// Serves one connection until the client closes it, an answer asks for a
    /// reset, or the server goes down.
    async fn connection(self, stream: TcpStream, mut gone: watch::Receiver<()>) {
        let reset = Arc::new(Notify::new());
        let service = {
            let reset = Arc::clone(&reset);
            service_fn(move |request| self.clone().serve(request, Arc::clone(&reset)))
        };
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        let cut = tokio::select! {
            _ = &mut connection => false,
            () = reset.notified() => true,
            _ = gone.changed() => true,
        };
        if cut {
            // With no linger time the close goes out as RST, not as FIN.
            let _ = connection.into_parts().io.into_inner().set_zero_linger();
        }
    }

    async fn serve(
        self,
        request: hyper::Request<Incoming>,
        reset: Arc<Notify>,
    ) -> Result<hyper::Response<Payload>, std::io::Error> {
        let began = Instant::now();
        let request = Request::read(request, self.max_body).await?;
        let number = self.log.add(request.clone());
        let request = Request { number, ..request };
        // A task of its own, so that a client that hangs up does not undo work.
        let answer = tokio::spawn((self.handler)(request)).await;
        let answer = answer.unwrap_or_else(|error| Answer::text(500, format!("stand-in: {error}")));
        if matches!(answer.manner, Manner::Reset) {
            self.log.settle(number, None, began.elapsed());
            reset.notify_one();
            return std::future::pending().await;
        }
        self.log
            .settle(number, Some(answer.status), began.elapsed());
        answer.into_response().map_err(std::io::Error::other)
    }
}

#[cfg(test)]
mod tests;
