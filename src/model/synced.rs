//! What is remembered of an issue whose changes go back to its entity.

use serde::{Deserialize, Serialize};

use super::entity::Named;
use super::issue_change::{IssueStatus, Person};
use super::lenient;
use super::timestamp::Timestamp;

/// So many comments are told from new ones.
const NOTES_KEPT: usize = 200;
/// So many of the entity's latest statuses are known.
const STATES_KEPT: usize = 20;

/// What is remembered of an issue whose changes go back to its entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Synced {
    /// The issue's id leads to its entity.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub indexed: bool,
    /// The latest change of status that people made, on either side.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub latest: Option<StatusChange>,
    /// When people moved the issue: the latest of their moves that was dealt with.
    #[serde(skip_serializing_if = "is_unknown")]
    pub heard: Timestamp,
    /// When the issue got the key that it has, if it was moved.
    #[serde(skip_serializing_if = "is_unknown")]
    pub renamed: Timestamp,
    /// When we moved the issue last, by our clock.
    #[serde(skip_serializing_if = "is_unknown")]
    pub moved: Timestamp,
    /// The statuses that the entity had lately, in the order in which they became known.
    #[serde(
        deserialize_with = "lenient::readable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub states: Vec<EntityState>,
    /// Who works on the issue, as the platform was told.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub assignee: Option<AssigneeTold>,
    /// When the resolution was changed that the platform was told last.
    #[serde(skip_serializing_if = "is_unknown")]
    pub resolved: Timestamp,
    /// When the issue was deleted.
    #[serde(skip_serializing_if = "is_unknown")]
    pub deleted: Timestamp,
    /// The comments that were told or withdrawn, the newest last; at most 200.
    #[serde(
        deserialize_with = "lenient::readable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub notes: Vec<NoteTold>,
}

/// A change of status that people made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusChange {
    /// When, by the clock of the side where it was made.
    pub at: Timestamp,
    /// Where.
    pub side: Side,
    /// The entity's status: the new one, or the one that stands for the issue's.
    pub entity: Named,
    /// The issue's status, where it was made there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<IssueStatus>,
}

/// A side of which an entity and its issue are the two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The platform that the entity lives on.
    #[default]
    Platform,
    /// Jira.
    Issue,
}

/// A status that the entity had from some time on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntityState {
    /// Since when.
    pub at: Timestamp,
    /// The platform's id of the status; empty if it had none.
    pub status: String,
    /// Who says so.
    pub known: KnownBy,
}

/// How it is known which status the entity had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// The platform told it.
    #[default]
    Heard,
    /// We gave it, and the platform said when.
    Written,
    /// We gave it, by our clock.
    WrittenAbout,
}

/// Who the platform was told works on the issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssigneeTold {
    /// When that was changed.
    pub at: Timestamp,
    /// Whoever does; nobody if it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
}

/// A comment of which the platform was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoteTold {
    /// The comment's id.
    pub comment: String,
    /// When its text was changed that was told; of a deleted one, when that was.
    pub at: Timestamp,
    /// The note's id on the platform, if it can be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The comment does not stand on the platform any more, or never did.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// The comment was deleted: nothing brings it back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

impl Synced {
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the platform was told of a comment.
    pub fn note(&self, comment: &str) -> Option<&NoteTold> {
        self.notes.iter().find(|note| note.comment == comment)
    }

    /// Remembers what the platform was told of a comment.
    pub fn set_note(&mut self, told: NoteTold) {
        self.notes.retain(|note| note.comment != told.comment);
        self.notes.push(told);
        if self.notes.len() > NOTES_KEPT {
            // Of a comment that stands on the platform, an edit would become another.
            let is_gone = self.notes.iter().position(|note| note.withdrawn);
            self.notes.remove(is_gone.unwrap_or_default());
        }
    }

    /// Remembers a status that the entity has from some time on. `before` is the one
    /// that it had until now, as far as is known.
    pub fn has(&mut self, state: EntityState, before: Option<&str>) {
        if self.states.is_empty() {
            self.states.push(EntityState {
                status: before.unwrap_or_default().to_owned(),
                ..EntityState::default()
            });
        }
        self.states.push(state);
        let surplus = self.states.len().saturating_sub(STATES_KEPT);
        self.states.drain(..surplus);
    }
}

fn is_unknown(time: &Timestamp) -> bool {
    !time.is_known()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_comments_those_that_stand_are_remembered_longest() {
        let mut synced = Synced::default();
        for number in 0..400 {
            synced.set_note(NoteTold {
                comment: number.to_string(),
                withdrawn: number != 7,
                ..NoteTold::default()
            });
        }
        assert_eq!(synced.notes.len(), NOTES_KEPT);
        assert!(synced.note("7").is_some() && synced.note("399").is_some());
        assert!(synced.note("200").is_none());
    }
}
