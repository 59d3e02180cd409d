//! The ports: everything that touches the world goes through a trait in this
//! file, so that every other module builds and tests on the host without Spin.
//!
//! `spin` implements them with Spin's SDK, and only there it is named: a later SDK is
//! one new adapter. `fake.rs` implements them in memory for
//! unit tests.

pub mod bundles;
pub mod concurrent;
#[cfg(test)]
pub(crate) mod fake;
pub mod journal;
pub mod log;
pub mod memory;
pub mod redis_address;
#[cfg(target_family = "wasm")]
pub mod spin;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http::HeaderName;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, DATE, LOCATION, ORIGIN, RETRY_AFTER,
};

use crate::model::Timestamp;
use journal::Journal;

/// The header that OpenCTI's stream connector usually carries its token in.
pub const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// With what Jira signs a webhook: `sha256=` and an HMAC of its body.
pub const X_HUB_SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");
/// With what GitHub and many others sign a webhook: the same.
pub const X_HUB_SIGNATURE_256: HeaderName = HeaderName::from_static("x-hub-signature-256");
/// Which message it is, as Standard Webhooks names the header.
pub const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
/// When it was sent, in seconds since 1970.
pub const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
/// Its signatures.
pub const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// The same three, as Svix names them.
pub const SVIX_ID: HeaderName = HeaderName::from_static("svix-id");
/// See [`SVIX_ID`].
pub const SVIX_TIMESTAMP: HeaderName = HeaderName::from_static("svix-timestamp");
/// See [`SVIX_ID`].
pub const SVIX_SIGNATURE: HeaderName = HeaderName::from_static("svix-signature");
/// The header in which Jira Cloud says which of its limits was reached.
pub const RATELIMIT_REASON: HeaderName = HeaderName::from_static("ratelimit-reason");

/// With what a browser says where a request comes from: `same-origin` is a page of ours
/// (W3C Fetch Metadata).
pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// With what a proxy says how the browser spoke to it: `https` or `http`.
pub const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// With what a proxy says which host the browser asked for.
pub const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// In this one Spin hands over the whole address.
pub const SPIN_FULL_URL: HeaderName = HeaderName::from_static("spin-full-url");

/// What is read of a request's headers; the platform hands over no others.
pub const REQUEST_HEADERS: [HeaderName; 18] = [
    ACCEPT,
    AUTHORIZATION,
    X_API_KEY,
    X_HUB_SIGNATURE,
    X_HUB_SIGNATURE_256,
    WEBHOOK_ID,
    WEBHOOK_TIMESTAMP,
    WEBHOOK_SIGNATURE,
    SVIX_ID,
    SVIX_TIMESTAMP,
    SVIX_SIGNATURE,
    CONTENT_TYPE,
    COOKIE,
    ORIGIN,
    SEC_FETCH_SITE,
    X_FORWARDED_PROTO,
    X_FORWARDED_HOST,
    SPIN_FULL_URL,
];
/// The header in which Jira says whether a login was good: `OK`, or why not.
pub const LOGIN_REASON: HeaderName = HeaderName::from_static("x-seraph-loginreason");
/// The header in which Jira says that a login was not even looked at.
pub const LOGIN_DENIED: HeaderName = HeaderName::from_static("x-authentication-denied-reason");

/// What is read of an answer's headers; the platform hands over no others.
pub const RESPONSE_HEADERS: [HeaderName; 7] = [
    CONTENT_TYPE,
    DATE,
    RETRY_AFTER,
    RATELIMIT_REASON,
    LOGIN_REASON,
    LOGIN_DENIED,
    LOCATION,
];

/// A future that stays on its thread: a component has only one.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The first line of a text of the host's. With `RUST_BACKTRACE=1` the host's
/// errors carry a stack trace below it, which belongs into no answer.
pub fn first_line(text: &str) -> &str {
    let line = text.lines().find(|line| !line.trim().is_empty());
    line.unwrap_or_default().trim()
}

/// All ports together, as the modules receive them.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The key-value store.
    pub store: &'a dyn Store,
    /// Outbound HTTP.
    pub http: &'a dyn Http,
    /// Wall clock and sleep.
    pub clock: &'a dyn Clock,
    /// Configuration variables.
    pub variables: &'a dyn Variables,
    /// Where log lines go.
    pub log: &'a dyn LogSink,
    /// What is done for the event that is worked on.
    pub journal: &'a Journal,
}

/// A key-value store with one atomic operation.
///
/// Counters and values live in different keys: a store may refuse (or on
/// Spin's SQLite, break on) an `increment` of a key that `set` wrote.
pub trait Store {
    /// The value under `key`, if there is one; of a counter, something.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Writes `value` under `key`; durable when it returns.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError>;
    /// Removes `key`; no error when it is absent.
    fn delete(&self, key: &str) -> Result<(), StoreError>;
    /// Removes all these, and costs as little as one where the store can do that.
    fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        keys.iter().try_for_each(|key| self.delete(key))
    }
    /// Every key of the store, in no order. Costly.
    fn keys(&self) -> Result<Vec<String>, StoreError>;
    /// Adds `delta` to the counter under `key` (absent counts as 0) and
    /// returns the new value. Atomic among all who share the store.
    fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError>;
}

/// The store failed. The text is the host's, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(pub String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key-value store: {}", self.0)
    }
}

/// What one request may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From connecting to the last byte.
    pub time: Duration,
    /// The longest answer, in bytes; no more of it is kept in memory.
    pub answer: usize,
}

impl Limits {
    /// The error for an answer that is longer.
    pub fn passed(self) -> SendError {
        SendError::Unclear(format!("the answer is longer than {} bytes", self.answer))
    }
}

/// What a request comes to.
pub type Sent<'a, T> = LocalFuture<'a, Result<http::Response<T>, SendError>>;

/// Outbound HTTP. Redirects are not followed.
pub trait Http {
    /// Sends a request with an absolute URI and reads the whole answer, within
    /// the limits.
    ///
    /// # Errors
    /// [`SendError::Unclear`] when a limit is passed.
    fn send<'a>(&'a self, request: http::Request<Vec<u8>>, limits: Limits) -> Sent<'a, Vec<u8>>;

    /// The same, for an answer whose body is read as it arrives. `time` is for its
    /// head.
    ///
    /// # Errors
    /// [`SendError::Unclear`] when no head comes within `time`.
    fn open<'a>(
        &'a self,
        request: http::Request<Vec<u8>>,
        time: Duration,
    ) -> Sent<'a, Box<dyn Pieces + 'a>>;
}

/// A piece of a body; `None` at its end.
pub type Piece = Result<Option<Vec<u8>>, SendError>;

/// A body that is read as it arrives. Dropping it closes the connection.
pub trait Pieces {
    /// The next piece, however long it takes. Nothing is lost if the future is dropped
    /// before it is ready.
    ///
    /// # Errors
    /// [`SendError::Unclear`] when the connection breaks.
    fn next(&mut self) -> LocalFuture<'_, Piece>;
}

/// Why no answer came. The variants say whether the other side may have acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// The platform does not let the component reach this host.
    Denied,
    /// The request never reached the other side: safe to repeat.
    NotSent(String),
    /// The request may have been carried out: look before repeating it.
    Unclear(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => write!(
                f,
                "the platform denied the request: allowed_outbound_hosts does not hold this host"
            ),
            Self::NotSent(why) => write!(f, "not sent: {why}"),
            Self::Unclear(why) => write!(f, "no answer: {why}"),
        }
    }
}

/// Time.
pub trait Clock {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Completes after `duration`.
    fn sleep<'a>(&'a self, duration: Duration) -> LocalFuture<'a, ()>;
}

/// Configuration variables, lower_snake_case.
pub trait Variables {
    /// The value of a variable.
    fn get(&self, name: &str) -> Result<String, VariableError>;
}

/// A variable could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableError {
    /// The manifest does not pass this variable on to the component.
    Undefined,
    /// The provider failed; the text is the host's.
    Provider(String),
}

/// Where log lines go: one JSON object a line.
pub trait LogSink {
    /// Writes one line.
    fn write(&self, line: &str);
}

/// The body of an incoming request, read at most once, and only after its
/// sender has been authenticated.
pub trait Body {
    /// Reads the whole body. Of one that is longer than `limit` bytes, no more is kept.
    fn read<'a>(&'a mut self, limit: usize) -> LocalFuture<'a, Result<Vec<u8>, BodyError>>;
}

/// A body could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyError {
    /// Longer than the limit.
    TooLarge {
        /// As many of its bytes as the limit allows.
        beginning: Vec<u8>,
        /// How many it had, as far as it was looked at.
        length: usize,
    },
    /// The connection broke.
    Broken(String),
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn of_a_hosts_error_only_the_first_line_is_shown() {
        let traced = "hyper error: broken pipe\n\nStack backtrace:\n   0: std::backtrace";
        assert_eq!(first_line(traced), "hyper error: broken pipe");
        assert_eq!(first_line("\r\n  late\r\nmore"), "late");
        assert_eq!(first_line(""), "");
    }
}
