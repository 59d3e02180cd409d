//! What an OpenCTI stand-in knows: entities a test gives it, references a client
//! adds.

use serde_json::{Value, json};

use super::ids::uuid;
use super::workflow;
use crate::clock;

/// OpenCTI's own marking definitions: the ids are the same on every platform.
const MARKINGS: [(&str, &str); 6] = [
    ("TLP:CLEAR", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("TLP:GREEN", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("TLP:AMBER", "f88d31f6-486f-44da-b317-01333bde0b82"),
    ("TLP:AMBER+STRICT", "826578e1-40ad-459f-bc73-ede076f81f37"),
    ("TLP:RED", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
    ("PAP:RED", "4e4e3b84-de45-53df-9d9b-b21207699fd8"),
];

/// An entity, such as an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The internal id, which never changes.
    pub id: String,
    /// The STIX id.
    pub standard_id: String,
    /// `Incident`, `Case-Incident`…
    pub entity_type: String,
    /// Its name.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// The name of the author, if it has one.
    pub author: Option<String>,
    /// The name of the workflow's status, if it has one.
    pub status: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Its markings, such as `TLP:AMBER`.
    pub markings: Vec<String>,
    /// The internal ids of the users whose it is.
    pub assignees: Vec<String>,
    /// When it was changed last, in milliseconds since 1970; 0 if it was not.
    pub(super) updated_at: u64,
}

impl Entity {
    /// An entity of which no more is known than its ids and its type.
    pub fn new(id: &str, standard_id: &str, entity_type: &str) -> Entity {
        Entity {
            id: id.to_owned(),
            standard_id: standard_id.to_owned(),
            entity_type: entity_type.to_owned(),
            name: format!("{entity_type} {id}"),
            description: None,
            author: None,
            status: None,
            labels: Vec::new(),
            markings: Vec::new(),
            updated_at: 0,
            assignees: Vec::new(),
        }
    }

    /// With this name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Entity {
        self.name = name.to_owned();
        self
    }

    /// Made by this organization.
    #[must_use]
    pub fn by(mut self, author: &str) -> Entity {
        self.author = Some(author.to_owned());
        self
    }

    /// In this status of the workflow.
    #[must_use]
    pub fn in_status(mut self, status: &str) -> Entity {
        self.status = Some(status.to_owned());
        self
    }

    /// With one more label.
    #[must_use]
    pub fn labelled(mut self, label: &str) -> Entity {
        self.labels.push(label.to_owned());
        self
    }

    /// With one more marking, such as `TLP:AMBER`.
    #[must_use]
    pub fn marked(mut self, marking: &str) -> Entity {
        self.markings.push(marking.to_owned());
        self
    }

    /// Whether it is known under this id, internal or STIX.
    pub(super) fn is(&self, id: &str) -> bool {
        self.id == id || self.standard_id == id
    }

    /// The name of its type in the schema.
    pub(super) fn typename(&self) -> String {
        self.entity_type.replace('-', "")
    }

    /// As answers show it; members of its references are the platform's.
    pub(super) fn json(&self, references: &[Reference]) -> Value {
        let author = self.author.as_ref();
        let status = self.status.as_ref();
        let edges = references
            .iter()
            .map(|it| json!({"__typename": "ExternalReferenceEdge", "node": it.json()}));
        json!({
            "__typename": self.typename(),
            "id": self.id,
            "standard_id": self.standard_id,
            "entity_type": self.entity_type,
            "name": self.name,
            "updated_at": clock::utc_time(self.updated_at),
            "description": self.description,
            "createdBy": author.map(|name| identity(name)),
            "status": status.map(|name| workflow::own(&self.entity_type, name).json(0)),
            "objectLabel": self.labels.iter().map(|it| label(it)).collect::<Value>(),
            "objectMarking": self.markings.iter().map(|it| marking(it)).collect::<Value>(),
            "externalReferences": {
                "__typename": "ExternalReferenceConnection", "edges": edges.collect::<Value>(),
            },
        })
    }
}

/// An external reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The internal id: the same for the same url.
    pub id: String,
    /// The STIX id: the same for the same url.
    pub standard_id: String,
    /// Where it leads, in a word.
    pub source_name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
    /// What it is called there.
    pub external_id: Option<String>,
}

impl Reference {
    pub(super) fn json(&self) -> Value {
        json!({
            "__typename": "ExternalReference",
            "id": self.id,
            "standard_id": self.standard_id,
            "entity_type": "External-Reference",
            "source_name": self.source_name,
            "description": self.description,
            "url": self.url,
            "external_id": self.external_id,
            "hash": null,
        })
    }
}

fn identity(name: &str) -> Value {
    let id = uuid(&format!("identity {name}"));
    json!({
        "__typename": "Organization",
        "standard_id": format!("identity--{id}"),
        "entity_type": "Organization",
        "id": id,
        "name": name,
    })
}

fn label(value: &str) -> Value {
    let id = uuid(&format!("label {value}"));
    json!({
        "__typename": "Label",
        "standard_id": format!("label--{id}"),
        "entity_type": "Label",
        "id": id,
        "value": value,
    })
}

/// The STIX id of a marking, such as `PAP:AMBER`: what events say.
pub fn marking_id(definition: &str) -> String {
    let known = MARKINGS.iter().find(|(name, _)| *name == definition);
    let made = uuid(&format!("stix marking {definition}"));
    let stix = known.map_or(made.as_str(), |(_, stix)| *stix);
    format!("marking-definition--{stix}")
}

fn marking(definition: &str) -> Value {
    let id = uuid(&format!("marking {definition}"));
    json!({
        "__typename": "MarkingDefinition",
        "standard_id": marking_id(definition),
        "entity_type": "Marking-Definition",
        "id": id,
        "definition_type": definition.split(':').next(),
        "definition": definition,
    })
}

/// The marking that an id, internal or STIX, stands for.
pub(super) fn marking_of(id: &str) -> Option<&'static str> {
    let stix = id.strip_prefix("marking-definition--").unwrap_or(id);
    let is =
        |(name, known): &&(&str, &str)| *known == stix || uuid(&format!("marking {name}")) == id;
    MARKINGS.iter().find(is).map(|(name, _)| *name)
}
