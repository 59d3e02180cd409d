//! Does what was decided, step by step. Each answer is judged by [`after`],
//! which is pure.

use std::collections::VecDeque;

use super::failure::Failure;
use crate::context::Context;
use crate::decide::lifecycle;
use crate::markup::{Document, plain_text};
use crate::model::{
    Attempt, Decision, Edit, Event, Goal, IssueName, IssueRecord, OutcomeKind, Shown, Step,
};
use crate::store::Lease;
use crate::text::digest;
use crate::tracker::{Created, Dropped, Moved, TrackerError};

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Done {
    pub(super) outcome: OutcomeKind,
    /// What is remembered of the issue from now on; `None`: as before.
    pub(super) issue: Option<IssueRecord>,
    pub(super) reason: Option<String>,
    /// Whether the issue was filed without its description.
    pub(super) lacks_text: bool,
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
            lacks_text: false,
        }
    }
}

/// What a step that failed calls for.
#[derive(Debug, Clone, PartialEq)]
enum After {
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

/// What became of a step.
enum Performed {
    /// It is done; this is to be done next.
    Then(Option<Step>),
    /// The issue refuses it as it is now.
    Refused(Step, TrackerError),
    /// The issue is gone or hidden, and why.
    Gone(String),
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
            lacks_text: false,
        });
    };
    let mut execution = Execution {
        context,
        before: lease.issue().cloned().unwrap_or_default(),
        issue,
        notes: decision.reason.into_iter().collect(),
        lacks_text: false,
    };
    let mut plan = VecDeque::from(decision.plan);
    if !plan.is_empty() {
        // A holder that was held up must not touch what others may have taken
        // over.
        lease.must_be_ours()?;
    }
    while let Some(step) = plan.pop_front() {
        match execution.perform(lease, step).await? {
            Performed::Then(next) => next.into_iter().for_each(|step| plan.push_front(step)),
            // A closed issue may take no comment before it is opened.
            Performed::Refused(step, _) if opens(plan.front()) => plan.push_back(step),
            Performed::Refused(_, error) => return Err(error.into()),
            Performed::Gone(why) => return Ok(Done::gone(lease, &why)),
        }
    }
    Ok(Done {
        outcome: decision.outcome,
        reason: (!execution.notes.is_empty()).then(|| execution.notes.join("; ")),
        issue: Some(execution.issue),
        lacks_text: execution.lacks_text,
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
    /// Whether the issue was filed without its description.
    lacks_text: bool,
}

impl Execution<'_> {
    /// Does one step, unless an earlier attempt has done it.
    async fn perform(&mut self, lease: &mut Lease<'_>, step: Step) -> Result<Performed, Failure> {
        let mut step = step;
        loop {
            let key = lease.pending().and_then(|it| step_key(&step, &it.event));
            let key = key.unwrap_or_default();
            if lease.is_step_done(&key) {
                return Ok(Performed::Then(None));
            }
            let error = match self.send(lease, &step, &key).await {
                Ok(next) => {
                    if !key.is_empty() {
                        lease.step_done(key);
                    }
                    return Ok(Performed::Then(next));
                }
                Err(Failure::Tracker(error)) => error,
                Err(other) => return Err(other),
            };
            match after(&step, &error) {
                After::Note(note) => {
                    self.notes.push(note);
                    return Ok(Performed::Then(None));
                }
                After::Instead(other) => step = other,
                After::Gone(why) => return Ok(Performed::Gone(why)),
                After::LookFirst => {
                    lease.step_unsure(key);
                    return Err(error.into());
                }
                After::Fail if is_refusal(&error) => return Ok(Performed::Refused(step, error)),
                After::Fail => return Err(error.into()),
            }
        }
    }

    /// Sends a step; what is to be done next because of its answer.
    async fn send(
        &mut self,
        lease: &mut Lease<'_>,
        step: &Step,
        key: &str,
    ) -> Result<Option<Step>, Failure> {
        let (tracker, issue) = (self.context.tracker, self.before.name());
        match step {
            Step::Create(fields) => {
                let created = tracker.create(fields).await?;
                self.created(created);
                self.note_twins(lease);
            }
            Step::Edit(edit) => return self.edit(lease, edit).await,
            Step::Comment(text) => self.comment(lease, &issue, text, key).await?,
            Step::EditComment { id, text } => tracker.edit_comment(&issue, id, text).await?,
            Step::Transition(goal) => {
                let moved = tracker.transition(&issue, goal).await?;
                self.notes.extend(moved_note(goal, &moved));
            }
            Step::Duplicates { survivor } => tracker.duplicates(&issue, survivor).await?,
            Step::Link(link) => tracker.link(&issue, link).await?,
            Step::LookAtText | Step::LookAtStatus => {}
        }
        Ok(None)
    }

    /// Says something, unless a comment that may have been made is there.
    async fn comment(
        &mut self,
        lease: &mut Lease<'_>,
        issue: &IssueName,
        text: &Document,
        key: &str,
    ) -> Result<(), Failure> {
        let tracker = self.context.tracker;
        let found = match lease.is_step_unsure(key) {
            true => tracker.find_comment(issue, key).await?,
            false => None,
        };
        let id = match found {
            Some(id) => Some(id),
            None => tracker.comment(issue, text, key).await?,
        };
        if self.counts() {
            self.issue.counting.clone_from(&id);
            // Known even if a later step fails: the next count goes there too.
            self.before.counting = id;
            lease.adopt(self.before.clone());
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
        self.lacks_text = created.lacks_text;
        self.notes.extend(dropped_note(&created.dropped));
        if created.lacks_text {
            let note = "Jira did not take the description, so it is in a comment";
            self.notes.push(note.to_owned());
        }
    }

    /// One edit. Should its answer be lost, the issue may show it all the same.
    /// What Jira does not let be edited is told next.
    async fn edit(&mut self, lease: &mut Lease<'_>, edit: &Edit) -> Result<Option<Step>, Failure> {
        let attempt = Attempt {
            applied: self.issue.applied.clone(),
            shown: self.will_show(edit),
        };
        lease.attempt(attempt)?;
        let tracker = self.context.tracker;
        let edited = tracker.edit(&self.before.name(), edit).await?;
        let left_out = edited.left_out;
        if left_out.get("summary").is_none()
            && let Some(summary) = edit.line("summary")
        {
            self.issue.summary = summary.to_owned();
        }
        if let Some(description) = edited.description {
            self.issue.description = description;
        }
        self.issue.attempted.clear();
        self.notes.extend(dropped_note(&edited.dropped));
        // What is left out is not dealt with before it is told.
        let applied = self.issue.applied.without(&left_out, &self.before.applied);
        self.before = IssueRecord {
            applied,
            summary: self.issue.summary.clone(),
            description: self.issue.description.clone(),
            attempted: Vec::new(),
            ..self.before.clone()
        };
        lease.adopt(self.before.clone());
        if left_out.is_empty() {
            return Ok(None);
        }
        let note = "Jira does not let all of it be edited, so that is in a comment";
        self.notes.push(note.to_owned());
        let profile = lease
            .pending()
            .map(|it| self.context.profile(&it.event.entity));
        Ok(profile.map(|profile| Step::Comment(lifecycle::tell(profile, &left_out))))
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

fn opens(step: Option<&Step>) -> bool {
    matches!(step, Some(Step::Transition(Goal::Open)))
}

fn is_refusal(error: &TrackerError) -> bool {
    matches!(
        error,
        TrackerError::Refused { .. } | TrackerError::Denied { .. }
    )
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
        (Step::Comment(_), TrackerError::Ambiguous { .. }) => After::LookFirst,
        _ => After::Fail,
    }
}

fn moved_note(goal: &Goal, moved: &Moved) -> Option<String> {
    let by = |via: &[String]| match via {
        [] => String::new(),
        via => format!(", now it is in {}", via.join(", then in ")),
    };
    match (goal, moved) {
        (Goal::Open, Moved::There { .. }) => {
            Some("the issue was done, and is open again".to_owned())
        }
        (Goal::Open, _) => Some("the issue is done, and no transition leads out of it".to_owned()),
        (_, Moved::Already) => None,
        (_, Moved::There { via }) => {
            (!via.is_empty()).then(|| format!("moved over {}", via.join(", ")))
        }
        (_, Moved::Nowhere { via }) => {
            Some(format!("no transition leads there now: {goal}{}", by(via)))
        }
    }
}

fn dropped_note(dropped: &[Dropped]) -> Option<String> {
    let each = dropped
        .iter()
        .map(|dropped| format!("{} ({})", dropped.field, dropped.why));
    let all = each.collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| format!("Jira did not take: {all}"))
}
