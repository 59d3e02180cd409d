//! The platform's stored stream: a Redis stream that is read from a position on
//! and trimmed at its beginning.

use std::collections::VecDeque;
use std::sync::Arc;

use super::event::{EventId, Stored, StreamEvent};

/// How many events are read at once, as the platform does.
pub(super) const BATCH: usize = 100;

/// The stored events, oldest first.
#[derive(Debug, Default)]
pub(super) struct Log {
    events: VecDeque<Arc<Stored>>,
    /// The last id that was given, also if its event is trimmed.
    last: EventId,
    /// Where connections that read nothing were told to stand.
    told: EventId,
}

/// What `connected` tells of the stored stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) first: EventId,
    pub(super) last: EventId,
    pub(super) size: usize,
}

impl Log {
    /// Stores an event. Its time is its own, or `now` if it has none.
    pub(super) fn push(&mut self, event: StreamEvent, now: u64) -> EventId {
        let mut id = match event.at {
            Some(ms) => EventId::at(ms),
            // A connection that stands at now must not miss what comes now.
            None => EventId::at(now).max(self.told.next()),
        };
        // As in Redis, nothing has the id `0-0`.
        if id <= self.last {
            id = self.last.next();
        }
        self.last = id;
        self.events.push_back(Arc::new(event.stored(id)));
        id
    }

    /// Forgets what is older than this.
    pub(super) fn trim_before(&mut self, id: EventId) {
        while self.events.front().is_some_and(|event| event.id < id) {
            self.events.pop_front();
        }
    }

    /// The next events after this position. One that is older than the oldest
    /// event is no error, and nothing tells it.
    pub(super) fn after(&self, position: EventId) -> Vec<Arc<Stored>> {
        let from = self.events.partition_point(|event| event.id <= position);
        self.events.range(from..).take(BATCH).cloned().collect()
    }

    /// Where a connection stands that has waited in vain: at `now`, but not
    /// before the last event.
    pub(super) fn idle(&mut self, now: u64) -> EventId {
        let id = EventId::at(now).max(self.last);
        self.told = self.told.max(id);
        id
    }

    /// The last id that was given.
    pub(super) fn last(&self) -> EventId {
        self.last
    }

    /// From where to where it reaches. The platform's own is never empty; an
    /// empty one says `0-0` here.
    pub(super) fn extent(&self) -> Extent {
        let id = |event: Option<&Arc<Stored>>| event.map(|event| event.id);
        Extent {
            first: id(self.events.front()).unwrap_or_default(),
            last: id(self.events.back()).unwrap_or_default(),
            size: self.events.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> StreamEvent {
        StreamEvent::new(json!({"type": "create"}))
    }

    fn ids(log: &Log, position: &str) -> Vec<String> {
        let events = log.after(EventId::read(position).unwrap());
        events.iter().map(|event| event.id.to_string()).collect()
    }

    #[test]
    fn ids_only_grow() {
        let mut log = Log::default();
        let mut push = |event| log.push(event, 50).to_string();
        assert_eq!(push(event().at(40)), "40-0");
        assert_eq!(push(event().at(40)), "40-1");
        assert_eq!(push(event().at(30)), "40-2");
        assert_eq!(push(event()), "50-0");
        assert_eq!(push(event()), "50-1");
        assert_eq!(push(event().at(60)), "60-0");
        assert_eq!(push(event()), "60-1");
    }

    #[test]
    fn what_comes_now_is_after_a_position_of_now() {
        let mut log = Log::default();
        assert_eq!(log.idle(50).to_string(), "50-0");
        assert_eq!(log.push(event(), 50).to_string(), "50-1");
        assert_eq!(log.push(event().at(20), 50).to_string(), "50-2");
        assert_eq!(log.idle(40).to_string(), "50-2");
    }

    #[test]
    fn a_position_is_exclusive_and_may_be_older_than_the_oldest() {
        let mut log = Log::default();
        for ms in 10..15 {
            log.push(event().at(ms), 0);
        }
        assert_eq!(ids(&log, "12-0"), ["13-0", "14-0"]);
        assert_eq!(ids(&log, "12-5"), ["13-0", "14-0"]);
        log.trim_before(EventId::at(13));
        assert_eq!(ids(&log, "0"), ["13-0", "14-0"]);
        assert_eq!(ids(&log, "14-0"), [""; 0]);
        let (first, last) = (EventId::at(13), EventId::at(14));
        assert_eq!(
            log.extent(),
            Extent {
                first,
                last,
                size: 2
            }
        );
        log.trim_before(EventId::at(99));
        assert_eq!(log.extent().size, 0);
        assert_eq!(log.push(event().at(3), 0).to_string(), "14-1");
    }

    #[test]
    fn a_batch_has_a_hundred_events() {
        let mut log = Log::default();
        for ms in 0..250 {
            log.push(event().at(ms), 0);
        }
        assert_eq!(log.after(EventId::at(0)).len(), 100);
        assert_eq!(log.after(EventId::at(200)).len(), 49);
    }
}
