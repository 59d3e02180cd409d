//! `fieldPatch` of an entity, and what the live stream tells of it.

use serde_json::{Value, json};

use super::entity::Entity;
use super::failure::Failure;
use super::people::User;
use super::platform::{Data, Resolved, texts};
use super::stream::{Changed, Hub};
use super::workflow::{self, Status};

impl Data {
    /// `stixDomainObjectEdit.fieldPatch`: the status, the assignees, the name or the
    /// description, by this user. What changes nothing is not told.
    pub(super) fn patch(
        &mut self,
        hub: &Hub,
        id: &str,
        input: &Value,
        message: &Value,
        user: &str,
    ) -> Resolved {
        let Some(place) = self.entities.iter().position(|entity| entity.is(id)) else {
            return Err(Failure::functional(
                "Cannot edit the field, Stix-Domain-Object cannot be found.",
            ));
        };
        let mut changes = Vec::new();
        for edit in input.as_array().into_iter().flatten() {
            changes.extend(self.edit(place, edit)?);
        }
        let Some(entity) = self.entities.get(place) else {
            return Ok(Value::Null);
        };
        if let Some(message) = message.as_str() {
            self.commits.push((entity.id.clone(), message.to_owned()));
        }
        let at = hub.tell_update(entity, &changes, user);
        let id = entity.id.clone();
        if let (Some(at), Some(entity)) = (at, self.entities.get_mut(place)) {
            entity.updated_at = at;
        }
        Ok(self.show(&id))
    }

    /// One field of the entity at this place; what changed.
    fn edit(&mut self, place: usize, edit: &Value) -> Result<Option<Changed>, Failure> {
        let Some(entity) = self.entities.get_mut(place) else {
            return Ok(None);
        };
        let text = edit["value"][0].as_str().unwrap_or_default();
        let changed = match edit["key"].as_str().unwrap_or_default() {
            "x_opencti_workflow_id" => set_status(entity, &self.statuses, text)?,
            "objectAssignee" => assign(entity, &self.users, edit)?,
            "name" => {
                let before = std::mem::replace(&mut entity.name, text.to_owned());
                let said = format!("replaces `{text}` in `Name`");
                Changed::of_object("name", json!(before), json!(text), said)
            }
            "description" => {
                let before = entity.description.replace(text.to_owned());
                let said = "replaces `Description`".to_owned();
                Changed::of_object("description", json!(before), json!(text), said)
            }
            key => {
                let text = format!("The stand-in does not edit {key}.");
                return Err(Failure::functional(text));
            }
        };
        Ok(changed.is_real().then_some(changed))
    }
}

/// The status must be one of the type's own workflow.
fn set_status(entity: &mut Entity, statuses: &[Status], id: &str) -> Result<Changed, Failure> {
    let kind = &entity.entity_type;
    let mut own = statuses.iter().filter(|status| status.is_own(kind));
    let status = own.find(|status| status.id() == id);
    let status = status.ok_or_else(|| Failure::missing(id))?;
    let before = entity.status.as_ref();
    let before = before.map(|name| workflow::own(kind, name).id());
    let said = format!("replaces `{}` in `Workflow status`", status.name);
    entity.status = Some(status.name.clone());
    let (before, after) = (json!(before), json!(id));
    Ok(Changed::of_extension("workflow_id", before, after, said))
}

/// Users must exist, unless they are removed.
fn assign(entity: &mut Entity, users: &[User], edit: &Value) -> Result<Changed, Failure> {
    let before = entity.assignees.clone();
    let ids: Vec<String> = texts(&edit["value"]).map(str::to_owned).collect();
    let unknown = ids
        .iter()
        .find(|id| !users.iter().any(|user| user.id == **id));
    match (edit["operation"].as_str(), unknown) {
        (Some("remove"), _) => entity.assignees.retain(|id| !ids.contains(id)),
        (_, Some(unknown)) => return Err(Failure::missing(unknown)),
        (Some("add"), None) => {
            let new = ids.into_iter().filter(|id| !before.contains(id));
            entity.assignees.extend(new);
        }
        (_, None) => entity.assignees = ids,
    }
    let said = "changes `Assignees`".to_owned();
    let (before, after) = (json!(before), json!(entity.assignees));
    Ok(Changed::of_extension("assignee_ids", before, after, said))
}
