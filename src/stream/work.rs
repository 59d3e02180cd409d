//! The events that are being dealt with: some at a time, of one entity one after the
//! other, within a bounded memory.

use std::pin::Pin;
use std::task::{Context as Waking, Poll};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::progress::Ticket;
use crate::context::Context;
use crate::model::{EntityKey, Event, Outcome};
use crate::pipeline::{self, Failure, UnreadBytes};
use crate::platform::LocalFuture;
use crate::sources::Received;

/// So many events are dealt with at the same time.
const AT_ONCE: usize = 8;

/// One frame to be dealt with.
pub(super) struct Job {
    pub(super) ticket: Ticket,
    /// How much memory it takes: the bytes of its frame.
    pub(super) bytes: usize,
    pub(super) task: Task,
}

/// What is to be done with it.
pub(super) enum Task {
    /// It tells something.
    Told(Box<Received>),
    /// It cannot be read.
    Unread(Box<UnreadBytes>),
}

/// What came of a frame.
pub(super) struct Finished {
    pub(super) ticket: Ticket,
    pub(super) result: Result<Vec<Outcome>, Failure>,
    entities: Vec<EntityKey>,
    bytes: usize,
}

/// What is being dealt with.
pub(super) struct Work<'a> {
    context: Context<'a>,
    /// Nothing is done, only said.
    is_dry: bool,
    /// The frames that are dealt with have no more bytes than this, if they are
    /// several.
    limit: usize,
    running: FuturesUnordered<LocalFuture<'a, Finished>>,
    entities: Vec<EntityKey>,
    bytes: usize,
    /// It was read, and cannot be begun yet: so long nothing more is read.
    waiting: Option<Job>,
}

impl<'a> Work<'a> {
    pub(super) fn new(context: Context<'a>, is_dry: bool, limit: usize) -> Self {
        Self {
            context,
            is_dry,
            limit,
            running: FuturesUnordered::new(),
            entities: Vec::new(),
            bytes: 0,
            waiting: None,
        }
    }

    /// Whether another frame may be read.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.is_none()
    }

    /// Whether nothing is being dealt with.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Takes a job on; it begins now, or when there is room for it.
    pub(super) fn take(&mut self, job: Job) {
        self.waiting = Some(job);
        self.begin();
    }

    /// What was not begun is left: it is read again another time.
    pub(super) fn leave_waiting(&mut self) {
        self.waiting = None;
    }

    /// Something that was finished.
    pub(super) fn poll(&mut self, waking: &mut Waking<'_>) -> Poll<Finished> {
        let Poll::Ready(Some(finished)) = Pin::new(&mut self.running).poll_next_unpin(waking)
        else {
            return Poll::Pending;
        };
        self.bytes -= finished.bytes;
        self.entities.retain(|one| !finished.entities.contains(one));
        self.begin();
        Poll::Ready(finished)
    }

    fn begin(&mut self) {
        let Some(job) = self.waiting.take_if(|job| {
            let is_alone = self.running.is_empty();
            let fits = self.running.len() < AT_ONCE && self.bytes + job.bytes <= self.limit;
            let concerns = entities(&job.task);
            let is_free = !concerns.iter().any(|one| self.entities.contains(one));
            is_alone || (fits && is_free)
        }) else {
            return;
        };
        let entities = entities(&job.task);
        self.entities.extend(entities.iter().cloned());
        self.bytes += job.bytes;
        let (context, is_dry) = (self.context, self.is_dry);
        self.running.push(Box::pin(async move {
            Finished {
                ticket: job.ticket,
                bytes: job.bytes,
                entities,
                result: deal_with(context, job.task, is_dry).await,
            }
        }));
    }
}

/// Whom it is about, and who was merged into it.
fn entities(task: &Task) -> Vec<EntityKey> {
    let Task::Told(received) = task else {
        return Vec::new();
    };
    let Received::Event(event) = &**received else {
        return Vec::new();
    };
    let absorbed = event.of_absorbed();
    let all = std::iter::once(&**event).chain(&absorbed);
    all.map(|event: &Event| event.entity.key()).collect()
}

async fn deal_with(
    context: Context<'_>,
    task: Task,
    is_dry: bool,
) -> Result<Vec<Outcome>, Failure> {
    match task {
        Task::Told(received) if is_dry => pipeline::dry_run(context, &received),
        Task::Told(received) => {
            let outcome = pipeline::process(context, *received).await?;
            pipeline::settle_or_report(context).await;
            Ok(vec![outcome])
        }
        Task::Unread(body) if is_dry => Ok(vec![Outcome::queued(body.reason)]),
        Task::Unread(body) => pipeline::keep_unread(context, &body).map(|outcome| vec![outcome]),
    }
}
