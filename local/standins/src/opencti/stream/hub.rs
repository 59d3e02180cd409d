//! What all streams of a stand-in share: the stored events, the database, which
//! streams there are, and who is connected.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use tokio::sync::watch;

use super::event::{EventId, Stored};
use super::log::{Extent, Log};
use super::options::StreamOptions;
use super::rows::Rows;

/// A connection to a stream, as it was asked for and as it is now.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its id, as `connected` tells it.
    pub id: String,
    /// The id of the stream.
    pub stream: String,
    /// The start that was asked for, as it was written.
    pub from: Option<String>,
    /// The end of the recovery that was asked for, as it was written.
    pub recover: Option<String>,
    /// Whether deletes are sent.
    pub listen_delete: bool,
    /// Whether relationships are left out of what is pulled in.
    pub no_dependencies: bool,
    /// The headers; `Debug` masks credentials.
    pub headers: HeaderMap,
    /// Whether it is still open.
    pub open: bool,
    /// How many event frames were written whole, dependencies included;
    /// `connected` and heartbeats are none. Some may not have arrived yet.
    pub frames: usize,
}

/// What all streams share.
pub(in crate::opencti) struct Hub {
    pub(super) options: StreamOptions,
    state: Mutex<State>,
    /// Tells connections that wait to look again.
    changes: watch::Sender<()>,
    /// Tells connections to break off.
    cuts: watch::Sender<()>,
}

/// The data; one lock for all of it.
#[derive(Default)]
pub(super) struct State {
    pub(super) log: Log,
    pub(super) rows: Rows,
    pub(super) streams: BTreeMap<String, Stream>,
    pub(super) connections: Vec<Connected>,
    pub(super) throttles: Vec<(String, u64)>,
    /// After how many frames connections to come are cut, and how many of them.
    pub(super) cut_after: Option<(usize, usize)>,
}

/// A stream that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stream {
    pub(super) is_started: bool,
    /// How often it was stopped: a connection ends even if the stream is
    /// started again at once.
    pub(super) stops: usize,
}

/// A connection, and how it is slowed down.
pub(super) struct Connected {
    pub(super) shown: Connection,
    /// Milliseconds.
    pub(super) delay: u64,
}

/// What a connection finds after its position.
pub(super) enum Next {
    /// The stream was stopped.
    Stopped,
    /// Nothing yet.
    Nothing,
    /// At least one event.
    Events(Vec<Arc<Stored>>),
}

impl Hub {
    pub(in crate::opencti) fn new(options: StreamOptions) -> Hub {
        Hub {
            options,
            state: Mutex::default(),
            changes: watch::Sender::new(()),
            cuts: watch::Sender::new(()),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the data, and lets connections look again.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changes.send_replace(());
        changed
    }

    /// Breaks every connection.
    pub(super) fn cut(&self) {
        self.cuts.send_replace(());
    }

    /// Where a connection hears of changes, and of cuts.
    pub(super) fn listen(&self) -> (watch::Receiver<()>, watch::Receiver<()>) {
        (self.changes.subscribe(), self.cuts.subscribe())
    }

    /// From where to where the stored stream reaches.
    pub(super) fn extent(&self) -> Extent {
        self.state().log.extent()
    }

    /// What a connection to a stream, opened after so many stops of it, reads
    /// next.
    pub(super) fn next(&self, stream: &str, stops: usize, position: EventId) -> Next {
        let state = self.state();
        let stream = state.streams.get(stream);
        if stream.is_none_or(|stream| !stream.is_started || stream.stops != stops) {
            return Next::Stopped;
        }
        let events = state.log.after(position);
        match events.is_empty() {
            true => Next::Nothing,
            false => Next::Events(events),
        }
    }

    /// Where a connection stands that has waited in vain; none if something
    /// came after all.
    pub(super) fn idle(&self, position: EventId) -> Option<EventId> {
        let log = &mut self.state().log;
        log.after(position).is_empty().then(|| log.idle(now()))
    }

    /// How long a connection waits after a batch and after a dependency.
    pub(super) fn delay(&self, connection: usize) -> Duration {
        let state = self.state();
        let connected = state.connections.get(connection);
        Duration::from_millis(connected.map_or(0, |connected| connected.delay))
    }

    /// Notes something about a connection.
    pub(super) fn note(&self, connection: usize, note: impl FnOnce(&mut Connection)) {
        if let Some(connected) = self.state().connections.get_mut(connection) {
            note(&mut connected.shown);
        }
    }
}

/// The stand-in's now, in milliseconds since 1970.
pub(in crate::opencti) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
