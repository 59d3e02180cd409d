//! A small HTTP client for the demo and the tests: one request, one whole
//! answer, nothing followed, nothing retried.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Longer than anything that is asked here may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Sends requests; cheap to clone.
#[derive(Clone, Debug)]
pub struct Client(Hyper<HttpConnector, Full<Bytes>>);

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Default for Client {
    fn default() -> Self {
        Self(Hyper::builder(TokioExecutor::new()).build_http())
    }
}

impl Client {
    /// A client that keeps no connection: one that an outage cut would fail a
    /// call after it.
    pub fn unpooled() -> Self {
        let mut builder = Hyper::builder(TokioExecutor::new());
        Self(builder.pool_max_idle_per_host(0).build_http())
    }

    /// Sends a request with an absolute URI.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let call = async {
            let response = self.0.request(request).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await?.to_bytes();
            anyhow::Ok(Response::from_parts(head, body.to_vec()))
        };
        let response = tokio::time::timeout(TIMEOUT, call)
            .await
            .context("no answer within a minute")??;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.into_body(),
        })
    }

    /// Posts JSON with headers.
    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.to_vec())?).await
    }
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The one result of a request with one event.
    pub fn result(&self) -> Value {
        self.json()["results"][0].clone()
    }
}
