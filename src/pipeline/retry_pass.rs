//! Works off what is due: many entities side by side, bounded in time; then sweeps.

use std::cell::Cell;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};

use super::after_response::{again, report, settle_all};
use super::failure::Failure;
use crate::context::Context;
use crate::model::EntityKey;
use crate::store::queue;
use crate::store::sweep::{Limits, sweep};

/// So many entities are worked on at the same time.
const AT_ONCE: usize = 24;
/// What an attempt takes at least, as long as nobody knows better.
const SHORTEST: Duration = Duration::from_secs(1);
/// How many records one sweep looks at.
const SWEEP_RECORDS: usize = 500;

/// Works off what is due, for so long; safe to call from several places at once.
/// Nothing is begun that would take longer, as far as the attempts before it tell.
/// Answers what was done and what is left.
///
/// # Errors
/// When the store fails.
pub async fn retry_pass(context: Context<'_>, time: Duration) -> Result<Value, Failure> {
    let started = context.ports.clock.now();
    let context = Context {
        ends: Some(started.after(time)),
        ..context
    };
    let due = queue::due(context.ports.store)?;
    let due = due.iter().filter(|due| due.is_now(started));
    let longest = Cell::new(SHORTEST);
    let attempts = due.map(|due| attempt(context, &due.entity, &longest));
    let attempts = stream::iter(attempts).buffer_unordered(AT_ONCE);
    let tried = attempts
        .fold(0, async |tried, done| tried + usize::from(done))
        .await;
    let left = queue::due(context.ports.store)?;
    let retention = context.settings.retention()?;
    let limits = Limits {
        retention: retention.records,
        max_keys: retention.max_keys,
        records: SWEEP_RECORDS,
    };
    let swept = sweep(context.ports, limits, (started.as_millis() / 1000) as usize)?;
    let mut pass = json!({
        "tried": tried,
        "left": left.len(),
        "next": left.first().map(|due| due.not_before.to_string()),
        "swept": swept,
    });
    if let Some(closed) = twins_closed(context).await? {
        pass["twins_closed"] = closed.into();
    }
    Ok(pass)
}

/// One attempt, if there is time for it; whether there was something to be done.
async fn attempt(context: Context<'_>, entity: &EntityKey, longest: &Cell<Duration>) -> bool {
    let started = context.ports.clock.now();
    if context.time_left(longest.get()) < longest.get() {
        return false;
    }
    let done = again(context, entity, true).await;
    if let Err(failure) = settle_all(context).await {
        report(context, failure);
    }
    let took = context.ports.clock.now().since(started);
    longest.set(longest.get().max(took));
    match done {
        Ok(done) => done,
        Err(failure) => {
            report(context, failure);
            false
        }
    }
}

/// Without atomic counters, twins are looked for.
#[cfg(not(feature = "atomics"))]
async fn twins_closed(context: Context<'_>) -> Result<Option<usize>, Failure> {
    super::twins::close_twins(context).await.map(Some)
}

/// With atomic counters there are no twins.
#[cfg(feature = "atomics")]
async fn twins_closed(_: Context<'_>) -> Result<Option<usize>, Failure> {
    Ok(None)
}
