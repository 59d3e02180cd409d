//! When an outbox task that failed is tried again, and when it is given up.

use std::time::Duration;

use crate::context::Context;
use crate::http::graphql::GraphqlError;
use crate::model::{EntityKey, OutboxTask, TaskKind};
use crate::notify::ChatError;
use crate::platform::SendError;
use crate::store::pause::LONGEST as LONGEST_PAUSE;
use crate::tracker::TrackerError;
use crate::upstream::UpstreamError;

/// The first pause between attempts; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// Old news are no help in a chat.
pub(super) const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Why a task was not done.
pub(super) enum Setback {
    /// Another attempt may help, after this long.
    Later(Option<Duration>, String),
    /// None will.
    Never(String),
}

impl From<ChatError> for Setback {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Later { after, why } => Self::Later(after, why),
            ChatError::Refused { why } => Self::Never(why),
        }
    }
}

impl From<TrackerError> for Setback {
    fn from(error: TrackerError) -> Self {
        let why = error.why().to_owned();
        match error {
            TrackerError::Retry { after, .. } => Self::Later(after, why),
            // A person may mend it meanwhile, or what stands between.
            TrackerError::Ambiguous { .. }
            | TrackerError::Denied { .. }
            | TrackerError::Misconfigured { .. } => Self::Later(None, why),
            TrackerError::Refused { .. }
            | TrackerError::TooLong { .. }
            | TrackerError::Gone { .. }
            | TrackerError::Fatal { .. } => Self::Never(why),
        }
    }
}

impl From<UpstreamError> for Setback {
    fn from(error: UpstreamError) -> Self {
        match error {
            UpstreamError::Later { after, why } => Self::Later(after, why),
            UpstreamError::Refused { why } | UpstreamError::Gone { why } => Self::Never(why),
        }
    }
}

impl From<GraphqlError> for Setback {
    fn from(error: GraphqlError) -> Self {
        let why = error.to_string();
        match error {
            GraphqlError::Unanswered(SendError::Denied) | GraphqlError::Token => Self::Never(why),
            GraphqlError::Unanswered(_) => Self::Later(None, why),
            GraphqlError::Status(429 | 500.., after) => Self::Later(after, why),
            GraphqlError::Status(..) | GraphqlError::Refused(_) => Self::Never(why),
        }
    }
}

/// The task with its next time, unless it is given up.
pub(super) fn put_off(
    context: Context<'_>,
    entity: &EntityKey,
    mut task: OutboxTask,
    setback: Setback,
    give_up_after: Duration,
) -> Option<OutboxTask> {
    let now = context.ports.clock.now();
    let given_up = now.since(task.since) > give_up_after;
    let event = match task.kind {
        TaskKind::Link => "remote_link_failed",
        TaskKind::WriteBack => "write_back_failed",
        TaskKind::Enrichment => "enrichment_missing",
        TaskKind::Description => "description_failed",
        TaskKind::SyncStatus | TaskKind::Back(_) => "sync_back_failed",
        TaskKind::Created(_) | TaskKind::DeadLetter(_) => "chat_failed",
    };
    match setback {
        Setback::Later(after, why) if !given_up => {
            let doubled = FIRST_PAUSE.saturating_mul(1 << task.attempts.min(10));
            let pause = after.unwrap_or(doubled).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            task.attempts += 1;
            task.not_before = now.after(pause);
            let again = task.not_before;
            context.warn(
                event,
                entity,
                format!("{why}; to be tried again at {again}"),
            );
            task.why = why;
            Some(task)
        }
        Setback::Later(_, why) | Setback::Never(why) => {
            context.warn(event, entity, format!("{why}; given up"));
            None
        }
    }
}
