//! How the streams of a stand-in behave.

use std::time::Duration;

use crate::opencti::OpenCtiOptions;

/// The platform's own interval of heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long the platform waits for events at once.
const IDLE_READ: Duration = Duration::from_secs(5);

/// Without any time, a connection would do nothing else.
const SHORTEST: Duration = Duration::from_millis(1);

/// How the streams behave; set with [`OpenCtiOptions`].
#[derive(Debug, Clone)]
pub(in crate::opencti) struct StreamOptions {
    pub(super) heartbeat: Duration,
    pub(super) has_heartbeat_ids: bool,
    pub(super) idle_read: Duration,
    pub(super) chunks: Option<usize>,
    pub(super) frame_pause: Duration,
    pub(super) line_end: String,
    pub(super) silent_after: Option<usize>,
    pub(super) recovers: bool,
    pub(super) page: Option<usize>,
}

impl Default for StreamOptions {
    fn default() -> StreamOptions {
        StreamOptions {
            heartbeat: HEARTBEAT,
            has_heartbeat_ids: true,
            idle_read: IDLE_READ,
            chunks: None,
            frame_pause: Duration::ZERO,
            line_end: "\n".to_owned(),
            silent_after: None,
            recovers: true,
            page: None,
        }
    }
}

impl OpenCtiOptions {
    /// Streams send a heartbeat this often; 5 s by default. Zero is a
    /// millisecond.
    #[must_use]
    pub fn heartbeat(mut self, interval: Duration) -> OpenCtiOptions {
        self.stream.heartbeat = interval.max(SHORTEST);
        self
    }

    /// Heartbeats have no id.
    #[must_use]
    pub fn without_heartbeat_ids(mut self) -> OpenCtiOptions {
        self.stream.has_heartbeat_ids = false;
        self
    }

    /// Streams wait this long for an event before their position becomes now;
    /// 5 s by default. Zero is a millisecond.
    #[must_use]
    pub fn idle_read(mut self, time: Duration) -> OpenCtiOptions {
        self.stream.idle_read = time.max(SHORTEST);
        self
    }

    /// Frames are written in pieces of so many bytes, which cut characters as
    /// well; whole by default.
    #[must_use]
    pub fn chunks(mut self, bytes: usize) -> OpenCtiOptions {
        self.stream.chunks = Some(bytes.max(1));
        self
    }

    /// After each event's frame, dependencies included, so long nothing but
    /// heartbeats is sent.
    #[must_use]
    pub fn frame_pause(mut self, time: Duration) -> OpenCtiOptions {
        self.stream.frame_pause = time;
        self
    }

    /// Lines end with this: `"\n"` by default, `"\r\n"` or `"\r"`.
    #[must_use]
    pub fn line_ends(mut self, line_end: &str) -> OpenCtiOptions {
        line_end.clone_into(&mut self.stream.line_end);
        self
    }

    /// After so many event frames, dependencies included, a connection stays
    /// open and sends nothing any more, not even heartbeats.
    #[must_use]
    pub fn silent_after(mut self, frames: usize) -> OpenCtiOptions {
        self.stream.silent_after = Some(frames);
        self
    }

    /// Recovery loads so many objects at a time, each page in an order of its own, as
    /// the platform does: it reads the ids of a page in the order of their changes, and
    /// the objects by their ids. By default they come in the order of their changes.
    #[must_use]
    pub fn pages(mut self, objects: usize) -> OpenCtiOptions {
        self.stream.page = Some(objects.max(1));
        self
    }

    /// Streams do not recover: they send `event: no-recover` and go on at the
    /// start, as 7.x does where a stream filters by origin.
    #[must_use]
    pub fn skips_recovery(mut self) -> OpenCtiOptions {
        self.stream.recovers = false;
        self
    }
}
