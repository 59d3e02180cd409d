//! The record of requests, so that a test can say what was (and was not) sent.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::exchange::Request;

/// Every request since the start or the last [`Log::clear`].
#[derive(Default)]
pub(super) struct Log(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    count: usize,
    requests: Vec<Request>,
}

impl Log {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a request and gives it its number, counted from 1.
    pub(super) fn add(&self, request: Request) -> usize {
        let mut kept = self.kept();
        kept.count += 1;
        let number = kept.count;
        kept.requests.push(Request { number, ..request });
        number
    }

    /// Notes how a request ended.
    pub(super) fn settle(&self, number: usize, status: Option<u16>, took: Duration) {
        let mut kept = self.kept();
        if let Ok(index) = kept
            .requests
            .binary_search_by_key(&number, |request| request.number)
            && let Some(request) = kept.requests.get_mut(index)
        {
            request.status = status;
            request.took = Some(took);
        }
    }

    /// Looks at the requests without copying them.
    pub(super) fn look<T>(&self, at: impl FnOnce(&[Request]) -> T) -> T {
        at(&self.kept().requests)
    }

    pub(super) fn clear(&self) {
        self.kept().requests.clear();
    }
}
