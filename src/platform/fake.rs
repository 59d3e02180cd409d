//! The ports in memory, for unit tests: a store that counts its writes, an
//! HTTP peer that answers from a script, a clock that only moves when told.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::model::Timestamp;

use super::journal::Journal;
use super::{
    Clock, Http, Limits, LocalFuture, LogSink, Piece, Pieces, Ports, SendError, Sent, Store,
    StoreError, VariableError, Variables,
};

/// Everything at once; hand out [`Fake::ports`].
#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) values: RefCell<BTreeMap<String, Vec<u8>>>,
    pub(crate) counters: RefCell<BTreeMap<String, i64>>,
    pub(crate) reads: Cell<usize>,
    pub(crate) writes: Cell<usize>,
    /// How often all keys were listed.
    pub(crate) listings: Cell<usize>,
    pub(crate) store_down: Cell<bool>,
    pub(crate) requests: RefCell<Vec<http::Request<Vec<u8>>>>,
    pub(crate) replies: RefCell<VecDeque<Result<http::Response<Vec<u8>>, SendError>>>,
    /// How many bytes of a body that is read as it arrives come at a time.
    pub(crate) piece: Cell<usize>,
    /// Each piece of it is waited for.
    pub(crate) hesitates: Cell<bool>,
    pub(crate) now_ms: Cell<u64>,
    pub(crate) settings: RefCell<BTreeMap<String, String>>,
    pub(crate) lines: RefCell<Vec<String>>,
    pub(crate) journal: Journal,
    /// What somebody else does right after the first write of a key that begins so.
    pub(crate) meanwhile: RefCell<Option<(String, Act)>>,
}

/// What somebody else does to what the store holds, or the clock.
pub(crate) type Act = Box<dyn FnOnce(&Fake)>;

impl Fake {
    pub(crate) fn ports(&self) -> Ports<'_> {
        Ports {
            store: self,
            http: self,
            clock: self,
            variables: self,
            log: self,
            journal: &self.journal,
        }
    }

    /// Queues the answer to the next outbound request.
    pub(crate) fn reply(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.as_bytes().to_vec()).unwrap();
        self.replies.borrow_mut().push_back(Ok(response));
    }

    /// After the first write of a key that begins so, somebody else does this.
    pub(crate) fn after_write(&self, key: &str, act: impl FnOnce(&Self) + 'static) {
        *self.meanwhile.borrow_mut() = Some((key.to_owned(), Box::new(act)));
    }

    fn written(&self, key: &str) {
        self.writes.set(self.writes.get() + 1);
        let met = |(begins, _): &mut (String, Act)| key.starts_with(begins.as_str());
        let act = self.meanwhile.borrow_mut().take_if(met);
        if let Some((_, act)) = act {
            act(self);
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        match self.store_down.get() {
            true => Err(StoreError("down".to_owned())),
            false => Ok(()),
        }
    }
}

impl Store for Fake {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.check()?;
        self.reads.set(self.reads.get() + 1);
        let counter = self.counters.borrow().get(key).copied();
        let counter = counter.map(|value| value.to_le_bytes().to_vec());
        Ok(self.values.borrow().get(key).cloned().or(counter))
    }

    fn keys(&self) -> Result<Vec<String>, StoreError> {
        self.check()?;
        self.listings.set(self.listings.get() + 1);
        let values = self.values.borrow();
        let counters = self.counters.borrow();
        Ok(values.keys().chain(counters.keys()).cloned().collect())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.check()?;
        self.values
            .borrow_mut()
            .insert(key.to_owned(), value.to_vec());
        self.written(key);
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.check()?;
        self.values.borrow_mut().remove(key);
        self.counters.borrow_mut().remove(key);
        self.written(key);
        Ok(())
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        self.check()?;
        assert!(
            !self.values.borrow().contains_key(key),
            "increment of a key that set wrote: {key}"
        );
        let mut counters = self.counters.borrow_mut();
        let counter = counters.entry(key.to_owned()).or_default();
        *counter += delta;
        let value = *counter;
        drop(counters);
        self.written(key);
        Ok(value)
    }
}

impl Http for Fake {
    fn send<'a>(&'a self, request: http::Request<Vec<u8>>, limits: Limits) -> Sent<'a, Vec<u8>> {
        self.requests.borrow_mut().push(request);
        let reply = self.replies.borrow_mut().pop_front();
        let reply = reply.expect("a scripted reply for every request");
        let reply = match reply {
            Ok(answer) if answer.body().len() > limits.answer => Err(limits.passed()),
            reply => reply,
        };
        Box::pin(std::future::ready(reply))
    }

    /// The body comes in pieces of [`Fake::piece`] bytes.
    fn open<'a>(
        &'a self,
        request: http::Request<Vec<u8>>,
        _: Duration,
    ) -> Sent<'a, Box<dyn Pieces + 'a>> {
        self.requests.borrow_mut().push(request);
        let reply = self.replies.borrow_mut().pop_front();
        let reply = reply.expect("a scripted reply for every request");
        let size = self.piece.get().max(1);
        let opened = reply.map(|answer| {
            answer.map(|body| {
                let pieces = body.chunks(size).map(<[u8]>::to_vec).collect();
                let hesitates = self.hesitates.get();
                Box::new(Scripted { pieces, hesitates }) as Box<dyn Pieces>
            })
        });
        Box::pin(std::future::ready(opened))
    }
}

/// A body that is all there, and breaks off at its end.
struct Scripted {
    pieces: VecDeque<Vec<u8>>,
    hesitates: bool,
}

impl Pieces for Scripted {
    fn next(&mut self) -> LocalFuture<'_, Piece> {
        let broken = SendError::Unclear("the connection broke".to_owned());
        let piece = self.pieces.pop_front().map(Some).ok_or(broken);
        let mut waits = self.hesitates;
        let mut piece = Some(piece);
        Box::pin(std::future::poll_fn(move |context| {
            if std::mem::take(&mut waits) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            piece.take().map_or(Poll::Pending, Poll::Ready)
        }))
    }
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms.get())
    }

    /// Time passes only by sleeping.
    fn sleep<'a>(&'a self, duration: Duration) -> LocalFuture<'a, ()> {
        self.now_ms
            .set(self.now_ms.get() + duration.as_millis() as u64);
        Box::pin(std::future::ready(()))
    }
}

impl Variables for Fake {
    fn get(&self, name: &str) -> Result<String, VariableError> {
        self.settings
            .borrow()
            .get(name)
            .cloned()
            .ok_or(VariableError::Undefined)
    }
}

impl LogSink for Fake {
    fn write(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

/// Runs a future that never truly waits.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future waits for something that the fake does not do")
}

/// The CPU time that this thread has used: what work costs, however busy the
/// machine is.
pub(crate) fn cpu_time() -> Duration {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        let now = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}
