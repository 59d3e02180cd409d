//! What happened, in the project's own words: intake makes it from a sender's
//! JSON, every other room reads it.

mod findings;
mod firing;
pub(crate) mod lenient;
mod observable;
#[cfg(test)]
pub(crate) mod strategy;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use findings::{Analysis, Findings, Missing, Report, Verdict};
pub use firing::Firings;

/// Something happened to an entity, as one sender told it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// Why the sender tells it.
    pub provenance: Provenance,
    /// The entity as it is now (on a deletion: as it was last).
    pub entity: Entity,
    /// On a merge: the ids of the entities that no longer exist.
    #[serde(default)]
    pub absorbed: Vec<String>,
    /// Of an entity that was merged away: the one that stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survivor: Option<Box<Entity>>,
    /// If all that the event did was to add external references: their
    /// addresses. So a write-back of ours is recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_added_references: Option<Vec<String>>,
    /// The sending platform's address, where the sender says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_url: Option<String>,
    /// Of an alert: the firings that it tells of.
    #[serde(default)]
    pub firings: Firings,
}

impl Event {
    /// What the event says of one entity that was merged away.
    pub fn of_absorbed(&self, id: &str) -> Self {
        Self {
            change: Change::Absorbed,
            entity: Entity {
                id: id.to_owned(),
                source: self.entity.source,
                kind: self.entity.kind.clone(),
                version: self.entity.version,
                ..Entity::default()
            },
            absorbed: Vec::new(),
            survivor: Some(Box::new(self.entity.clone())),
            only_added_references: None,
            ..self.clone()
        }
    }

    /// An event with nothing but a change and an entity, for tests.
    #[cfg(test)]
    pub(crate) fn bare(change: Change, entity: Entity) -> Self {
        Self {
            change,
            provenance: Provenance::Live,
            entity,
            absorbed: Vec::new(),
            survivor: None,
            only_added_references: None,
            platform_url: None,
            firings: Firings::default(),
        }
    }

    /// Which of two events about one entity tells the later state: by version,
    /// and an end comes after what it ends.
    pub fn age(&self) -> (Version, bool) {
        (self.entity.version, self.change.ends())
    }
}

/// What happened to the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It came into being.
    Create,
    /// It changed.
    Update,
    /// It is gone.
    Delete,
    /// Others were merged into it.
    Merge,
    /// It was merged into another one.
    Absorbed,
    /// An alert fired, for the first time or again.
    Firing,
}

impl Change {
    /// Whether the entity is gone afterwards.
    pub fn ends(self) -> bool {
        matches!(self, Self::Delete | Self::Absorbed)
    }
}

/// Why an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// It just happened.
    Live,
    /// The entity was pulled in by another one that is streamed.
    Dependency,
    /// History is replayed.
    Recovery,
}

/// Which kind of platform an entity lives on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A threat intelligence platform.
    #[default]
    OpenCti,
    /// A log platform with alerts, or its SOAR.
    Splunk,
}

impl Source {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenCti => "OpenCTI",
            Self::Splunk => "Splunk",
        }
    }
}

/// The object that an issue stands for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entity {
    /// What identifies it for ever.
    pub id: String,
    /// Where it lives.
    #[serde(deserialize_with = "lenient::or_default")]
    pub source: Source,
    /// How many issues came before this one: an alert that fires again after
    /// its window has a new one.
    pub round: u32,
    /// Its page, where the sender says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The STIX id, which a rename can change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_id: Option<String>,
    /// Its type.
    pub kind: EntityType,
    /// What people call it; may hold anything, may be empty.
    pub name: String,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The rich text that people write beside the description: HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Free words.
    pub labels: Vec<String>,
    /// An open vocabulary: low, medium, high, critical by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// An open vocabulary: P1 to P4 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// 0 to 100.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub confidence: Option<u8>,
    /// The strictest marking of the Traffic Light Protocol.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub tlp: Option<Tlp>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Named>,
    /// Where it stands in its workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Named>,
    /// What only some types have, in the order in which people read it.
    pub facts: Vec<Fact>,
    /// Where more can be read.
    pub references: Vec<Reference>,
    /// What it was seen on.
    pub observables: Vec<Observable>,
    /// Its raw fields, as they came.
    pub data: Vec<Fact>,
    /// What others know about it.
    #[serde(deserialize_with = "lenient::or_default")]
    pub findings: Findings,
    /// Which state of the entity this is.
    pub version: Version,
}

/// Something that has an id, and a name if the event says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Named {
    /// The platform's id.
    pub id: String,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One thing to know about an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fact {
    /// The sender's member, such as `first_seen`: what templates call it.
    pub key: String,
    /// What people call it, such as `First seen`.
    pub label: String,
    /// Its value, as text.
    pub value: String,
}

/// An external reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// Who keeps it.
    pub source: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its address; not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its number there, such as a CVE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// Something observed: an address, a name, a hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observable {
    /// The STIX type, such as `ipv4-addr`; of hashes the algorithm.
    pub kind: String,
    /// Its value.
    pub value: String,
}

/// The Traffic Light Protocol 2.0, from the freest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tlp {
    /// No limit.
    Clear,
    /// The community.
    Green,
    /// The organisation and its clients.
    Amber,
    /// The organisation only.
    AmberStrict,
    /// Named recipients only.
    Red,
}

impl Tlp {
    /// All of them, from the freest to the strictest.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// `AMBER+STRICT` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }

    /// From a name in any case, with or without `TLP:`; `WHITE` is the old
    /// name of `CLEAR`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let name = text.strip_prefix("TLP:").unwrap_or(&text).trim();
        match name {
            "WHITE" => Some(Self::Clear),
            name => Self::ALL.into_iter().find(|tlp| tlp.as_str() == name),
        }
    }
}

/// Which state of an entity an event tells of; later states compare greater.
/// Milliseconds since 1970, 0 where the sender does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Version {
    /// When its content changed.
    pub modified: u64,
    /// When the platform last touched it.
    pub updated: u64,
}

/// The type of an entity, as STIX spells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    /// What people call it, such as `Incident response`.
    pub fn title(&self) -> String {
        let known = match self.as_str() {
            "case-incident" => "Incident response",
            "case-rfi" => "Request for information",
            "case-rft" => "Request for takedown",
            "splunk-alert" => "Splunk alert",
            "splunk-notable" => "Splunk notable",
            "soar-container" => "SOAR container",
            other => {
                let mut letters = other.replace('-', " ");
                if let Some(first) = letters.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                return letters;
            }
        };
        known.to_owned()
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

    #[test]
    fn types_are_called_what_people_call_them() {
        for (kind, title) in [
            ("case-rft", "Request for takedown"),
            ("report", "Report"),
            ("threat-actor", "Threat actor"),
            ("", ""),
            ("über", "über"),
        ] {
            assert_eq!(EntityType::new(kind).title(), title);
        }
    }

    #[test]
    fn a_marking_is_understood_in_its_spellings_and_ordered() {
        assert_eq!(Tlp::parse("tlp:amber+strict"), Some(Tlp::AmberStrict));
        assert_eq!(Tlp::parse("WHITE"), Some(Tlp::Clear));
        assert_eq!(Tlp::parse("TLP:PURPLE"), None);
        assert!(Tlp::ALL.is_sorted());
    }
}
