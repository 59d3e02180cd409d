//! What the stored stream tells of a change that was made through the platform's
//! interface.

use serde_json::{Value, json};

use super::event::StreamEvent;
use super::hub::{Hub, now};
use super::rows::Row;
use super::stix;
use crate::clock;
use crate::opencti::entity::{Entity, marking_id};
use crate::opencti::workflow;

/// A member of a STIX object that has another value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::opencti) struct Changed {
    /// Where it stands, as a JSON pointer.
    path: String,
    before: Value,
    after: Value,
    /// What the platform says of it.
    message: String,
}

impl Changed {
    /// A member of the object itself.
    pub(in crate::opencti) fn of_object(
        member: &str,
        before: Value,
        after: Value,
        message: String,
    ) -> Changed {
        Changed {
            path: format!("/{member}"),
            before,
            after,
            message,
        }
    }

    /// A member of OpenCTI's extension.
    pub(in crate::opencti) fn of_extension(
        member: &str,
        before: Value,
        after: Value,
        message: String,
    ) -> Changed {
        let member = format!("extensions/{}/{member}", stix::EXTENSION);
        Changed::of_object(&member, before, after, message)
    }

    /// Whether anything differs.
    pub(in crate::opencti) fn is_real(&self) -> bool {
        self.before != self.after
    }

    /// As a step of a JSON patch (RFC 6902) from one value to the other. A list that is
    /// empty is left out of an object.
    fn step(&self, from: &Value, to: &Value) -> Value {
        match (is_none(from), is_none(to)) {
            (true, _) => json!({"op": "add", "path": self.path, "value": to}),
            (_, true) => json!({"op": "remove", "path": self.path}),
            _ => json!({"op": "replace", "path": self.path, "value": to}),
        }
    }

    fn apply(&self, data: &mut Value) {
        let (parent, member) = self.path.rsplit_once('/').unwrap_or_default();
        let parent = data.pointer_mut(parent).and_then(Value::as_object_mut);
        if let Some(parent) = parent {
            match is_none(&self.after) {
                true => parent.remove(member),
                false => parent.insert(member.to_owned(), self.after.clone()),
            };
        }
    }
}

fn is_none(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

impl Hub {
    /// Stores an `update` of an entity by a user, and changes its row. Without changes
    /// there is none. When that was, in milliseconds since 1970.
    pub(in crate::opencti) fn tell_update(
        &self,
        entity: &Entity,
        changes: &[Changed],
        user: &str,
    ) -> Option<u64> {
        if changes.is_empty() {
            return None;
        }
        self.change(|state| {
            let at = now();
            let row = state.rows.object(&entity.id);
            let (mut data, dependencies) = row.map_or_else(
                || (object(entity, at), Vec::new()),
                |Row { data, dependencies }| (data, dependencies),
            );
            let mut all = times(&data, at);
            all.extend_from_slice(changes);
            all.iter().for_each(|change| change.apply(&mut data));
            let event = StreamEvent::new(update(&data, &all, user)).pulling(dependencies);
            state.rows.apply(&event);
            state.log.push(event, at);
            Some(at)
        })
    }
}

/// That it was changed now.
fn times(data: &Value, at: u64) -> Vec<Changed> {
    let at = json!(clock::utc_time(at));
    let updated_at = &data["extensions"][stix::EXTENSION]["updated_at"];
    let modified = data["modified"].clone();
    vec![
        Changed::of_object("modified", modified, at.clone(), String::new()),
        Changed::of_extension("updated_at", updated_at.clone(), at, String::new()),
    ]
}

fn update(data: &Value, changes: &[Changed], user: &str) -> Value {
    let messages = changes.iter().map(|change| change.message.as_str());
    let messages: Vec<&str> = messages.filter(|it| !it.is_empty()).collect();
    let there = changes.iter().map(|it| it.step(&it.before, &it.after));
    let back = changes.iter().map(|it| it.step(&it.after, &it.before));
    json!({
        "version": "4",
        "type": "update",
        "scope": "external",
        "message": messages.join(", "),
        "origin": {
            "socket": "query", "ip": "::1", "user_id": user, "group_ids": [],
            "organization_ids": [], "user_metadata": {},
        },
        "data": data,
        "context": {
            "patch": there.collect::<Value>(),
            "reverse_patch": back.collect::<Value>(),
        },
    })
}

/// An entity that no event has told yet, as STIX, before its change.
fn object(entity: &Entity, at: u64) -> Value {
    let at = clock::utc_time(at);
    let status = entity.status.as_ref();
    let markings = entity.markings.iter().map(|it| marking_id(it));
    let mut object = json!({
        "id": entity.standard_id,
        "spec_version": "2.1",
        "type": entity.entity_type.to_lowercase(),
        "extensions": {},
        "created": at,
        "modified": at,
        "name": entity.name,
        "labels": entity.labels,
        "object_marking_refs": markings.collect::<Value>(),
    });
    let mut extension = json!({
        "extension_type": "new-sdo",
        "id": entity.id,
        "type": entity.entity_type,
        "created_at": at,
        "updated_at": at,
        "is_inferred": false,
    });
    if let Some(status) = status {
        extension["workflow_id"] = json!(workflow::own(&entity.entity_type, status).id());
    }
    if let Some(description) = &entity.description {
        object["description"] = json!(description);
    }
    object["extensions"][stix::EXTENSION] = extension;
    object
}
