//! What a decision is made of, and what comes of it.

use crate::model::{
    AppliedState, Decision, Enrichment, Event, IssueRecord, Names, Need, OutcomeKind, Shown,
    SourceProfile, Timestamp,
};
use crate::settings::Settings;

/// An event, and what is remembered of its entity.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The event.
    pub event: &'a Event,
    /// What is different about its source.
    pub profile: &'static SourceProfile,
    /// The entity's issue, once there is one.
    pub issue: Option<&'a IssueRecord>,
    /// How many issues the entity had before that one.
    pub sequence: u32,
    /// The keys of firings that those have counted.
    pub past: &'a [String],
    /// The settings.
    pub settings: &'a Settings<'a>,
    /// How the address of an issue begins.
    pub issues: &'a str,
    /// The time now.
    pub now: Timestamp,
}

/// What others told so far.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What the event maps to, where that is known already: mapping is most of
    /// the work of a large event.
    pub wanted: Option<AppliedState>,
    /// Names that the event has only as ids.
    pub names: Option<Names>,
    /// What VirusTotal and a model say.
    pub enrichment: Option<Enrichment>,
    /// The key of the issue of the entity that this one was merged into; `None`
    /// in it: it has none.
    pub survivor: Option<Option<String>>,
    /// Whether an issue that another program filed was looked for. One that was
    /// found is the case's now.
    pub looked_for_summary: bool,
    /// What the issue shows.
    pub text: Option<Shown>,
    /// Whether the issue's status counts as done.
    pub is_done: Option<bool>,
}

/// What comes of deciding.
#[derive(Debug, Clone, PartialEq)]
pub enum Decided {
    /// This is to be done.
    Do(Box<Decision>),
    /// This must be known first.
    Needs(Need),
}

/// Nothing is done.
pub(super) fn nothing(case: &Case<'_>, outcome: OutcomeKind, reason: Option<String>) -> Decided {
    let decision = Decision::nothing(outcome, case.issue.cloned(), reason);
    Decided::Do(Box::new(decision))
}
