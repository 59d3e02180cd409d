//! What is to be done about an event, as data: the dry run shows it, unit tests
//! compare it, the pipeline does it.

use super::issue_record::IssueRecord;
use super::outcome::OutcomeKind;
use super::plan::{SameSummary, Step};

/// What is to be done about an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What becomes of the event, if all steps are done.
    pub outcome: OutcomeKind,
    /// Why, where the outcome alone does not say.
    pub reason: Option<String>,
    /// What is done, in this order.
    pub plan: Vec<Step>,
    /// What is remembered of the issue once all is done; of a new one, without
    /// what only the tracker knows. `None`: nothing is.
    pub issue: Option<IssueRecord>,
    /// An alert gets its next issue; the one before is left alone.
    pub begins_anew: bool,
    /// Both sides are to be brought to the latest status afterwards.
    pub settles: bool,
    /// What went wrong on the way, a sentence each: templates that failed. The
    /// event is never lost for it.
    pub warnings: Vec<String>,
}

impl Decision {
    /// Nothing is done; `issue` is what is known of the entity's.
    pub fn nothing(
        outcome: OutcomeKind,
        issue: Option<IssueRecord>,
        reason: Option<String>,
    ) -> Self {
        Self {
            outcome,
            reason,
            plan: Vec::new(),
            issue,
            begins_anew: false,
            settles: false,
            warnings: Vec::new(),
        }
    }

    /// Whether it files an issue.
    pub fn files(&self) -> bool {
        self.plan.iter().any(|step| matches!(step, Step::Create(_)))
    }
}

/// Something that a decision needs to know and that only others can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Names that the event has only as ids.
    Names,
    /// What VirusTotal and a model say.
    Enrichment,
    /// The issue of the entity that this one was merged into.
    Survivor,
    /// What the issue shows where people can have edited it.
    Text,
    /// Whether the issue's status counts as done.
    Status,
    /// The issue that another program filed for the entity.
    SameSummary(SameSummary),
}
