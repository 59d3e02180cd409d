//! What a connection is fed with: recovery first, then the stored stream.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::asked::Asked;
use super::event::{EventId, Stored};
use super::frames;
use super::hub::{Hub, Next};
use super::rows::Rows;
use super::stix;
use super::writer::{Ending, Writer};

/// Feeds one connection, from `connected` to its end.
pub(super) struct Feed {
    pub(super) hub: Arc<Hub>,
    /// The connection's place in the hub.
    pub(super) number: usize,
    /// Its id.
    pub(super) id: String,
    pub(super) stream: String,
    /// How often the stream had been stopped when it was opened.
    pub(super) stops: usize,
    pub(super) asked: Asked,
    /// The event after which is read on.
    pub(super) position: EventId,
    pub(super) changes: watch::Receiver<()>,
}

/// A feed that runs.
pub(super) struct Running {
    feed: Feed,
    writer: Writer,
    /// What a heartbeat says: the id of the last frame, dependencies included,
    /// so it may be ahead of the events that were sent.
    last: Option<EventId>,
    /// The STIX ids that were sent: no dependency comes twice.
    sent: std::collections::BTreeSet<String>,
    next_heartbeat: Instant,
}

impl Running {
    /// Feeds a connection until it ends.
    pub(super) async fn run(feed: Feed, writer: Writer) {
        let mut running = Running {
            last: feed.asked.from,
            next_heartbeat: Instant::now() + feed.hub.options.heartbeat,
            sent: Default::default(),
            feed,
            writer,
        };
        let Err(ending) = running.feed().await;
        running.writer.end(ending);
    }

    async fn feed(&mut self) -> Result<std::convert::Infallible, Ending> {
        let connected = frames::connected(&self.feed.hub.extent(), &self.feed.id);
        let connected = self.frame(None, "connected", &connected);
        self.writer.greet(&connected).await?;
        self.recover().await?;
        loop {
            let batch = self.batch().await?;
            for event in &batch {
                self.event(event).await?;
            }
            if let Some(event) = batch.last() {
                self.stand_at(event.id);
            }
            self.wait(Instant::now() + self.delay()).await?;
        }
    }

    /// Sends what changed in the database, and goes on after that. What was
    /// sent as a dependency is not sent again.
    async fn recover(&mut self) -> Result<(), Ending> {
        let Some((from, to)) = self.feed.asked.recovery() else {
            return Ok(());
        };
        if !self.feed.hub.options.recovers {
            let frame = self.frame(None, "no-recover", "{}");
            return self.writer.other(&frame).await;
        }
        let mut rows = self.feed.hub.state().rows.between(from, to);
        if let Some(page) = self.feed.hub.options.page {
            rows = Rows::in_pages(rows, page);
        }
        for (id, row) in rows {
            if !stix::id(&row.data).is_some_and(|id| self.sent.contains(id)) {
                self.dependencies(id, &row.dependencies).await?;
                self.object(id, &row.data, frames::RECOVERED).await?;
            }
        }
        self.feed.position = to;
        Ok(())
    }

    /// The next events; none after a wait in vain.
    async fn batch(&mut self) -> Result<Vec<Arc<Stored>>, Ending> {
        let until = Instant::now() + self.feed.hub.options.idle_read;
        loop {
            self.feed.changes.borrow_and_update();
            let Feed { stream, stops, .. } = &self.feed;
            match self.feed.hub.next(stream, *stops, self.feed.position) {
                Next::Stopped => return Err(Ending::Regular),
                Next::Events(events) => return Ok(events),
                Next::Nothing => {}
            }
            let is_over = self.wait_for_change(until).await?;
            if is_over && let Some(id) = self.feed.hub.idle(self.feed.position) {
                self.stand_at(id);
                return Ok(Vec::new());
            }
        }
    }

    fn stand_at(&mut self, id: EventId) {
        self.feed.position = id;
        self.last = Some(id);
    }

    async fn event(&mut self, event: &Stored) -> Result<(), Ending> {
        if event.name == "delete" && !self.feed.asked.listen_delete {
            return Ok(());
        }
        self.dependencies(event.id, &event.dependencies).await?;
        if event.is_unresolved {
            return Ok(());
        }
        self.send(event.id, &event.name, &event.text).await?;
        self.sent.extend(event.stix.clone());
        Ok(())
    }

    /// Sends what is pulled in, with the id of what pulls it in.
    async fn dependencies(&mut self, id: EventId, objects: &[Value]) -> Result<(), Ending> {
        for object in objects {
            let is_sent = stix::id(object).is_some_and(|id| self.sent.contains(id));
            if is_sent || (self.feed.asked.no_dependencies && stix::is_relationship(object)) {
                continue;
            }
            self.object(id, object, frames::DEPENDENCY).await?;
            self.wait(Instant::now() + self.delay()).await?;
        }
        Ok(())
    }

    async fn object(&mut self, id: EventId, data: &Value, referer: &str) -> Result<(), Ending> {
        let body = frames::body(data, referer);
        self.send(id, "create", &body).await?;
        self.sent.extend(stix::id(data).map(str::to_owned));
        Ok(())
    }

    async fn send(&mut self, id: EventId, name: &str, data: &str) -> Result<(), Ending> {
        if self.next_heartbeat <= Instant::now() {
            self.heartbeat().await?;
        }
        let frame = self.frame(Some(id), name, data);
        self.writer.event(&frame).await?;
        self.last = Some(id);
        self.wait(Instant::now() + self.feed.hub.options.frame_pause)
            .await
    }

    async fn heartbeat(&mut self) -> Result<(), Ending> {
        let options = &self.feed.hub.options;
        self.next_heartbeat = Instant::now() + options.heartbeat;
        let Some(last) = self.last else {
            return Ok(());
        };
        let id = options.has_heartbeat_ids.then_some(last);
        let frame = self.frame(id, "heartbeat", &frames::heartbeat(last));
        self.writer.other(&frame).await
    }

    fn frame(&self, id: Option<EventId>, name: &str, data: &str) -> String {
        frames::frame(id, name, data, &self.feed.hub.options.line_end)
    }

    fn delay(&self) -> std::time::Duration {
        self.feed.hub.delay(self.feed.number)
    }

    /// Waits, and sends the heartbeats that are due meanwhile.
    async fn wait(&mut self, until: Instant) -> Result<(), Ending> {
        while Instant::now() < until {
            tokio::select! {
                ending = self.writer.broken() => return Err(ending),
                () = sleep_until(until) => {}
                () = sleep_until(self.next_heartbeat) => self.heartbeat().await?,
            }
        }
        Ok(())
    }

    /// Waits in the same way, but not longer than until something changes.
    /// Answers whether the time is over.
    async fn wait_for_change(&mut self, until: Instant) -> Result<bool, Ending> {
        while Instant::now() < until {
            tokio::select! {
                ending = self.writer.broken() => return Err(ending),
                _ = self.feed.changes.changed() => return Ok(false),
                () = sleep_until(until) => {}
                () = sleep_until(self.next_heartbeat) => self.heartbeat().await?,
            }
        }
        Ok(true)
    }
}
