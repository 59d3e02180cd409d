//! When a route is for an entity: all its conditions hold, each with any of
//! its values, without regard to case.

use crate::model::{Entity, EntityType, Tlp};
use crate::settings::pattern::{Pattern, folded};

/// The fact that names the search that found an alert.
const SEARCH: &str = "search_name";

/// The conditions of a route. An empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// The entity has one of these types.
    pub types: Vec<EntityType>,
    /// One of its labels fits one of these patterns.
    pub labels: Vec<Pattern>,
    /// Its severity is one of these.
    pub severities: Vec<String>,
    /// Its priority is one of these.
    pub priorities: Vec<String>,
    /// The name of the search that found it fits one of these patterns.
    pub searches: Vec<Pattern>,
    /// Its marking is one of these; `None` stands for no marking.
    pub tlps: Vec<Option<Tlp>>,
}

impl Conditions {
    /// Whether all of them hold for an entity that counts as marked like this;
    /// `None`: as nothing that is known.
    pub fn hold(&self, entity: &Entity, marking: Option<Option<Tlp>>) -> bool {
        let types = &self.types;
        let is_marked_so = |tlp: &Option<Tlp>| marking == Some(*tlp);
        (types.is_empty() || types.contains(&entity.kind))
            && (self.labels.is_empty() || self.any_label_fits(&entity.labels))
            && is_one_of(entity.severity.as_deref(), &self.severities)
            && is_one_of(entity.priority.as_deref(), &self.priorities)
            && (self.searches.is_empty() || self.any_search_fits(entity))
            && (self.tlps.is_empty() || self.tlps.iter().any(is_marked_so))
    }

    fn any_label_fits(&self, labels: &[String]) -> bool {
        labels.iter().any(|label| any_fits(&self.labels, label))
    }

    /// A source says the search in a fact.
    fn any_search_fits(&self, entity: &Entity) -> bool {
        let searches = entity.facts.iter().filter(|fact| fact.key == SEARCH);
        searches
            .map(|fact| &fact.value)
            .any(|name| any_fits(&self.searches, name))
    }
}

fn any_fits(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.fits(text))
}

fn is_one_of(value: Option<&str>, wanted: &[String]) -> bool {
    wanted.is_empty()
        || value.is_some_and(|value| wanted.iter().any(|one| folded(one) == folded(value)))
}
