//! One request as it arrived and one answer as it shall leave.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;

use super::payload::{Manner, Payload};
use super::written::{self, BodyWriter};

/// Headers whose values a failing test must not print.
const SECRET_HEADERS: [&str; 5] = [
    "authorization",
    "cookie",
    "ph-auth-token",
    "x-api-key",
    "x-apikey",
];

/// A request as it arrived. `Debug` masks credentials.
#[derive(Clone)]
pub struct Request {
    /// Its number in the order of arrival, counted from 1.
    pub number: usize,
    /// When its body had arrived.
    pub at: SystemTime,
    /// `POST`
    pub method: String,
    /// `/rest/api/2/issue`, as sent (percent-encoded).
    pub path: String,
    /// What follows the question mark, or nothing.
    pub query: String,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Bytes,
    /// The body read as JSON, if it is JSON.
    pub json: Option<Value>,
    /// The body was longer than the server takes, and was dropped.
    pub too_large: bool,
    /// The status answered; none while it is worked on, or when the
    /// connection was reset instead.
    pub status: Option<u16>,
    /// How long the answer took, once there was an end to it.
    pub took: Option<Duration>,
}

impl Request {
    pub(super) async fn read(
        request: hyper::Request<Incoming>,
        max_body: usize,
    ) -> Result<Request, std::io::Error> {
        let (head, mut incoming) = request.into_parts();
        let (mut body, mut too_large) = (Vec::new(), false);
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(std::io::Error::other)?;
            let chunk = frame.into_data().unwrap_or_default();
            too_large = too_large || body.len() + chunk.len() > max_body;
            if too_large {
                body.clear();
            } else {
                body.extend_from_slice(&chunk);
            }
        }
        Ok(Request {
            number: 0,
            at: SystemTime::now(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            json: serde_json::from_slice(&body).ok(),
            body: body.into(),
            too_large,
            status: None,
            took: None,
        })
    }

    /// A header's value, when it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first value of a query parameter, decoded.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key) == name).then(|| decode(value))
        })
    }

    /// The names and values of a form (`application/x-www-form-urlencoded`) in
    /// order, decoded; none when the body says that it is something else.
    pub fn form(&self) -> Option<Vec<(String, String)>> {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        let text = self.text();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Some(pairs.collect())
    }

    /// The path's parts between slashes, decoded.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decode_path)
            .collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether it says that its body is JSON.
    pub fn says_json(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    }

    /// Whether the body came in chunks, without a length told before.
    pub fn is_chunked(&self) -> bool {
        let encoding = self
            .header(header::TRANSFER_ENCODING.as_str())
            .unwrap_or_default();
        encoding.to_ascii_lowercase().contains("chunked")
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<String> = self
            .headers
            .iter()
            .map(
                |(name, value)| match SECRET_HEADERS.contains(&name.as_str()) {
                    true => format!("{name}: <masked>"),
                    false => format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
                },
            )
            .collect();
        out.debug_struct("Request")
            .field("number", &self.number)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", &self.text())
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Decodes a part of a query, where a plus sign is a blank.
fn decode(text: &str) -> String {
    decode_path(&text.replace('+', " "))
}

/// Decodes percent signs; what is no valid escape stays as it is.
fn decode_path(text: &str) -> String {
    let (bytes, mut decoded, mut index) = (text.as_bytes(), Vec::new(), 0);
    while let Some(byte) = bytes.get(index) {
        let hex = text.get(index + 1..index + 3).filter(|_| *byte == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                index += 3;
            }
            None => {
                decoded.push(*byte);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// An answer, and the manner in which it shall reach the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Bytes,
    pub(super) manner: Manner,
}

impl Answer {
    fn new(status: u16, kind: &str, body: impl Into<Bytes>) -> Answer {
        let headers = vec![(header::CONTENT_TYPE.to_string(), kind.to_owned())];
        Answer {
            status,
            headers,
            body: body.into(),
            manner: Manner::Whole,
        }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Answer {
        Answer::new(status, "application/json;charset=UTF-8", body.to_string())
    }

    /// An HTML page.
    pub fn html(status: u16, page: impl Into<String>) -> Answer {
        Answer::new(status, "text/html;charset=UTF-8", page.into())
    }

    /// Plain text.
    pub fn text(status: u16, text: impl Into<String>) -> Answer {
        Answer::new(status, "text/plain;charset=UTF-8", text.into())
    }

    /// An answer without a body and without a content type.
    pub fn empty(status: u16) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            manner: Manner::Whole,
        }
    }

    /// No answer at all: the connection is reset.
    pub fn reset() -> Answer {
        Answer {
            manner: Manner::Reset,
            ..Answer::empty(0)
        }
    }

    /// An answer whose body is written while it is sent, and has no length
    /// told before. What becomes of the writer decides how it ends.
    pub(crate) fn written(status: u16, kind: &str) -> (Answer, BodyWriter) {
        let (writer, body) = written::body();
        let answer = Answer {
            manner: Manner::Written(body),
            ..Answer::new(status, kind, Bytes::new())
        };
        (answer, writer)
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same answer with another body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Answer {
        self.body = body.into();
        self
    }

    /// The same answer, its body spread evenly over `time`.
    #[must_use]
    pub fn slowly(mut self, time: Duration) -> Answer {
        self.manner = Manner::Drip(time);
        self
    }

    /// The same answer, its connection cut in the middle of the body.
    #[must_use]
    pub fn cut(mut self) -> Answer {
        self.manner = Manner::Cut;
        self
    }

    /// The same answer, followed by spaces without end: no test waits for it.
    /// A JSON answer stays one.
    #[must_use]
    pub fn endless(mut self) -> Answer {
        self.manner = Manner::Endless;
        self
    }

    pub(super) fn into_response(self) -> http::Result<hyper::Response<Payload>> {
        let mut response = hyper::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response.body(Payload::new(self.body, self.manner))
    }
}
