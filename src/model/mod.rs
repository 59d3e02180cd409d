//! The words of the project as types: plain data that every module shares.
//! Derived with serde, without I/O.

mod applied;
mod decision;
mod enrichment;
mod entity;
mod event;
mod fact;
mod field;
mod firings;
mod hold;
mod issue_change;
mod issue_name;
mod issue_record;
mod kind;
pub(crate) mod lenient;
mod marking;
mod observable;
mod outbox;
mod outcome;
mod plan;
mod position;
mod severity;
mod source;
#[cfg(test)]
pub(crate) mod strategy;
mod synced;
mod timestamp;
mod tlp;
mod unread;
mod version;

pub use applied::{AppliedState, Attempt, Shown};
pub use decision::{Decision, Need};
pub use enrichment::{Analysis, Enrichment, Missing, Report, Verdict};
pub use entity::{Entity, EntityKey, HANDLES_KEPT, Named, Names, RawData, Reference};
pub use event::{Change, End, Event, Provenance};
pub use fact::Fact;
pub use field::{Description, Field, FieldChange, FieldValue, OnChange};
pub use firings::{FiringRow, Firings};
pub use hold::Scope;
pub use issue_change::{Audience, IssueAction, IssueChange, IssueComment, IssueStatus, Person};
pub use issue_name::IssueName;
pub use issue_record::{IssueRecord, OpenIssue};
pub use kind::EntityType;
pub use marking::Level;
pub use observable::Observable;
pub use outbox::{BackTask, Outbox, OutboxTask, TaskKind};
pub use outcome::{EntityRef, IssueRef, Outcome, OutcomeKind};
pub use plan::{Edit, Goal, IssueFields, Place, RemoteLink, SameSummary, Step};
pub use position::Position;
pub use severity::{SEVERITIES, Severity, severity_rank};
pub use source::{Files, Page, Platform, SourceKey, SourceProfile};
pub use synced::{AssigneeTold, EntityState, KnownBy, NoteTold, Side, StatusChange, Synced};
pub use timestamp::Timestamp;
pub use tlp::Tlp;
pub use unread::UnreadBody;
pub use version::Version;
