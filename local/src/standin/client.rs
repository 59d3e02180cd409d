//! A small HTTP client for the stand-ins' own tests.

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The fields that `errors` names.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_object();
        errors
            .into_iter()
            .flatten()
            .map(|(field, _)| field.as_str())
            .collect()
    }
}

/// A client that always sends the same authorization.
#[derive(Clone)]
pub(crate) struct Caller {
    base: String,
    authorization: String,
    http: Client<HttpConnector, Full<Bytes>>,
}

impl Caller {
    pub(crate) fn new(base: &str, authorization: &str) -> Caller {
        Caller {
            base: base.to_owned(),
            authorization: authorization.to_owned(),
            // No pool: a kept connection that an outage cut would fail a call after it.
            http: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &Value::Null).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, &body).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, &body).await.unwrap()
    }

    /// Sends JSON (nothing for null); an error when no whole answer came.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<Reply> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.raw(method, path, &[("content-type", "application/json")], body)
            .await
    }

    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> anyhow::Result<Reply> {
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", &self.authorization);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.http.request(request.body(Full::from(body))?).await?;
        let (head, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        })
    }
}
