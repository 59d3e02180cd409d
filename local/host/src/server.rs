//! The HTTP listener: each request gets an instance of its own, which may go
//! on working after its answer was sent.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http::header::{CONNECTION, HOST, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme as WasiScheme;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use crate::instance::Instances;
use crate::manifest::Route;
use crate::meter;

/// Answered by the host itself, as in Spin.
const WELL_KNOWN: &str = "/.well-known/spin/";

type Body = HyperOutgoingBody;

/// What serves requests.
pub(crate) struct Server {
    /// Makes an instance for each request.
    pub(crate) instances: Instances,
    /// The paths that lead to the component.
    pub(crate) routes: Vec<Route>,
    /// Gone when the server is, which ends the work of every instance.
    pub(crate) running: watch::Sender<()>,
}

impl Server {
    /// Accepts connections until it is dropped, and all of them with it.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(self.clone().connection(stream, peer));
                    }
                    Err(error) => {
                        eprintln!("Cannot accept a connection: {error}");
                        // Too many open files, mostly: give them time to close.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let service = service_fn(|request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request, peer).await) }
        });
        // A client that goes away in the middle is its own affair.
        let _ = http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn answer(&self, mut request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let path = request.uri().path().to_owned();
        if let Some(name) = path.strip_prefix(WELL_KNOWN) {
            return match name {
                "health" => response(StatusCode::OK, Bytes::from_static(b"OK")),
                _ => response(StatusCode::NOT_FOUND, Bytes::new()),
            };
        }
        let ways = self.routes.iter().filter(|route| route.matches(&path));
        let Some(route) = ways.max_by_key(|route| route.prefix.len()) else {
            return response(StatusCode::NOT_FOUND, Bytes::new());
        };
        let answer = match prepare(&mut request, route, peer) {
            Ok(()) => self.run(request).await,
            Err(error) => Err(error),
        };
        answer.unwrap_or_else(|error| {
            eprintln!("Error processing request on path '{path}': {error:#}");
            response(StatusCode::INTERNAL_SERVER_ERROR, Bytes::new())
        })
    }

    /// Hands the request to a new instance and returns its answer. The instance
    /// is not waited for: it may have work left.
    async fn run(&self, request: Request<Incoming>) -> Result<Response<Body>> {
        let mut store = self.instances.store();
        let (sender, receiver) = oneshot::channel();
        let mut http = store.data_mut().http();
        let request = http.new_incoming_request(WasiScheme::Http, request)?;
        let answer = http.new_response_outparam(sender)?;
        let pre = self.instances.pre().clone();
        let mut running = self.running.subscribe();
        let work = tokio::spawn(async move {
            let call = async {
                let proxy = pre.instantiate_async(&mut store).await?;
                let handler = proxy.wasi_http_incoming_handler();
                let done = handler.call_handle(&mut store, request, answer).await;
                let state = store.data();
                meter::report(&store, &state.meter, &state.peak);
                done
            };
            tokio::select! {
                done = call => done,
                _ = running.changed() => Ok(()),
            }
        });
        match receiver.await {
            Ok(answer) => {
                tokio::spawn(report_late_failure(work));
                answer.context("the component answered with an error")
            }
            Err(_) => Err(match failure(work).await {
                Some(error) => error,
                None => anyhow!("the component returned without an answer"),
            }),
        }
    }
}

async fn failure(work: JoinHandle<wasmtime::Result<()>>) -> Option<anyhow::Error> {
    let error = match work.await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => anyhow::Error::from(error),
        Err(error) => anyhow::Error::from(error),
    };
    Some(error.context("the component failed"))
}

async fn report_late_failure(work: JoinHandle<wasmtime::Result<()>>) {
    if let Some(error) = failure(work).await {
        eprintln!("Component error after response started: {error:#}");
    }
}

/// Gives the request the full address and the headers Spin gives it.
fn prepare(request: &mut Request<Incoming>, route: &Route, peer: SocketAddr) -> Result<()> {
    let host = request
        .headers()
        .get(HOST)
        .context("the request has no Host header")?;
    let authority: Authority = host
        .to_str()?
        .parse()
        .context("the Host header is no host")?;
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    let path = parts
        .path_and_query
        .get_or_insert_with(|| PathAndQuery::from_static("/"))
        .clone();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts)?;

    let full_url = request.uri().to_string();
    let headers = request.headers_mut();
    headers.remove(CONNECTION);
    for (name, value) in [
        ("spin-path-info", route.rest(path.path())),
        ("spin-full-url", &full_url),
        ("spin-matched-route", &route.to_string()),
        ("spin-base-path", "/"),
        ("spin-raw-component-route", &route.to_string()),
        ("spin-component-route", &route.prefix),
        ("spin-client-addr", &peer.to_string()),
    ] {
        // As in Spin, beside a header of that name that the client sent.
        headers.append(HeaderName::from_static(name), HeaderValue::from_str(value)?);
    }
    Ok(())
}

fn response(status: StatusCode, body: Bytes) -> Response<Body> {
    let body = if body.is_empty() {
        Empty::new()
            .map_err(|never: Infallible| match never {})
            .boxed_unsync()
    } else {
        Full::new(body)
            .map_err(|never: Infallible| match never {})
            .boxed_unsync()
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
