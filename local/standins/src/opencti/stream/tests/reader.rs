//! A plain HTTP client that reads a stream frame by frame.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::STREAM;
use crate::opencti::OpenCtiStandIn;

/// Longer than anything here may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A request for a stream with a right token.
pub(super) fn request(standin: &OpenCtiStandIn, path: &str) -> http::request::Builder {
    http::Request::builder()
        .uri(format!("{}/stream/{path}", standin.platform_url()))
        .header("authorization", "Bearer right")
}

/// Sends a request; the body is still to be read.
pub(super) async fn connect(request: http::request::Builder) -> http::Response<Incoming> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let response = tokio::time::timeout(TIMEOUT, client.request(request)).await;
    response.expect("an answer in time").unwrap()
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    Broken,
}

/// Reads the body of a stream.
pub(super) struct Reader {
    body: Incoming,
    bytes: Vec<u8>,
    /// In so many bytes no frame ends.
    searched: usize,
    /// What ends a frame.
    frame_end: &'static str,
    /// The lengths of the pieces in which the body came.
    pub(super) pieces: Vec<usize>,
}

impl Reader {
    pub(super) fn new(response: http::Response<Incoming>) -> Reader {
        assert_eq!(response.status(), 200);
        Reader {
            body: response.into_body(),
            bytes: Vec::new(),
            searched: 0,
            frame_end: "\n\n",
            pieces: Vec::new(),
        }
    }

    /// Opens the stream with this query.
    pub(super) async fn open(standin: &OpenCtiStandIn, query: &str) -> Reader {
        let request = request(standin, &format!("{STREAM}?{query}"));
        Reader::new(connect(request).await)
    }

    /// Reads frames that end with this.
    pub(super) fn ending(mut self, frame_end: &'static str) -> Reader {
        self.frame_end = frame_end;
        self
    }

    /// The next frame, without the empty line.
    pub(super) async fn frame(&mut self) -> String {
        loop {
            let end = self.frame_end.as_bytes();
            let rest = self.bytes.get(self.searched..).unwrap_or_default();
            let found = rest.windows(end.len()).position(|it| it == end);
            if let Some(at) = found {
                let at = self.searched + at;
                self.searched = 0;
                let frame = self.bytes.drain(..at + end.len()).take(at).collect();
                return String::from_utf8(frame).unwrap();
            }
            self.searched = self.bytes.len().saturating_sub(end.len());
            let ended = self.more().await;
            assert_eq!(ended, None, "instead of a frame");
        }
    }

    /// Reads to the end; answers what came, and how it ended.
    pub(super) async fn end(mut self) -> (String, End) {
        let end = async {
            loop {
                if let Some(end) = self.more().await {
                    return end;
                }
            }
        };
        // Heartbeats would go on for ever.
        let end = tokio::time::timeout(TIMEOUT, end).await;
        let end = end.expect("an end in time");
        (String::from_utf8_lossy(&self.bytes).into_owned(), end)
    }

    /// Whether nothing comes for so long.
    pub(super) async fn is_silent(&mut self, time: Duration) -> bool {
        let known = self.bytes.len();
        known == 0 && tokio::time::timeout(time, self.more()).await.is_err()
    }

    async fn more(&mut self) -> Option<End> {
        let frame = tokio::time::timeout(TIMEOUT, self.body.frame()).await;
        match frame.expect("something in time") {
            None => Some(End::Whole),
            Some(Err(_)) => Some(End::Broken),
            Some(Ok(frame)) => {
                let piece = frame.into_data().unwrap();
                self.pieces.push(piece.len());
                self.bytes.extend_from_slice(&piece);
                None
            }
        }
    }
}
