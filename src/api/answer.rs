//! What senders get back: results as JSON, errors as `application/problem+json`
//! (RFC 9457), never an empty body.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::model::{Outcome, OutcomeKind};
use crate::sources;
use crate::text::to_json;

/// An answer of its own form.
pub(super) fn ok(body: &Value) -> Response<Vec<u8>> {
    json_response(StatusCode::OK, "application/json", body)
}

/// What reading a stream came to; 502 where it could not be read, so that whoever calls
/// it by a timer sees it fail, with the seconds until it is tried again.
pub(super) fn report(body: &Value, retry_after: Option<u64>) -> Response<Vec<u8>> {
    let Some(seconds) = retry_after else {
        return ok(body);
    };
    let mut response = json_response(StatusCode::BAD_GATEWAY, "application/json", body);
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The answer to a dry run: nothing was done.
pub(super) fn dry_results(outcomes: &[Outcome]) -> Response<Vec<u8>> {
    let body = json!({ "dry_run": true, "results": outcomes });
    json_response(StatusCode::OK, "application/json", &body)
}

/// The answer to a request whose events were all dealt with: 201 when an issue
/// was created, 202 when something was queued, else 200.
pub(super) fn results(outcomes: &[Outcome]) -> Response<Vec<u8>> {
    let any = |kind| outcomes.iter().any(|outcome| outcome.kind == kind);
    let status = if any(OutcomeKind::Created) {
        StatusCode::CREATED
    } else if any(OutcomeKind::Queued) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let body = json!({ "results": outcomes });
    json_response(status, "application/json", &body)
}

/// What the doctor found: 503 if something is wrong, so that whoever calls it by a timer
/// sees it fail.
pub(super) fn examined(is_well: bool, kind: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let status = match is_well {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    response(status, kind, body)
}

/// An error as RFC 9457 has it. The title is the status's own phrase.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    members: Map<String, Value>,
}

impl Problem {
    /// A problem with a sentence that says what is wrong and what to do.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            headers: Vec::new(),
            members: Map::new(),
        }
    }

    /// 401 with the scheme that is expected.
    pub(super) fn unauthorized(detail: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, detail);
        problem
            .headers
            .push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        problem
    }

    /// 405 with the methods that the route takes.
    pub(super) fn method_not_allowed(allowed: &'static str) -> Self {
        let mut problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("this route takes {allowed}"),
        );
        problem
            .headers
            .push((ALLOW, HeaderValue::from_static(allowed)));
        problem
    }

    /// Adds `Retry-After`, in seconds.
    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// Adds a member of its own to the body.
    pub(super) fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The status it answers.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The response that carries it.
    pub(super) fn into_response(self) -> Response<Vec<u8>> {
        let mut body = Map::new();
        body.insert("type".to_owned(), "about:blank".into());
        body.insert(
            "title".to_owned(),
            self.status.canonical_reason().unwrap_or("Error").into(),
        );
        body.insert("status".to_owned(), self.status.as_u16().into());
        body.insert("detail".to_owned(), self.detail.into());
        body.extend(self.members);
        let mut response = json_response(
            self.status,
            "application/problem+json",
            &Value::Object(body),
        );
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// There is no such route.
pub(super) fn nothing_here() -> Problem {
    let sources = sources::SOURCES.iter().map(|source| source.profile.key);
    let routes: Vec<_> = sources
        .chain(["jira"])
        .map(|key| format!("/webhooks/{key}"))
        .collect();
    let detail = format!(
        "there is nothing here; events go to POST {}",
        routes.join(", ")
    );
    Problem::new(StatusCode::NOT_FOUND, detail)
}

fn json_response(status: StatusCode, kind: &'static str, body: &Value) -> Response<Vec<u8>> {
    response(status, kind, to_json(body))
}

fn response(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(kind: OutcomeKind) -> Outcome {
        Outcome {
            kind,
            entity: None,
            issue: None,
            reason: None,
            dry_run: None,
        }
    }

    #[test]
    fn the_status_tells_the_best_that_happened() {
        use OutcomeKind::*;
        for (kinds, status) in [
            (vec![Ignored, Created, Queued], 201),
            (vec![Duplicate, Queued], 202),
            (vec![Duplicate, Ignored], 200),
            (vec![], 200),
        ] {
            let outcomes: Vec<Outcome> = kinds.into_iter().map(outcome).collect();
            assert_eq!(results(&outcomes).status(), status);
        }
    }

    #[test]
    fn a_problem_has_a_type_a_title_a_status_and_a_detail() {
        let response = Problem::method_not_allowed("POST").into_response();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[ALLOW], "POST");
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["title"], "Method Not Allowed");
        assert_eq!(body["status"], 405);
    }
}
