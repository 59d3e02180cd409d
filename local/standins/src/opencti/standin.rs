//! What a test does to the platform, and sees of it.

use serde_json::{Value, json};

use super::OpenCti;
use super::entity::{Entity, Reference};
use super::ids::uuid;
use super::notes::Note;
use super::people::User;
use super::workflow::{self, Status};
use crate::service::StandIn;

impl StandIn<OpenCti> {
    /// Where the platform is: the origin and the base path.
    pub fn platform_url(&self) -> String {
        format!("{}{}", self.url(), self.service().options.base_path)
    }

    /// The token that is let in.
    pub fn token(&self) -> String {
        self.service().options.token.clone()
    }

    /// The internal id of the user whose token it is: whose own changes an
    /// event tells in `origin.user_id`.
    pub fn user_id(&self) -> String {
        self.service().options.user_id.clone()
    }

    /// Makes an entity known; one with the same internal id is replaced.
    pub fn add_entity(&self, entity: Entity) {
        let mut data = self.service().platform.data();
        if let Some(status) = &entity.status {
            data.add_status(workflow::own(&entity.entity_type, status));
        }
        data.entities.retain(|known| known.id != entity.id);
        data.entities.push(entity);
    }

    /// Makes a status known, the last one in the workflow of a type such as
    /// `Case-Incident`; its id. A type without any has no workflow.
    pub fn add_status(&self, kind: &str, name: &str) -> String {
        self.add(workflow::own(kind, name))
    }

    /// The same in the workflow that requests of access have beside the own one of
    /// their type; no entity can have it.
    pub fn add_access_status(&self, kind: &str, name: &str) -> String {
        self.add(workflow::of_access(kind, name))
    }

    fn add(&self, status: Status) -> String {
        let id = status.id();
        self.service().platform.data().add_status(status);
        id
    }

    /// Makes a user known; their internal id.
    pub fn add_user(&self, name: &str, email: &str) -> String {
        let user = User::new(name, email);
        let id = user.id.clone();
        self.service().platform.data().users.push(user);
        id
    }

    /// Forgets a user, as if they were deleted.
    pub fn delete_user(&self, id: &str) {
        let mut data = self.service().platform.data();
        data.users.retain(|user| user.id != id);
    }

    /// Forgets an entity, as if it were deleted. The stream does not tell it.
    pub fn delete_entity(&self, id: &str) {
        let mut data = self.service().platform.data();
        data.entities.retain(|entity| !entity.is(id));
    }

    /// A person gives an entity a status of its workflow, which is made if need be; the
    /// stream tells it.
    pub fn person_sets_status(&self, entity: &str, name: &str) {
        let OpenCti { platform, hub, .. } = self.service();
        let mut data = platform.data();
        let Some(kind) = data.entity(entity).map(|it| it.entity_type.clone()) else {
            return;
        };
        let status = workflow::own(&kind, name);
        let edit = json!([{"key": "x_opencti_workflow_id", "value": [status.id()]}]);
        data.add_status(status);
        // Nothing of it can be refused.
        let _ = data.patch(hub, entity, &edit, &Value::Null, &self.person_id());
    }

    /// The internal id of the person who does what this stand-in has people do: whose
    /// changes an event tells in `origin.user_id`.
    pub fn person_id(&self) -> String {
        uuid("person")
    }

    /// The name of an entity's status, by internal or STIX id of the entity.
    pub fn status(&self, entity: &str) -> Option<String> {
        self.entity(entity)?.status
    }

    /// The internal ids of the users whose an entity is, in order.
    pub fn assignees(&self, entity: &str) -> Vec<String> {
        self.entity(entity).map_or_else(Vec::new, |it| it.assignees)
    }

    /// What was said about changes of an entity, in order.
    pub fn commit_messages(&self, entity: &str) -> Vec<String> {
        let data = self.service().platform.data();
        let id = data.entity(entity).map(|entity| &entity.id);
        let said = data.commits.iter().filter(|(of, _)| Some(of) == id);
        said.map(|(_, message)| message.clone()).collect()
    }

    /// An entity as it is now, by internal or STIX id.
    pub fn entity(&self, id: &str) -> Option<Entity> {
        self.service().platform.data().entity(id).cloned()
    }

    /// The references attached to an entity, in order.
    pub fn references(&self, entity: &str) -> Vec<Reference> {
        let data = self.service().platform.data();
        let entity = data.entity(entity);
        entity.map_or_else(Vec::new, |entity| data.references_of(entity))
    }

    /// Every reference, attached or not.
    pub fn all_references(&self) -> Vec<Reference> {
        self.service().platform.data().references.clone()
    }

    /// Every note, in order.
    pub fn notes(&self) -> Vec<Note> {
        self.service().platform.data().notes.clone()
    }
}
