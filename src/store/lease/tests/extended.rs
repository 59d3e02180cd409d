//! A lease that is extended while something is waited for that takes longer.

use std::cell::Cell;
use std::task::Poll;

use super::*;
use crate::platform::LocalFuture;

/// Something that is done once so much time has passed.
fn done_after(fake: &Fake, time: Duration) -> LocalFuture<'_, u64> {
    let until = fake.now_ms.get() + time.as_millis() as u64;
    Box::pin(std::future::poll_fn(move |context| {
        context.waker().wake_by_ref();
        match fake.now_ms.get() >= until {
            true => Poll::Ready(fake.now_ms.get()),
            false => Poll::Pending,
        }
    }))
}

#[test]
fn a_lease_lasts_as_long_as_somebody_waits() {
    let fake = Fake::default();
    let mut lease = win(&fake, 1);
    block_on(lease.extended(done_after(&fake, LEASE * 2))).unwrap();
    assert!(fake.now_ms.get() >= LEASE.as_millis() as u64 * 2);
    assert!(lease.is_ours().unwrap());
    assert!(matches!(take_again(&fake), Acquired::Kept(_)));
    let until = record(&fake).leased_until;
    let now = Timestamp::from_millis(fake.now_ms.get());
    assert!(
        until <= now.after(LEASE),
        "nobody writes one that lasts longer"
    );
    lease.finish(Some(issue(1))).unwrap();
    assert!(matches!(ask(&fake, 1), Acquired::Settled(_)));
}

#[test]
fn what_takes_no_time_extends_once_and_asks_no_clock() {
    let fake = Fake::default();
    let mut lease = win(&fake, 1);
    later(&fake, LEASE / 2);
    assert_eq!(
        block_on(lease.extended(Box::pin(std::future::ready(7)))),
        Ok(7)
    );
    let now = Timestamp::from_millis(fake.now_ms.get());
    assert_eq!(fake.now_ms.get(), LEASE.as_millis() as u64 / 2);
    assert_eq!(record(&fake).leased_until, now.after(LEASE));
    lease.finish(None).unwrap();
}

#[test]
fn one_that_was_overtaken_waits_for_nothing() {
    let fake = Fake::default();
    let mut lease = win(&fake, 1);
    later(&fake, LEASE * 2);
    let is_asked = Cell::new(false);
    let call = Box::pin(async { is_asked.set(true) });
    let overtaken = block_on(lease.extended(call));
    assert!(
        matches!(overtaken, Err(RecordError::Overtaken)),
        "{overtaken:?}"
    );
    assert!(
        !is_asked.get(),
        "nothing is begun with a lease that is over"
    );
}

#[test]
fn a_wait_in_which_the_lease_is_lost_ends() {
    let fake = Fake::default();
    let mut lease = win(&fake, 1);
    let mut polls = 0;
    // The machine sleeps for longer than the lease lasts.
    let call: LocalFuture<'_, ()> = Box::pin(std::future::poll_fn(|context| {
        polls += 1;
        later(&fake, LEASE * 2);
        context.waker().wake_by_ref();
        Poll::Pending
    }));
    let overtaken = block_on(lease.extended(call));
    assert!(
        matches!(overtaken, Err(RecordError::Overtaken)),
        "{overtaken:?}"
    );
    assert_eq!(polls, 1);
}
