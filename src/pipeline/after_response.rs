//! What is done once the sender has its answer: the leases of this delivery
//! are tidied up, changes that arrived meanwhile are taken in, and one thing
//! that was put off is taken along, so that a busy function heals by itself.

use std::time::Duration;

use super::attempt::work;
use super::failure::Failure;
use super::process::log_outcome;
use crate::context::Context;
use crate::model::EntityKey;
use crate::platform::log::Level;
use crate::store::lease::{PROMPT, tidy};
use crate::store::{Acquired, Released, queue, reacquire};

/// How often the inbox of one entity is emptied in a row.
const TIMES: usize = 20;
/// How long to wait for a change whose number was drawn, and how often.
const WAIT: Duration = Duration::from_millis(100);

/// After a delivery.
pub async fn after_response(context: Context<'_>) {
    if let Err(failure) = settle_all(context).await {
        report(context, failure);
    }
    if queue::hinted(context.ports.store)
        && let Err(failure) = take_one_along(context).await
    {
        report(context, failure);
    }
}

/// Tidies up after all leases that were given up, and those that this leads to.
pub(super) async fn settle_all(context: Context<'_>) -> Result<(), Failure> {
    loop {
        let Some(released) = context.next_released() else {
            return Ok(());
        };
        settle(context, &released).await?;
    }
}

async fn settle(context: Context<'_>, released: &Released) -> Result<(), Failure> {
    let mut more = tidy(context.ports.store, released)?;
    let mut waited = Duration::ZERO;
    for _ in 0..TIMES {
        if !more {
            return Ok(());
        }
        let missing_is_lost = waited > PROMPT;
        let done = again(context, &released.entity, missing_is_lost).await?;
        more = match context.released_of(&released.entity) {
            Some(next) => tidy(context.ports.store, &next)?,
            // Somebody else is at work, and will look for itself.
            None => done,
        };
        if more {
            context.ports.clock.sleep(WAIT).await;
            waited += WAIT;
        }
    }
    Ok(())
}

/// One attempt at an entity; true if there was something to be done.
pub(super) async fn again(
    context: Context<'_>,
    entity: &EntityKey,
    missing_is_lost: bool,
) -> Result<bool, Failure> {
    let started = context.ports.clock.now();
    match reacquire(context.ports, entity, missing_is_lost).await? {
        Acquired::Mine(lease) => {
            let outcome = Box::pin(work(context, *lease, None)).await?;
            let took = context.ports.clock.now().since(started);
            log_outcome(&context.log, "retry", &outcome, took);
            Ok(true)
        }
        Acquired::Settled(_) | Acquired::Kept(_) | Acquired::Nothing => Ok(false),
    }
}

async fn take_one_along(context: Context<'_>) -> Result<(), Failure> {
    let now = context.ports.clock.now();
    let due = queue::due(context.ports.store)?;
    if let Some(due) = due.into_iter().find(|due| due.is_now(now)) {
        again(context, &due.entity, true).await?;
        settle_all(context).await?;
    }
    Ok(())
}

pub(super) fn report(context: Context<'_>, failure: Failure) {
    let reason = failure.to_string().into();
    context
        .log
        .line(Level::Error, "retry_failed", &[("reason", reason)]);
}
