//! Waiting for a time, on Spin's SDK.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use wasi::clocks::monotonic_clock::subscribe_duration;

/// Waits on WASI's monotonic clock through the SDK's executor. It is asked once, however
/// often the future is polled, and forgets when the future is dropped: else a pass with
/// hundreds of requests would hand it as many deadlines each time it waits.
pub(super) async fn sleep(duration: Duration) {
    let over = Arc::new(Over::default());
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let pollable = subscribe_duration(nanoseconds);
    let token = push_waker_and_get_token(pollable, over.clone().into());
    let _registered = CancelOnDropToken::from(token);
    poll_fn(|context| over.poll(context)).await;
}

/// Whether a time is over, and who waits for it.
#[derive(Default)]
struct Over {
    is_over: AtomicBool,
    waiting: Mutex<Option<Waker>>,
}

impl Over {
    fn poll(&self, context: &Context<'_>) -> Poll<()> {
        if self.is_over.load(Ordering::Relaxed) {
            return Poll::Ready(());
        }
        *self.waiting() = Some(context.waker().clone());
        Poll::Pending
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Over {
    fn wake(self: Arc<Self>) {
        self.is_over.store(true, Ordering::Relaxed);
        let waiting = self.waiting().take();
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}
