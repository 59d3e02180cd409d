//! When a route is for an entity: all its conditions hold, each with any of
//! its values, without regard to case.

use crate::model::{Entity, EntityType, Tlp};

/// The conditions of a route. An empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// The entity has one of these types.
    pub types: Vec<EntityType>,
    /// One of its labels fits one of these patterns.
    pub labels: Vec<LabelPattern>,
    /// Its severity is one of these.
    pub severities: Vec<String>,
    /// Its priority is one of these.
    pub priorities: Vec<String>,
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
            && (self.tlps.is_empty() || self.tlps.iter().any(is_marked_so))
    }

    fn any_label_fits(&self, labels: &[String]) -> bool {
        labels.iter().any(|label| {
            let label = folded(label);
            self.labels.iter().any(|pattern| pattern.fits(&label))
        })
    }
}

fn is_one_of(value: Option<&str>, wanted: &[String]) -> bool {
    wanted.is_empty()
        || value.is_some_and(|value| wanted.iter().any(|one| folded(one) == folded(value)))
}

/// As values are compared.
fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A label, or what it begins with (`x*`), ends with (`*x`) or holds (`*x*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelPattern {
    text: String,
    open_start: bool,
    open_end: bool,
}

impl LabelPattern {
    /// `None` if there is a `*` in the middle.
    pub fn new(pattern: &str) -> Option<Self> {
        let pattern = folded(pattern);
        let (rest, open_end) = without(pattern.strip_suffix('*'), &pattern);
        let (text, open_start) = without(rest.strip_prefix('*'), rest);
        (!text.contains('*')).then(|| Self {
            text: text.to_owned(),
            open_start,
            open_end,
        })
    }

    /// Whether a folded label fits.
    fn fits(&self, label: &str) -> bool {
        let text = self.text.as_str();
        match (self.open_start, self.open_end) {
            (false, false) => label == text,
            (false, true) => label.starts_with(text),
            (true, false) => label.ends_with(text),
            (true, true) => label.contains(text),
        }
    }
}

fn without<'a>(stripped: Option<&'a str>, whole: &'a str) -> (&'a str, bool) {
    (stripped.unwrap_or(whole), stripped.is_some())
}
