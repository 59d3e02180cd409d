//! What a step's answer calls for. Pure.

use crate::markup::plain_text;
use crate::model::{Event, Goal, Scope, Step};
use crate::text::digest;
use crate::tracker::{Dropped, Moved, TrackerError};

/// What a step that failed calls for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum After {
    /// The event is tried again; this step may have been done, and is looked for
    /// first.
    LookFirst,
    /// The others are done all the same; this is said of it.
    Note(String),
    /// This is done in its place.
    Instead(Step),
    /// The issue is gone or hidden: nothing more is done.
    Gone(String),
    /// The event is tried again, or given up.
    Fail,
}

pub(super) fn moves(step: Option<&Step>) -> bool {
    matches!(step, Some(Step::Transition(_)))
}

pub(super) fn is_refusal(error: &TrackerError) -> bool {
    matches!(
        error,
        TrackerError::Refused { .. } | TrackerError::Denied { .. }
    )
}

/// By what a step is known that must not be done twice; nothing for what can be.
/// It belongs to the event's version or firing.
pub(super) fn step_key(step: &Step, event: &Event) -> Option<String> {
    let what = match step {
        Step::Comment(text) => format!("comment/{}", digest(plain_text(text).as_bytes())),
        Step::Transition(goal) => format!("transition/{goal}"),
        Step::Duplicates { survivor } => format!("duplicates/{survivor}"),
        // The search for a lost create, states that were attempted, and ids keep
        // these from being done twice.
        Step::Create(_)
        | Step::Edit(_)
        | Step::EditComment { .. }
        | Step::Link(_)
        | Step::LookAtText
        | Step::LookAtStatus
        | Step::LookForSummary(_) => return None,
    };
    let firing = event.firings().and_then(|firings| firings.recent.last());
    let version = event.entity.version;
    Some(format!(
        "{what}/{}/{}/{}",
        version.modified.as_millis(),
        version.updated.as_millis(),
        firing.map(String::as_str).unwrap_or_default()
    ))
}

/// What a failed step calls for.
pub(super) fn after(step: &Step, error: &TrackerError) -> After {
    match (step, error) {
        // Somebody took the comment away, or closed it to us.
        (
            Step::EditComment { text, .. },
            TrackerError::Gone { .. } | TrackerError::Refused { .. } | TrackerError::Denied { .. },
        ) => After::Instead(Step::Comment(text.clone())),
        (_, TrackerError::Gone { why }) => After::Gone(why.clone()),
        (
            Step::Transition(goal),
            TrackerError::Refused { why, .. } | TrackerError::Denied { why },
        ) => After::Note(format!("it could not be moved to {goal}: {why}")),
        (
            Step::Duplicates { survivor },
            TrackerError::Refused { why, .. } | TrackerError::Denied { why },
        ) => After::Note(format!("it could not be linked to {survivor}: {why}")),
        // It may have been made behind a page that answered in Jira's place.
        (
            Step::Comment(_),
            TrackerError::Ambiguous { .. }
            | TrackerError::Misconfigured {
                scope: Scope::Event,
                ..
            },
        ) => After::LookFirst,
        (Step::Edit(_), TrackerError::TooLong { .. }) => After::Instead(step.clone()),
        _ => After::Fail,
    }
}

pub(super) fn moved_note(goal: &Goal, moved: &Moved) -> Option<String> {
    let by = |via: &[String]| match via {
        [] => String::new(),
        via => format!(", now it is in {}", via.join(", then in ")),
    };
    match (goal, moved) {
        (_, Moved::Already) => None,
        (Goal::Open, Moved::There { .. }) => {
            Some("the issue was done, and is open again".to_owned())
        }
        (Goal::Open, _) => Some("the issue is done, and no transition leads out of it".to_owned()),
        (_, Moved::There { via }) => {
            (!via.is_empty()).then(|| format!("moved over {}", via.join(", ")))
        }
        (_, Moved::Nowhere { via }) => {
            Some(format!("no transition leads there now: {goal}{}", by(via)))
        }
    }
}

pub(super) fn dropped_note(dropped: &[Dropped]) -> Option<String> {
    let each = dropped
        .iter()
        .map(|dropped| format!("{} ({})", dropped.field, dropped.why));
    let all = each.collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| format!("Jira did not take: {all}"))
}
