//! One event from its source to its outcome, and what the log says of it.

use std::time::Duration;

use serde_json::Value;

use super::count;
use super::deliver::deliver;
use super::failure::Failure;
use crate::context::Context;
use crate::model::{EntityRef, Event, Outcome, OutcomeKind, SourceKey, Timestamp};
use crate::platform::LocalFuture;
use crate::platform::journal::Notes;
use crate::platform::log::{Level, Log};
use crate::sources::Received;

/// Deals with one thing that a request told, and logs what became of it.
///
/// # Errors
/// When it was neither done nor kept.
pub async fn process(context: Context<'_>, received: Received) -> Result<Outcome, Failure> {
    let started = context.ports.clock.now();
    let journal = context.ports.journal;
    let (mut source, mut notes) = (None, Notes::default());
    let (entity, result) = match received {
        Received::Nothing { entity, reason } => {
            (entity.clone(), Ok(Outcome::ignored(entity, reason)))
        }
        Received::Event(mut event) => {
            came_at(context, &mut event, started);
            let entity = Some((&event.entity).into());
            source = Some(event.entity.source.clone());
            let (result, noted) = journal.keep(Box::pin(deliver(context, &event))).await;
            notes = noted;
            (entity, result)
        }
    };
    log(context, entity.as_ref(), &result, started);
    let source = source.as_ref().map(SourceKey::as_str);
    count::delivery(context, source, &result, &notes);
    result
}

/// Says when an event came, and logs it if its sender says a time that cannot be.
pub(super) fn came_at(context: Context<'_>, event: &mut Event, now: Timestamp) {
    let Some(said) = event.came_at(now) else {
        return;
    };
    let words = |time: Timestamp| match time.to_string() {
        text if text.is_empty() => "an unreadable time".to_owned(),
        text => text,
    };
    let why = format!(
        "it says that it changed at {} and was touched at {}; what lies more than a day ahead is not believed, and taken for {}",
        words(said.modified),
        words(said.updated),
        event.entity.version.modified
    );
    context.warn("time_not_believed", &event.entity.key(), why);
}

/// Deals with a message about an issue, and logs what became of it.
///
/// # Errors
/// When it was neither ignored nor kept.
pub async fn take_message(
    context: Context<'_>,
    heard: LocalFuture<'_, Result<Outcome, Failure>>,
) -> Result<Outcome, Failure> {
    let started = context.ports.clock.now();
    let (result, notes) = context.ports.journal.keep(heard).await;
    let entity = result
        .as_ref()
        .ok()
        .and_then(|outcome| outcome.entity.as_ref());
    log(context, entity, &result, started);
    count::delivery(context, None, &result, &notes);
    result
}

/// Logs what became of a delivery.
pub(super) fn log(
    context: Context<'_>,
    entity: Option<&EntityRef>,
    result: &Result<Outcome, Failure>,
    started: Timestamp,
) {
    let took = context.ports.clock.now().since(started);
    let is_well = |outcome: &Outcome| {
        use OutcomeKind::{Created, Duplicate, Updated};
        matches!(outcome.kind, Created | Updated | Duplicate)
    };
    if result.as_ref().is_ok_and(is_well) {
        context.afterwards.takes_along.set(true);
    }
    match result {
        Ok(outcome) => log_outcome(&context.log, "delivery", outcome, took),
        Err(failure) => log_failure(&context.log, entity, failure, took),
    }
}

pub(super) fn log_outcome(log: &Log<'_>, event: &str, outcome: &Outcome, took: Duration) {
    let entity = outcome.entity.as_ref();
    let issue = outcome.issue.as_ref();
    log.line(
        Level::Info,
        event,
        &[
            ("outcome", outcome.kind.word().into()),
            ("entity", entity.map(|entity| &*entity.id).into()),
            ("entity_type", entity.map(|entity| &*entity.kind).into()),
            ("issue", issue.map(|issue| &*issue.key).into()),
            ("reason", outcome.reason.as_deref().into()),
            ("ms", millis(took)),
        ],
    );
}

fn log_failure(log: &Log<'_>, entity: Option<&EntityRef>, failure: &Failure, took: Duration) {
    log.line(
        Level::Error,
        "delivery",
        &[
            ("outcome", "failed".into()),
            ("entity", entity.map(|entity| &*entity.id).into()),
            ("entity_type", entity.map(|entity| &*entity.kind).into()),
            ("reason", failure.to_string().into()),
            ("status", failure.status().into()),
            ("ms", millis(took)),
        ],
    );
}

fn millis(time: Duration) -> Value {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).into()
}
