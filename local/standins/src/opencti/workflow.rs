//! Workflows: each type of entity has statuses of its own. Their names come from
//! templates that all types share, so a status is not its template.

use serde_json::{Value, json};

use super::filter;
use super::ids::uuid;
use super::platform::{Data, Resolved};

/// The entity's own workflow.
const GLOBAL: &str = "GLOBAL";
/// The second one of requests for information.
const REQUEST_ACCESS: &str = "REQUEST_ACCESS";

/// A status of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    /// The type of the entities, such as `Case-Incident`.
    kind: String,
    scope: &'static str,
    pub(super) name: String,
}

/// A status of a type's own workflow.
pub(super) fn own(kind: &str, name: &str) -> Status {
    Status {
        kind: kind.to_owned(),
        scope: GLOBAL,
        name: name.to_owned(),
    }
}

/// A status of the workflow of requests of access.
pub(super) fn of_access(kind: &str, name: &str) -> Status {
    Status {
        scope: REQUEST_ACCESS,
        ..own(kind, name)
    }
}

impl Status {
    pub(super) fn id(&self) -> String {
        uuid(&format!(
            "status {} {} {}",
            self.kind, self.scope, self.name
        ))
    }

    /// As answers show it, at this place of its workflow.
    pub(super) fn json(&self, order: usize) -> Value {
        let template = uuid(&format!("template {}", self.name));
        json!({
            "__typename": "Status",
            "id": self.id(),
            "type": self.kind,
            "scope": self.scope,
            "order": order,
            "disabled": false,
            "template_id": template,
            "template": {
                "__typename": "StatusTemplate",
                "id": template,
                "name": self.name,
                "color": "#ffffff",
            },
        })
    }

    /// Whether it is one of the own workflow of this type.
    pub(super) fn is_own(&self, kind: &str) -> bool {
        self.kind == kind && self.scope == GLOBAL
    }

    fn member(&self, key: &str) -> Option<&str> {
        match key {
            "type" => Some(&self.kind),
            "scope" => Some(self.scope),
            _ => None,
        }
    }
}

impl Data {
    /// Makes a status known, once.
    pub(super) fn add_status(&mut self, status: Status) {
        if !self.statuses.contains(&status) {
            self.statuses.push(status);
        }
    }

    /// `statuses`: the first of those that the filter lets through, in the order in
    /// which they were made.
    pub(super) fn list_statuses(&self, first: &Value, filters: &Value) -> Resolved {
        filter::check(filters, &["type", "scope"])?;
        let found = self.statuses.iter().enumerate().filter(|(_, status)| {
            let value = |key: &str| status.member(key).map(str::to_owned);
            filter::passes(filters, &value)
        });
        let edges = found.take(filter::at_most(first)).map(|(order, status)| {
            json!({
                "__typename": "StatusEdge", "cursor": status.id(), "node": status.json(order),
            })
        });
        Ok(json!({"__typename": "StatusConnection", "edges": edges.collect::<Value>()}))
    }
}
