//! Reads a stream: frames are taken from it, and dealt with side by side, until the time
//! is over.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::connection::{Address, Arrived, Connection, TIME};
use super::progress::Progress;
use super::pulled::Pulled;
use super::refusal::Refusal;
use super::tally::Tally;
use super::work::{Finished, Work};
use crate::context::Context;
use crate::model::{Position, Timestamp};
use crate::pipeline::Failure;
use crate::platform::{Clock, LocalFuture, SendError};
use crate::settings::StreamFrom;
use crate::store::RecordError;
use crate::store::stream::{Failing, Reader};

/// The platform sends a heartbeat each 5 s; after three that did not come it is gone.
const SILENCE: Duration = Duration::from_secs(15);
/// The position is written no more often.
const SAVED_EVERY: Duration = Duration::from_secs(1);
/// The right to read is renewed as often, if nothing else is written.
const RENEWED_EVERY: Duration = Duration::from_secs(5);
/// The time and the silence are looked at as often.
const TICK: Duration = Duration::from_secs(1);
/// The pause before a stream that broke off is opened again.
const PAUSE: Duration = Duration::from_secs(1);
/// The platform may take as long to answer, however little time is left.
const SHORTEST: Duration = Duration::from_secs(1);

/// What a stream is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// What happens is filed.
    Follow,
    /// What the platform holds is filed, or only counted.
    History {
        /// It is only counted.
        is_dry: bool,
    },
}

/// Why reading ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The time is over.
    Time,
    /// The platform ended the stream, or the connection broke, and it was not opened
    /// again.
    Stream(String),
    /// It cannot be read for now.
    Refused {
        /// Why, and what to do.
        why: String,
        /// When it is tried again.
        not_before: Timestamp,
    },
    /// An event was neither done nor kept.
    Failed(Failure),
    /// All of the history was told.
    Done,
}

/// How reading goes on after a frame.
#[derive(Debug)]
pub(super) enum Next {
    /// With the next frame.
    Go,
    /// Over another connection.
    Again,
    /// Over another connection, from here on.
    GoBack(Position),
    /// Over another connection, for what changed here and nothing else.
    Only(Position),
    /// The connection is lost; why.
    Lost(String),
    /// Not at all.
    End(Ended),
}

/// A stream that is being read.
pub(super) struct Reading<'a> {
    pub(super) context: Context<'a>,
    pub(super) address: Address<'a>,
    pub(super) mode: Mode,
    pub(super) reader: Box<Reader<'a>>,
    pub(super) ends: Timestamp,
    pub(super) progress: Progress,
    pub(super) pulled: Pulled,
    pub(super) tally: Tally,
    /// The newest event that the platform keeps, as it said last.
    pub(super) last: Position,
    /// Nobody has said where to begin but our own clock.
    pub(super) is_tentative: bool,
    /// This connection told of something.
    pub(super) is_alive: bool,
    /// One of this call did.
    pub(super) has_read: bool,
    /// Up to where this connection was asked to tell again.
    pub(super) asked: Position,
    /// It was asked for what changed in one moment, and nothing else.
    pub(super) is_alone: bool,
}

/// What happens next.
enum Step<'a> {
    Finished(Finished),
    Frame(Box<Connection<'a>>, Result<Arrived, SendError>),
    Tick,
}

/// Frames and ticks that are waited for. Each is asked only when it is woken, so that
/// what waits is not asked again with each event that is done.
type Waiting<'a> = FuturesUnordered<LocalFuture<'a, Step<'a>>>;

impl<'a> Reading<'a> {
    /// Reads until the time is over, or it cannot be read.
    pub(super) async fn run(&mut self) -> Ended {
        let is_dry = self.mode == Mode::History { is_dry: true };
        let mut work = Work::new(self.context, is_dry, self.address.limit);
        loop {
            let connection = match self.connect().await {
                Ok(connection) => connection,
                Err(ended) => return ended,
            };
            let next = self.read(connection, &mut work).await;
            work.leave_waiting();
            let drained = self.drain(&mut work).await;
            let next = match (drained, next) {
                (Some(failure), _) => Next::End(Ended::Failed(failure)),
                (None, next) => next,
            };
            self.note_position();
            match next {
                Next::Go | Next::Again => {}
                Next::GoBack(turn) => self.reader.cursor.position = Some(turn),
                Next::Only(turn) => {
                    self.reader.cursor.position = Some(turn);
                    self.is_alone = true;
                }
                Next::Lost(why) => {
                    let clock = self.context.ports.clock;
                    if !self.is_alive || clock.now().after(PAUSE * 2) > self.ends {
                        return Ended::Stream(why);
                    }
                    clock.sleep(PAUSE).await;
                }
                Next::End(ended) => return ended,
            }
        }
    }

    async fn connect(&mut self) -> Result<Connection<'a>, Ended> {
        let now = self.context.ports.clock.now();
        let cursor = &self.reader.cursor;
        let start = match (cursor.position, self.address.stream.from) {
            (Some(position), _) | (None, StreamFrom::Position(position)) => position,
            (None, StreamFrom::Now) => {
                self.is_tentative = true;
                Position::at(now)
            }
        };
        let recovery = cursor.recovery.filter(|recovery| !recovery.is_over);
        self.tally.repeated = match recovery {
            Some(_) => self.tally.repeated + self.progress.unsettled(),
            None => 0,
        };
        self.progress = match self.mode {
            Mode::History { is_dry: true } => Progress::of_count(start),
            _ if cursor.is_slow => Progress::in_small_steps(start),
            _ => Progress::from(start),
        };
        self.pulled = Pulled::default();
        self.has_read |= std::mem::take(&mut self.is_alive);
        // A time without length is not told.
        let shortest = Position::at(start.at.after(Duration::from_millis(1)));
        let recover = recovery.map(|recovery| match self.is_alone {
            true => shortest,
            false => recovery.until.max(shortest),
        });
        self.asked = recover.unwrap_or(start);
        let time = self.ends.since(now).clamp(SHORTEST, TIME);
        match self.address.open(start, recover, time).await {
            Ok(connection) => {
                self.reader.cursor.failing = None;
                Ok(connection)
            }
            // There was no time to open it once more.
            Err(Refusal::Unreachable(_)) if time < TIME && self.has_read => Err(Ended::Time),
            Err(refusal) => Err(self.refused(&refusal)),
        }
    }

    /// The platform is left alone for a while.
    fn refused(&mut self, refusal: &Refusal) -> Ended {
        let now = self.context.ports.clock.now();
        let id = self.address.stream.id.as_deref().unwrap_or_default();
        let why = refusal.words(id);
        let before = self.reader.cursor.failing.take();
        let before = before.filter(|before| before.why == why);
        let times = before.as_ref().map_or(0, |before| before.times) + 1;
        let not_before = now.after(refusal.pause(times));
        self.reader.cursor.failing = Some(Failing {
            since: before.map_or(now, |before| before.since),
            times,
            not_before,
            why: why.clone(),
            login: self.address.login(),
        });
        if times == 1 {
            self.context.note_trouble("stream_refused", None, &why);
        }
        Ended::Refused { why, not_before }
    }

    async fn read(&mut self, connection: Connection<'a>, work: &mut Work<'a>) -> Next {
        let clock = self.context.ports.clock;
        let (mut frames, mut ticks) = (Waiting::new(), Waiting::new());
        let mut idle = Some(Box::new(connection));
        ticks.push(tick(clock, self.ends));
        let mut heard = clock.now();
        loop {
            if work.has_room()
                && let Some(connection) = idle.take()
            {
                heard = clock.now();
                frames.push(frame(connection));
            }
            if let Err(error) = self.keep_up() {
                return Next::End(Ended::Failed(error.into()));
            }
            match step(work, [&mut frames, &mut ticks]).await {
                Step::Finished(finished) => {
                    if let Some(failure) = self.finished(finished) {
                        return Next::End(Ended::Failed(failure));
                    }
                }
                // A long frame may take longer than silence may last.
                Step::Frame(connection, Ok(Arrived::Part)) => idle = Some(connection),
                Step::Frame(connection, Ok(Arrived::Frame(frame))) => {
                    idle = Some(connection);
                    match self.take(frame, work) {
                        Ok(Next::Go) => {}
                        Ok(next) => return next,
                        Err(failure) => return Next::End(Ended::Failed(failure)),
                    }
                }
                Step::Frame(_, Ok(Arrived::End)) => {
                    return Next::Lost("OpenCTI ended the stream".to_owned());
                }
                Step::Frame(_, Err(error)) => {
                    return Next::Lost(format!("the connection to OpenCTI broke: {error}"));
                }
                Step::Tick => ticks.push(tick(clock, self.ends)),
            }
            let now = clock.now();
            if now >= self.ends {
                return Next::End(Ended::Time);
            }
            if idle.is_none() && now.since(heard) > SILENCE {
                let seconds = SILENCE.as_secs();
                let why = format!("nothing came for {seconds} s, not even a heartbeat");
                return Next::Lost(why);
            }
        }
    }

    /// Waits for what was begun; the right to read is renewed meanwhile. The first
    /// failure, if there is one.
    async fn drain(&mut self, work: &mut Work<'a>) -> Option<Failure> {
        let clock = self.context.ports.clock;
        let mut ticks = Waiting::new();
        ticks.push(tick(clock, Timestamp::UNREADABLE));
        let mut failure = None;
        while !work.is_idle() {
            match step(work, [&mut ticks]).await {
                Step::Finished(finished) => failure = failure.or(self.finished(finished)),
                Step::Tick | Step::Frame(..) => ticks.push(tick(clock, Timestamp::UNREADABLE)),
            }
            if let Err(error) = self.keep_up() {
                failure.get_or_insert(error.into());
            }
        }
        failure
    }

    fn finished(&mut self, finished: Finished) -> Option<Failure> {
        match finished.result {
            Ok(outcomes) => {
                self.tally.add(&outcomes);
                self.progress.done(finished.ticket);
                None
            }
            // It is not done: the position stays before it.
            Err(failure) => {
                self.tally.count("failed");
                Some(failure)
            }
        }
    }

    /// What is remembered follows what is done; the right to read is renewed.
    fn keep_up(&mut self) -> Result<(), RecordError> {
        let age = self.reader.age();
        if age >= RENEWED_EVERY || (age >= SAVED_EVERY && self.note_position()) {
            self.note_position();
            self.reader.save()?;
        }
        Ok(())
    }

    /// Whether it moved.
    pub(super) fn note_position(&mut self) -> bool {
        let position = Some(self.progress.durable());
        let has_moved = !self.is_tentative && self.reader.cursor.position != position;
        if has_moved {
            self.reader.cursor.position = position;
        }
        has_moved
    }
}

/// The first of these that is ready: time passes only where nothing else happens.
async fn step<'a, const N: usize>(
    work: &mut Work<'a>,
    mut waiting: [&mut Waiting<'a>; N],
) -> Step<'a> {
    poll_fn(|waking| {
        if let Poll::Ready(finished) = work.poll(waking) {
            return Poll::Ready(Step::Finished(finished));
        }
        for waiting in &mut waiting {
            if let Poll::Ready(Some(step)) = Pin::new(&mut **waiting).poll_next_unpin(waking) {
                return Poll::Ready(step);
            }
        }
        Poll::Pending
    })
    .await
}

fn frame<'a>(mut connection: Box<Connection<'a>>) -> LocalFuture<'a, Step<'a>> {
    Box::pin(async move {
        let frame = connection.next().await;
        Step::Frame(connection, frame)
    })
}

fn tick<'a>(clock: &'a dyn Clock, ends: Timestamp) -> LocalFuture<'a, Step<'a>> {
    Box::pin(async move {
        clock.sleep(ends.since(clock.now()).min(TICK)).await;
        Step::Tick
    })
}
