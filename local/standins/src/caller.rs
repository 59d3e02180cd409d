//! The client of the stand-ins' own tests.

use http::{HeaderMap, Request};
use serde_json::Value;

use crate::client::Client;

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
    http: Client,
}

impl Caller {
    pub(crate) fn new(base: &str, authorization: &str) -> Caller {
        Caller {
            base: base.to_owned(),
            authorization: authorization.to_owned(),
            http: Client::unpooled(),
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
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", &self.authorization);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.http.send(request.body(body.into_bytes())?).await?;
        let text = String::from_utf8(answer.body)?;
        Ok(Reply {
            status: answer.status,
            headers: answer.headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        })
    }
}
