//! A body that is written while it is sent. The channel is bounded: a client
//! that reads slowly slows the writer down.

use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::time::Sleep;

/// Between the part of a body that arrives and the end of the connection: what
/// fails at once is never sent, not even the head.
pub(super) const BEFORE_CUT: Duration = Duration::from_millis(60);

/// How many pieces wait between the writer and the connection.
const WAITING: usize = 1;

/// A body of which nothing is written yet, and who writes it.
pub(super) fn body() -> (BodyWriter, Written) {
    let (pieces, waiting) = mpsc::channel(WAITING);
    let is_whole = Arc::new(AtomicBool::new(false));
    let source = Source {
        waiting,
        is_whole: Arc::clone(&is_whole),
        nap: None,
    };
    let written = Written(Arc::new(Mutex::new(Some(source))));
    (BodyWriter { pieces, is_whole }, written)
}

/// The client has gone: nobody reads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HungUp;

/// Writes a body. Dropped before [`BodyWriter::finish`], it breaks the
/// connection: what was written until then still arrives.
pub(crate) struct BodyWriter {
    pieces: mpsc::Sender<Bytes>,
    is_whole: Arc<AtomicBool>,
}

impl BodyWriter {
    /// Sends a piece; waits while the client does not read what was sent before.
    ///
    /// # Errors
    /// When the client has gone.
    pub(crate) async fn send(&self, piece: Bytes) -> Result<(), HungUp> {
        self.pieces.send(piece).await.map_err(|_| HungUp)
    }

    /// Waits until the client has gone.
    pub(crate) async fn hung_up(&self) {
        self.pieces.closed().await;
    }

    /// Ends the body as a whole one.
    pub(crate) fn finish(self) {
        self.is_whole.store(true, Ordering::SeqCst);
    }
}

/// What is written, on its way in an answer: the first copy of the answer that
/// is sent has it.
#[derive(Clone)]
pub(super) struct Written(Arc<Mutex<Option<Source>>>);

impl Written {
    /// Takes the body out; a second copy of the answer gets a broken one.
    pub(super) fn take(&self) -> Source {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| Source {
            waiting: mpsc::channel(WAITING).1,
            is_whole: Arc::default(),
            nap: None,
        })
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Written) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Written {}

impl fmt::Debug for Written {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Written")
    }
}

/// The reading end, as the connection polls it.
pub(super) struct Source {
    waiting: mpsc::Receiver<Bytes>,
    is_whole: Arc<AtomicBool>,
    nap: Option<Pin<Box<Sleep>>>,
}

impl Source {
    /// The next piece, the end, or the break.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        if let Some(piece) = ready!(self.waiting.poll_recv(context)) {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if self.is_whole.load(Ordering::SeqCst) {
            return Poll::Ready(None);
        }
        let nap = self
            .nap
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(BEFORE_CUT)));
        ready!(nap.as_mut().poll(context));
        Poll::Ready(Some(Err(std::io::Error::other("cut short"))))
    }
}
