//! A connection to the platform's stream.

use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Method, Request};

use super::refusal::Refusal;
use crate::http::sse::{Frame, Frames};
use crate::http::{AGENT, Answer};
use crate::model::Position;
use crate::platform::{Pieces, Ports, SendError};
use crate::settings::{OpenCti, Secret, Stream};
use crate::text::digest;

/// How long the platform may take to answer at most.
pub(super) const TIME: Duration = Duration::from_secs(15);

/// A stream that is told.
pub(super) struct Connection<'a> {
    pieces: Box<dyn Pieces + 'a>,
    frames: Frames,
}

/// Where to read a stream, and from where on.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) ports: Ports<'a>,
    pub(super) opencti: &'a OpenCti,
    pub(super) stream: &'a Stream,
    /// What is kept of one frame, in bytes.
    pub(super) limit: usize,
}

impl<'a> Address<'a> {
    /// Opens the stream behind a place, within this time. `recover`: up to there the
    /// platform tells of what its database holds.
    ///
    /// # Errors
    /// Why it is not told.
    pub(super) async fn open(
        &self,
        from: Position,
        recover: Option<Position>,
        time: Duration,
    ) -> Result<Connection<'a>, Refusal> {
        let request = self.request(from, recover)?;
        let opened = self.ports.http.open(request, time).await;
        let (head, pieces) = opened.map_err(Refusal::Unreachable)?.into_parts();
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            body: Vec::new(),
        };
        match Refusal::of(&answer, self.ports.clock.now()) {
            Some(refusal) => Err(refusal),
            None => Ok(Connection {
                pieces,
                frames: Frames::new(self.limit),
            }),
        }
    }

    /// A digest of where and as whom it is read.
    pub(super) fn login(&self) -> String {
        let token = self.opencti.token.as_ref().map(Secret::expose);
        digest(format!("{}\n{}", self.name(), token.unwrap_or_default()).as_bytes())
    }

    /// The stream, named for the store: another platform's stream of the same id is
    /// another one.
    pub(super) fn name(&self) -> String {
        let id = self.stream.id.as_deref().unwrap_or_default();
        let url = self.opencti.url.as_deref().unwrap_or_default();
        digest(format!("{url}\n{id}").as_bytes())
    }

    fn request(
        &self,
        from: Position,
        recover: Option<Position>,
    ) -> Result<Request<Vec<u8>>, Refusal> {
        let id = self.stream.id.as_deref().unwrap_or_default();
        let url = self.opencti.url.as_deref().unwrap_or_default();
        let mut address = format!("{url}/stream/{id}?from={from}");
        if let Some(recover) = recover {
            address.push_str(&format!("&recover={recover}"));
        }
        for (name, is_set) in [
            ("listen-delete", self.stream.listen_delete),
            ("no-dependencies", self.stream.no_dependencies),
            ("with-inferences", self.stream.with_inferences),
        ] {
            address.push_str(&format!("&{name}={is_set}"));
        }
        let uri = address.parse();
        let mut request = Request::new(Vec::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri.map_err(|_| Refusal::NotAStream("no address".to_owned()))?;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        // What is compressed may be held back until a block is full.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(token) = &self.opencti.token {
            let bearer = format!("Bearer {}", token.expose());
            let mut bearer = HeaderValue::try_from(bearer).map_err(|_| Refusal::Token)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(request)
    }
}

/// What a connection brings.
#[derive(Debug)]
pub(super) enum Arrived {
    /// A frame.
    Frame(Frame),
    /// A part of one: the platform is there.
    Part,
    /// The platform ended the stream.
    End,
}

impl Connection<'_> {
    /// What comes next. Nothing is lost if the future is dropped before it is ready.
    ///
    /// # Errors
    /// When the connection broke.
    pub(super) async fn next(&mut self) -> Result<Arrived, SendError> {
        if let Some(frame) = self.frames.ready() {
            return Ok(Arrived::Frame(frame));
        }
        let Some(piece) = self.pieces.next().await? else {
            return Ok(Arrived::End);
        };
        self.frames.take(&piece);
        Ok(self.frames.ready().map_or(Arrived::Part, Arrived::Frame))
    }
}
