//! The live stream: server-sent events with the platform's habits.
//!
//! `GET <platform>/stream/<id>` reads the stored stream from a position on, after
//! a recovery from the database if that is asked for. What an event refers to
//! comes before it, with its id. `POST <platform>/stream/connection/<id>` slows a
//! connection down.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::opencti::{OpenCtiOptions, OpenCtiStandIn, StreamEvent};
//! use serde_json::json;
//!
//! let opencti = OpenCtiStandIn::start(OpenCtiOptions::new("a-token")).await?;
//! opencti.open_stream("5f1…");
//! opencti.cut_after(1, 1);
//! let id = opencti.push(StreamEvent::new(json!({"type": "create", "data": {}})));
//! // … let a client read opencti.platform_url() + "/stream/5f1…" …
//! assert_eq!(opencti.connections()[1].from, Some(id));
//! # Ok(())
//! # }
//! ```

mod asked;
mod count;
mod event;
mod feed;
mod frames;
mod hub;
mod log;
mod options;
mod routes;
mod rows;
mod stix;
mod told;
mod writer;

use serde_json::Value;

use super::OpenCti;
use crate::service::StandIn;
use event::EventId;
pub use event::StreamEvent;
pub use hub::Connection;
pub(super) use hub::Hub;
pub(super) use hub::now;
pub(super) use options::StreamOptions;
pub(super) use routes::answer;
pub(super) use told::Changed;

impl StandIn<OpenCti> {
    /// Makes a live stream known, started, with this id.
    pub fn open_stream(&self, id: &str) {
        self.hub()
            .change(|state| state.streams.entry(id.to_owned()).or_default().is_started = true);
    }

    /// Stops a stream: 410 from then on. Open connections of it end after what
    /// they are sending.
    pub fn stop_stream(&self, id: &str) {
        self.hub().change(|state| {
            if let Some(stream) = state.streams.get_mut(id) {
                stream.is_started = false;
                stream.stops += 1;
            }
        });
    }

    /// Starts a stream again.
    pub fn start_stream(&self, id: &str) {
        self.hub().change(|state| {
            if let Some(stream) = state.streams.get_mut(id) {
                stream.is_started = true;
            }
        });
    }

    /// Puts an event into the platform's stored stream, and what it tells into
    /// the database; returns its id, `<ms>-<n>`.
    pub fn push(&self, event: StreamEvent) -> String {
        let id = self.hub().change(|state| {
            state.rows.apply(&event);
            state.log.push(event, now())
        });
        id.to_string()
    }

    /// Forgets the stored events before this id (exclusive), as the platform
    /// trims. What is no id forgets nothing.
    pub fn trim_before(&self, id: &str) {
        let id = EventId::read(id).unwrap_or_default();
        self.hub().change(|state| state.log.trim_before(id));
    }

    /// Puts an entity into the platform's database only (for recovery), without
    /// an event.
    pub fn add_row(&self, data: Value) {
        self.add_row_pulling(data, Vec::new());
    }

    /// Like [`StandIn::add_row`], with the STIX objects that it pulls in; they
    /// are rows as well.
    pub fn add_row_pulling(&self, data: Value, dependencies: Vec<Value>) {
        self.hub()
            .change(|state| state.rows.put(data, dependencies));
    }

    /// Hides an entity from recovery, as if the stream's filter did not let it
    /// through. It still comes as a dependency, and counts in the database.
    pub fn hide_from_stream(&self, stix_id: &str) {
        self.hub().change(|state| state.rows.hide(stix_id));
    }

    /// Cuts every open stream connection now, in the middle of what it sends.
    pub fn cut_streams(&self) {
        self.hub().cut();
    }

    /// The next `times` connections are each cut after so many event frames,
    /// dependencies included, in the middle of the frame after them: an event's
    /// or a heartbeat, whichever comes first. `connected` is never cut.
    pub fn cut_after(&self, frames: usize, times: usize) {
        let cut_after = (times > 0).then_some((frames, times));
        self.hub().state().cut_after = cut_after;
    }

    /// Each stream connection so far that was let in, in order.
    pub fn connections(&self) -> Vec<Connection> {
        let state = self.hub().state();
        let connections = state.connections.iter();
        connections.map(|it| it.shown.clone()).collect()
    }

    /// Every throttle that was asked for: connection id and milliseconds.
    pub fn throttles(&self) -> Vec<(String, u64)> {
        self.hub().state().throttles.clone()
    }

    fn hub(&self) -> &Hub {
        &self.service().hub
    }
}

#[cfg(test)]
mod tests;
