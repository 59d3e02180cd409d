//! Does what was decided, step by step. Each answer is judged by [`after`].

use std::collections::VecDeque;

use super::after::{After, after, dropped_note, is_refusal, moved_note, moves, step_key};
use super::failure::Failure;
use crate::context::Context;
use crate::decide::lifecycle;
use crate::markup::Document;
use crate::model::{
    Attempt, Decision, Edit, IssueName, IssueRecord, OutcomeKind, Scope, Shown, Step,
};
use crate::store::Lease;
use crate::tracker::{Created, TrackerError};

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
    /// entity's next event looks again. One that was to be taken over was never the
    /// entity's: the event looks again, once the search knows that it is gone.
    pub(super) fn gone(lease: &mut Lease<'_>, why: &str) -> Result<Self, Failure> {
        let issue = lease.issue().cloned();
        let key = issue.as_ref().map_or("the issue", |issue| &issue.key);
        let why = format!("{key} is gone or hidden: {why}");
        if issue.as_ref().is_some_and(|issue| issue.adopting) {
            lease.disown();
            let (after, scope) = (None, Scope::Event);
            return Err(TrackerError::Retry { after, scope, why }.into());
        }
        Ok(Self {
            outcome: OutcomeKind::Ignored,
            reason: Some(why),
            issue,
            lacks_text: false,
        })
    }
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
        // An edit is declared together with what it is about to do.
        let mut sent = plan.iter().filter(|step| !is_look(step));
        if !matches!(sent.next(), Some(Step::Edit(_))) {
            lease.declare()?;
        }
    }
    while let Some(step) = plan.pop_front() {
        // A holder that was held up must not touch what others may have taken over.
        lease.must_be_ours()?;
        match execution.perform(lease, step).await? {
            Performed::Then(next) => next.into_iter().for_each(|step| plan.push_front(step)),
            // It may be taken where the issue is moved to; else the move is made.
            Performed::Refused(step, _) if moves(plan.front()) => plan.push_back(step),
            Performed::Refused(_, error) => return Err(error.into()),
            Performed::Gone(why) => return Done::gone(lease, &why),
        }
    }
    Ok(Done {
        outcome: decision.outcome,
        reason: (!execution.notes.is_empty()).then(|| execution.notes.join("; ")),
        issue: Some(execution.issue),
        lacks_text: execution.lacks_text,
    })
}

/// Whether a step only shows, in a dry run, that something would be looked at.
fn is_look(step: &Step) -> bool {
    matches!(
        step,
        Step::LookAtText | Step::LookAtStatus | Step::LookForSummary(_)
    )
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
                    lease.step_unsure(self.comment_key(lease, &key));
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
            Step::LookAtText | Step::LookAtStatus | Step::LookForSummary(_) => {}
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
        let key = &self.comment_key(lease, key);
        let found = match lease.is_step_unsure(key) {
            true => tracker.find_comment(issue, key).await?,
            false => None,
        };
        let id = match found {
            // More may have been counted since.
            Some(id) if self.counts() => {
                tracker.edit_comment(issue, &id, text).await?;
                Some(id)
            }
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

    /// By what a comment is found again: a count is one, however often it is told.
    fn comment_key(&self, lease: &Lease<'_>, key: &str) -> String {
        match self.counts() {
            true => format!("count/{}", lease.sequence()),
            false => key.to_owned(),
        }
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
