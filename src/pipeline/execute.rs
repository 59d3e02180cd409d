//! Does what was decided, step by step. Each answer is judged by [`after`],
//! which is pure.

use super::failure::Failure;
use crate::context::Context;
use crate::markup::plain_text;
use crate::model::{Attempt, Decision, Edit, Event, Goal, IssueRecord, OutcomeKind, Shown, Step};
use crate::store::Lease;
use crate::text::digest;
use crate::tracker::{Created, Dropped, TrackerError};

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Done {
    pub(super) outcome: OutcomeKind,
    /// What is remembered of the issue from now on; `None`: as before.
    pub(super) issue: Option<IssueRecord>,
    pub(super) reason: Option<String>,
}

impl Done {
    /// The issue is gone or hidden: what is remembered of it stays, and the
    /// entity's next event looks again.
    pub(super) fn gone(lease: &Lease<'_>, why: &str) -> Self {
        let issue = lease.issue().cloned();
        let key = issue.as_ref().map_or("the issue", |issue| &issue.key);
        Self {
            outcome: OutcomeKind::Ignored,
            reason: Some(format!("{key} is gone or hidden: {why}")),
            issue,
        }
    }
}

/// What a step that failed calls for.
#[derive(Debug, Clone, PartialEq)]
enum After {
    /// The others are done all the same; this is said of it.
    Note(String),
    /// This is done in its place.
    Instead(Step),
    /// The issue is gone or hidden: nothing more is done.
    Gone(String),
    /// The event is tried again, or given up.
    Fail,
}

/// Carries a decision out.
pub(super) async fn execute(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    decision: Decision,
) -> Result<Done, Failure> {
    let Some(issue) = decision.issue else {
        return Ok(Done {
            outcome: decision.outcome,
            issue: None,
            reason: decision.reason,
        });
    };
    let mut execution = Execution {
        context,
        before: lease.issue().cloned().unwrap_or_default(),
        issue,
        notes: decision.reason.into_iter().collect(),
    };
    let mut plan = decision.plan.into_iter().peekable();
    if plan.peek().is_some() {
        // A holder that was held up must not touch what others may have taken
        // over.
        lease.must_be_ours()?;
    }
    for step in plan {
        match execution.perform(lease, step).await? {
            None => {}
            Some(why) => return Ok(Done::gone(lease, &why)),
        }
    }
    Ok(Done {
        outcome: decision.outcome,
        reason: (!execution.notes.is_empty()).then(|| execution.notes.join("; ")),
        issue: Some(execution.issue),
    })
}

struct Execution<'a> {
    context: Context<'a>,
    /// What was remembered before.
    before: IssueRecord,
    /// What will be, once all steps are done.
    issue: IssueRecord,
    /// What is said of it.
    notes: Vec<String>,
}

impl Execution<'_> {
    /// Does one step, unless an earlier attempt has done it. `Some`: the issue
    /// is gone; why.
    async fn perform(
        &mut self,
        lease: &mut Lease<'_>,
        step: Step,
    ) -> Result<Option<String>, Failure> {
        let mut step = step;
        loop {
            let key = lease.pending().and_then(|it| step_key(&step, &it.event));
            if key.as_ref().is_some_and(|key| lease.is_step_done(key)) {
                return Ok(None);
            }
            let error = match self.send(lease, &step).await {
                Ok(()) => {
                    key.into_iter().for_each(|key| lease.step_done(key));
                    return Ok(None);
                }
                Err(Failure::Tracker(error)) => error,
                Err(other) => return Err(other),
            };
            match after(&step, &error) {
                After::Note(note) => {
                    self.notes.push(note);
                    return Ok(None);
                }
                After::Instead(other) => step = other,
                After::Gone(why) => return Ok(Some(why)),
                After::Fail => return Err(error.into()),
            }
        }
    }

    async fn send(&mut self, lease: &mut Lease<'_>, step: &Step) -> Result<(), Failure> {
        let (tracker, key) = (self.context.tracker, self.before.key.clone());
        match step {
            Step::Create(fields) => {
                let created = tracker.create(fields).await?;
                self.created(created);
                self.note_twins(lease);
            }
            Step::Edit(edit) => self.edit(lease, edit).await?,
            Step::Comment(text) => {
                let id = tracker.comment(&key, text).await?;
                if self.counts() {
                    self.issue.counting = id;
                }
            }
            Step::EditComment { id, text } => tracker.edit_comment(&key, id, text).await?,
            Step::Transition(goal) => {
                let moved = tracker.transition(&key, goal).await?;
                self.notes.extend(moved_note(goal, moved));
            }
            Step::Duplicates { survivor } => tracker.duplicates(&key, survivor).await?,
            Step::Link(link) => tracker.link(&key, link).await?,
            Step::LookAtText | Step::LookAtStatus => {}
        }
        Ok(())
    }

    /// Whether comments count an alert's firings.
    fn counts(&self) -> bool {
        !self.issue.firings.is_empty()
    }

    /// Without atomic counters, a new issue is looked at for twins later.
    #[cfg(not(feature = "atomics"))]
    fn note_twins(&self, lease: &Lease<'_>) {
        use crate::store::twins::{self, Fresh};
        let fresh = Fresh {
            entity: lease.entity().clone(),
            sequence: lease.sequence(),
            at: self.context.ports.clock.now(),
        };
        if let Err(error) = twins::note(self.context.ports.store, &fresh) {
            self.context.warn("twins_unwatched", lease.entity(), error);
        }
    }

    /// With atomic counters there are no twins.
    #[cfg(feature = "atomics")]
    fn note_twins(&self, _: &Lease<'_>) {}

    fn created(&mut self, created: Created) {
        self.issue.key = created.key;
        self.issue.id = created.id;
        self.issue.summary = created.shown.summary;
        self.issue.description = created.shown.description;
        self.notes.extend(dropped_note(&created.dropped));
    }

    /// One edit. Should its answer be lost, the issue may show it all the same.
    async fn edit(&mut self, lease: &mut Lease<'_>, edit: &Edit) -> Result<(), Failure> {
        let attempt = Attempt {
            applied: self.issue.applied.clone(),
            shown: self.will_show(edit),
        };
        lease.attempt(attempt)?;
        let dropped = self.context.tracker.edit(&self.before.key, edit).await?;
        let shown = self.will_show(edit);
        self.issue.summary = shown.summary;
        self.issue.description = shown.description;
        self.issue.attempted.clear();
        self.notes.extend(dropped_note(&dropped));
        lease.adopt(IssueRecord {
            applied: self.issue.applied.clone(),
            summary: self.issue.summary.clone(),
            description: self.issue.description.clone(),
            attempted: Vec::new(),
            ..self.before.clone()
        });
        Ok(())
    }

    /// What people see once the edit is made.
    fn will_show(&self, edit: &Edit) -> Shown {
        let summary = edit.line("summary").unwrap_or(&self.before.summary);
        let description = edit.text("description").map_or_else(
            || self.before.description.clone(),
            |description| self.context.tracker.fingerprint(description),
        );
        Shown {
            summary: summary.to_owned(),
            description,
        }
    }
}

/// By what a step is known that must not be done twice; nothing for what can be.
/// It belongs to the event's version or firing.
fn step_key(step: &Step, event: &Event) -> Option<String> {
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
        | Step::LookAtStatus => return None,
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
fn after(step: &Step, error: &TrackerError) -> After {
    match (step, error) {
        // Somebody took the comment away, or closed it to us.
        (
            Step::EditComment { text, .. },
            TrackerError::Gone { .. } | TrackerError::Refused { .. },
        ) => After::Instead(Step::Comment(text.clone())),
        (_, TrackerError::Gone { why }) => After::Gone(why.clone()),
        (Step::Transition(goal), TrackerError::Refused { why, .. }) => {
            After::Note(format!("it could not be moved to {goal}: {why}"))
        }
        _ => After::Fail,
    }
}

fn moved_note(goal: &Goal, moved: bool) -> Option<String> {
    match (goal, moved) {
        (Goal::Open, true) => Some("the issue was done, and is open again".to_owned()),
        (Goal::Open, false) => {
            Some("the issue is done, and no transition leads out of it".to_owned())
        }
        (_, true) => None,
        (_, false) => Some(format!("no transition leads there now: {goal}")),
    }
}

fn dropped_note(dropped: &[Dropped]) -> Option<String> {
    let each = dropped
        .iter()
        .map(|dropped| format!("{} ({})", dropped.field, dropped.why));
    let all = each.collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| format!("Jira did not take: {all}"))
}
