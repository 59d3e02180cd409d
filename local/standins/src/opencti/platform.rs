//! The platform's data, and the work that mutations do on it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::entity::{Entity, Reference};
use super::failure::Failure;
use super::ids::uuid;
use super::notes::Note;
use super::people::User;
use super::workflow::Status;

pub(super) type Resolved = Result<Value, Failure>;

/// The data; one lock for all of it.
#[derive(Debug, Default)]
pub(super) struct Platform(Mutex<Data>);

#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) entities: Vec<Entity>,
    pub(super) references: Vec<Reference>,
    pub(super) notes: Vec<Note>,
    /// How many notes there ever were.
    pub(super) notes_made: usize,
    /// The statuses of all workflows, each in its order.
    pub(super) statuses: Vec<Status>,
    pub(super) users: Vec<User>,
    /// The internal id of an entity, and what was said about a change of it.
    pub(super) commits: Vec<(String, String)>,
    /// The ids of the references of an entity, by its internal id.
    attached: HashMap<String, Vec<String>>,
}

impl Platform {
    pub(super) fn data(&self) -> MutexGuard<'_, Data> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Data {
    pub(super) fn entity(&self, id: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.is(id))
    }

    /// The references of an entity, in the order in which they were attached.
    pub(super) fn references_of(&self, entity: &Entity) -> Vec<Reference> {
        let ids = self.attached.get(&entity.id).into_iter().flatten();
        let known = ids.filter_map(|id| self.reference(id));
        known.cloned().collect()
    }

    fn reference(&self, id: &str) -> Option<&Reference> {
        let mut references = self.references.iter();
        references.find(|known| known.id == id || known.standard_id == id)
    }

    /// An entity as answers show it, null when it is unknown.
    pub(super) fn show(&self, id: &str) -> Value {
        self.entity(id)
            .map(|entity| entity.json(&self.references_of(entity)))
            .unwrap_or_default()
    }

    /// `externalReferenceAdd`: the same url (or name and id) is the same
    /// reference; what is told anew about it replaces what was known.
    pub(super) fn add_reference(&mut self, input: &Value) -> Resolved {
        check_times(input)?;
        let text = |name: &str| input[name].as_str().map(str::to_owned);
        let source_name = text("source_name").unwrap_or_default();
        if source_name.trim().is_empty() {
            return Err(Failure::blank("source_name"));
        }
        let (url, external_id) = (text("url"), text("external_id"));
        let identity = match &url {
            Some(url) => format!("url {url}"),
            None => format!(
                "{source_name} {}",
                external_id.as_deref().unwrap_or_default()
            ),
        };
        let added = Reference {
            id: uuid(&identity),
            standard_id: format!("external-reference--{}", uuid(&format!("stix {identity}"))),
            source_name,
            description: text("description"),
            url,
            external_id,
        };
        let shown = added.json();
        let mut known = self.references.iter_mut();
        match known.find(|known| known.id == added.id) {
            Some(known) => *known = added,
            None => self.references.push(added),
        }
        Ok(shown)
    }

    /// `stixDomainObjectEdit.relationAdd`: attaching twice is attaching once.
    pub(super) fn relate(&mut self, id: &str, input: &Value) -> Resolved {
        let Some(entity) = self.entity(id).cloned() else {
            return Err(Failure::functional(
                "Cannot add the relation, Stix-Domain-Object cannot be found.",
            ));
        };
        let kind = input["relationship_type"].as_str().unwrap_or_default();
        if kind != "external-reference" {
            let text = format!("The stand-in adds external references only, not {kind}.");
            return Err(Failure::functional(text));
        }
        let target = input["toId"].as_str().unwrap_or_default();
        let Some(reference) = self.reference(target).cloned() else {
            return Err(Failure::missing(target));
        };
        let attached = self.attached.entry(entity.id.clone()).or_default();
        if !attached.contains(&reference.id) {
            attached.push(reference.id.clone());
        }
        let id = uuid(&format!("{} {}", entity.id, reference.id));
        Ok(json!({
            "__typename": "StixRefRelationship",
            "standard_id": format!("relationship-meta--{id}"),
            "id": id,
            "entity_type": kind,
            "relationship_type": kind,
            "from": self.show(&entity.id),
            "to": reference.json(),
        }))
    }
}

pub(super) fn texts(list: &Value) -> impl Iterator<Item = &str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str)
}

/// Whether the times of an input are texts.
pub(super) fn check_times(input: &Value) -> Result<(), Failure> {
    let wrong = |field: &&str| !(input[field].is_string() || input[field].is_null());
    match ["created", "modified"].into_iter().find(wrong) {
        Some(field) => Err(Failure::no_time(field)),
        None => Ok(()),
    }
}
