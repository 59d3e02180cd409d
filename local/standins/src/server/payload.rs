//! A body as it shall leave: whole, slow, broken off, without end, or written
//! while it is sent.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::written::{BEFORE_CUT, Source, Written};

/// Into how many pieces a dripping body is cut.
const DRIPS: usize = 8;

/// How an answer leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Manner {
    Whole,
    Drip(Duration),
    Cut,
    Endless,
    Reset,
    Written(Written),
}

/// Nobody reads as much of an endless body, and no test waits for its end.
const ENDLESS: u64 = 256 * 1024 * 1024;
/// What an endless body goes on with.
static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// A body that can take its time, and can break off.
pub(super) struct Payload {
    pieces: VecDeque<Bytes>,
    left: u64,
    pause: Option<Duration>,
    nap: Option<Pin<Box<Sleep>>>,
    is_endless: bool,
    written: Option<Source>,
}

impl Payload {
    pub(super) fn new(body: Bytes, manner: Manner) -> Payload {
        let is_endless = matches!(manner, Manner::Endless);
        let written = match &manner {
            Manner::Written(written) => Some(written.take()),
            _ => None,
        };
        let left = match is_endless {
            true => ENDLESS,
            false => body.len() as u64,
        };
        let (sent, most, time) = match manner {
            Manner::Whole | Manner::Reset | Manner::Endless => (body.len(), 1, None),
            Manner::Cut => (body.len() / 2, 1, None),
            Manner::Drip(time) => (body.len(), DRIPS, Some(time)),
            Manner::Written(_) => (0, 1, None),
        };
        let size = sent.div_ceil(most).max(1);
        let pieces = (0..sent)
            .step_by(size)
            .map(|from| body.slice(from..sent.min(from + size)));
        let pieces: VecDeque<Bytes> = pieces.collect();
        let pause = time.map(|time| time.div_f64(pieces.len().max(1) as f64));
        Payload {
            pieces,
            left,
            pause,
            nap: None,
            is_endless,
            written,
        }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(written) = &mut self.written {
            return written.poll(context);
        }
        if self.is_endless && self.pieces.is_empty() && self.left > 0 {
            self.pieces.push_back(Bytes::from_static(&SPACES));
        }
        let cut = self.pieces.is_empty().then_some(BEFORE_CUT);
        if let Some(pause) = self.pause.or(cut)
            && self.left > 0
        {
            let nap = self
                .nap
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            if nap.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.nap = None;
        }
        match self.pieces.pop_front() {
            Some(piece) => {
                self.left = self.left.saturating_sub(piece.len() as u64);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if self.left > 0 => Poll::Ready(Some(Err(std::io::Error::other("cut short")))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.written.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.is_endless || self.written.is_some() {
            true => SizeHint::default(),
            false => SizeHint::with_exact(self.left),
        }
    }
}
