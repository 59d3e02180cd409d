//! OpenCTI's GraphQL: one way to ask, whatever is asked. Its errors come with
//! HTTP status 200.

use std::fmt;
use std::time::Duration;

use http::Method;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::call::{Call, CallError, PLATFORM_ANSWER};
use crate::platform::{Limits, Ports, SendError};

/// What one question may cost.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(5),
    answer: PLATFORM_ANSWER,
};

/// A platform that we may write to.
#[derive(Clone, Copy)]
pub struct Platform<'a> {
    ports: Ports<'a>,
    url: &'a str,
    token: &'a str,
}

/// The platform did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphqlError {
    /// No answer came.
    Unanswered(SendError),
    /// It answered something else than GraphQL: the status.
    Status(u16),
    /// It answered with an error: its code.
    Refused(String),
    /// The token cannot be sent.
    Token,
}

impl fmt::Display for GraphqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(error) => write!(f, "OpenCTI: {error}"),
            Self::Status(status) => write!(f, "OpenCTI answered {status}"),
            Self::Refused(code) => write!(f, "OpenCTI refused: {code}"),
            Self::Token => {
                f.write_str("opencti_token holds a character that no HTTP header can carry")
            }
        }
    }
}

impl<'a> Platform<'a> {
    /// The platform at this address (origin and base path, without a trailing
    /// slash), for one who has this token.
    pub fn new(ports: Ports<'a>, url: &'a str, token: &'a str) -> Self {
        Self { ports, url, token }
    }

    /// Asks, and returns what stands under `data`.
    pub async fn ask(&self, query: &str, variables: Value) -> Result<Value, GraphqlError> {
        let body = json!({ "query": query, "variables": variables });
        let call = Call {
            method: Method::POST,
            address: &format!("{}/graphql", self.url),
            login: vec![(AUTHORIZATION, format!("Bearer {}", self.token))],
            body: Some(body.to_string().into_bytes()),
            limits: LIMITS,
        };
        let response = call.send(self.ports).await.map_err(|error| match error {
            CallError::Unanswered(error) => GraphqlError::Unanswered(error),
            CallError::Address | CallError::Login => GraphqlError::Token,
        })?;
        let answer = response.json();
        if let Some(error) = answer["errors"]
            .as_array()
            .and_then(|errors| errors.first())
        {
            return Err(GraphqlError::Refused(code(error)));
        }
        match answer.get("data") {
            Some(data) if response.status.is_success() => Ok(data.clone()),
            _ => Err(GraphqlError::Status(response.status.as_u16())),
        }
    }
}

/// `extensions.code`, or `name` on old platforms.
fn code(error: &Value) -> String {
    [&error["extensions"]["code"], &error["name"]]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or("unknown error")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::{Fake, block_on};

    fn ask(status: u16, body: &str) -> Result<Value, GraphqlError> {
        let fake = Fake::default();
        fake.reply(status, &[], body);
        let platform = Platform::new(fake.ports(), "https://opencti.example.com/base", "t");
        let answer = block_on(platform.ask("query { me { id } }", json!({})));
        let sent = fake.requests.borrow();
        assert_eq!(sent[0].uri(), "https://opencti.example.com/base/graphql");
        assert_eq!(sent[0].headers()[AUTHORIZATION], "Bearer t");
        answer
    }

    #[test]
    fn an_error_that_comes_with_status_200_is_an_error() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/samples/opencti-graphql.error-auth.http200.json"
        );
        let body = std::fs::read_to_string(path).unwrap();
        let error = ask(200, &body).unwrap_err();
        assert!(matches!(error, GraphqlError::Refused(code) if code.contains("AUTH")));
    }

    #[test]
    fn the_data_is_returned_and_anything_else_is_a_status() {
        let data = ask(200, r#"{"data": {"me": {"id": "1"}}}"#).unwrap();
        assert_eq!(data["me"]["id"], "1");
        assert_eq!(ask(502, "<html>"), Err(GraphqlError::Status(502)));
        assert_eq!(ask(200, "<html>"), Err(GraphqlError::Status(200)));
    }
}
