//! Work side by side.

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::LocalFuture;

/// Does what `next` hands out, so many things at a time, until it has none and all
/// are done. What they come to, they leave in a place of their own: one kind of future
/// for all of them keeps the component small.
pub async fn side_by_side<'a>(
    at_once: usize,
    next: &mut dyn FnMut() -> Option<LocalFuture<'a, ()>>,
) {
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < at_once
            && let Some(work) = next()
        {
            running.push(work);
        }
        if running.next().await.is_none() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::platform::fake::block_on;

    #[test]
    fn all_is_done_and_no_more_at_a_time_than_is_asked_for() {
        let (running, most, done) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let mut left = 10;
        block_on(side_by_side(3, &mut || {
            left -= 1;
            let work: LocalFuture<'_, ()> = Box::pin(async {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                let mut polls = 0;
                std::future::poll_fn(|context| {
                    polls += 1;
                    context.waker().wake_by_ref();
                    match polls > 2 {
                        true => std::task::Poll::Ready(()),
                        false => std::task::Poll::Pending,
                    }
                })
                .await;
                running.set(running.get() - 1);
                done.set(done.get() + 1);
            });
            (left >= 0).then_some(work)
        }));
        assert_eq!((most.get(), done.get()), (3, 10));
    }
}
