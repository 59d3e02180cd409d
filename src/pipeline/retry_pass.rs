//! A retry pass: works off what is due, bounded in time, and now and then looks after
//! the whole store.

use std::time::Duration;

use serde_json::{Value, json};

use super::failure::Failure;
use super::settle::report;
use super::work_off::Pass;
use crate::context::Context;
use crate::model::Timestamp;
use crate::model::trace::How;
use crate::store::queue::{self, Left};
use crate::store::upkeep::{self, Limits, Upkeep};
use crate::store::{Line, figures, hold};

/// How many records are looked at each time that the store is looked after.
#[cfg(feature = "atomics")]
const RECORDS: usize = 500;
/// Without atomic counters, all of them: a store has few keys.
#[cfg(not(feature = "atomics"))]
const RECORDS: usize = usize::MAX;

/// What a pass is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassOptions {
    /// How long it may take.
    pub time: Duration,
    /// Looks after the whole store now, and not only when it is time to.
    pub upkeep: bool,
}

/// Works off what is due; safe to call from several places at once. Answers what was
/// done and what is left.
///
/// # Errors
/// When the store fails.
pub async fn retry_pass(context: Context<'_>, options: PassOptions) -> Result<Value, Failure> {
    let started = context.ports.clock.now();
    let context = Context {
        how: How::Retry,
        ends: Some(started.after(options.time)),
        ..context
    };
    let upkeep = match options.upkeep || upkeep::is_due(context.ports)? {
        true => look_after(context, started).await,
        false => Ok(None),
    };
    // What waits is worked off all the same.
    let upkeep = upkeep.unwrap_or_else(|failure| {
        report(context, failure);
        None
    });
    let pass = Pass::new(context);
    if let Some(upkeep) = &upkeep {
        pass.gather(&upkeep.astray).await?;
    }
    pass.work_off().await?;
    let left = left(context)?;
    let Left { count, next, .. } = left;
    let at_work = upkeep.as_ref().map_or(0, |upkeep| upkeep.at_work);
    if context.settings.counts() {
        let listed = upkeep.as_ref();
        let listed = listed.map(|upkeep| (upkeep.keys.as_slice(), upkeep.dead_balance));
        if let Err(error) = figures::leave(context.ports, &left, listed) {
            report(context, error.into());
        }
    }
    let mut told = json!({
        "tried": pass.tried(),
        "left": count + at_work,
        "next": next.map(|at| at.to_string()),
    });
    if let Some(upkeep) = upkeep {
        told["swept"] = upkeep.swept.into();
        if let Some(closed) = twins_closed(context, &upkeep).await? {
            told["twins_closed"] = closed.into();
        }
    }
    Ok(told)
}

async fn look_after(context: Context<'_>, started: Timestamp) -> Result<Option<Upkeep>, Failure> {
    let retention = context.settings.retention()?;
    let limits = Limits {
        retention: retention.records,
        max_keys: retention.max_keys,
        records: RECORDS,
        index_issues: context.settings.sync_back()?.is_on(),
        counts_events: context.settings.counts(),
    };
    let start = started.as_millis() / 1000;
    let start = usize::try_from(start).unwrap_or_default();
    let upkeep = upkeep::look_after(context.ports, limits, start).await?;
    Ok(Some(upkeep))
}

fn left(context: Context<'_>) -> Result<Left, Failure> {
    let holds = hold::all(context.ports.store)?;
    let holds = holds.iter();
    let holds: Vec<_> = holds
        .map(|hold| (Line::of_hold(&hold.scope), hold.until))
        .collect();
    Ok(queue::left(context.ports, &holds)?)
}

/// Without atomic counters, twins are looked for.
#[cfg(not(feature = "atomics"))]
async fn twins_closed(context: Context<'_>, upkeep: &Upkeep) -> Result<Option<usize>, Failure> {
    super::twins::close_twins(context, &upkeep.keys)
        .await
        .map(Some)
}

/// With atomic counters there are no twins.
#[cfg(feature = "atomics")]
async fn twins_closed(_: Context<'_>, _: &Upkeep) -> Result<Option<usize>, Failure> {
    Ok(None)
}
