//! The component's own HTTP requests: checked against the allowed hosts, sent
//! over kept connections, errors told in WASI's words.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use tokio::time::{Instant, Sleep};
use url::Url;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::allowed::AllowedHosts;
use crate::meter::Meter;
use crate::release::Release;
use crate::runtime_config::ClientTls;
use crate::tls;
use crate::tripwire::{Call, Watch};

/// As in Spin, what a guest that names no timeout gets for each step.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

type HttpClient = Client<HttpsConnector<HttpConnector>, WasiBody>;
type Answer = Result<(Response<WasiBody>, Worker), Error>;
type Worker = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// What all instances share to send requests.
pub(crate) struct Outbound {
    allowed: AllowedHosts,
    by_host: BTreeMap<String, HttpClient>,
    /// Made at the first need: reading the platform's authorities takes a while.
    usual: OnceLock<HttpClient>,
    spin: Release,
    watch: Option<Arc<Watch>>,
}

impl Outbound {
    /// Sets the clients up; `tls` are the `[[client_tls]]` of `component`.
    pub(crate) fn new(
        allowed: AllowedHosts,
        tls: &[ClientTls],
        component: &str,
        spin: Release,
        watch: Option<Arc<Watch>>,
    ) -> Result<Self> {
        let mut by_host = BTreeMap::new();
        for tls in tls {
            if tls.component_ids.iter().any(|id| id == component) {
                let client = client(tls::config_for(tls, spin)?);
                for host in &tls.hosts {
                    by_host
                        .entry(host.clone())
                        .or_insert_with(|| client.clone());
                }
            }
        }
        Ok(Self {
            allowed,
            by_host,
            usual: OnceLock::new(),
            spin,
            watch,
        })
    }

    fn check(&self, request: &Request<WasiBody>) -> Result<(), Error> {
        match self.allows(&request.uri().to_string()) {
            true => Ok(()),
            false => Err(Error::HttpRequestDenied),
        }
    }

    /// Whether the component may connect to an address; if not, says so on stderr.
    pub(crate) fn allows(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else {
            eprintln!("A component tried to call something that is no address.");
            return false;
        };
        if self.allowed.allows(&url) {
            return true;
        }
        // The origin alone: the rest of an address may carry a secret.
        let (scheme, host) = (url.scheme(), url.host_str().unwrap_or_default());
        let port = url.port().map(|port| format!(":{port}"));
        let origin = format!("{scheme}://{host}{}", port.unwrap_or_default());
        eprintln!(
            "A component tried to make an outbound network connection to disallowed destination '{origin}'."
        );
        match self.allowed.mistake() {
            Some(mistake) => eprintln!("No destination is allowed at all: {mistake}"),
            None => eprintln!(
                "To allow this request, add 'allowed_outbound_hosts = [\"{origin}\"]' to the manifest component section."
            ),
        }
        false
    }

    fn client_for(&self, host: &str) -> Result<HttpClient, Error> {
        if let Some(client) = self.by_host.get(host).or_else(|| self.usual.get()) {
            return Ok(client.clone());
        }
        let config = tls::default_config(self.spin).map_err(|error| {
            eprintln!("Cannot set TLS up: {error:#}");
            Error::ConfigurationError
        })?;
        Ok(self.usual.get_or_init(|| client(config)).clone())
    }

    async fn send(&self, request: Request<WasiBody>, options: RequestOptions) -> Answer {
        self.check(&request)?;
        let client = self.client_for(request.uri().host().unwrap_or_default())?;
        let connect = options.connect_timeout.unwrap_or(DEFAULT_TIMEOUT);
        let first_byte = options.first_byte_timeout.unwrap_or(DEFAULT_TIMEOUT);
        let begun = self.watch.as_deref().map(|watch| {
            let what = format!("{} {}", request.method(), request.uri().path());
            watch.begin(Call::Outbound, what)
        });
        let answer = tokio::time::timeout(connect + first_byte, client.request(request)).await;
        if let Some(begun) = begun {
            begun.end();
        }
        let response = answer
            .map_err(|_| Error::ConnectionReadTimeout)?
            .map_err(|error| code_for(&error))?;
        let pause = options.between_bytes_timeout.unwrap_or(DEFAULT_TIMEOUT);
        let worker: Worker = Box::new(async { Ok(()) });
        Ok((
            response.map(|body| Timed::new(body, pause).boxed_unsync()),
            worker,
        ))
    }
}

fn client(config: ClientConfig) -> HttpClient {
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .build();
    Client::builder(TokioExecutor::new()).build(connector)
}

/// A response's body, which ends with an error when nothing arrives for long.
struct Timed {
    body: Incoming,
    pause: Duration,
    timer: Pin<Box<Sleep>>,
}

impl Timed {
    fn new(body: Incoming, pause: Duration) -> Self {
        let timer = Box::pin(tokio::time::sleep(pause));
        Self { body, pause, timer }
    }
}

impl Body for Timed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let next = Instant::now() + self.pause;
            self.timer.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(|_| Error::HttpProtocolError)));
        }
        let late = self.timer.as_mut().poll(context);
        late.map(|()| Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The words Spin uses for what went wrong.
fn code_for(error: &legacy::Error) -> Error {
    if !error.is_connect() {
        return Error::HttpProtocolError;
    }
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.is::<rustls::Error>() {
            return Error::TlsProtocolError;
        }
        if cause.to_string().starts_with("dns error") {
            return Error::DnsError {
                rcode: Some("address not available".to_owned()),
                info_code: Some(0),
            };
        }
        let io = cause.downcast_ref::<io::Error>();
        if io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut) {
            return Error::ConnectionTimeout;
        }
        // An I/O error names what is inside what it wraps, not that itself.
        next = match io.and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    Error::ConnectionRefused
}

/// One instance's way out.
pub(crate) struct Hooks {
    /// What all instances share.
    pub(crate) outbound: Arc<Outbound>,
    /// What this one has done.
    pub(crate) meter: Arc<Meter>,
}

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        Meter::count(&self.meter.requests);
        let outbound = self.outbound.clone();
        let options = options.unwrap_or_default();
        Box::new(async move { outbound.send(request, options).await })
    }
}
