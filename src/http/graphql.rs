//! OpenCTI's GraphQL: one way to ask, whatever is asked. Its errors come with
//! HTTP status 200.

use std::fmt;
use std::time::Duration;

use http::Method;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::call::{Call, CallError, PLATFORM_ANSWER};
use crate::platform::{Limits, Ports, SendError};
use crate::text::{short, to_json, without_logins};

/// What one question may cost.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(5),
    answer: PLATFORM_ANSWER,
};

/// More of an error's message is not shown; in UTF-16 units.
const MESSAGE_LIMIT: usize = 300;

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
    /// It answered something else than GraphQL: the status, and how long it wants to
    /// be left alone, if it says so.
    Status(u16, Option<Duration>),
    /// It answered with an error.
    Refused(Refusal),
    /// The token cannot be sent.
    Token,
}

/// The first error of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Its code, such as `FORBIDDEN_ACCESS`; old platforms write `ForbiddenAccess`.
    pub code: String,
    /// The HTTP status that the platform would give it, if it says so.
    pub status: Option<u16>,
    /// What it says to people: one line, cut, without passwords in addresses; may be
    /// empty.
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        match self.message.as_str() {
            "" => Ok(()),
            message => write!(f, " ({message})"),
        }
    }
}

impl fmt::Display for GraphqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(error) => write!(f, "OpenCTI: {error}"),
            Self::Status(status, _) => write!(f, "OpenCTI answered {status}"),
            Self::Refused(refusal) => write!(f, "OpenCTI refused: {refusal}"),
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

    /// Where it is.
    pub fn url(&self) -> &'a str {
        self.url
    }

    /// Asks, and returns what stands under `data`.
    ///
    /// # Errors
    /// When it does not answer, or answers with an error: what stands under `data`
    /// beside one is not looked at.
    pub async fn ask(&self, query: &str, variables: Value) -> Result<Value, GraphqlError> {
        let body = json!({ "query": query, "variables": variables });
        let call = Call {
            service: "OpenCTI",
            shows_path: true,
            method: Method::POST,
            address: &format!("{}/graphql", self.url),
            login: vec![(AUTHORIZATION, format!("Bearer {}", self.token))],
            body: Some(to_json(&body)),
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
            return Err(GraphqlError::Refused(refusal(error)));
        }
        match answer.get("data") {
            Some(data) if response.status.is_success() => Ok(data.clone()),
            _ => {
                let after = response.retry_after(self.ports.clock.now());
                Err(GraphqlError::Status(response.status.as_u16(), after))
            }
        }
    }
}

/// Code and status stand in `extensions`; on old platforms in `name` and `data`.
fn refusal(error: &Value) -> Refusal {
    let codes = [&error["extensions"]["code"], &error["name"]];
    let code = codes.into_iter().find_map(Value::as_str);
    let statuses = [&error["extensions"]["data"], &error["data"]];
    let status = statuses
        .into_iter()
        .find_map(|it| it["http_status"].as_u64());
    let message = error["message"].as_str().unwrap_or_default();
    Refusal {
        code: short(code.unwrap_or("unknown error"), MESSAGE_LIMIT),
        status: status.and_then(|it| u16::try_from(it).ok()),
        message: short(&without_logins(message), MESSAGE_LIMIT),
    }
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
        let said = "OpenCTI refused: AUTH_REQUIRED (You must be logged in to do this.)";
        assert_eq!(error.to_string(), said);
        assert!(matches!(error, GraphqlError::Refused(refusal) if refusal.status == Some(401)));
    }

    #[test]
    fn an_error_of_an_old_platform_is_read_and_what_it_says_is_one_short_line() {
        let long = format!("A\nB https://u:secret@x.example {}", "y".repeat(1000));
        let error = json!({
            "name": "LockError", "message": long, "data": {"http_status": 500},
        });
        let refusal = refusal(&error);
        assert_eq!((&*refusal.code, refusal.status), ("LockError", Some(500)));
        assert!(refusal.message.starts_with("A B https://") && refusal.message.ends_with('…'));
        assert!(!refusal.message.contains("secret"), "{}", refusal.message);
        let bare = super::refusal(&json!({}));
        assert_eq!(bare.to_string(), "unknown error");
        assert_eq!(bare.status, None);
    }

    #[test]
    fn a_platform_that_wants_to_be_left_alone_says_how_long() {
        let fake = Fake::default();
        fake.reply(429, &[("retry-after", "7")], r#"{"message": "Too many"}"#);
        let platform = Platform::new(fake.ports(), "https://opencti.example.com", "t");
        let error = block_on(platform.ask("{ me { id } }", json!({}))).unwrap_err();
        assert_eq!(
            error,
            GraphqlError::Status(429, Some(Duration::from_secs(7)))
        );
    }

    #[test]
    fn the_data_is_returned_and_anything_else_is_a_status() {
        let data = ask(200, r#"{"data": {"me": {"id": "1"}}}"#).unwrap();
        assert_eq!(data["me"]["id"], "1");
        assert_eq!(ask(502, "<html>"), Err(GraphqlError::Status(502, None)));
        assert_eq!(ask(200, "<html>"), Err(GraphqlError::Status(200, None)));
    }
}
