//! What happened, in the project's own words: intake makes it from a sender's
//! JSON, every other room reads it.

use std::fmt;

/// Something happened to an entity, as one sender told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// Why the sender tells it.
    pub provenance: Provenance,
    /// The entity as it is now.
    pub entity: Entity,
}

/// What happened to the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It came into being.
    Create,
    /// It changed.
    Update,
    /// It is gone.
    Delete,
    /// Others were merged into it.
    Merge,
}

/// Why an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// It just happened.
    Live,
    /// The entity was pulled in by another one that is streamed.
    Dependency,
    /// History is replayed.
    Recovery,
}

/// The object that an issue stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What identifies it for ever.
    pub id: String,
    /// Its type.
    pub kind: EntityType,
    /// What people call it; may hold anything, may be empty.
    pub name: String,
    /// Markdown.
    pub description: Option<String>,
    /// Free words.
    pub labels: Vec<String>,
}

/// The type of an entity, as STIX spells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntityType(String);

impl EntityType {
    /// Lower case, without the `x-opencti-` prefix that exported bundles use.
    pub fn new(name: &str) -> Self {
        let name = name.trim().to_ascii_lowercase();
        match name.strip_prefix("x-opencti-") {
            Some(bare) => Self(bare.to_owned()),
            None => Self(name),
        }
    }

    /// The name, such as `case-incident`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_type_are_one() {
        let plain = EntityType::new("case-incident");
        assert_eq!(EntityType::new("x-opencti-Case-Incident"), plain);
    }
}
