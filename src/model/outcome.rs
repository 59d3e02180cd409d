//! What became of one event, as its sender is answered.

use serde::Serialize;
use serde_json::Value;

use super::entity::Entity;

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The word.
    #[serde(rename = "outcome")]
    pub kind: OutcomeKind,
    /// Whom the event was about, if it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityRef>,
    /// The issue, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<IssueRef>,
    /// Why, where the word alone does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In a dry run: the route and the requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<Value>,
}

/// The words for what became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutcomeKind {
    /// An issue was filed.
    Created,
    /// Its issue was changed.
    Updated,
    /// There already is an issue that shows it.
    Duplicate,
    /// Nothing to do, and why.
    Ignored,
    /// Kept, and will be done later.
    Queued,
    /// Neither done nor kept, and why; only beside others that were.
    Failed,
}

impl OutcomeKind {
    /// The word, as it stands in answers and logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Queued => "queued",
            Self::Failed => "failed",
        }
    }
}

/// An entity, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityRef {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl From<&Entity> for EntityRef {
    fn from(entity: &Entity) -> Self {
        Self {
            kind: entity.kind.as_str().to_owned(),
            id: entity.id.clone(),
            name: entity.name.clone(),
        }
    }
}

/// An issue, with the address a person opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssueRef {
    /// Such as `SOC-105`.
    pub key: String,
    /// `https://jira.example.com/browse/SOC-105`.
    pub url: String,
}

impl Outcome {
    /// Neither done nor kept.
    pub fn failed(entity: Option<EntityRef>, reason: &str) -> Self {
        Self {
            kind: OutcomeKind::Failed,
            ..Self::ignored(entity, reason)
        }
    }

    /// Kept for later, without an entity that is known.
    pub fn queued(reason: impl Into<String>) -> Self {
        Self {
            kind: OutcomeKind::Queued,
            ..Self::ignored(None, reason)
        }
    }

    /// Nothing to do for an event that may not even name an entity.
    pub fn ignored(entity: Option<EntityRef>, reason: impl Into<String>) -> Self {
        Self {
            kind: OutcomeKind::Ignored,
            entity,
            issue: None,
            reason: Some(reason.into()),
            dry_run: None,
        }
    }
}
