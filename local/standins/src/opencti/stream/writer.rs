//! Writes frames into a connection, with what may go wrong on the way.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

use super::hub::Hub;
use crate::server::BodyWriter;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The response ends.
    Regular,
    /// The connection breaks, or the client has gone.
    Broken,
}

/// The writing end of a connection. Dropping it breaks the connection.
pub(super) struct Writer {
    hub: Arc<Hub>,
    /// The connection's place in the hub.
    number: usize,
    body: BodyWriter,
    cuts: watch::Receiver<()>,
    /// After how many event frames it breaks.
    cut_after: Option<usize>,
    /// How many event frames were written.
    frames: usize,
}

impl Writer {
    pub(super) fn new(
        hub: &Arc<Hub>,
        number: usize,
        body: BodyWriter,
        cuts: watch::Receiver<()>,
        cut_after: Option<usize>,
    ) -> Writer {
        Writer {
            hub: Arc::clone(hub),
            number,
            body,
            cuts,
            cut_after,
            frames: 0,
        }
    }

    /// Writes `connected`, which no fault is for.
    pub(super) async fn greet(&mut self, frame: &str) -> Result<(), Ending> {
        self.pieces(frame.as_bytes()).await
    }

    /// Writes the frame of an event.
    pub(super) async fn event(&mut self, frame: &str) -> Result<(), Ending> {
        self.other(frame).await?;
        self.frames += 1;
        let frames = self.frames;
        self.hub.note(self.number, |shown| shown.frames = frames);
        Ok(())
    }

    /// Writes a frame that is no event's.
    pub(super) async fn other(&mut self, frame: &str) -> Result<(), Ending> {
        if self.hub.options.silent_after == Some(self.frames) {
            return Err(self.broken().await);
        }
        if self.cut_after == Some(self.frames) {
            let (half, _) = frame.as_bytes().split_at(frame.len() / 2);
            self.pieces(half).await?;
            return Err(Ending::Broken);
        }
        self.pieces(frame.as_bytes()).await
    }

    async fn pieces(&mut self, bytes: &[u8]) -> Result<(), Ending> {
        let size = self.hub.options.chunks.unwrap_or(bytes.len());
        for piece in bytes.chunks(size.max(1)) {
            tokio::select! {
                biased;
                _ = self.cuts.changed() => return Err(Ending::Broken),
                sent = self.body.send(Bytes::copy_from_slice(piece)) => {
                    sent.map_err(|_| Ending::Broken)?;
                }
            }
        }
        Ok(())
    }

    /// Waits until the connection breaks.
    pub(super) async fn broken(&mut self) -> Ending {
        tokio::select! {
            () = self.body.hung_up() => {}
            _ = self.cuts.changed() => {}
        }
        Ending::Broken
    }

    /// Ends the connection. It is noted before the client can see it.
    pub(super) fn end(self, ending: Ending) {
        self.hub.note(self.number, |shown| shown.open = false);
        match ending {
            Ending::Regular => self.body.finish(),
            Ending::Broken => drop(self.body),
        }
    }
}
