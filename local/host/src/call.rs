//! One call of a running function, and its answer.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderValue, Method, Request};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::release::Release;
use crate::tls;

/// A call lasts longer than was asked for: what was begun is finished.
const GRACE: Duration = Duration::from_secs(90);
/// No report is longer, in bytes.
const LIMIT: usize = 1024 * 1024;

/// Calls the function.
pub(crate) struct Caller {
    http: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    /// Of the route, without a query.
    url: Url,
    token: HeaderValue,
}

/// What an answer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Retry-After`, if it is a number of seconds.
    pub(crate) retry_after: Option<Duration>,
    /// Where a redirection leads.
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// Nobody listens there.
    Refused,
    /// No connection came about: no such host, a certificate nobody trusts…
    Unreachable(String),
    /// The connection broke, or nothing came for too long. The function may go on.
    Broken(String),
}

impl Caller {
    /// The route of this path, which begins with a slash, below an address.
    ///
    /// # Errors
    /// A token that no header can carry, an address that is none.
    pub(crate) fn new(url: &Url, path: &str, token: &str) -> Result<Self> {
        ensure!(
            matches!(url.scheme(), "http" | "https"),
            "--url: the address begins with neither http:// nor https://"
        );
        let mut token = HeaderValue::from_str(token)
            .ok()
            .context("--token: it holds a character that no HTTP header can carry")?;
        token.set_sensitive(true);
        // The release that trusts what this machine trusts.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::default_config(Release::V4_0)?)
            .https_or_http()
            .enable_http1()
            .build();
        // A kept connection would fail the first call after a restart of the function.
        let http = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        let mut route = url.clone();
        route.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        route.set_query(None);
        route.set_fragment(None);
        Ok(Self {
            http,
            url: route,
            token,
        })
    }

    /// The function's origin, as people are told it: logins of an address are not shown.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// One call, which the function works on for so long.
    pub(crate) async fn call(
        &self,
        method: Method,
        query: &[(&str, String)],
        time: Duration,
    ) -> Result<Answer, Unanswered> {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(query);
        let broken = |error: &dyn StdError| Unanswered::Broken(chain(error));
        let request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header("x-api-key", self.token.clone())
            .body(Empty::new())
            .map_err(|error| broken(&error))?;
        let call = async {
            let response = self.http.request(request).await.map_err(|error| {
                let is_refused = is_refused(&error);
                match error.is_connect() {
                    true if is_refused => Unanswered::Refused,
                    true => Unanswered::Unreachable(chain(&error)),
                    false => broken(&error),
                }
            })?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LIMIT).collect().await;
            let body = body.map_err(|error| broken(&*error))?.to_bytes().to_vec();
            let header = |name| head.headers.get(name).and_then(|it| it.to_str().ok());
            let seconds = header(RETRY_AFTER).and_then(|it| it.trim().parse().ok());
            Ok(Answer {
                status: head.status.as_u16(),
                retry_after: seconds.map(Duration::from_secs),
                location: header(LOCATION).map(str::to_owned),
                body,
            })
        };
        let limit = time + GRACE;
        let silence = || Unanswered::Broken(format!("no answer for {} s", limit.as_secs()));
        tokio::time::timeout(limit, call)
            .await
            .unwrap_or_else(|_| Err(silence()))
    }
}

fn is_refused(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        next = error.source();
    }
    false
}

/// An error with what caused it.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(url: &str, token: &str) -> Result<Caller> {
        Caller::new(&Url::parse(url).unwrap(), "/tasks/stream", token)
    }

    #[test]
    fn the_route_lies_below_the_address() {
        for (url, expected) in [
            ("http://[::1]:3000", "http://[::1]:3000/tasks/stream"),
            ("https://h.example/", "https://h.example/tasks/stream"),
            (
                "https://h.example/a/?b#c",
                "https://h.example/a/tasks/stream",
            ),
        ] {
            assert_eq!(caller(url, "t").unwrap().url.as_str(), expected);
        }
        let caller = caller("http://u:5ecret@h.example", "t").unwrap();
        assert_eq!(caller.origin(), "http://h.example");
    }

    #[test]
    fn what_cannot_be_sent_is_no_token_and_is_not_shown() {
        let error = caller("http://h.example", "5ecret\n").err().unwrap();
        assert!(!format!("{error:#}").contains("5ecret"));
        assert!(caller("ftp://h.example", "t").is_err());
        let caller = caller("http://h.example", "5ecret").unwrap();
        assert!(!format!("{:?}", caller.token).contains("5ecret"));
    }

    #[tokio::test]
    async fn nobody_listening_is_told_from_a_broken_connection() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", free.local_addr().unwrap());
        drop(free);
        let caller = caller(&url, "t").unwrap();
        let answer = caller.call(Method::POST, &[], Duration::from_secs(1)).await;
        assert_eq!(answer, Err(Unanswered::Refused));
    }
}
