//! What is remembered of an entity's issue.

use serde::{Deserialize, Serialize};

use super::applied::{AppliedState, Attempt, Shown};
use super::enrichment::Enrichment;
use super::entity::{Entity, Named, RawData, merge_handles};
use super::fact::Fact;
use super::firings::Firings;
use super::issue_name::IssueName;
use super::kind::EntityType;
use super::lenient;
use super::observable::Observable;
use super::synced::Synced;
use super::timestamp::Timestamp;
use super::version::Version;

/// An issue that is not done, as a search shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenIssue {
    /// What it is called.
    pub name: IssueName,
    /// Its summary.
    pub summary: String,
    /// Its labels.
    pub labels: Vec<String>,
}

/// What we remember about an entity's Jira issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueRecord {
    /// The issue's key when it was filed, such as `SOC-105`.
    pub key: String,
    /// The issue's id, which survives a move.
    pub id: String,
    /// The entity's type.
    #[serde(skip_serializing_if = "EntityType::is_empty")]
    pub kind: EntityType,
    /// What the entity's platform calls it, where that is not its id; the newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handles: Vec<String>,
    /// The latest state of the entity that was dealt with.
    pub version: Version,
    /// What the entity was mapped to last.
    #[serde(deserialize_with = "lenient::or_default")]
    pub applied: AppliedState,
    /// The summary that Jira was given last.
    pub summary: String,
    /// A fingerprint of the description that Jira was given last.
    pub description: String,
    /// What edits whose answer was lost may have left in Jira: ours as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempted: Vec<Attempt>,
    /// Another program filed it, and it became the entity's: our first edit of it
    /// is still to be made.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub adopting: bool,
    /// The entity was deleted or merged away.
    pub ended: bool,
    /// The latest state in which a trigger told that it does not see it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_visible: Option<Version>,
    /// The names of its markings that were looked up.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub markings: Vec<Named>,
    /// A marking's name could not be looked up: what was dealt with may be shown
    /// once it can.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lacks_names: bool,
    /// When it was filed.
    pub filed: Timestamp,
    /// Of an alert: the firings that were dealt with.
    pub firings: Firings,
    /// The id of the comment that counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counting: Option<String>,
    /// What others know about the entity.
    #[serde(deserialize_with = "lenient::or_default")]
    pub enrichment: Enrichment,
    /// What is remembered of changes that go back to the entity.
    #[serde(skip_serializing_if = "Synced::is_empty")]
    pub synced: Synced,
    /// The entity's raw fields, where a later event may leave them out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Fact>,
    /// Its observables, where a later event may leave them out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observables: Vec<Observable>,
}

/// More raw fields, in bytes of text, are not remembered: a description has
/// 32,767 characters.
const DATA_BYTES: usize = 32 * 1024;

/// More lost edits in a row than this are not told from people's.
const ATTEMPTS_KEPT: usize = 10;

impl IssueRecord {
    /// Remembers an entity's raw fields and observables, where a later event may
    /// leave them out.
    pub fn remember_data(&mut self, entity: &Entity) {
        if entity.raw_data != RawData::Remembered {
            return;
        }
        let mut bytes = 0;
        self.data.clear();
        for fact in &entity.data {
            bytes += fact.key.len() + fact.label.len() + fact.value.len();
            if bytes <= DATA_BYTES {
                self.data.push(fact.clone());
            }
        }
        self.observables.clone_from(&entity.observables);
    }

    /// Remembers what an entity's platform calls it: the newest last, at most 200. One
    /// that is told again becomes the newest.
    pub fn take_handles(&mut self, entity: &Entity) {
        merge_handles(&mut self.handles, &entity.handles);
    }

    /// What the issue is called.
    pub fn name(&self) -> IssueName {
        IssueName {
            key: self.key.clone(),
            id: self.id.clone(),
        }
    }

    /// All states that the issue can be in by our own writes. Until one of them
    /// is confirmed, what is different in any of them counts as changed.
    pub fn states(&self) -> impl Iterator<Item = &AppliedState> + Clone {
        let attempted = self.attempted.iter().map(|attempt| &attempt.applied);
        std::iter::once(&self.applied).chain(attempted)
    }

    /// All that people can see without a person having edited it.
    pub fn ours(&self) -> Vec<Shown> {
        let last = Shown {
            summary: self.summary.clone(),
            description: self.description.clone(),
        };
        let attempted = self.attempted.iter().map(|attempt| attempt.shown.clone());
        std::iter::once(last).chain(attempted).collect()
    }

    /// Notes what an edit is about to do.
    pub fn attempt(&mut self, attempt: Attempt) {
        if !self.attempted.contains(&attempt) {
            self.attempted.push(attempt);
        }
        let surplus = self.attempted.len().saturating_sub(ATTEMPTS_KEPT);
        self.attempted.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HANDLES_KEPT;

    fn called(handles: &[&str]) -> Entity {
        Entity {
            handles: handles.iter().map(|&handle| handle.to_owned()).collect(),
            ..Entity::default()
        }
    }

    #[test]
    fn handles_are_remembered_once_and_the_newest_are_last() {
        let mut record = IssueRecord::default();
        record.take_handles(&called(&["a", "b", "b"]));
        record.take_handles(&called(&["c", "a"]));
        assert_eq!(record.handles, ["b", "c", "a"]);
        record.take_handles(&called(&[]));
        assert_eq!(record.handles, ["b", "c", "a"]);
        let mut newest = called(&["d"]);
        newest.recall_handles(&called(&["a", "d", "b"]));
        assert_eq!(newest.handles, ["a", "b", "d"]);
    }

    #[test]
    fn of_many_handles_the_oldest_go() {
        let mut record = IssueRecord::default();
        for number in 0..500 {
            record.take_handles(&called(&[&number.to_string()]));
        }
        assert_eq!(record.handles.len(), HANDLES_KEPT);
        assert_eq!(record.handles[HANDLES_KEPT - 1], "499");
    }

    #[test]
    fn a_record_without_handles_is_written_as_before() {
        let json = serde_json::to_value(IssueRecord::default()).unwrap();
        assert!(json.get("handles").is_none() && json.get("kind").is_none());
        let json = serde_json::to_value(Entity::default()).unwrap();
        assert!(json.get("handles").is_none());
    }
}
