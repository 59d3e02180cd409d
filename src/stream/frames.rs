//! What a frame means for the reading of a stream.

use std::time::Duration;

use super::progress::{Kind, Progress};
use super::reading::{Ended, Mode, Next, Reading};
use super::work::{Job, Task, Work};
use crate::http::sse::Frame;
use crate::model::{Change, Event, Position, Provenance, SourceKey, Timestamp};
use crate::pipeline::{Failure, UnreadBytes};
use crate::platform::log::Level;
use crate::sources::opencti::{self, live};
use crate::sources::{BEGINNING, Received, SourceError};
use crate::store::stream::Recovery;

/// A stream that loses events while it is asked for others will lose so much more.
const MORE: Duration = Duration::from_secs(60 * 60);
/// Behind everything.
const END: Position = Position::at(Timestamp::UNREADABLE);

impl<'a> Reading<'a> {
    /// Takes a frame.
    pub(super) fn take(&mut self, frame: Frame, work: &mut Work<'a>) -> Result<Next, Failure> {
        let id = Position::parse(&frame.id).filter(|id| self.is_believed(*id));
        let is_whole = frame.is_whole();
        let Frame {
            name,
            mut data,
            length,
            ..
        } = frame;
        if !is_whole {
            data.truncate(BEGINNING);
        }
        match live::read(&name, &data, is_whole, self.context.settings) {
            Ok(live::Told::Connected(connected)) => self.connected(connected),
            Ok(live::Told::Heartbeat) => Ok(self.heartbeat(id)),
            Ok(live::Told::NoRecovery) => Ok(self.no_recovery()),
            Ok(live::Told::Nothing) => Ok(Next::Go),
            Ok(live::Told::Event(streamed)) => {
                self.heard();
                self.note_repairs(&streamed, is_whole, length);
                let mut received = streamed.received;
                if !is_whole && self.recovery().is_some() {
                    told_for_itself(&mut received, id);
                }
                self.event(received, id, data.len(), work)
            }
            Err(SourceError::Misconfigured(error)) => Err(Failure::Settings(error)),
            Err(SourceError::NoEvent(why)) => {
                self.context.note_trouble("stream_no_event", None, &why);
                self.tally.count("ignored");
                self.passed(Kind::Dependency, id);
                Ok(Next::Go)
            }
            Err(SourceError::NotJson(why) | SourceError::Unreadable(why)) => {
                let body = UnreadBytes {
                    source: SourceKey::of(&opencti::PROFILE),
                    reason: format!(
                        "an event of the stream, {length} bytes, cannot be read: {why}"
                    ),
                    bytes: data,
                    length,
                };
                // It may be what comes along with the event of this id.
                let job = Job {
                    ticket: self.progress.read(Kind::Dependency, id),
                    bytes: body.bytes.len(),
                    task: Task::Unread(Box::new(body)),
                };
                work.take(job);
                Ok(Next::Go)
            }
        }
    }

    /// Whether an id can be a place of this stream: of one that is far ahead of all
    /// clocks, nothing would ever come again.
    fn is_believed(&self, id: Position) -> bool {
        let now = self.context.ports.clock.now();
        !id.at.is_too_far_ahead(now.max(self.last.at))
    }

    /// The stream begins. Where nobody has read it before, it is read from its newest
    /// event on: that is told by the platform's clock and not by ours. Where the
    /// platform does not keep what comes next any more, it is asked for it.
    fn connected(&mut self, connected: live::Connected) -> Result<Next, Failure> {
        self.last = self.last.max(connected.last.unwrap_or_default());
        let start = self.progress.durable();
        if std::mem::take(&mut self.is_tentative) {
            let newest = connected.last.unwrap_or(start);
            self.progress = Progress::from(newest);
            self.reader.cursor.position = Some(newest);
            self.reader.save()?;
            if newest != start {
                return Ok(Next::GoBack(newest));
            }
        }
        // While it is asked for what was lost, it may lose more.
        let known = self.reader.cursor.recovery;
        let covered = self.recovery().map_or(start, |it| it.until.max(start));
        let Some(first) = connected.first.filter(|first| *first > covered) else {
            return Ok(Next::Go);
        };
        // Its first event is read from the stream.
        let lost = Position::at(first.at.before(Duration::from_millis(1)));
        if self.mode != Mode::Follow || lost.at <= covered.at {
            return Ok(Next::Go);
        }
        let until = match known {
            None => lost,
            Some(_) => Position::at(lost.at.after(MORE)).min(self.last).max(lost),
        };
        let from = match start.at.is_known() {
            true => format!("from {}", start.at),
            false => "from the beginning".to_owned(),
        };
        let why = format!(
            "OpenCTI's stream begins at {} and does not hold what was to be read {from}; it is fetched from its database. What was deleted meanwhile is not known",
            first.at
        );
        self.context.note_trouble("stream_gap", None, &why);
        self.tally.note(why);
        self.reader.cursor.recovery = Some(Recovery {
            from: known.map_or(start, |known| known.from),
            until,
            is_over: false,
            catches_up: connected.last,
        });
        self.reader.cursor.position = Some(start);
        self.reader.save()?;
        Ok(Next::Again)
    }

    /// What the platform is asked to tell again, while it does.
    fn recovery(&self) -> Option<Recovery> {
        let recovery = self.reader.cursor.recovery;
        recovery.filter(|recovery| !recovery.is_over)
    }

    /// The platform tells of something. One that has not said where its stream ends
    /// begins where our own clock stood.
    fn heard(&mut self) {
        self.is_alive = true;
        self.is_tentative = false;
    }

    fn heartbeat(&mut self, id: Option<Position>) -> Next {
        self.heard();
        if let (Some(_), Some(id)) = (self.recovery(), id)
            && id.at > self.asked.at
            && let Some(next) = self.recovered()
        {
            return next;
        }
        self.passed(Kind::Heartbeat, id);
        Next::Go
    }

    /// The platform has told all that it was asked to tell again.
    fn recovered(&mut self) -> Option<Next> {
        if std::mem::take(&mut self.is_alone) {
            return Some(Next::GoBack(self.asked));
        }
        if let Some(next) = self.passed_by(END) {
            return Some(next);
        }
        if self.mode != Mode::Follow {
            return Some(Next::End(Ended::Done));
        }
        // Where the stream begins by now is told by another connection.
        let recovery = self.reader.cursor.recovery.as_mut()?;
        recovery.is_over = true;
        Some(Next::GoBack(recovery.until))
    }

    /// Back to what would never be told again. In no order it can come along once more
    /// before its turn, so it is asked for alone.
    fn passed_by(&mut self, now: Position) -> Option<Next> {
        let is_ordered = self.progress.is_ordered();
        let turn = self.pulled.passed_by(now, is_ordered);
        if turn.is_none() {
            self.pulled.settle(now);
        }
        turn.map(|turn| match is_ordered {
            true => Next::GoBack(turn),
            false => Next::Only(turn),
        })
    }

    /// The platform does not do what it was asked: its stream goes on.
    fn no_recovery(&mut self) -> Next {
        let why = "OpenCTI does not tell what its stream has lost, because the filter of the live stream looks at the origin of events; take that out of the filter, or file what is missing by hand";
        self.context.note_trouble("stream_no_recover", None, why);
        if self.mode != Mode::Follow {
            return Next::End(Ended::Stream(why.to_owned()));
        }
        self.tally.note(why.to_owned());
        self.reader.cursor.recovery = None;
        Next::Go
    }

    fn event(
        &mut self,
        mut received: Received,
        id: Option<Position>,
        bytes: usize,
        work: &mut Work<'a>,
    ) -> Result<Next, Failure> {
        let provenance = match &received {
            Received::Event(event) => event.provenance,
            Received::Nothing { .. } => Provenance::Live,
        };
        let kind = match provenance {
            Provenance::Dependency => {
                self.came_along(&received, id)?;
                return Ok(Next::Go);
            }
            Provenance::Recovery => Kind::Recovered,
            Provenance::Live => Kind::Event,
        };
        if kind == Kind::Recovered
            && !self.is_alone
            && let Some(next) = self.passed_by(self.progress.settled())
        {
            return Ok(next);
        }
        if kind == Kind::Event
            && self.recovery().is_some()
            && let Some(next) = self.recovered()
        {
            return Ok(next);
        }
        if let Received::Event(event) = &mut received {
            self.pulled.told(&event.entity.id);
            if self.mode == Mode::Follow {
                self.catch_up(event, id.unwrap_or_default());
            }
        }
        work.take(Job {
            ticket: self.progress.read(kind, id),
            bytes,
            task: Task::Told(Box::new(received)),
        });
        Ok(Next::Go)
    }

    /// Something that came along with an event files nothing. While the past is told,
    /// its own turn is noted.
    fn came_along(&mut self, received: &Received, id: Option<Position>) -> Result<(), Failure> {
        self.tally.dependencies += 1;
        if let (Received::Event(event), Some(recovery)) = (received, self.recovery()) {
            let turn = Position::at(event.entity.version.updated);
            let is_filed = self
                .context
                .settings
                .file_types()?
                .contains(&event.entity.kind);
            // What changed before was told before.
            let start = self.reader.cursor.position.unwrap_or_default();
            let may_come = turn >= start.max(self.progress.settled()) && turn <= recovery.until;
            if is_filed && may_come && !self.is_alone {
                let now = id.unwrap_or_default();
                self.pulled.came_along(&event.entity.id, turn, now);
            }
        }
        self.passed(Kind::Dependency, id);
        Ok(())
    }

    /// What the stream has lost is not history: it is filed as if it had been read in
    /// its time.
    fn catch_up(&mut self, event: &mut Event, id: Position) {
        let Some(recovery) = self.reader.cursor.recovery else {
            return;
        };
        let created = event.entity.created;
        let is_new = created.is_known() && created >= recovery.from.at;
        match event.provenance {
            Provenance::Recovery => {
                event.provenance = Provenance::Live;
                if created.is_known() && !is_new {
                    event.change = Change::Entered;
                }
            }
            // Nobody has told of its creation, and nobody will.
            Provenance::Live if recovery.catches_up.is_some_and(|until| id <= until) => {
                if is_new && matches!(event.change, Change::Updated { .. }) {
                    event.change = Change::Created;
                }
            }
            Provenance::Live => self.reader.cursor.recovery = None,
            Provenance::Dependency => {}
        }
    }

    fn passed(&mut self, kind: Kind, id: Option<Position>) {
        let ticket = self.progress.read(kind, id);
        self.progress.done(ticket);
    }

    /// Says in the log what had to be done to read an event.
    fn note_repairs(&self, streamed: &live::Streamed, is_whole: bool, length: usize) {
        let entity = streamed.received.entity().map(|entity| entity.id);
        let line = |event: &str, what: String| {
            let fields = [
                ("source", opencti::PROFILE.key.into()),
                ("entity", entity.clone().into()),
                ("what", what.into()),
                ("bytes", length.into()),
            ];
            self.context.log.line(Level::Warn, event, &fields);
        };
        if !streamed.repairs.is_empty() {
            line("repaired", streamed.repairs.join(", "));
        }
        if !is_whole {
            let what = "the event was too large; only its beginning was read";
            line("body_cut", what.to_owned());
        }
    }
}

/// Of what was cut it is not known whether it is told again or came along with another
/// one. Told again, it has the time of its own last change as its id.
fn told_for_itself(received: &mut Received, id: Option<Position>) {
    if let Received::Event(event) = received
        && event.provenance == Provenance::Dependency
    {
        let updated = event.entity.version.updated;
        let is_its_own = id.is_some_and(|id| id.at == updated);
        if is_its_own || !updated.is_known() {
            event.provenance = Provenance::Recovery;
        }
    }
}
