//! What the trace says of one attempt.

use crate::context::Context;
use crate::model::trace::Turn;
use crate::model::{Decision, Event, Step};
use crate::store::Lease;

/// An attempt that begins.
pub(super) fn of(context: Context<'_>, lease: &Lease<'_>) -> Turn {
    let begun = Turn {
        at: context.ports.clock.now(),
        how: Some(context.how),
        ..Turn::default()
    };
    match lease.pending() {
        Some(pending) => Turn {
            change: pending.event.change.word().to_owned(),
            accepted: pending.since,
            attempt: u64::from(pending.attempts) + 1,
            ..begun
        },
        None => begun,
    }
}

/// It ends: the record keeps it with its next write.
pub(super) fn ends(context: Context<'_>, lease: &mut Lease<'_>, word: &str, reason: Option<&str>) {
    let now = context.ports.clock.now();
    lease.trace(context.ports.journal.end(now, word, reason));
}

/// What was decided.
pub(super) fn decided(context: Context<'_>, event: &Event, decision: &Decision) {
    let journal = context.ports.journal;
    if !event.change.ends()
        && let Ok(target) = context.target(event)
    {
        journal.routed(&target.route_name());
    }
    journal.decided(&words(decision));
    if decision.begins_anew {
        journal.decided("the alert gets its next issue");
    }
}

/// A decision in a few words: what becomes of the event, and by which steps.
fn words(decision: &Decision) -> String {
    let steps: Vec<String> = decision.plan.iter().map(step).collect();
    let mut words = decision.outcome.word().to_owned();
    if !steps.is_empty() {
        words = format!("{words}: {}", steps.join(", "));
    }
    match &decision.reason {
        Some(reason) => format!("{words} ({reason})"),
        None => words,
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Create(fields) => {
            let place = &fields.place;
            format!("create {} in {}", place.issue_type, place.project)
        }
        Step::Edit(edit) => {
            let fields = edit.changes.iter().map(|(field, _)| field.id);
            let custom = edit.custom.keys().map(String::as_str);
            let all: Vec<&str> = fields.chain(custom).collect();
            format!("edit {}", all.join(" "))
        }
        Step::Comment(_) => "comment".to_owned(),
        Step::EditComment { .. } => "edit a comment".to_owned(),
        Step::Transition(goal) => format!("move to {goal}"),
        Step::Link(_) => "link".to_owned(),
        Step::Duplicates { survivor } => format!("link to {survivor}"),
        Step::LookAtText | Step::LookAtStatus | Step::LookForSummary(_) => "look".to_owned(),
    }
}
