//! What we last made of an entity: enough to tell what is different now, and
//! small enough to keep for every issue.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::digest;
use super::fields;
use super::steps::{Edit, IssueFields};
use super::target::Target;
use crate::event::{Entity, Findings};
use crate::markup::{DESCRIPTION_LIMIT, Flavor, Rendered};

/// What an entity was mapped to. Two of them are equal if and only if an issue
/// would look the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Written {
    /// The summary.
    pub summary: String,
    /// A digest of the description.
    pub description: String,
    /// The labels that we set.
    pub labels: Vec<String>,
    /// The priority that we set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// A digest of each custom field's value.
    pub custom: Map<String, Value>,
    /// The id of the workflow status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl Written {
    /// What the entity maps to. Names that some senders tell and others do not
    /// are left out, so that it does not seem to change with the sender.
    pub fn of(entity: &Entity, target: &Target<'_>) -> Self {
        let mut bare = entity.clone();
        bare.observables.clear();
        bare.findings = Findings::default();
        for named in [&mut bare.author, &mut bare.status].into_iter().flatten() {
            named.name = None;
        }
        let fields = fields::map(&bare, &target.lasting(entity.source)).fields;
        let mut custom = Map::new();
        for (name, value) in &fields.custom {
            custom.insert(name.clone(), Value::String(value_digest(value)));
        }
        Self {
            description: description_digest(&fields),
            custom,
            summary: fields.summary,
            labels: fields.labels,
            priority: fields.priority,
            status: entity.status.as_ref().map(|status| status.id.clone()),
        }
    }

    /// The changes that lead from here to `new`, with the values that `fields`
    /// has for them.
    pub fn changes(&self, new: &Self, fields: &IssueFields) -> Edit {
        let without = |from: &[String], what: &[String]| -> Vec<String> {
            let kept = from.iter().filter(|label| !what.contains(label));
            kept.cloned().collect()
        };
        let mut custom = fields.custom.clone();
        custom.retain(|name, _| self.custom.get(name) != new.custom.get(name));
        Edit {
            place: fields.place.clone(),
            summary: (self.summary != new.summary).then(|| fields.summary.clone()),
            description: (self.description != new.description).then(|| fields.description.clone()),
            labels_added: without(&new.labels, &self.labels),
            labels_removed: without(&self.labels, &new.labels),
            priority: new
                .priority
                .clone()
                .filter(|_| self.priority != new.priority),
            custom,
            property: fields.property.clone(),
        }
    }
}

fn description_digest(fields: &IssueFields) -> String {
    let description = &fields.description;
    let rendered =
        description
            .document
            .render(Flavor::Wiki, DESCRIPTION_LIMIT, &description.ending);
    match rendered {
        Rendered::Wiki(text) => digest(text.as_bytes()),
        Rendered::Adf(value) => value_digest(&value),
    }
}

fn value_digest(value: &Value) -> String {
    digest(value.to_string().as_bytes())
}
