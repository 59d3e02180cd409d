//! What an issue stands for, as its source tells it.

use serde::{Deserialize, Serialize};

use super::enrichment::Enrichment;
use super::fact::Fact;
use super::firings::FiringRow;
use super::kind::EntityType;
use super::lenient;
use super::observable::Observable;
use super::source::SourceKey;
use super::timestamp::Timestamp;
use super::tlp::Tlp;
use super::version::Version;

/// An entity that its platform calls by more names than this is told by the newest
/// ones: a grouped alert can fire for years.
pub const HANDLES_KEPT: usize = 200;

/// The object that an issue stands for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entity {
    /// What identifies it for ever.
    pub id: String,
    /// Where it lives.
    #[serde(deserialize_with = "lenient::or_default")]
    pub source: SourceKey,
    /// How many issues came before this one: an alert that fires again after
    /// its window has a new one.
    pub sequence: u32,
    /// Its page, where the sender says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What its platform calls it, where that is not its id: the event ids of
    /// notables, the number of a container. Not shown; what writes to the platform
    /// needs them. At most [`HANDLES_KEPT`], the newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handles: Vec<String>,
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
    /// Its other markings: the settings say how strict they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<Named>,
    /// When it came into being, or came to its platform.
    #[serde(skip_serializing_if = "is_unknown")]
    pub created: Timestamp,
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
    /// Whether its raw fields and observables came, and are to be remembered.
    #[serde(
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "RawData::is_told"
    )]
    pub raw_data: RawData,
    /// What other firings brought that are told together with this one.
    #[serde(skip)]
    pub other_firings: Vec<FiringRow>,
    /// So many more are not.
    #[serde(skip)]
    pub left_out: u64,
    /// What others know about it.
    #[serde(deserialize_with = "lenient::or_default")]
    pub enrichment: Enrichment,
    /// Which state of the entity this is.
    pub version: Version,
}

/// Whether an event brings an entity's raw fields and observables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RawData {
    /// They came, or there are none.
    #[default]
    Told,
    /// They came, and a later event may leave them out: they are remembered.
    Remembered,
    /// They were left out: the entity has those that it had.
    LeftOut,
}

impl RawData {
    fn is_told(&self) -> bool {
        *self == Self::Told
    }
}

fn is_unknown(time: &Timestamp) -> bool {
    !time.is_known()
}

/// What identifies an entity among those of all sources.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct EntityKey {
    /// Where it lives.
    pub source: SourceKey,
    /// What identifies it there.
    pub id: String,
}

impl Entity {
    /// Takes in names that its platform knows, where it has only ids.
    pub fn name(&mut self, names: &Names) {
        self.name_markings(&names.markings);
        if let Some(author) = &mut self.author {
            author.name = author.name.take().or_else(|| names.author.clone());
        }
        if let (Some(own), Some(now)) = (&mut self.status, &names.status)
            && own.id == now.id
        {
            // The entity may have another status by now.
            own.name = own.name.take().or_else(|| now.name.clone());
        }
    }

    /// Whether all that it names is known by name.
    pub fn has_all_names(&self) -> bool {
        let named = [&self.author, &self.status].into_iter().flatten();
        named
            .chain(&self.markings)
            .all(|named| named.name.is_some())
    }

    /// Takes the raw fields and observables of an earlier state, if they were left
    /// out of this one.
    pub fn recall(&mut self, data: &[Fact], observables: &[Observable]) {
        if self.raw_data == RawData::LeftOut && !(data.is_empty() && observables.is_empty()) {
            self.data = data.to_vec();
            self.observables = observables.to_vec();
            self.raw_data = RawData::Remembered;
        }
    }

    /// Takes in what its platform calls it in an earlier event, of which this one is
    /// the newest: several rows can be one alert.
    pub fn recall_handles(&mut self, earlier: &Self) {
        let newer = std::mem::take(&mut self.handles);
        self.handles.clone_from(&earlier.handles);
        merge_handles(&mut self.handles, &newer);
    }

    /// What identifies it among those of all sources.
    pub fn key(&self) -> EntityKey {
        EntityKey {
            source: self.source.clone(),
            id: self.id.clone(),
        }
    }
}

/// Adds handles to those that are known. One that is told again becomes the newest;
/// the oldest go.
pub(super) fn merge_handles(known: &mut Vec<String>, newer: &[String]) {
    known.retain(|handle| !newer.contains(handle));
    for (place, handle) in newer.iter().enumerate() {
        if !newer[..place].contains(handle) {
            known.push(handle.clone());
        }
    }
    let surplus = known.len().saturating_sub(HANDLES_KEPT);
    known.drain(..surplus);
}

/// Names of what an entity has by its id, as far as its platform knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The author's.
    pub author: Option<String>,
    /// The workflow status that the entity has now.
    pub status: Option<Named>,
    /// Those of its markings, by their ids.
    pub markings: Vec<Named>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_the_name_only_of_itself() {
        let status = |id: &str, name: Option<&str>| Named {
            id: id.to_owned(),
            name: name.map(str::to_owned),
        };
        let names = Names {
            status: Some(status("s2", Some("Closed"))),
            ..Names::default()
        };
        for (id, expected) in [("s2", Some("Closed")), ("s1", None)] {
            let mut entity = Entity {
                status: Some(status(id, None)),
                ..Entity::default()
            };
            // The entity may have moved on since the event.
            entity.name(&names);
            assert_eq!(entity.status.unwrap().name.as_deref(), expected, "{id}");
        }
    }
}
