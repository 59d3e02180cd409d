//! After a lease: what it left is tidied up, and what arrived meanwhile is taken in.

use std::time::Duration;

use super::attempt::work;
use super::count;
use super::failure::Failure;
use super::process::log_outcome;
use crate::context::Context;
use crate::model::EntityKey;
use crate::model::trace::How;
use crate::platform::log::Level;
use crate::store::inbox::PROMPT;
use crate::store::lease::tidy;
use crate::store::{Acquired, Asking, Released, acquire};

/// How often the inbox of one entity is emptied in a row.
const TIMES: usize = 20;
/// How long to wait for a change whose number was drawn, and how often.
const WAIT: Duration = Duration::from_millis(100);

/// Tidies up after all leases that were given up, and those that this leads to.
pub(super) async fn settle_all(context: Context<'_>) -> Result<(), Failure> {
    loop {
        let Some(released) = context.afterwards.next_released() else {
            return Ok(());
        };
        settle(context, &released).await?;
    }
}

/// The same; should the store fail, the log says so, and what waits is found later.
pub async fn settle_or_report(context: Context<'_>) {
    if let Err(failure) = settle_all(context).await {
        report(context, failure);
    }
}

async fn settle(context: Context<'_>, released: &Released) -> Result<(), Failure> {
    let mut more = tidy(context.ports, released)?;
    let mut waited = Duration::ZERO;
    for _ in 0..TIMES {
        if !more {
            return Ok(());
        }
        let asking = Asking::Inbox {
            missing_is_lost: waited > PROMPT,
        };
        let done = again(context, &released.entity, asking).await?;
        more = match context.afterwards.released_of(&released.entity) {
            Some(next) => tidy(context.ports, &next)?,
            // Somebody else is at work, and will look for itself.
            None => done == Again::Worked,
        };
        if more {
            context.ports.clock.sleep(WAIT).await;
            waited += WAIT;
        }
    }
    Ok(())
}

/// What came of another attempt at an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// There was something to be done.
    Worked,
    /// There is nothing to be done, or it is to be done elsewhere.
    Nothing,
    /// Somebody is at work on it, or it is not due.
    NotNow,
}

/// One attempt at an entity.
pub(super) async fn again(
    context: Context<'_>,
    entity: &EntityKey,
    asking: Asking<'_>,
) -> Result<Again, Failure> {
    let started = context.ports.clock.now();
    match acquire(context.ports, entity, asking).await? {
        Acquired::Mine(lease) => {
            let work = Box::pin(work(of_afterwards(context), *lease, None));
            let (outcome, notes) = context.ports.journal.keep(work).await;
            let outcome = outcome?;
            count::again(context, entity.source.as_str(), &outcome, &notes);
            let took = context.ports.clock.now().since(started);
            log_outcome(&context.log, "retry", &outcome, took);
            Ok(Again::Worked)
        }
        Acquired::Settled(_) | Acquired::Nothing => Ok(Again::Nothing),
        Acquired::Kept(_) => Ok(Again::NotNow),
    }
}

/// What is not done in a retry pass is taken along by somebody's request.
fn of_afterwards(context: Context<'_>) -> Context<'_> {
    let how = match context.how {
        How::Retry => How::Retry,
        _ => How::Afterwards,
    };
    Context { how, ..context }
}

pub(super) fn report(context: Context<'_>, failure: Failure) {
    let reason = failure.to_string().into();
    context
        .log
        .line(Level::Error, "retry_failed", &[("reason", reason)]);
}
