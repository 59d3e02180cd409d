//! Answers that browsers show: with headers that forbid all that the page does not
//! need, whatever may stand in it.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::header::{REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::api::answer::Problem;
use crate::page;
use crate::pipeline::Failure;
use crate::settings::SettingsError;
use crate::store::RecordError;

/// No script, no frame, nothing from elsewhere; forms go only here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Why there is no page, and what a browser gets in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody is signed in: the browser goes to the page where one does.
    SignInFirst,
    /// The route takes other methods: `Allow`.
    Method(&'static str),
    /// It is refused, or it failed; a sentence says why.
    Refused(StatusCode, String),
}

impl From<RecordError> for Stop {
    fn from(error: RecordError) -> Self {
        Self::Refused(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl From<SettingsError> for Stop {
    fn from(error: SettingsError) -> Self {
        Self::Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::from_u16(failure.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::Refused(status, failure.to_string())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.status(), problem.detail().to_owned())
    }
}

impl Stop {
    /// What the browser gets.
    pub(super) fn into_response(self) -> Response<Vec<u8>> {
        match self {
            Self::SignInFirst => see_other("/sign-in"),
            Self::Method(allow) => {
                let why = format!("This address takes {allow}");
                let mut response =
                    Self::Refused(StatusCode::METHOD_NOT_ALLOWED, why).into_response();
                let headers = response.headers_mut();
                headers.insert(ALLOW, HeaderValue::from_static(allow));
                response
            }
            Self::Refused(status, why) => {
                let title = status.canonical_reason().unwrap_or("Error");
                let mut response = html(page::refused(title, &why));
                *response.status_mut() = status;
                response
            }
        }
    }
}

/// A page.
pub(super) fn html(page: String) -> Response<Vec<u8>> {
    let mut response = Response::new(page.into_bytes());
    let headers = response.headers_mut();
    guard(headers, "text/html; charset=utf-8", "no-store");
    response
}

/// The stylesheet. It holds nothing that is anybody's.
pub(super) fn style() -> Response<Vec<u8>> {
    let mut response = Response::new(page::STYLESHEET.as_bytes().to_vec());
    let headers = response.headers_mut();
    guard(headers, "text/css; charset=utf-8", "no-cache");
    response
}

/// The browser goes on to another page of ours, with a `GET` (RFC 9110, 15.4.4).
pub(super) fn see_other(path: &str) -> Response<Vec<u8>> {
    let mut response = html(String::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    response
}

/// Has the browser keep a cookie.
pub(super) fn set_cookie(mut response: Response<Vec<u8>>, cookie: &str) -> Response<Vec<u8>> {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn guard(headers: &mut HeaderMap, kind: &'static str, cache: &'static str) {
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, cache),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (OPENER, "same-origin"),
        (RESOURCE, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
