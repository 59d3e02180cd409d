//! The platform's data, and the work that mutations do on it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::entity::{Entity, Note, Reference, marking_of, status_id, uuid};

/// Why a resolver fails: what stands in `extensions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) status: u16,
    pub(super) genre: &'static str,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn auth_required() -> Failure {
        Failure {
            code: "AUTH_REQUIRED",
            status: 401,
            genre: "TECHNICAL",
            message: "You must be logged in to do this.".to_owned(),
        }
    }

    pub(super) fn functional(message: impl Into<String>) -> Failure {
        Failure {
            code: "FUNCTIONAL_ERROR",
            status: 400,
            genre: "BUSINESS",
            message: message.into(),
        }
    }

    fn missing(id: &str) -> Failure {
        Failure {
            code: "MISSING_REFERENCE_ERROR",
            status: 404,
            genre: "BUSINESS",
            message: format!("Element(s) not found: {id}"),
        }
    }

    /// The schema leaves a `DateTime` to the platform.
    fn no_time(field: &str) -> Failure {
        Failure {
            code: "BAD_USER_INPUT",
            status: 400,
            genre: "BUSINESS",
            message: format!("DateTime cannot represent the value of {field}"),
        }
    }

    fn blank(field: &str) -> Failure {
        Failure {
            code: "VALIDATION_ERROR",
            status: 500,
            genre: "BUSINESS",
            message: format!("Validation error: {field} cannot have only whitespace(s)"),
        }
    }
}

type Resolved = Result<Value, Failure>;

/// The data; one lock for all of it.
#[derive(Debug, Default)]
pub(super) struct Platform(Mutex<Data>);

#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) entities: Vec<Entity>,
    pub(super) references: Vec<Reference>,
    pub(super) notes: Vec<Note>,
    /// The names of the workflow's statuses.
    pub(super) statuses: Vec<String>,
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

    /// `stixDomainObjectEdit.fieldPatch`: the status, the name or the
    /// description.
    pub(super) fn patch(&mut self, id: &str, input: &Value) -> Resolved {
        let statuses = self.statuses.clone();
        let mut entities = self.entities.iter_mut();
        let Some(entity) = entities.find(|entity| entity.is(id)) else {
            return Err(Failure::functional(
                "Cannot edit the field, Stix-Domain-Object cannot be found.",
            ));
        };
        for edit in input.as_array().into_iter().flatten() {
            let value = &edit["value"][0];
            let text = value.as_str().unwrap_or_default().to_owned();
            match edit["key"].as_str().unwrap_or_default() {
                "x_opencti_workflow_id" => {
                    let status = statuses.iter().find(|name| status_id(name) == text);
                    let status = status.ok_or_else(|| Failure::missing(&text))?;
                    entity.status = Some(status.clone());
                }
                "name" => entity.name = text,
                "description" => entity.description = Some(text),
                key => {
                    let text = format!("The stand-in does not edit {key}.");
                    return Err(Failure::functional(text));
                }
            }
        }
        let id = entity.id.clone();
        Ok(self.show(&id))
    }

    /// `noteAdd`: about entities and with markings that exist.
    pub(super) fn add_note(&mut self, input: &Value) -> Resolved {
        check_times(input)?;
        let content = input["content"].as_str().unwrap_or_default();
        if content.trim().is_empty() {
            return Err(Failure::blank("content"));
        }
        let (mut objects, mut markings) = (Vec::new(), Vec::new());
        for id in texts(&input["objects"]) {
            let entity = self.entity(id).ok_or_else(|| Failure::missing(id))?;
            objects.push(entity.id.clone());
        }
        for id in texts(&input["objectMarking"]) {
            let marking = marking_of(id).ok_or_else(|| Failure::missing(id))?;
            markings.push(marking.to_owned());
        }
        let note = Note {
            id: uuid(&format!("note {} {content}", self.notes.len())),
            abstract_: input["attribute_abstract"].as_str().map(str::to_owned),
            content: content.to_owned(),
            objects,
            markings,
        };
        let shown = note.json();
        self.notes.push(note);
        Ok(shown)
    }
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str)
}

/// Whether the times of an input are texts.
fn check_times(input: &Value) -> Result<(), Failure> {
    let wrong = |field: &&str| !(input[field].is_string() || input[field].is_null());
    match ["created", "modified"].into_iter().find(wrong) {
        Some(field) => Err(Failure::no_time(field)),
        None => Ok(()),
    }
}
