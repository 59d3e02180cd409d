//! What happened: a source makes it from its sender's JSON, every other module
//! reads it.

use serde::{Deserialize, Serialize};

use super::entity::Entity;
use super::firings::Firings;
use super::timestamp::Timestamp;
use super::version::Version;

/// Something happened to an entity, as one sender told it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// Why the sender tells it.
    pub provenance: Provenance,
    /// The entity as it is now (where it ended: as it was last).
    pub entity: Entity,
    /// The sending platform's address, where the sender says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_url: Option<String>,
}

/// What happened to the entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It came into being.
    Created,
    /// Its sender tells of it for the first time; it was there before.
    Entered,
    /// It changed.
    Updated {
        /// If all that changed is that external references were added: their
        /// addresses. So a write-back of ours is recognised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_added_references: Option<Vec<String>>,
    },
    /// Others were merged into it.
    Merged {
        /// The ids of those that no longer exist.
        #[serde(default)]
        absorbed: Vec<String>,
    },
    /// Its platform counts it as done; it is still there, and told as it is now.
    Closed,
    /// It is gone.
    Ended(End),
    /// An alert fired, for the first time or again.
    Fired(Firings),
}

/// How an entity ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It was deleted.
    Deleted,
    /// Its sender counts it as done, and may say no more than that. It can be opened
    /// again.
    Closed,
    /// It was deleted, or only does not fit its sender's filter any more.
    /// The trigger that has the filter is named, if it is known.
    NotVisible(String),
    /// It is still there, but the live stream does not tell of it any more: it does
    /// not fit the stream's filter, or its markings hide it from the stream's user.
    LeftStream,
    /// It was merged into this one.
    MergedInto(Box<Entity>),
}

/// Why an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// It just happened.
    Live,
    /// The entity was pulled in by another one that is streamed.
    Dependency,
    /// History is replayed.
    Recovery,
}

impl Change {
    /// An update of which nothing more is known.
    pub const UPDATED: Self = Self::Updated {
        only_added_references: None,
    };

    /// The word for it in templates and logs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Created | Self::Entered => "create",
            Self::Updated { .. } => "update",
            Self::Merged { .. } => "merge",
            Self::Closed => "close",
            Self::Ended(End::Deleted | End::Closed | End::NotVisible(_) | End::LeftStream) => {
                "delete"
            }
            Self::Ended(End::MergedInto(_)) => "absorbed",
            Self::Fired(_) => "firing",
        }
    }

    /// Whether the entity is gone afterwards, or may be.
    pub fn ends(&self) -> bool {
        matches!(self, Self::Ended(_))
    }

    /// Whether all it tells is that the entity may be gone, or is out of sight.
    pub fn is_doubtful_end(&self) -> bool {
        matches!(self, Self::Ended(End::NotVisible(_) | End::LeftStream))
    }
}

impl Event {
    /// What just happened to an entity.
    pub fn live(change: Change, entity: Entity) -> Self {
        Self {
            change,
            provenance: Provenance::Live,
            entity,
            platform_url: None,
        }
    }

    /// What a merge says of the entities that no longer exist: an event each.
    pub fn of_absorbed(&self) -> Vec<Self> {
        let Change::Merged { absorbed } = &self.change else {
            return Vec::new();
        };
        let ended = |id: &String| Self {
            change: Change::Ended(End::MergedInto(Box::new(self.entity.clone()))),
            entity: Entity {
                id: id.clone(),
                source: self.entity.source.clone(),
                kind: self.entity.kind.clone(),
                version: self.entity.version,
                ..Entity::default()
            },
            ..self.clone()
        };
        absorbed.iter().map(ended).collect()
    }

    /// Of an alert: the firings that it tells of.
    pub fn firings(&self) -> Option<&Firings> {
        match &self.change {
            Change::Fired(firings) => Some(firings),
            _ => None,
        }
    }

    /// Says when it came, if its sender has not said so, or has said a time that
    /// cannot be believed; the version that was not, if so.
    pub fn came_at(&mut self, now: Timestamp) -> Option<Version> {
        if let Change::Fired(firings) = &mut self.change {
            firings.came_at(now);
        }
        let said = self.entity.version;
        self.entity.version = said.believed(now);
        (said != self.entity.version).then_some(said)
    }

    /// Which of two events about one entity tells the later state: by version,
    /// and an end comes after what it ends.
    pub fn age(&self) -> (Version, bool) {
        let is_end = self.change.ends() && !self.change.is_doubtful_end();
        (self.entity.version, is_end || self.change == Change::Closed)
    }
}
