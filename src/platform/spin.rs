//! The ports on Spin's SDK 5 (WASI 0.2). Only here, and in the files beside this one,
//! `spin_sdk` is named.
//!
//! Where the store is kept is chosen when the component is built: `atomic_store`,
//! `plain_store` or `redis_store`.

#[cfg(all(feature = "atomics", not(feature = "outbound-redis")))]
mod atomic_store;
mod outbound;
#[cfg(not(feature = "atomics"))]
mod plain_store;
#[cfg(feature = "outbound-redis")]
mod redis_store;
mod timer;
mod words;

use std::cell::{Cell, OnceCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue};
use spin_sdk::http::{Fields, OutgoingBody, OutgoingResponse};
pub use spin_sdk::http::{IncomingRequest, ResponseOutparam};
pub use spin_sdk::http_component;
use spin_sdk::variables;
use wasi::cli::stdout::{OutputStream, get_stdout};

use crate::model::Timestamp;
#[cfg(all(feature = "atomics", not(feature = "outbound-redis")))]
use atomic_store::OpenStore;
#[cfg(not(feature = "atomics"))]
use plain_store::OpenStore;
#[cfg(feature = "outbound-redis")]
use redis_store::OpenStore;
use timer::sleep;
use words::told;

use super::bundles::Bundles;
use super::journal::Journal;
use super::{
    Body, BodyError, Clock, LocalFuture, LogSink, Ports, REQUEST_HEADERS, Store, StoreError,
    VariableError, Variables,
};

/// So much more than is kept is taken of a body that is too long.
const TAKEN_BEYOND: usize = 64 * 1024 * 1024;
/// And no more than so many times what is kept: a small form needs no patience.
const TIMES: usize = 16;

/// So many bytes a stream takes with one blocking call (`wasi:io/streams`).
const WRITTEN_AT_ONCE: usize = 4096;

/// Method, URI and headers of the request; `None` if they are no valid HTTP.
pub fn head(request: &IncomingRequest) -> Option<http::request::Parts> {
    let (mut head, ()) = http::Request::new(()).into_parts();
    head.method = http::Method::from_bytes(method(request).as_bytes()).ok()?;
    if let Some(uri) = request.path_with_query() {
        head.uri = http::Uri::try_from(uri).ok()?;
    }
    head.headers = headers(&request.headers(), &REQUEST_HEADERS)?;
    Some(head)
}

/// The headers of these names; `None` if one has no valid value. Nothing asks
/// for a header whose name is not known beforehand. One call to the host gets all of
/// them: asking for each name costs more than what is passed on for nothing.
fn headers(fields: &Fields, names: &[HeaderName]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields.entries() {
        let known = names
            .iter()
            .find(|it| name.eq_ignore_ascii_case(it.as_str()));
        if let Some(known) = known {
            headers.append(known.clone(), HeaderValue::try_from(value).ok()?);
        }
    }
    Some(headers)
}

fn method(request: &IncomingRequest) -> String {
    request.method().to_string().to_ascii_uppercase()
}

/// Sends the response.
pub async fn respond(response: http::Response<Vec<u8>>, out: ResponseOutparam) {
    let (parts, body) = response.into_parts();
    let headers: Vec<(String, Vec<u8>)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    // Our own header names and values are valid; should the host refuse one,
    // the status and the body still arrive.
    let fields = Fields::from_list(&headers).unwrap_or_else(|_| Fields::new());
    let outgoing = OutgoingResponse::new(fields);
    let _ = outgoing.set_status_code(parts.status.as_u16());
    if body.len() > WRITTEN_AT_ONCE {
        let mut stream = outgoing.take_body();
        out.set(outgoing);
        // The sender may have hung up: nobody is left to tell.
        let _ = stream.send(body).await;
        return;
    }
    let Ok(whole) = outgoing.body() else {
        return out.set(outgoing);
    };
    out.set(outgoing);
    // One call in place of the five of the SDK's stream.
    if let Ok(stream) = whole.write() {
        let _ = stream.blocking_write_and_flush(&body);
    }
    let _ = OutgoingBody::finish(whole, None);
}

/// What one request has of the platform. Opening a store is a call of its own
/// to the host, so it is done once. So it is with the log: `println!` asks the host six
/// times for each line.
#[derive(Default)]
pub struct Spin {
    store: OnceCell<OpenStore>,
    stdout: OnceCell<OutputStream>,
    bundles: Bundles,
    journal: Journal,
    /// The time, until something is waited for: a new event wants it thirty times.
    now: Cell<Option<Timestamp>>,
}

impl Spin {
    /// The ports on Spin.
    pub fn ports(&self) -> Ports<'_> {
        Ports {
            store: self,
            http: self,
            clock: self,
            variables: self,
            log: self,
            journal: &self.journal,
        }
    }

    /// Whoever wants the time next asks the host: something was waited for.
    pub fn time_passes(&self) {
        self.now.set(None);
    }

    /// Does all of a request's work. Each time that it goes on after it waited, the time
    /// is another.
    pub async fn run(&self, work: impl Future<Output = ()>) {
        let mut work = pin!(work);
        poll_fn(|context| {
            self.time_passes();
            work.as_mut().poll(context)
        })
        .await;
    }

    fn store(&self) -> Result<&OpenStore, StoreError> {
        self.time_passes();
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = OpenStore::open(self)?;
        Ok(self.store.get_or_init(|| store))
    }
}

/// A request's body that was not read yet.
pub struct Incoming(Option<IncomingRequest>);

impl Incoming {
    /// The body of this request.
    pub fn new(request: IncomingRequest) -> Self {
        Self(Some(request))
    }
}

impl Body for Incoming {
    fn read<'a>(&'a mut self, limit: usize) -> LocalFuture<'a, Result<Vec<u8>, BodyError>> {
        Box::pin(async move {
            let Some(request) = self.0.take() else {
                return Ok(Vec::new());
            };
            let mut stream = request.into_body_stream();
            let (mut body, mut length) = (Vec::new(), 0);
            while let Some(chunk) = stream.next().await {
                let chunk = match chunk {
                    Ok(chunk) => chunk,
                    // What is kept of it has arrived.
                    Err(_) if length > limit => break,
                    Err(e) => return Err(BodyError::Broken(told(e.to_debug_string()))),
                };
                length += chunk.len();
                let room = limit - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                // A sender reads no answer before it has sent everything.
                let beyond = TAKEN_BEYOND.min(limit.saturating_mul(TIMES));
                if length > limit.saturating_add(beyond) {
                    break;
                }
            }
            match length > limit {
                true => Err(BodyError::TooLarge {
                    beginning: body,
                    length,
                }),
                false => Ok(body),
            }
        })
    }
}

impl Store for Spin {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store()?.get(key)
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.store()?.set(key, value)
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store()?.delete(key)
    }

    fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        self.store()?.delete_many(keys)
    }

    fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.store()?.keys()
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        self.store()?.increment(key, delta)
    }
}

impl Clock for Spin {
    /// Asked anew after each call that may have waited. What is computed between two of
    /// them takes milliseconds, and does not count.
    fn now(&self) -> Timestamp {
        let now = self.now.get().unwrap_or_else(|| {
            let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
            Timestamp::UNKNOWN.after(elapsed.unwrap_or_default())
        });
        self.now.set(Some(now));
        now
    }

    fn sleep<'a>(&'a self, duration: Duration) -> LocalFuture<'a, ()> {
        Box::pin(sleep(duration))
    }
}

impl Variables for Spin {
    fn get(&self, name: &str) -> Result<String, VariableError> {
        self.time_passes();
        self.bundles.get(name, &variable)
    }
}

fn variable(name: &str) -> Result<String, VariableError> {
    variables::get(name).map_err(|error| match error {
        variables::Error::Undefined(_) => VariableError::Undefined,
        other => VariableError::Provider(told(other.to_string())),
    })
}

impl LogSink for Spin {
    fn write(&self, line: &str) {
        let stdout = self.stdout.get_or_init(get_stdout);
        // Nobody is left to be told when the log takes nothing.
        for piece in format!("{line}\n").as_bytes().chunks(WRITTEN_AT_ONCE) {
            let _ = stdout.blocking_write_and_flush(piece);
        }
        // Whoever reads the log may be slow.
        self.time_passes();
    }
}
